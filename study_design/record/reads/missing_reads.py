"""Planned reads that are still to be made: what a freeze asks about, cell by cell; pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from study_design.protocol.plan import Assignment
from study_design.reads import Read
from study_design.record.events import StoredEvent
from study_design.record.reads.ledger import NOT_READ, ledger
from study_design.record.reads.supersession import reopened_reads
from study_design.vocabulary import CellState

REOPENED = "reopened and not read again"


@dataclass(frozen=True, slots=True)
class MissingRead:
    """A planned cell without a read that is settled, and why it has none."""

    assignment: Assignment
    why: str

    @property
    def cell(self) -> str:
        """The planned cell."""
        return self.assignment.cell


def missing_reads(
    plan: Sequence[Assignment], reads: Iterable[Read], events: Sequence[StoredEvent]
) -> tuple[MissingRead, ...]:
    """Return the planned cells that nobody read, that stand open, or that are to be read again.

    Cells of withdrawn cases are not missing.

    Parameters
    ----------
    reads
        All reads that the events give.
    """
    pending = reopened_reads(events)
    missing = []
    for outcome in ledger(plan, reads, events, frozenset()):
        if outcome.state is CellState.MISSING:
            missing.append(MissingRead(outcome.assignment, outcome.reason))
        elif outcome.state is CellState.VALID and outcome.read in pending:
            missing.append(MissingRead(outcome.assignment, REOPENED))
    return tuple(missing)


def missing_lines(missing: Iterable[MissingRead]) -> tuple[str, ...]:
    """Return one line a reader and period: how many reads are missing, and what became of them."""
    places: dict[tuple[str, int], Counter[str]] = {}
    for one in missing:
        place = (one.assignment.reader, one.assignment.period)
        places.setdefault(place, Counter())[one.why] += 1
    return tuple(
        f"{reader}, period {period}: {_counted(whys)} missing{_reasons(whys)}"
        for (reader, period), whys in places.items()
    )


def _counted(whys: Counter[str]) -> str:
    """Return how many reads, with the verb."""
    count = whys.total()
    return f"{count} planned read is" if count == 1 else f"{count} planned reads are"


def _reasons(whys: Counter[str]) -> str:
    """Return what became of the reads that were at least begun."""
    begun = [f"{count} {why}" for why, count in whys.items() if not why.startswith(NOT_READ)]
    return f" ({'; '.join(begun)})" if begun else ""
