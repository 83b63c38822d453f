"""Where a reader stands between two cases: which comes next, whether it may be opened, or again.

Nothing is written down here. What is to be written comes back as acts, and is taken note of once it
is on the disk.
"""

from collections.abc import Sequence
from datetime import datetime

from reader_app.reading.clocks.clock import Clock
from reader_app.reading.journal import Act
from reader_app.reading.plan_walk import PlanWalk, progress_at
from reader_app.reading.sitting_state import Phase, Progress, ReopeningOffer, SittingFacts
from reader_app.reading.washout_gate import WashoutGate
from study_design.errors import ProtocolError
from study_design.life.reopening import reopening, reopening_key
from study_design.protocol.plan import Assignment
from study_design.protocol.washout import gap_days
from study_design.reads import Read
from study_design.record.events import StoredEvent
from study_design.record.reads.replay import OpenRead
from study_design.vocabulary import GapBasis


class BetweenCases:
    """The place before the next case.

    Parameters
    ----------
    facts
        Study, reader, plan and the record so far.
    clock
        The clock of the sitting.

    Attributes
    ----------
    at
        The cell that comes next, or that is open; None where all are read.

    Raises
    ------
    WashoutError
        Where the clock stands before the newest event of the record and nobody vouches for it.
    """

    def __init__(self, facts: SittingFacts, clock: Clock) -> None:
        self._washout = WashoutGate(facts, clock)
        self._walk = PlanWalk(facts, clock.now())
        self._clock = clock
        self._closed_until: datetime | None = None
        self.at: Assignment | None = None

    def stand(self) -> Phase:
        """Stand before the next case, or at the end; return which."""
        self.at = next(iter(self._walk.remaining()), None)
        self._closed_until = self._walk.closed_until(self._clock.now())
        return Phase.GATE if self.at else Phase.FINISHED

    @property
    def current(self) -> Assignment:
        """The cell at hand.

        Raises
        ------
        ProtocolError
            Where all are read.
        """
        if self.at is None:
            raise ProtocolError("All cases of this reader are read. There is nothing to open.")
        return self.at

    @property
    def progress(self) -> Progress | None:
        """Where the cell stands in its period; None where all are read."""
        return progress_at(self._walk.plan, self.at)

    @property
    def resumed(self) -> OpenRead | None:
        """The read that was cut off and goes on next."""
        return self._walk.resumed

    @property
    def interrupted(self) -> list[StoredEvent]:
        """The events of that read."""
        return [*self._walk.interrupted]

    @property
    def replaced(self) -> Read | None:
        """The read that the next one takes the place of."""
        return self._walk.replaced_at(self.at)

    @property
    def offer(self) -> ReopeningOffer | None:
        """The read that may be done again now."""
        return self._walk.offer(self._clock.now())

    @property
    def closed_until(self) -> datetime | None:
        """When the next case may be opened, where that is not yet."""
        until = self._closed_until
        return until if until is not None and self._clock.now() < until else None

    @property
    def opens_at(self) -> datetime | None:
        """The first moment at which the next case may be opened; None where all are read."""
        return self._walk.opens_at(self._clock.now())

    def upcoming(self, count: int) -> tuple[str, ...]:
        """Return the next cases in order, the current one first."""
        return tuple(cell.case for cell in self._walk.remaining()[:count])

    def choose(self) -> None:
        """Turn to the case that was read last, or back to the next one.

        Raises
        ------
        ProtocolError
            Where the last read cannot be done again, or not any more.
        """
        self._walk.choose(self._clock.now())

    # Whether it may be opened -------------------------------------------------------------------

    @property
    def sat_down(self) -> bool:
        """Whether what the sitting began with has been taken note of."""
        return self._washout.sat_down

    def check_dates(self) -> None:
        """Refuse the next case by the dates of the record.

        Raises
        ------
        WashoutError
            In one line: the washout and the first moment allowed.
        """
        self._walk.check_open(self._clock.now())

    def check_washout(self) -> None:
        """Refuse the next case by what is sure of the dates.

        Raises
        ------
        WashoutError
            In one line, with what to do.
        """
        self._washout.check(self._walk.opening(), self._walk.done.reads)

    def gap(self) -> tuple[float | None, GapBasis]:
        """Return the days since the reader met the case before, and on whose word."""
        earlier = self._walk.done.before(self.current.cell)
        days = gap_days(earlier, self.current.case, self._clock.now())
        return days, self._washout.basis(self.current, earlier)

    def reopening(self) -> list[Act]:
        """Return what says that the case is done again; nothing where it is not.

        Raises
        ------
        ProtocolError
            Where it is too late for that; `stand` then goes on to the next case.
        """
        chosen = self._walk.chosen
        if chosen is None:
            return []
        if self._walk.reopenable(self._clock.now()) != chosen:
            self._walk.chosen = None
            raise ProtocolError("The time in which the last case could be opened again is over.")
        return [Act(reopening(chosen, ""), reopening_key(chosen.read), read=chosen.read)]

    # What is on the disk ------------------------------------------------------------------------

    def take_note(self, stored: Sequence[StoredEvent]) -> None:
        """Take note of whatever is written down."""
        self._washout.take_note(stored)

    def opened(self, stored: Sequence[StoredEvent]) -> None:
        """Take note that the case is open."""
        self._walk.chosen = None
        self._walk.done.note(stored)

    def validated(self, events_of_read: Sequence[StoredEvent]) -> None:
        """Take note that the read of the case is done."""
        self._walk.resumed = None
        self._walk.done.add(events_of_read)
