"""Observations of time: what clock and counter of a station said when an event was written.

The order of the record is the order in which things happened, whatever the dates say. The counter
is the computer's own, from its start on: nobody sets it, and it goes on in sleep. Events of one
`line` share a counter; where a line ends, only clocks, files and persons can tell how long it took
until the next one. Simulated clocks are left out: their time is the simulation's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from study_design.record.acts import moment_of
from study_design.record.events import Event, EventType, StoredEvent
from study_design.record.payloads.reading import ReadOpened, SittingOpened, TimeWitnessed
from study_design.record.payloads.staff import DateAttested
from study_design.record.payloads.station import Station
from study_design.vocabulary import GapBasis

# Two sittings whose computer was started at the same minute are of one start; so long a clock may
# be set right in between.
SAME_START_S = 120.0
# An act inside a read is left out where its clock goes on as at the act before.
_SAME_CLOCK_S = 1.0
_ALWAYS = frozenset({EventType.READ_OPENED, EventType.READ_VALIDATED, EventType.SITTING_CLOSED})


@dataclass(frozen=True, slots=True)
class Anchor:
    """The true time at an observation: a time source's word, or a person's.

    `stood_still`: the person also says that the computer stood still while its clock went on.
    """

    true_s: float
    basis: GapBasis
    who: str
    stood_still: bool = False


@dataclass(frozen=True, slots=True)
class Observation:
    """What clock and counter said at an event; seconds, those of clocks since 1970 in UTC.

    Attributes
    ----------
    number
        Of the event: the order in which things happened.
    line
        Which counter `counter_s` belongs to; empty for acts outside of a sitting.
    files_s
        The newest time of a file on the computer, where the event says so.
    """

    number: int
    wall_s: float
    who: str = ""
    line: str = ""
    counter_s: float = 0.0
    machine: str = ""
    files_s: float | None = None
    anchor: Anchor | None = None

    @property
    def offset_s(self) -> float:
        """What the clock says beyond the counter: a constant while nobody sets the clock."""
        return self.wall_s - self.counter_s


@dataclass(frozen=True, slots=True)
class _Sitting:
    """The counter of a sitting: its line, and where the line's counter stood as it began."""

    line: str
    began_s: float
    machine: str


_NONE = _Sitting("", 0.0, "")


class Observer:
    """Turns events, one after the other, into observations."""

    def __init__(self) -> None:
        self._sittings: dict[str, _Sitting | None] = {}
        self._starts: dict[str, tuple[str, float]] = {}  # line -> machine, when it was started
        self._ends: dict[str, tuple[str, float, float]] = {}  # machine -> line, wall, counter

    def see(self, stored: StoredEvent) -> Observation | None:
        """Return what an event tells of time; None where its clock is simulated."""
        event = stored.event
        wall_s = moment_of(event.at_utc).timestamp()
        plain = Observation(stored.number, wall_s, event.actor)
        match event.payload:
            case SittingOpened() as opened:
                observation = self._sat_down(event, opened, plain)
            case DateAttested() as word:
                anchor = Anchor(wall_s, GapBasis.ATTESTED, event.actor, word.stood_still)
                observation = replace(self._placed(word.station, plain), anchor=anchor)
            case TimeWitnessed() as said if self._sittings.get(event.sitting, _NONE) is not None:
                true_s = moment_of(said.true_utc).timestamp()
                anchor = Anchor(true_s, GapBasis.TRUSTED, said.source)
                observation = replace(self._placed(said.station, plain), anchor=anchor)
            case _ if event.sitting in self._sittings:
                observation = self._went_on(event, plain)
            case ReadOpened(gap_basis=GapBasis.SIMULATED):
                self._sittings[event.sitting] = observation = None
            case _:
                observation = plain
        if observation is not None and observation.line:
            self._ends[observation.machine] = (
                observation.line,
                observation.wall_s,
                observation.counter_s,
            )
        return observation

    def now(self, number: int, sitting: str, wall_s: float, elapsed_s: float) -> Observation:
        """Return what a sitting that was opened shows at a moment which no event marks."""
        known = self._sittings.get(sitting)
        plain = Observation(number, wall_s)
        if known is None:
            return plain
        return replace(
            plain,
            line=known.line,
            counter_s=known.began_s + elapsed_s,
            machine=known.machine,
        )

    def _went_on(self, event: Event, plain: Observation) -> Observation | None:
        """Return an observation within a sitting; None where it tells nothing new."""
        sitting = self._sittings[event.sitting]
        if sitting is None:
            return None
        counter_s = sitting.began_s + event.elapsed_s
        last = self._ends.get(sitting.machine)
        if last is not None and event.type not in _ALWAYS and last[0] == sitting.line:
            moved_s = (plain.wall_s - counter_s) - (last[1] - last[2])
            if abs(moved_s) <= _SAME_CLOCK_S:
                return None
        return replace(plain, line=sitting.line, counter_s=counter_s, machine=sitting.machine)

    def _sat_down(
        self, event: Event, opened: SittingOpened, plain: Observation
    ) -> Observation | None:
        """Take note of a sitting and its counter."""
        if opened.clock == "simulated":
            self._sittings[event.sitting] = None
            return None
        placed = self._placed(opened.station, plain, booted_utc=opened.booted_utc)
        began_s = placed.counter_s - event.elapsed_s
        self._sittings[event.sitting] = _Sitting(placed.line, began_s, placed.machine)
        return placed

    def _placed(self, station: Station, plain: Observation, *, booted_utc: str = "") -> Observation:
        """Return an observation on the line of its computer, as far as that is known."""
        counter_s = station.since_boot_s
        if counter_s is None and booted_utc:
            counter_s = plain.wall_s - moment_of(booted_utc).timestamp()
        if counter_s is None:
            return plain
        machine, files = station.machine, station.files_utc
        line = (
            f"{machine}/{station.boot}"
            if station.boot
            else self._line_without_name(machine, plain, counter_s)
        )
        files_s = moment_of(files).timestamp() if files else None
        return replace(plain, line=line, counter_s=counter_s, machine=machine, files_s=files_s)

    def _line_without_name(self, machine: str, plain: Observation, counter_s: float) -> str:
        """Return the line of a start of a computer that does not name its starts.

        A start at the same time is the same one. So is one that seems to have been before the
        computer's last event, if its counter has gone on: then the clock was set.
        """
        started_s = plain.wall_s - counter_s
        for line, (owner, known_s) in self._starts.items():
            if owner == machine and abs(known_s - started_s) <= SAME_START_S:
                return line
        last = self._ends.get(machine) if machine else None
        if last is not None and started_s < last[1] - SAME_START_S and counter_s >= last[2]:
            return last[0]
        line = f"{machine}/start {len(self._starts) + 1}"
        self._starts[line] = (machine, started_s)
        return line


def observations(events: Iterable[StoredEvent]) -> Iterator[Observation]:
    """Yield what all events of a record tell of time."""
    observer = Observer()
    for stored in events:
        observation = observer.see(stored)
        if observation is not None:
            yield observation
