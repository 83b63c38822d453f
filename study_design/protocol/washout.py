"""The washout: how long a reader must not meet a case again, and when the next block opens.

Pure: reads and the present moment come in. Moments are aware and are compared in UTC, so that
neither a change of zone nor daylight saving shortens the gap.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from study_design.dates import day_text, days_text, minute_text
from study_design.errors import WashoutError
from study_design.protocol.plan import Assignment, assignments_of
from study_design.protocol.study_file import StudyFile
from study_design.reads import Read

# Clocks are set right now and then, and two computers differ; more than this is refused. How long a
# washout was is not a matter of these dates alone: `record.clocks` counts with the computers.
CLOCK_TOLERANCE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class NextCell:
    """What a reader reads next, and the first moment at which it may be opened."""

    assignment: Assignment
    opens_at: datetime

    def is_open(self, now: datetime) -> bool:
        """Tell whether it may be opened now."""
        return now >= self.opens_at


def earliest(assignment: Assignment, reads: Iterable[Read], study: StudyFile) -> datetime | None:
    """Return the first moment, UTC, at which an assignment may be read.

    The washout counts from the reader's latest read of the case in another arm, at its validation.

    Parameters
    ----------
    reads
        Reads of any readers and cases.

    Returns
    -------
    datetime or None
        None where the reader has not read the case in another arm.
    """
    seen = [
        _moment(read.validated_utc)
        for read in reads
        if read.reader == assignment.reader
        and read.case == assignment.case
        and read.arm != assignment.arm
    ]
    return max(seen) + study.design.washout if seen else None


def gap_days(reads: Iterable[Read], case: str, now: datetime) -> float | None:
    """Return the days since a case was last read; None where it never was.

    Parameters
    ----------
    reads
        Reads of one reader.
    """
    seen = [_moment(read.validated_utc) for read in reads if read.case == case]
    return (_aware(now) - max(seen)) / timedelta(days=1) if seen else None


def check_washout(
    assignment: Assignment, reads: Iterable[Read], study: StudyFile, now: datetime
) -> None:
    """Refuse a case that comes back too early, and a clock that runs behind the reader's reads.

    Raises
    ------
    WashoutError
        In one line: when the case was last seen, the washout, the first moment allowed.
    """
    own = [read for read in reads if read.reader == assignment.reader]
    check_clock(max((_moment(read.validated_utc) for read in own), default=None), now)
    allowed = earliest(assignment, own, study)
    if allowed is not None and _aware(now) < allowed:
        seen = allowed - study.design.washout
        raise WashoutError(
            f"Reader {assignment.reader} last saw case {assignment.case} on {_day(seen, now)}; the "
            f"washout is {days_text(study.design.washout)}. Expected {_minute(allowed, now)} or "
            f"later, got {_minute(now, now)}. Come back then."
        )


def check_clock(last_event: datetime | None, now: datetime) -> None:
    """Refuse a clock that stands before the newest event of the record.

    Raises
    ------
    WashoutError
        Where the clock is behind by more than `CLOCK_TOLERANCE`.
    """
    if last_event is not None and _aware(now) < _aware(last_event) - CLOCK_TOLERANCE:
        raise WashoutError(
            f"This computer's clock says {_minute(now, now)}, but the record already holds "
            f"{_minute(last_event, now)}. Set the clock right, then come back."
        )


def next_allowed(
    assignments: Sequence[Assignment], reads: Sequence[Read], study: StudyFile, now: datetime
) -> NextCell | None:
    """Return a reader's next cell and when it opens; None where all are read.

    A block opens as a whole: only when each of its cases that is still unread may be read. A block
    that has been begun stays open.

    Parameters
    ----------
    assignments
        The assignments of one reader.
    reads
        Reads of that reader.
    now
        What `opens_at` is at least.
    """
    done = {read.cell for read in reads}
    ahead = [cell for cell in _ordered(assignments) if cell.cell not in done]
    if not ahead:
        return None
    first = ahead[0]
    block = [cell for cell in ahead if (cell.period, cell.block) == (first.period, first.block)]
    moments = [earliest(cell, reads, study) for cell in block]
    opens_at = max((moment for moment in moments if moment is not None), default=_aware(now))
    return NextCell(first, max(opens_at, _aware(now)))


def check_block(
    assignments: Sequence[Assignment], reads: Sequence[Read], study: StudyFile, now: datetime
) -> None:
    """Refuse to begin or go on with a reader's next block before all of its cases may be read.

    Raises
    ------
    WashoutError
        In one line: reader, period, block, the first moment allowed.
    """
    check_clock(max((_moment(read.validated_utc) for read in reads), default=None), now)
    following = next_allowed(assignments, reads, study, now)
    if following is not None and not following.is_open(_aware(now)):
        cell = following.assignment
        raise WashoutError(
            f"Block {cell.block} of period {cell.period} opens for reader {cell.reader} when the "
            f"washout of {days_text(study.design.washout)} is over for all of its cases. Expected "
            f"{_minute(following.opens_at, now)} or later, got {_minute(now, now)}. "
            "Come back then."
        )


def _ordered(assignments: Sequence[Assignment]) -> tuple[Assignment, ...]:
    """Return one reader's assignments in reading order."""
    readers = {assignment.reader for assignment in assignments}
    if len(readers) > 1:
        raise ValueError(f"expected the assignments of one reader, got {sorted(readers)}")
    return assignments_of(assignments, readers.pop()) if readers else ()


def _moment(text: str) -> datetime:
    """Return a moment of the record in UTC."""
    return _aware(datetime.fromisoformat(text))


def _aware(moment: datetime) -> datetime:
    """Return a moment in UTC; one without a zone is a mistake of the program's."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


def _day(moment: datetime, like: datetime) -> str:
    """Return the date in the zone of `like`."""
    return day_text(moment.astimezone(like.tzinfo))


def _minute(moment: datetime, like: datetime) -> str:
    """Return date and time in the zone of `like`."""
    return minute_text(moment.astimezone(like.tzinfo))
