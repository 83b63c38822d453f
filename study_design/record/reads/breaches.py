"""What was done out of protocol: reads that were not planned so, came twice or too early; pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from study_design.errors import ProtocolError
from study_design.protocol.plan import Assignment
from study_design.protocol.study_file import StudyFile
from study_design.protocol.washout import check_clock, earliest
from study_design.reads import Read
from study_design.record.acts import moment_of
from study_design.record.events import StoredEvent
from study_design.vocabulary import ReadStatus


@dataclass(frozen=True, slots=True)
class Breach:
    """Something that the protocol does not allow: when, by whom, in one sentence."""

    when: str
    who: str
    what: str


def breaches(
    plan: Sequence[Assignment], reads: Sequence[Read], study: StudyFile
) -> Iterator[Breach]:
    """Name reads that were not planned so, came too early, or twice.

    Parameters
    ----------
    reads
        In the order of their validation.
    """
    planned = {cell.cell: cell for cell in plan}
    for number, read in enumerate(reads):
        cell = planned.get(read.cell)
        if cell is None or (cell.reader, cell.case, cell.arm) != (read.reader, read.case, read.arm):
            yield Breach(
                read.validated_utc,
                read.reader,
                f"Read {read.read} of case {read.case} by {read.reader} in arm {read.arm} "
                f"was not planned as cell {read.cell}.",
            )
            continue
        allowed = earliest(cell, reads[:number], study)
        if allowed is not None and moment_of(read.opened_utc) < allowed:
            yield Breach(
                read.opened_utc,
                read.reader,
                f"{read.reader} read case {read.case} (cell {read.cell}) on {read.opened_utc}, "
                f"before the washout was over ({allowed.isoformat()}).",
            )
    yield from _read_twice(reads)


def _read_twice(reads: Sequence[Read]) -> Iterator[Breach]:
    """Name cells of which several reads count."""
    final = [read for read in reads if read.status is not ReadStatus.SUPERSEDED]
    for (cell, step), times in Counter((read.cell, read.step) for read in final).items():
        if times > 1:
            last = next(read for read in reversed(final) if (read.cell, read.step) == (cell, step))
            what = f"Cell {cell}, step {step}, was read {times} times."
            yield Breach(last.validated_utc, last.reader, what)


def backward_dates(events: Sequence[StoredEvent]) -> Iterator[Breach]:
    """Name events that are dated before the one before them by the same person."""
    newest: dict[str, datetime] = {}
    for stored in events:
        actor, at = stored.event.actor, moment_of(stored.event.at_utc)
        try:
            check_clock(newest.get(actor), at)
        except ProtocolError:
            yield Breach(
                stored.event.at_utc,
                actor,
                f"Event {stored.number} of {actor} is dated before the one before it.",
            )
        newest[actor] = at
