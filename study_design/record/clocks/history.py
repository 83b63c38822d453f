"""The history of a record's clocks: jumps, and how much time has surely passed between two events.

Each observation has an earliest and a latest true time. Where a source of trusted time or a person
vouches for a moment, the counter carries it over the whole line. Elsewhere every date that the
line's clock has shown is possible, unless the order of the record refutes it: nothing that came
later was earlier. A gap is as long as the shortest length that nothing refutes, so a clock that was
set can only make a reader wait, never let one in. Pure.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from study_design.record.clocks.gap import Gap, Refuted
from study_design.record.clocks.lines import FIRST_DATE_S, SET_RIGHT_S, Jump, Line, jump_at
from study_design.record.clocks.observed import Observation
from study_design.vocabulary import GapBasis


@dataclass(frozen=True, slots=True)
class _Bounds:
    """For each observation: true time at least by what was known then, at least, at most."""

    known: list[float]
    low: list[float]
    high: list[float]


@dataclass(frozen=True, slots=True)
class _Times:
    """The bounds of every observation, by each witness."""

    trusted: _Bounds
    vouched: _Bounds
    least: list[float]
    most: list[float]
    words: list[int]
    word_s: float
    refuted: tuple[Refuted, ...]


class ClockHistory:
    """What the observations of a record, in its order, tell of the time.

    Parameters
    ----------
    observed
        Of all stations and persons.
    """

    def __init__(self, observed: Iterable[Observation]) -> None:
        self._told = tuple(observed)
        self._seen: list[Observation] = []
        self._numbers: list[int] = []
        self._lines: dict[str, Line] = {}
        self._ends: dict[str, Observation] = {}
        self._times: _Times | None = None
        self.jumps: list[Jump] = []
        for observation in _stood_still(self._told):
            self._note(observation)

    def _note(self, observation: Observation) -> None:
        """Take note of what happened next."""
        self._seen.append(observation)
        self._numbers.append(observation.number)
        if not observation.line:
            return
        line = self._lines.get(observation.line)
        if line is None:
            line = self._lines[observation.line] = Line.begun_at(observation)
            self._note_start(observation)
        jump = line.note(observation)
        if jump is not None:
            self.jumps.append(jump)
        self._ends[observation.machine] = observation

    def without_words(self) -> "ClockHistory":
        """Return what would be known if no person had vouched for anything."""
        return ClockHistory(
            replace(seen, anchor=None)
            if seen.anchor is not None and seen.anchor.basis is GapBasis.ATTESTED
            else seen
            for seen in self._told
        )

    @property
    def seen(self) -> Sequence[Observation]:
        """All observations so far."""
        return self._seen

    @property
    def refuted(self) -> tuple[Refuted, ...]:
        """Words of persons on the date that another witness contradicts."""
        return self._all_times().refuted

    @property
    def last_word(self) -> int:
        """The number of the newest attestation that nothing contradicts; 0 without one."""
        words = self._all_times().words
        return words[-1] if words else 0

    @property
    def word_s(self) -> float:
        """The date of the newest attestation that nothing contradicts."""
        return self._all_times().word_s

    def last_trusted(self, machine: str) -> int:
        """Return the number of a computer's newest event with trusted time; 0 without one."""
        self._all_times()
        numbers = (
            seen.number
            for line in self._lines.values()
            for seen in line.trusted
            if seen.machine == machine
        )
        return max(numbers, default=0)

    def gap(self, earlier: int, later: int) -> Gap | None:
        """Return the time between two events by their numbers; None where a clock is simulated."""
        first, second = self._place(earlier), self._place(later)
        if first is None or second is None:
            return None
        times = self._all_times()
        place = bisect_right(times.words, earlier)
        is_vouched = place < len(times.words) and times.words[place] <= later
        until_s = times.most[first] if is_vouched else times.vouched.high[first]
        gap = Gap(
            times.least[second] - times.most[first],
            times.most[second] - times.least[first],
            times.trusted.known[second] - times.trusted.high[first],
            times.vouched.known[second] - until_s,
        )
        one, other = self._seen[first], self._seen[second]
        line = self._lines.get(one.line)
        if line is not None and one.line == other.line and not line.trusted:
            counted_s = other.counter_s - one.counter_s
            return Gap(counted_s, counted_s, gap.trusted_s, min(gap.attested_s, counted_s))
        return gap

    def is_vouched(self, number: int, basis: GapBasis) -> bool:
        """Tell whether somebody had vouched for the date of an event when it was written."""
        place = self._place(number)
        if place is None:
            return False
        line = self._lines.get(self._seen[place].line)
        if line is None or not line.is_anchored:
            return False
        words = basis is GapBasis.ATTESTED
        if words:
            self._all_times()
        elif self._times is None:
            self._judge_sources()
        return line.known_from(words=words) <= number

    def is_settled(self, number: int) -> bool:
        """Tell whether trusted time, or a person after it, vouches for the date of an event."""
        place = self._place(number)
        if place is None:
            return False
        line = self._lines.get(self._seen[place].line)
        return self.last_word > number or (line is not None and bool(line.trusted))

    def _note_start(self, observation: Observation) -> None:
        """Name a computer that was started anew, by its clock, before its own last event."""
        last = self._ends.get(observation.machine) if observation.machine else None
        size_s = observation.offset_s - last.wall_s if last is not None else 0.0
        if size_s < -SET_RIGHT_S:
            self.jumps.append(jump_at(observation, size_s, size_s))

    def _place(self, number: int) -> int | None:
        """Return where the observation of an event stands; None where there is none."""
        place = bisect_left(self._numbers, number)
        found = place < len(self._numbers) and self._numbers[place] == number
        return place if found else None

    def _all_times(self) -> _Times:
        """Return the bounds of all observations, computed once until the next is noted."""
        if self._times is None:
            self._judge_sources()
            trusted = self._bounds(words=False)
            words, word_s, refuted = self._judged_words(trusted)
            vouched = self._bounds(words=True)
            least, most = self._spans(vouched)
            self._times = _Times(trusted, vouched, least, most, words, word_s, refuted)
        return self._times

    def _exact(self, seen: Observation, *, words: bool) -> float | None:
        """Return the true time of an observation where somebody vouches for it."""
        line = self._lines.get(seen.line)
        return line.true_s(seen.counter_s, words=words) if line is not None else None

    def _bounds(self, *, words: bool) -> _Bounds:
        """Return between which moments that somebody vouches for each observation lies."""
        exact = [self._exact(seen, words=words) for seen in self._seen]
        froms = {name: line.known_from(words=words) for name, line in self._lines.items()}
        at_once = (
            -math.inf if true is None or froms[seen.line] > seen.number else true
            for seen, true in zip(self._seen, exact, strict=True)
        )
        low = accumulate((-math.inf if true is None else true for true in exact), max)
        high = accumulate((math.inf if true is None else true for true in reversed(exact)), min)
        return _Bounds(list(accumulate(at_once, max)), list(low), list(high)[::-1])

    def _judge_sources(self) -> None:
        """Let what time servers said stand, unless one that was asked later says it was earlier."""
        later_s, standing = math.inf, set[int]()
        for seen in reversed(self._seen):
            if seen.anchor is None or seen.anchor.basis is not GapBasis.TRUSTED:
                continue
            if seen.anchor.true_s <= later_s + SET_RIGHT_S:
                later_s = min(later_s, seen.anchor.true_s)
                standing.add(seen.number)
        for line in self._lines.values():
            line.trusted = [seen for seen in line.heard if seen.number in standing]

    def _judged_words(self, trusted: _Bounds) -> tuple[list[int], float, tuple[Refuted, ...]]:
        """Give each line the newest word that stands, and return which do and which do not.

        A word falls where trusted time contradicts it, or where one that came later says that it
        was earlier.
        """
        for line in self._lines.values():
            line.word = None
        standing: list[int] = []
        refuted: list[Refuted] = []
        later_s = word_s = math.inf
        for place in range(len(self._seen) - 1, -1, -1):
            seen = self._seen[place]
            if seen.anchor is None or seen.anchor.basis is not GapBasis.ATTESTED:
                continue
            said_s = seen.anchor.true_s
            off_s, by = max(
                (trusted.low[place] - said_s, "trusted time"),
                (said_s - trusted.high[place], "trusted time"),
                (said_s - later_s, "a later attestation"),
            )
            if off_s > SET_RIGHT_S:
                refuted.append(Refuted(seen.number, seen.wall_s, seen.who, by, off_s))
                continue
            if not standing:
                word_s = said_s
            later_s = min(later_s, said_s)
            standing.append(seen.number)
            own = self._lines.get(seen.line)
            if own is not None and own.word is None:
                own.word = seen
        return standing[::-1], word_s, tuple(reversed(refuted))

    def _spans(self, bounds: _Bounds) -> tuple[list[float], list[float]]:
        """Return the earliest and the latest true time of each observation."""
        least, most = [], []
        for place, seen in enumerate(self._seen):
            exact = self._exact(seen, words=True)
            low, high = bounds.low[place], bounds.high[place]
            if exact is not None:
                dates = [min(max(exact, low), high)]
            else:
                dates = self._possible(seen, low, high)
            least.append(min(dates))
            most.append(max(dates))
        # The order of the record: nothing that came later was earlier.
        most = [min(s, h) for s, h in zip(accumulate(most, max), bounds.high, strict=True)]
        earliest = list(accumulate(reversed(least), min))[::-1]
        least = [max(s, low) for s, low in zip(earliest, bounds.low, strict=True)]
        return least, most

    def _possible(self, seen: Observation, low: float, high: float) -> list[float]:
        """Return the dates of an observation, within its bounds, that nothing refutes."""
        line = self._lines.get(seen.line)
        offsets = line.offsets if line is not None else ()
        dates = [seen.counter_s + offset for offset in offsets] or [seen.wall_s]
        standing = [
            min(max(date, low), high)
            for date in dates
            if date >= FIRST_DATE_S and low - SET_RIGHT_S <= date <= high + SET_RIGHT_S
        ]
        if standing:
            return standing
        bounds = [bound for bound in (low, high) if math.isfinite(bound)]
        return bounds or [max(dates)]


def _stood_still(told: Sequence[Observation]) -> Iterator[Observation]:
    """Yield observations, counted by the clock where somebody said that the counter stood still."""
    words = {
        seen.line: seen for seen in told if seen.line and seen.anchor and seen.anchor.stood_still
    }
    for seen in told:
        word = words.get(seen.line)
        if word is None or seen.number >= word.number:
            yield seen
        else:
            yield replace(seen, counter_s=seen.wall_s - word.offset_s)
