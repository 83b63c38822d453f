"""Where a reader stands in the plan: what is still to be read, and how far that is."""

from collections.abc import Collection, Sequence

from reader_app.session_state import Progress
from study_design.protocol.plan import Assignment


def remaining(
    plan: Sequence[Assignment], done: Collection[str], *, first: str = ""
) -> tuple[Assignment, ...]:
    """Return a reader's cells that are not done, in order, but `first` before all others."""
    cells = [assignment for assignment in plan if assignment.cell not in done]
    return tuple(sorted(cells, key=lambda assignment: assignment.cell != first))


def progress_at(plan: Sequence[Assignment], at: Assignment | None) -> Progress | None:
    """Return where a cell stands in its period; None where there is no cell."""
    if at is None:
        return None
    period = [assignment for assignment in plan if assignment.period == at.period]
    block = [assignment for assignment in period if assignment.block == at.block]
    return Progress(
        position=at.position,
        total=len(period),
        block=at.block,
        blocks=max(assignment.block for assignment in period),
        period=at.period,
        periods=max(assignment.period for assignment in plan),
        first_of_block=at.position == min(assignment.position for assignment in block),
    )
