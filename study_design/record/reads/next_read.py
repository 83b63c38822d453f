"""What a reader comes to next, as the desk will have it: interrupted, done again, or new; pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from study_design.protocol.plan import Assignment, assignments_of
from study_design.protocol.study_file import StudyFile
from study_design.protocol.washout import earliest, next_allowed
from study_design.reads import Read
from study_design.record.events import StoredEvent
from study_design.record.reads.replay import open_read
from study_design.record.reads.supersession import reopened_reads
from study_design.record.withdrawal import withdrawn_cases

INTERRUPTED = "interrupted"
REOPENED = "to be done again"


@dataclass(frozen=True, slots=True)
class NextRead:
    """The next read of a reader.

    Attributes
    ----------
    position, total
        Its place among the cases of its period, as the gate says it.
    state
        `interrupted`, `to be done again`, or empty for a new one.
    opens_at
        The first moment at which its case may be opened, by the dates of the record.
    """

    assignment: Assignment
    position: int
    total: int
    state: str
    opens_at: datetime


def next_read(
    plan: Iterable[Assignment],
    reads: Sequence[Read],
    events: Sequence[StoredEvent],
    *,
    reader: str,
    study: StudyFile,
    now: datetime,
) -> NextRead | None:
    """Return what a reader reads next; None where nothing is left.

    Parameters
    ----------
    reads
        The reads of the reader.
    now
        What `opens_at` is at least.
    """
    reopened = reopened_reads(events)
    done = frozenset(read.cell for read in reads if read.read not in reopened)
    withdrawn = {case.case for case in withdrawn_cases(events)}
    own = [
        cell
        for cell in assignments_of(plan, reader)
        if cell.case not in withdrawn or cell.cell in done
    ]
    pending = open_read(events, reader)
    first = pending.cell if pending and pending.case not in withdrawn else ""
    at = next(iter(remaining(own, done, first=first)), None)
    if at is None:
        return None
    again = any(read.cell == at.cell for read in reads)
    return NextRead(
        at,
        place_in_period(own, at.period, at.position),
        sum(cell.period == at.period for cell in own),
        INTERRUPTED if at.cell == first else REOPENED if again else "",
        _opens_at(at, own, reads, study, now, again=again),
    )


def remaining(
    plan: Sequence[Assignment], done: Collection[str], *, first: str = ""
) -> tuple[Assignment, ...]:
    """Return a reader's cells that are not done, in order, but `first` before all others."""
    cells = [assignment for assignment in plan if assignment.cell not in done]
    return tuple(sorted(cells, key=lambda assignment: assignment.cell != first))


def place_in_period(plan: Sequence[Assignment], period: int, position: int) -> int:
    """Return which of the cells that are left in a period a planned position is, from 1.

    Cases withdrawn before they were read leave gaps in the planned positions; readers count on.
    """
    return sum(cell.period == period and cell.position <= position for cell in plan)


def _opens_at(
    at: Assignment,
    plan: Sequence[Assignment],
    reads: Sequence[Read],
    study: StudyFile,
    now: datetime,
    *,
    again: bool,
) -> datetime:
    """Return when a case may be opened: one that is done again waits for no other of its block."""
    alone = earliest(at, reads, study)
    following = None if again else next_allowed(plan, reads, study, now)
    return max(moment for moment in (alone, following and following.opens_at, now) if moment)
