"""What the clocks of a record say against its dates: for `verify` and deviations.csv. Pure.

Grave is what makes a washout doubtful that nobody vouched for, or a person's word untrue. A clock
that was set, was wrong for a while or belongs to another computer is a note.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from study_design.dates import days_text
from study_design.protocol.study_file import StudyFile
from study_design.reads import Read
from study_design.record.acts import moment_of, utc_text
from study_design.record.clocks.gap import Gap
from study_design.record.clocks.history import ClockHistory
from study_design.record.clocks.lines import FIRST_DATE_S, SET_RIGHT_S
from study_design.record.clocks.observed import observations
from study_design.record.clocks.signs import signs_of
from study_design.record.clocks.words import from_posix, length, moment
from study_design.record.events import OF_READING, EventType, StoredEvent
from study_design.record.newest import newest
from study_design.record.payloads.staff import DateAttested, ProtocolLocked
from study_design.vocabulary import GapBasis

_VOUCHED = (GapBasis.TRUSTED, GapBasis.ATTESTED)


@dataclass(frozen=True, slots=True)
class ClockFinding:
    """Something that clocks say: when, of whom, in one sentence; `impact` as deviations.csv says.

    Attributes
    ----------
    deviates
        Whether a reader of the paper must hear of it.
    """

    when: str
    who: str
    what: str
    grave: bool
    impact: str
    deviates: bool


def clock_findings(
    events: Sequence[StoredEvent], reads: Sequence[Read], study: StudyFile
) -> tuple[ClockFinding, ...]:
    """Return what the clocks of a study of persons say against its dates, the grave first.

    Parameters
    ----------
    reads
        All reads that the events give, in the order of their validation.
    """
    if study.simulated:
        return ()
    history = ClockHistory(observations(events))
    found = [
        *_broken_words(history),
        *_sources(history),
        *_before_lock(events, history),
        *_openings(events, reads, history, study.design.washout),
        *_signs(events, history.without_words()),
    ]
    return tuple(sorted(found, key=lambda finding: not finding.grave))


def is_vouching(events: Iterable[StoredEvent]) -> bool:
    """Tell whether a study was locked by a program that opens a later period on vouched dates."""
    locks = [s.event.payload for s in events if isinstance(s.event.payload, ProtocolLocked)]
    return bool(locks) and locks[-1].vouched_dates


def _signs(events: Sequence[StoredEvent], history: ClockHistory) -> Iterator[ClockFinding]:
    """Name clocks that were set or wrong, and what was said of it."""
    words = [
        (stored.number, stored.event.actor, stored.event.payload.clock)
        for stored in events
        if isinstance(stored.event.payload, DateAttested)
    ]
    for sign in signs_of(history):
        said = next(((by, text) for number, by, text in words if number >= sign.number), None)
        answer = f" {said[0]} says of the clock: {said[1]}." if said and said[1] else ""
        yield ClockFinding(
            utc_text(from_posix(sign.wall_s)),
            sign.who,
            f"{sign.what[0].upper()}{sign.what[1:]}.{answer}",
            grave=False,
            impact="dates, not durations",
            deviates=sign.is_large,
        )


def _broken_words(history: ClockHistory) -> Iterator[ClockFinding]:
    """Name attestations that another witness contradicts, and dates that run back behind one."""
    for word in history.refuted:
        what = (
            f"{word.who} vouched for the date at event {word.number}, but {word.by} says that the "
            f"clock was wrong by {length(word.off_s)}."
        )
        when = utc_text(from_posix(word.wall_s))
        yield ClockFinding(when, word.who, what, True, "washouts that rest on it", True)
    behind = next(
        (
            seen
            for seen in history.seen
            if history.last_word
            and seen.number > history.last_word
            and FIRST_DATE_S <= seen.wall_s < history.word_s - SET_RIGHT_S
            and not history.is_settled(seen.number)
        ),
        None,
    )
    if behind is not None:
        what = (
            f"Event {behind.number} is dated {moment(behind.wall_s)}, "
            f"{length(history.word_s - behind.wall_s)} before the date that was vouched for at "
            f"event {history.last_word}: one of the two is untrue."
        )
        when = utc_text(from_posix(behind.wall_s))
        yield ClockFinding(when, behind.who, what, True, "washouts that rest on it", True)


def _sources(history: ClockHistory) -> Iterator[ClockFinding]:
    """Name who said the true time, and what contradicts them: their order, or a counter."""
    said = [seen for seen in history.seen if seen.anchor and seen.anchor.basis is GapBasis.TRUSTED]
    names = Counter(seen.anchor.who for seen in said if seen.anchor)
    for name, count in names.items():
        what = f"{name} said the true time, {count} {'time' if count == 1 else 'times'}."
        yield ClockFinding("", name, what, False, "dates", False)
    for before, after in pairwise(said):
        if before.anchor is None or after.anchor is None:
            continue
        passed_s = after.anchor.true_s - before.anchor.true_s
        counted_s = after.counter_s - before.counter_s if before.line == after.line else passed_s
        names_of_both = f"{before.anchor.who} at event {before.number} and {after.anchor.who}"
        if passed_s < -SET_RIGHT_S:
            what = f"{names_of_both} at event {after.number} run back by {length(-passed_s)}."
        elif abs(passed_s - counted_s) > SET_RIGHT_S:
            what = (
                f"{length(passed_s)} passed by {names_of_both} at event {after.number}, but "
                f"{length(counted_s)} by the computer: it stood still, or one of them is untrue."
            )
        else:
            continue
        when = utc_text(from_posix(after.wall_s))
        yield ClockFinding(
            when,
            after.who,
            what,
            min(passed_s, passed_s - counted_s) < -SET_RIGHT_S,
            "the washout",
            True,
        )


def _before_lock(events: Sequence[StoredEvent], history: ClockHistory) -> Iterator[ClockFinding]:
    """Name readers who read before the protocol was locked, by order or by date."""
    lock = newest(events, EventType.PROTOCOL_LOCKED)
    if lock is None:
        return
    locked_s = moment_of(lock.event.at_utc).timestamp()
    numbers = {seen.number: seen for seen in history.seen}
    told: set[str] = set()
    for stored in events:
        seen = numbers.get(stored.number)
        if stored.event.type not in OF_READING or seen is None or stored.event.actor in told:
            continue
        if stored.number < lock.number:
            what = "stands in the record before the protocol was locked"
        elif seen.wall_s < locked_s - SET_RIGHT_S and not history.is_settled(seen.number):
            what = (
                f"is dated {moment(seen.wall_s)}, before the protocol was locked on "
                f"{moment(locked_s)}"
            )
        else:
            continue
        told.add(stored.event.actor)
        yield ClockFinding(
            stored.event.at_utc,
            stored.event.actor,
            f"Event {stored.number} of {stored.event.actor} {what}.",
            grave=True,
            impact="reads without a protocol, or dates that are wrong",
            deviates=True,
        )


@dataclass(frozen=True, slots=True)
class _Reopened:
    """A read of a case that its reader knew from another arm, and the shortest time between."""

    read: Read
    gap: Gap
    unsworn_s: float  # at least, if no person's word counts


def _openings(
    events: Sequence[StoredEvent],
    reads: Sequence[Read],
    history: ClockHistory,
    washout: timedelta,
) -> Iterator[ClockFinding]:
    """Name reads of which the washout was short, or that nobody vouched for."""
    needed_s = washout.total_seconds()
    if needed_s == 0:
        return
    known = tuple(_met_again(reads, history))
    opened: set[tuple[str, int]] = set()
    resting: dict[str, list[Read]] = {}
    sworn: dict[str, list[_Reopened]] = {}
    for again in known:
        read, basis = again.read, again.gap.basis(needed_s)
        short = _short(read, again.gap, needed_s)
        if short is not None:
            yield short
        elif basis is GapBasis.ATTESTED and again.unsworn_s < needed_s - SET_RIGHT_S:
            sworn.setdefault(read.reader, []).append(again)
        key = (read.reader, read.period)
        if read.gap_basis in _VOUCHED:
            opened.add(key)
        elif basis is GapBasis.LOCAL and is_vouching(events) and key not in opened:
            yield _unvouched(read)
        elif basis is GapBasis.LOCAL:
            resting.setdefault(read.reader, []).append(read)
    yield from _by_reader(sworn, resting, deviates=is_vouching(events))


def _met_again(reads: Sequence[Read], history: ClockHistory) -> Iterator[_Reopened]:
    """Yield the reads that met a case again, in another arm, by a clock that was not simulated."""
    unsworn = history.without_words()
    earlier: dict[tuple[str, str], list[Read]] = {}
    for read in reads:
        known = earlier.setdefault((read.reader, read.case), [])
        others = [(seen.last_event, read.first_event) for seen in known if seen.arm != read.arm]
        known.append(read)
        gaps = [gap for pair in others if (gap := history.gap(*pair)) is not None]
        if gaps and read.gap_basis is not GapBasis.SIMULATED:
            without = [gap.least_s for pair in others if (gap := unsworn.gap(*pair)) is not None]
            yield _Reopened(read, min(gaps, key=lambda gap: gap.least_s), min(without))


def _by_reader(
    sworn: Mapping[str, Sequence[_Reopened]],
    resting: Mapping[str, Sequence[Read]],
    *,
    deviates: bool,
) -> Iterator[ClockFinding]:
    """Name the washouts that rest on a word against the clocks, or on a clock alone."""
    for reader, own in sworn.items():
        worst = min(own, key=lambda again: again.unsworn_s)
        what = (
            f"The washout of {len(own)} reads of {reader} rests on an attestation against what "
            f"clocks showed: without it, {length(max(worst.unsworn_s, 0.0))} are sure before case "
            f"{worst.read.case} on {worst.read.opened_utc}."
        )
        yield ClockFinding(worst.read.opened_utc, reader, what, False, "the washout", True)
    for reader, reads in resting.items():
        first = reads[0]
        what = (
            f"The washout of {len(reads)} reads of {reader} rests on the computer's clock alone, "
            f"the first of them case {first.case} on {first.opened_utc}."
        )
        yield ClockFinding(first.opened_utc, reader, what, False, "the washout", deviates)


def _short(read: Read, gap: Gap, needed_s: float) -> ClockFinding | None:
    """Name a washout that was too short, or may have been."""
    if gap.least_s >= needed_s:
        return None
    if gap.most_s < needed_s:
        grave = needed_s - gap.most_s > SET_RIGHT_S
        passed = f"only {length(max(gap.most_s, 0.0))} after the same reader had last seen it"
    else:
        grave = needed_s - gap.least_s > SET_RIGHT_S
        passed = (
            f"{length(max(gap.least_s, 0.0))} to {length(gap.most_s)} after the same reader had "
            "last seen it; a clock was set in between, or was wrong"
        )
    what = (
        f"{read.reader} opened case {read.case} (cell {read.cell}) {passed}. Expected a washout of "
        f"{days_text(timedelta(seconds=needed_s))}."
    )
    return ClockFinding(read.opened_utc, read.reader, what, grave, "the washout", True)


def _unvouched(read: Read) -> ClockFinding:
    """Name a read that nobody's word opened."""
    what = (
        f"{read.reader} opened case {read.case} (cell {read.cell}) again without trusted time or "
        "a signed attestation of the date."
    )
    return ClockFinding(read.opened_utc, read.reader, what, True, "the washout", True)
