"""The gate before a case that the reader knows from another arm: how long ago that was, for sure.

It watches what is written down, at all stations, and compares the dates with the computers'
counters. A simulated clock passes: its readers do not remember.
"""

from collections.abc import Sequence
from datetime import datetime

from reader_app.reading.clocks.clock import Clock
from reader_app.reading.sitting_state import SittingFacts
from study_design.errors import WashoutError
from study_design.protocol.plan import Assignment
from study_design.protocol.washout import check_clock
from study_design.reads import Read
from study_design.record.clocks.findings import is_vouching
from study_design.record.clocks.gate import Door, SeenBefore, basis_at, closed
from study_design.record.clocks.history import ClockHistory
from study_design.record.clocks.observed import Observation, Observer
from study_design.record.clocks.words import from_posix
from study_design.record.events import StoredEvent
from study_design.record.payloads.reading import ReadOpened, SittingOpened
from study_design.vocabulary import GapBasis

# A case is judged once as it opens, not once for each question about it.
SAME_MOMENT_S = 1.0
_VOUCHED = (GapBasis.TRUSTED, GapBasis.ATTESTED)


class WashoutGate:
    """Says whether the next case may be opened, and on whose word.

    Parameters
    ----------
    facts
        Study, reader, plan and the record so far.
    clock
        The clock of the sitting.

    Raises
    ------
    WashoutError
        Where the clock stands before the newest event of the record and nobody vouches for it.
    """

    def __init__(self, facts: SittingFacts, clock: Clock) -> None:
        self._clock = clock
        self._simulated = clock.kind == "simulated"
        self._reader = facts.reader.reader
        self._washout = facts.study.design.washout
        self._binding = is_vouching(facts.events)
        self._observer = Observer()
        self._seen: list[Observation] = []
        self._opened: set[int] = set()
        self._vouched_on: set[str] = set()
        self._number = 0
        self._sitting = ""
        self._began_s = 0.0
        self._latest: tuple[ClockHistory, Observation] | None = None
        self._take_note(facts.events)
        if self._binding and not self._simulated:
            self._check_clock(clock.now())

    @property
    def sat_down(self) -> bool:
        """Whether the gate knows the sitting, which is written down as it begins."""
        return self._simulated or bool(self._sitting)

    def take_note(self, stored: Sequence[StoredEvent]) -> None:
        """Take note of what was written down."""
        self._take_note(stored)
        for known in stored:
            if isinstance(known.event.payload, SittingOpened):
                self._sitting = known.event.sitting
                self._began_s = self._clock.monotonic_s() - known.event.elapsed_s

    def check(self, cells: Sequence[Assignment], reads: Sequence[Read]) -> None:
        """Refuse cells of which one is a case that comes back too early, or on nobody's word.

        Parameters
        ----------
        cells
            What opens together; at least one.
        reads
            What the reader has validated.

        Raises
        ------
        WashoutError
            In one line: what is known of the time, and what to do.
        """
        seen = [known for cell in cells for known in _seen_before(cell, reads)]
        if self._simulated or not self._binding or not seen:
            return
        period = cells[0].period
        door = Door(
            self._reader,
            period,
            seen,
            self._washout,
            frozenset(self._vouched_on if period in self._opened else ()),
        )
        history, now = self._history()
        stays = closed(history, now, door)
        if stays is not None:
            raise WashoutError(stays.why)

    def basis(self, cell: Assignment, reads: Sequence[Read]) -> GapBasis:
        """Return what the gap of a case that is opened now rests on."""
        if self._simulated:
            return GapBasis.SIMULATED
        history, now = self._history()
        return basis_at(history, now, _seen_before(cell, reads), self._washout)

    def _history(self) -> tuple[ClockHistory, Observation]:
        """Return the history of the record's clocks up to this moment, and this moment."""
        now = self._observer.now(
            self._number + 1,
            self._sitting,
            self._clock.now().timestamp(),
            self._clock.monotonic_s() - self._began_s,
        )
        latest = self._latest
        if (
            latest is not None
            and latest[1].number == now.number
            and now.counter_s - latest[1].counter_s < SAME_MOMENT_S
            and abs(now.offset_s - latest[1].offset_s) < SAME_MOMENT_S
        ):
            return latest
        self._latest = (ClockHistory([*self._seen, now]), now)
        return self._latest

    def _check_clock(self, now: datetime) -> None:
        """Refuse a clock behind the record, whoever wrote it, unless somebody explained that."""
        history = ClockHistory(self._seen)
        newest = max(
            (seen for seen in self._seen if not history.is_settled(seen.number)),
            key=lambda seen: seen.wall_s,
            default=None,
        )
        if newest is not None:
            check_clock(from_posix(newest.wall_s), now)

    def _take_note(self, stored: Sequence[StoredEvent]) -> None:
        """Observe events: which of the reader's periods are open, whose clocks were vouched for."""
        for known in stored:
            self._number = known.number
            observation = self._observer.see(known)
            if observation is None:
                continue
            self._seen.append(observation)
            if observation.anchor is not None:
                self._vouched_on.add(observation.machine)
            match known.event.payload:
                case ReadOpened() as opened if (
                    known.event.actor == self._reader
                    and opened.seen_before
                    and opened.gap_basis in _VOUCHED
                ):
                    self._opened.add(opened.period)


def _seen_before(cell: Assignment, reads: Sequence[Read]) -> tuple[SeenBefore, ...]:
    """Return the reads of a cell's case in other arms."""
    return tuple(
        SeenBefore(read.case, read.last_event)
        for read in reads
        if read.case == cell.case and read.arm != cell.arm
    )
