"""Counters of computers, each beside the clock that anybody may set: its jumps, who vouches for it.

A line is one start of one computer. What its clock says beyond its counter is constant until
somebody, or a time server, sets the clock.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

from study_design.record.clocks.observed import Observation
from study_design.vocabulary import GapBasis

# A step of the clock is named from here on.
STEP_S = 120.0
# By so much a clock may be set right, or two computers differ, before a person must explain it.
SET_RIGHT_S = 1800.0
# No clock that was right has ever shown this program an earlier date.
FIRST_DATE_S = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Jump:
    """A clock that was set while its computer ran.

    Attributes
    ----------
    number
        Of the first event after it.
    size_s
        Seconds by which the clock was set, forward where positive.
    total_s
        Seconds by which it then differs from what it said first, or when somebody vouched for it,
        however many steps led there.
    """

    number: int
    wall_s: float
    who: str
    machine: str
    line: str
    size_s: float
    total_s: float

    @property
    def is_large(self) -> bool:
        """Whether it is more than setting a clock right, so that a person must explain it."""
        return max(abs(self.size_s), abs(self.total_s)) > SET_RIGHT_S


@dataclass(slots=True)
class Line:
    """One counter.

    Attributes
    ----------
    last_s
        What its clock says beyond it now.
    settled_s
        What the clock said so when it was first seen, vouched for or set by much.
    offsets
        All that clock and files have said so.
    heard, trusted
        What time servers said, by the counter: all of it, and what stands.
    word
        The newest word of a person that stands.
    is_anchored
        Whether anybody has ever said the true time.
    """

    last_s: float
    settled_s: float
    offsets: list[float]
    heard: list[Observation] = field(default_factory=list)
    trusted: list[Observation] = field(default_factory=list)
    word: Observation | None = None
    is_anchored: bool = False

    @classmethod
    def begun_at(cls, observation: Observation) -> Self:
        """Return a counter that is seen for the first time."""
        offset_s = observation.offset_s
        return cls(offset_s, offset_s, [offset_s])

    def note(self, observation: Observation) -> Jump | None:
        """Take note of what is seen; return a jump of the clock where there was one.

        The clock is compared with where it stood first, so that many small steps make a jump, too.
        """
        offset_s, jump = observation.offset_s, None
        if abs(offset_s - self.last_s) > STEP_S:
            jump = jump_at(observation, offset_s - self.last_s, offset_s - self.settled_s)
            self.last_s = offset_s
            self.offsets.append(offset_s)
        if observation.anchor is not None or (jump is not None and jump.is_large):
            self.settled_s = offset_s
        if observation.files_s is not None and observation.files_s > observation.wall_s + STEP_S:
            self.offsets.append(observation.files_s - observation.counter_s)
        self.is_anchored = self.is_anchored or observation.anchor is not None
        if observation.anchor and observation.anchor.basis is GapBasis.TRUSTED:
            self.heard.append(observation)
            self.heard.sort(key=lambda seen: seen.counter_s)
        return jump

    def true_s(self, counter_s: float, *, words: bool) -> float | None:
        """Return the true time that is vouched for; a source of trusted time goes before a word."""
        anchor = self.word if words else None
        if self.trusted:
            place = bisect_right(self.trusted, counter_s, key=lambda seen: seen.counter_s)
            anchor = self.trusted[max(place - 1, 0)]
        if anchor is None or anchor.anchor is None:
            return None
        return anchor.anchor.true_s + counter_s - anchor.counter_s

    def known_from(self, *, words: bool) -> float:
        """Return the number of the event from which on somebody vouches for the line."""
        numbers = [seen.number for seen in self.trusted]
        if words and self.word is not None:
            numbers.append(self.word.number)
        return min(numbers, default=math.inf)


def jump_at(observation: Observation, size_s: float, total_s: float) -> Jump:
    """Return the jump that an observation shows."""
    return Jump(
        observation.number,
        observation.wall_s,
        observation.who,
        observation.machine,
        observation.line,
        size_s,
        total_s,
    )
