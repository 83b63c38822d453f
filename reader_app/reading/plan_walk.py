"""Where a reader stands in the plan: what is still to be read, what may be read now or again."""

from collections.abc import Sequence
from datetime import datetime

from reader_app.reading.reads_done import ReadsDone
from reader_app.reading.sitting_state import Progress, ReopeningOffer, SittingFacts
from study_design.errors import ProtocolError
from study_design.protocol.plan import Assignment, assignments_of
from study_design.protocol.washout import check_block, check_clock, check_washout, next_allowed
from study_design.reads import Read
from study_design.record.acts import moment_of
from study_design.record.events import StoredEvent
from study_design.record.lost_reads import refuse_unvouched
from study_design.record.payloads.reading import ReadReopened
from study_design.record.reads.next_read import place_in_period, remaining
from study_design.record.reads.replay import OpenRead, open_read
from study_design.record.withdrawal import withdrawn_cases


class PlanWalk:
    """One reader's way through the plan; nothing is written down here.

    Parameters
    ----------
    facts
        Study, reader, plan and the record so far.
    now
        The moment at which the reader sits down.

    Attributes
    ----------
    resumed
        The read that was interrupted and comes first.
    chosen
        The read that the reader wants to do again, as long as that is not written down.

    Raises
    ------
    WashoutError
        Where the clock stands before the reader's newest event.
    """

    def __init__(self, facts: SittingFacts, now: datetime) -> None:
        reader = facts.reader.reader
        own = [stored for stored in facts.events if _concerns(stored, reader)]
        dated = (moment_of(s.event.at_utc) for s in own if s.event.actor == reader)
        check_clock(max(dated, default=None), now)
        self._study = facts.study
        self._events = facts.events
        self.done = ReadsDone(own, facts.study.design.reopen_minutes)
        withdrawn = {case.case for case in withdrawn_cases(facts.events)}
        self.plan = tuple(
            cell
            for cell in assignments_of(facts.plan, reader)
            if cell.case not in withdrawn or cell.cell in self.done.cells
        )
        pending = open_read(own, reader)
        self.resumed: OpenRead | None = (
            pending if pending and pending.case not in withdrawn else None
        )
        name = self.resumed.read if self.resumed else ""
        self.interrupted = [stored for stored in own if stored.event.read == name]
        self.chosen: Read | None = None

    def remaining(self) -> tuple[Assignment, ...]:
        """Return the cells to be read in order: one to be done again or interrupted comes first."""
        first = self.chosen or self.resumed
        done = self.done.cells - {self.chosen.cell} if self.chosen else self.done.cells
        return remaining(self.plan, done, first=first.cell if first else "")

    def opens_at(self, now: datetime) -> datetime | None:
        """Return the first moment at which the next case may be opened; None: all are read."""
        following = next_allowed(self.plan, self.done.reads, self._study, now)
        return following.opens_at if following else None

    def check_open(self, now: datetime) -> None:
        """Refuse the next case where its block, or the case itself, may not be opened yet.

        Raises
        ------
        WashoutError
            In one line: the washout and the first moment allowed, or what a restore has lost.
        """
        if not self._study.simulated:
            refuse_unvouched(self._events)
        at = next(iter(self.remaining()), None)
        if self.replaced_at(at) is None:
            check_block(self.plan, self.done.reads, self._study, now)
        if at is not None:
            check_washout(at, self.done.reads, self._study, now)

    def opening(self) -> tuple[Assignment, ...]:
        """Return the cells that the next case opens together with: the rest of its block."""
        ahead = self.remaining()
        if not ahead or self.replaced_at(ahead[0]) is not None:
            return ahead[:1]
        place = (ahead[0].period, ahead[0].block)
        return tuple(cell for cell in ahead if (cell.period, cell.block) == place)

    def closed_until(self, now: datetime) -> datetime | None:
        """Return when the next case may be opened, in the zone of `now`; None where it is now."""
        at = next(iter(self.remaining()), None)
        opens_at = None if self.replaced_at(at) else self.opens_at(now)
        return opens_at.astimezone(now.tzinfo) if opens_at and opens_at > now else None

    def replaced_at(self, at: Assignment | None) -> Read | None:
        """Return the read that the next one of a cell takes the place of; None where it is new."""
        return self.chosen or (self.done.to_replace(at.cell) if at else None)

    def reopenable(self, now: datetime) -> Read | None:
        """Return the last read where it may be done again now; an interrupted one comes first."""
        return None if self.resumed else self.done.last_reopenable(now)

    def offer(self, now: datetime) -> ReopeningOffer | None:
        """Return what the gate offers to do again."""
        read = self.chosen or self.reopenable(now)
        if read is None:
            return None
        until = self.done.reopenable_until(read).astimezone(now.tzinfo)
        place = place_in_period(self.plan, read.period, read.position)
        return ReopeningOffer(place, until, chosen=self.chosen is not None)

    def choose(self, now: datetime) -> None:
        """Turn to the last read, or back to the next case.

        Raises
        ------
        ProtocolError
            Where the last read cannot be done again, or not any more.
        """
        self.chosen = None if self.chosen else self.reopenable(now)
        if self.chosen is None and self.offer(now) is None:
            raise ProtocolError("No case can be opened again now. Ask the coordinator.")


def _concerns(stored: StoredEvent, reader: str) -> bool:
    """Tell whether an event is the reader's own, or reopens a read of the reader."""
    if isinstance(stored.event.payload, ReadReopened):
        return stored.event.payload.reader == reader
    return stored.event.actor == reader


def progress_at(plan: Sequence[Assignment], at: Assignment | None) -> Progress | None:
    """Return where a cell stands in its period; None where there is no cell."""
    if at is None:
        return None
    period = [assignment for assignment in plan if assignment.period == at.period]
    block = [assignment for assignment in period if assignment.block == at.block]
    return Progress(
        position=place_in_period(plan, at.period, at.position),
        total=len(period),
        block=at.block,
        blocks=max(assignment.block for assignment in period),
        period=at.period,
        periods=max(assignment.period for assignment in plan),
        first_of_block=at.position == min(assignment.position for assignment in block),
    )
