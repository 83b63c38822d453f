"""Clocks: the station's, a simulated one, and the one that times a read.

Durations come from a monotonic clock only; the wall clock dates events and is never subtracted.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from reader_app.system_clocks import awake_s, elapsed_s
from study_design.reads import ReadTimes

IDLE_AFTER_S = 60.0


class Clock(Protocol):
    """What a sitting knows of time."""

    kind: str  # local or simulated

    def monotonic_s(self) -> float:
        """Return seconds that never run backwards and go on while the computer sleeps."""

    def awake_s(self) -> float:
        """Return seconds that never run backwards and stand still while the computer sleeps."""

    def now(self) -> datetime:
        """Return the wall clock's time with its zone."""

    def booted(self) -> datetime:
        """Return when the computer was started."""


class StationClock:
    """The clocks of this computer."""

    kind = "local"

    def monotonic_s(self) -> float:
        """Return the monotonic clock of the system, sleep included."""
        return elapsed_s()

    def awake_s(self) -> float:
        """Return the monotonic clock of the system, sleep left out."""
        return awake_s()

    def now(self) -> datetime:
        """Return the local time."""
        return datetime.now(UTC).astimezone()

    def booted(self) -> datetime:
        """Return the local time less the monotonic clock, which began at the start."""
        return self.now() - timedelta(seconds=elapsed_s())


@dataclass(slots=True)
class SimulatedClock:
    """A clock and calendar that only move when told to, for simulated readers and tests."""

    at: datetime
    elapsed_s: float = 0.0
    slept_s: float = 0.0
    kind: str = field(default="simulated", init=False)

    def monotonic_s(self) -> float:
        """Return the simulated seconds."""
        return self.elapsed_s

    def awake_s(self) -> float:
        """Return the simulated seconds without those of `sleep`."""
        return self.elapsed_s - self.slept_s

    def now(self) -> datetime:
        """Return the simulated time."""
        return self.at

    def booted(self) -> datetime:
        """Return when the simulation began."""
        return self.at - timedelta(seconds=self.elapsed_s)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.elapsed_s += seconds
        self.at += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        """Let time pass in which the computer sleeps."""
        self.slept_s += seconds
        self.advance(seconds)

    def advance_to(self, at: datetime) -> None:
        """Let time pass until a moment of the calendar."""
        self.advance((at - self.at).total_seconds())


@dataclass(slots=True)
class ReadClock:
    """Times one step of a read from its first full paint on.

    All moments are seconds of one monotonic clock. `earlier` holds what earlier sittings have spent
    on the same read before they were cut off.
    """

    earlier: ReadTimes = field(default_factory=lambda: ReadTimes(0.0, 0.0, 0.0, 0.0))
    _started_s: float | None = None
    _paused_since_s: float | None = None
    _paused_s: float = 0.0
    _last_input_s: float = 0.0
    _idle_s: float = 0.0
    _system_s: float = 0.0

    @property
    def running(self) -> bool:
        """Whether the clock has been started."""
        return self._started_s is not None

    def start(self, at_s: float) -> None:
        """Start at the first full paint."""
        self._started_s = self._last_input_s = at_s

    def input(self, at_s: float) -> None:
        """Note an act of the reader: key, button, wheel or movement."""
        if self._paused_since_s is None:
            self._idle_s += self._stretch(at_s)
            self._last_input_s = at_s

    def pause(self, at_s: float) -> None:
        """Stop counting reading time."""
        self.input(at_s)
        self._paused_since_s = at_s

    def resume(self, at_s: float) -> None:
        """Count again."""
        if self._paused_since_s is not None:
            self._paused_s += at_s - self._paused_since_s
            self._paused_since_s = None
            self._last_input_s = at_s

    def waited(self, seconds: float) -> None:
        """Note that the program let the reader wait."""
        self._system_s += seconds

    def since_paint_s(self, at_s: float) -> float:
        """Return seconds since this sitting's first full paint; 0 before it."""
        return at_s - self._started_s if self._started_s is not None else 0.0

    def since_start_s(self, at_s: float) -> float:
        """Return seconds since the first full paint, earlier sittings included."""
        return self.earlier.raw_s + self.since_paint_s(at_s)

    def times(self, at_s: float) -> ReadTimes:
        """Return what the step has taken up to a moment."""
        open_pause_s = at_s - self._paused_since_s if self._paused_since_s is not None else 0.0
        idle_s = self._idle_s + (self._stretch(at_s) if self._paused_since_s is None else 0.0)
        return ReadTimes(
            raw_s=self.since_start_s(at_s),
            paused_s=self.earlier.paused_s + self._paused_s + open_pause_s,
            idle_s=self.earlier.idle_s + idle_s,
            system_s=self.earlier.system_s + self._system_s,
        )

    def _stretch(self, at_s: float) -> float:
        """Return the seconds since the last input where they are long enough to be idle."""
        stretch_s = at_s - self._last_input_s
        return stretch_s if stretch_s >= IDLE_AFTER_S else 0.0
