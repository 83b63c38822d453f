"""Whether a case that a reader has seen in another arm may come back: by sure time, vouched for.

A period opens on trusted time or on a person's word; after that it stays open on the clocks of
computers whose date was vouched for, as long as nobody sets them. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from study_design.dates import days_text
from study_design.record.clocks.history import ClockHistory
from study_design.record.clocks.lines import Jump
from study_design.record.clocks.observed import Observation
from study_design.record.clocks.words import length
from study_design.vocabulary import GapBasis

ATTEST = "crossread attest STUDY --by NAME --reason TEXT --clock"


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """A case that the reader has validated in another arm: its name, the event that did it."""

    case: str
    number: int


@dataclass(frozen=True, slots=True)
class Door:
    """What is about to open.

    Attributes
    ----------
    seen
        Its cases that the reader knows from another arm.
    opened_on
        Computers whose date was vouched for, where the reader's period has been opened; else none.
    """

    reader: str
    period: int
    seen: Sequence[SeenBefore]
    washout: timedelta
    opened_on: frozenset[str]


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a door stays closed, in one line; `wait_s` is how long, where waiting opens it."""

    why: str
    wait_s: float | None = None


def closed(history: ClockHistory, now: Observation, door: Door) -> Closed | None:
    """Return why a door may not be opened now; None where it may.

    Parameters
    ----------
    history
        All observations of the record, and `now` as the last of them.
    """
    needed_s = door.washout.total_seconds()
    if not door.seen or needed_s == 0:
        return None
    gaps = [(history.gap(known.number, now.number), known) for known in door.seen]
    sure = [(gap.least_s, known.case) for gap, known in gaps if gap is not None]
    least_s, case = min(sure, default=(needed_s, ""))
    if least_s < needed_s:
        return _too_early(history, now, door, case, least_s)
    jump = closing_jump(history, now)
    if jump is not None:
        way = "forward" if jump.size_s > 0 else "back"
        return Closed(
            f"The clock of this computer was set {way} by {length(abs(jump.size_s))}, so period "
            f"{door.period} of {door.reader} is closed. Expected a signed attestation of what "
            f"the clock did, got none. Ask the coordinator: {ATTEST} TEXT"
        )
    bases = [gap.basis(needed_s) for gap, _ in gaps if gap is not None]
    if GapBasis.LOCAL in bases and now.machine not in door.opened_on:
        return Closed(
            f"Period {door.period} of {door.reader} opens on trusted time or a signed attestation "
            "of the date, got the clock of this computer alone. Ask the coordinator: "
            f"{ATTEST} right"
        )
    return None


def basis_at(
    history: ClockHistory, now: Observation, seen: Iterable[SeenBefore], washout: timedelta
) -> GapBasis:
    """Return whose word the gap of a case rests on; of one never seen, whose the date is."""
    gaps = [history.gap(known.number, now.number) for known in seen]
    bases = [gap.basis(washout.total_seconds()) for gap in gaps if gap is not None]
    for basis in (GapBasis.LOCAL, GapBasis.ATTESTED, GapBasis.TRUSTED):
        if basis in bases:
            return basis
    vouching = (GapBasis.TRUSTED, GapBasis.ATTESTED)
    return next((b for b in vouching if history.is_vouched(now.number, b)), GapBasis.LOCAL)


def closing_jump(history: ClockHistory, now: Observation) -> Jump | None:
    """Return the jump of a computer's clock that nobody has vouched for since; None without one."""
    if history.is_vouched(now.number, GapBasis.TRUSTED):
        return None
    since = max(history.last_word, history.last_trusted(now.machine))
    jumps = (
        jump
        for jump in reversed(history.jumps)
        if jump.machine == now.machine and jump.number > since and jump.is_large
    )
    return next(jumps, None)


def _too_early(
    history: ClockHistory, now: Observation, door: Door, case: str, least_s: float
) -> Closed:
    """Return what is said where less time has surely passed than the dates say."""
    wait_s = door.washout.total_seconds() - least_s
    passed = f"{length(least_s)} are sure" if least_s >= 1 else "no time is sure"
    is_vouched = history.is_vouched(now.number, GapBasis.ATTESTED)
    advice = (
        f"Come back in {length(wait_s)}. If the computer stood still, as virtual ones do: "
        f"{ATTEST} TEXT --stood-still"
        if is_vouched
        else f"Come back later, or let the coordinator say what the clock did: {ATTEST} TEXT"
    )
    return Closed(
        f"{door.reader} last saw case {case} {days_text(door.washout)} ago or more by the dates, "
        f"but {passed} to have passed: a clock was set, or showed another date than its computer's "
        f"files. Expected a washout of {days_text(door.washout)}. {advice}",
        wait_s,
    )
