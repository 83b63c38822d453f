"""Which read a coordinator means: by its name, or by reader and case, with ratings unseen; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from study_design.errors import BadInputError, ProtocolError
from study_design.protocol.plan import Assignment
from study_design.reads import Read
from study_design.vocabulary import ReadStatus


@dataclass(frozen=True, slots=True)
class ReadPlace:
    """A reader's read of a case; period or arm tell two apart where both arms were read."""

    reader: str
    case: str
    period: int | None = None
    arm: str = ""


def chosen_read(which: str | ReadPlace, plan: Sequence[Assignment], reads: Sequence[Read]) -> Read:
    """Return the read that is meant.

    Parameters
    ----------
    which
        The name of a read, or its first letters; or whose read of which case.
    reads
        All reads that the events give.

    Raises
    ------
    BadInputError
        Where the plan has no such reader, case, period or arm.
    ProtocolError
        Where there is no such read yet, or several.
    """
    if isinstance(which, str):
        return _named(reads, which)
    cells = _cells(plan, which)
    planned = {cell.cell for cell in cells}
    found = [r for r in reads if r.cell in planned and r.status is not ReadStatus.SUPERSEDED]
    if not found:
        raise ProtocolError(
            f"Expected a validated read of case {which.case} by {which.reader}, got none yet. "
            "There is nothing to do again."
        )
    if len(found) > 1:
        places = " and ".join(f"period {read.period} (arm {read.arm})" for read in found)
        raise ProtocolError(
            f"{which.reader} has read case {which.case} {len(found)} times: {places}. "
            "Say which: --period N or --arm NAME"
        )
    return found[0]


def _cells(plan: Sequence[Assignment], which: ReadPlace) -> list[Assignment]:
    """Return the planned cells that are meant; they differ in period or arm."""
    cells = [cell for cell in plan if cell.reader == which.reader]
    if not cells:
        readers = ", ".join(dict.fromkeys(cell.reader for cell in plan))
        raise BadInputError(f"Expected a reader of the plan ({readers}), got {which.reader!r}.")
    cells = [cell for cell in cells if cell.case == which.case]
    if not cells:
        raise BadInputError(
            f"Expected a case that {which.reader} reads, got {which.case!r}. Check the name."
        )
    places = ", ".join(f"period {cell.period} (arm {cell.arm})" for cell in cells)
    cells = [
        cell
        for cell in cells
        if which.period in (None, cell.period) and which.arm in ("", cell.arm)
    ]
    if not cells:
        raise BadInputError(
            f"Expected where {which.reader} reads case {which.case}, {places}, got period "
            f"{which.period or 'any'}, arm {which.arm or 'any'}. Correct it."
        )
    return cells


def _named(reads: Sequence[Read], name: str) -> Read:
    """Return the read of a UUID, or of the first letters of it that no other read begins with."""
    found = [read for read in reads if name and read.read.startswith(name)]
    if len(found) != 1:
        got = "none" if not found else f"{len(found)} of them"
        raise ProtocolError(
            f"Expected one read whose name begins with {name!r}, got {got}. Name reader and case "
            "instead: crossread reopen STUDY --reader ID --case CASE"
        )
    return found[0]
