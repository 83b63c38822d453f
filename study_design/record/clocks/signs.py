"""Signs that a clock was wrong: what an attestation must explain and `verify` names. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from study_design.record.clocks.history import ClockHistory
from study_design.record.clocks.lines import FIRST_DATE_S, SET_RIGHT_S
from study_design.record.clocks.observed import Observation
from study_design.record.clocks.words import length, moment


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that a right clock does not do.

    Attributes
    ----------
    number
        Of the event that shows it.
    is_large
        Whether it is more than a clock that is set right now and then, so that a person must
        explain it.
    """

    number: int
    wall_s: float
    who: str
    what: str
    is_large: bool = True


def signs_of(history: ClockHistory) -> tuple[Sign, ...]:
    """Return the signs of a record in its order."""
    jumps = (
        Sign(
            jump.number,
            jump.wall_s,
            jump.who,
            f"the clock was set {'forward' if jump.size_s > 0 else 'back'} by "
            f"{length(abs(jump.size_s))} before event {jump.number}, {moment(jump.wall_s)}",
            jump.is_large,
        )
        for jump in history.jumps
    )
    found = [*jumps, *_backward(history), *_impossible(history)]
    return tuple(sorted(found, key=lambda sign: sign.number))


def _backward(history: ClockHistory) -> Iterator[Sign]:
    """Yield where the dates of the record run back from one counter to another."""
    newest: Observation | None = None
    was_behind = False
    for seen in history.seen:
        behind_s = newest.wall_s - seen.wall_s if newest is not None else 0.0
        is_behind = behind_s > SET_RIGHT_S
        one_line = newest is not None and bool(seen.line) and seen.line == newest.line
        if is_behind and not was_behind and not one_line and newest is not None:
            yield Sign(
                seen.number,
                seen.wall_s,
                seen.who,
                f"event {seen.number} is dated {moment(seen.wall_s)}, {length(behind_s)} before "
                f"event {newest.number}",
            )
        was_behind = is_behind
        if newest is None or seen.wall_s > newest.wall_s:
            newest = seen


def _impossible(history: ClockHistory) -> Iterator[Sign]:
    """Yield clocks that a time server, files or reason contradict, once for each counter."""
    told: set[tuple[str, str]] = set()
    for seen in history.seen:
        for kind, what in _contradictions(seen):
            key = (seen.line or str(seen.number), kind)
            if key not in told:
                told.add(key)
                yield Sign(seen.number, seen.wall_s, seen.who, what)


def _contradictions(seen: Observation) -> Iterator[tuple[str, str]]:
    """Yield what contradicts the clock of an observation: kind and words."""
    at = f"at event {seen.number}, {moment(seen.wall_s)},"
    ahead_s = seen.wall_s - seen.anchor.true_s if seen.anchor is not None else 0.0
    if seen.anchor is not None and abs(ahead_s) > SET_RIGHT_S:
        way = "ahead of" if ahead_s > 0 else "behind"
        what = f"{at} the clock was {length(abs(ahead_s))} {way} {seen.anchor.who}"
        yield "server", what
    behind_s = seen.files_s - seen.wall_s if seen.files_s is not None else 0.0
    if behind_s > SET_RIGHT_S:
        what = f"{at} the computer held files dated {length(behind_s)} later"
        yield "files", what
    if seen.wall_s < FIRST_DATE_S:
        what = f"event {seen.number} is dated {moment(seen.wall_s)}, before this program was made"
        yield "program", what
