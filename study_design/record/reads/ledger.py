"""The ledger of planned cells: what became of each, and why; pure.

The export's schedule.csv, the status and the audit report all say what stands here.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from study_design.protocol.plan import Assignment
from study_design.reads import Read
from study_design.record.events import StoredEvent
from study_design.record.newest import frozen_without
from study_design.record.reads.replay import open_read
from study_design.record.withdrawal import withdrawn_cases
from study_design.vocabulary import CellState, ReadStatus

NOT_READ = "not read"
OPENED = "opened, not validated"


@dataclass(frozen=True, slots=True)
class CellOutcome:
    """A planned cell and what became of it; `read` is the newest read of it, if any."""

    assignment: Assignment
    state: CellState
    reason: str
    read: str | None


def ledger(
    plan: Sequence[Assignment],
    reads: Iterable[Read],
    events: Sequence[StoredEvent],
    excluded: Collection[str],
) -> tuple[CellOutcome, ...]:
    """Return the outcome of every planned cell, in the order of the plan.

    Parameters
    ----------
    reads
        All reads that the events give.
    excluded
        Cases that were taken out before reading.
    """
    by_cell = {read.cell: read for read in reads if read.status is not ReadStatus.SUPERSEDED}
    withdrawn = {case.case: case.why for case in withdrawn_cases(events)}
    pending = [open_read(events, reader) for reader in sorted({cell.reader for cell in plan})]
    opened = {read.cell for read in pending if read}
    without = frozen_without(events)
    outcomes = []
    for cell in plan:
        read = by_cell.get(cell.cell)
        state, reason = CellState.MISSING, NOT_READ
        if cell.case in excluded:
            state, reason = CellState.VOID, "case excluded"
        elif cell.case in withdrawn:
            state, reason = CellState.VOID, f"case withdrawn: {withdrawn[cell.case]}"
        elif read is not None:
            state, reason = CellState.VALID, ""
        elif cell.cell in opened:
            reason = OPENED
        if state is CellState.MISSING and cell.cell in without:
            reason = f"{reason}; frozen without it: {without[cell.cell]}"
        outcomes.append(CellOutcome(cell, state, reason, read.read if read else None))
    return tuple(outcomes)
