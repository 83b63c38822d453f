"""Clocks: the station's, a simulated one, and the one that times a read.

Durations come from a monotonic clock only; the wall clock dates events and is never subtracted.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from reader_app.reading.clocks.system_clocks import awake_s, elapsed_s
from study_design.reads import ReadTimes

IDLE_AFTER_S = 60.0
WAIT_S = 0.05  # what a reader notices; shorter waits are not counted
STALL_S = 3.0  # what the record is told of by itself
Span = tuple[float, float]


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
    _last_input_s: float = 0.0
    _idle_s: float = 0.0
    _pauses: list[Span] = field(default_factory=list)
    _waits: list[Span] = field(default_factory=list)
    _stalled_until_s: float = -math.inf

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
            self._pauses.append((self._paused_since_s, at_s))
            self._paused_since_s = None
            self._last_input_s = at_s

    def waited(self, seconds: float, until_s: float) -> float:
        """Note that the program let the reader wait; return the seconds of a stall, 0 for none.

        Nothing counts twice, and nothing before the first full paint or within a pause. A stall
        that begins within one that was told is the same, unless as much again was waited after it.
        """
        if self._started_s is None:
            return 0.0
        wait = (max(until_s - seconds, self._started_s), until_s)
        before_s = self._system_s(until_s)
        self._waits.append(wait)
        own_s, new_s = self._outside_pauses_s([wait], until_s), self._system_s(until_s) - before_s
        if own_s < STALL_S or (wait[0] < self._stalled_until_s and new_s < STALL_S):
            return 0.0
        self._stalled_until_s = until_s
        return own_s

    def since_paint_s(self, at_s: float) -> float:
        """Return seconds since this sitting's first full paint; 0 before it."""
        return at_s - self._started_s if self._started_s is not None else 0.0

    def since_start_s(self, at_s: float) -> float:
        """Return seconds since the first full paint, earlier sittings included."""
        return self.earlier.raw_s + self.since_paint_s(at_s)

    def times(self, at_s: float) -> ReadTimes:
        """Return what the step has taken up to a moment."""
        idle_s = self._idle_s + (self._stretch(at_s) if self._paused_since_s is None else 0.0)
        return ReadTimes(
            raw_s=self.since_start_s(at_s),
            paused_s=self.earlier.paused_s + _covered_s(self._pauses_until(at_s)),
            idle_s=self.earlier.idle_s + idle_s,
            system_s=self.earlier.system_s + self._system_s(at_s),
        )

    def _pauses_until(self, at_s: float) -> list[Span]:
        """Return all pauses, one that still runs included."""
        since_s = self._paused_since_s
        return [*self._pauses, *([] if since_s is None else [(since_s, max(since_s, at_s))])]

    def _system_s(self, at_s: float) -> float:
        """Return for how many seconds the reader waited for the program."""
        return self._outside_pauses_s(self._waits, at_s)

    def _outside_pauses_s(self, spans: Sequence[Span], at_s: float) -> float:
        """Return the seconds that spans cover outside of pauses."""
        pauses = self._pauses_until(at_s)
        return _covered_s([*spans, *pauses]) - _covered_s(pauses)

    def _stretch(self, at_s: float) -> float:
        """Return the seconds since the last input where they are long enough to be idle."""
        stretch_s = at_s - self._last_input_s
        return stretch_s if stretch_s >= IDLE_AFTER_S else 0.0


def _covered_s(spans: Sequence[Span]) -> float:
    """Return the seconds that lie in any of the spans."""
    covered_s, reached_s = 0.0, -math.inf
    for begin_s, end_s in sorted(spans):
        covered_s += max(0.0, end_s - max(begin_s, reached_s))
        reached_s = max(reached_s, end_s)
    return covered_s
