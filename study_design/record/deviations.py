"""Deviations: what a reader of the paper must hear of; signed acts and what the program noticed.

The export's deviations.csv and the audit report say what stands here; pure.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from study_design.protocol.plan import Assignment
from study_design.protocol.study_file import StudyFile
from study_design.reads import Read
from study_design.record.breaches import backward_dates, breaches
from study_design.record.events import EventType, StoredEvent
from study_design.record.payload import Payload


@dataclass(frozen=True, slots=True)
class Deviation:
    """One row of deviations.csv; what the program noticed itself is not signed."""

    when: str
    who: str
    category: str
    what: str
    impact: str
    signed: bool


def deviations_of(
    events: Sequence[StoredEvent],
    reads: Sequence[Read],
    plan: Sequence[Assignment],
    study: StudyFile,
) -> tuple[Deviation, ...]:
    """Return the deviations of a study in the order of their dates.

    Parameters
    ----------
    events
        All events of the study.
    reads
        All reads that they give.
    """
    found = [*_signed(events), *_noticed(events, reads, plan, study)]
    return tuple(sorted(found, key=lambda deviation: deviation.when))


def _signed(events: Sequence[StoredEvent]) -> Iterator[Deviation]:
    """Return the acts that somebody signed."""
    for stored in events:
        tell = _SIGNED.get(stored.event.type)
        if tell is not None and not _at_the_gate(stored):
            category, what, impact = tell(Payload(stored))
            yield Deviation(
                stored.event.at_utc, stored.event.actor, category, what, impact, signed=True
            )


def _noticed(
    events: Sequence[StoredEvent],
    reads: Sequence[Read],
    plan: Sequence[Assignment],
    study: StudyFile,
) -> Iterator[Deviation]:
    """Return what was done out of protocol."""
    for breach in breaches(plan, reads, study):
        impact = "the read is kept and counts"
        yield Deviation(
            breach.when, breach.who, "out of protocol", breach.what, impact, signed=False
        )
    for breach in backward_dates(events):
        impact = "dates, not durations"
        yield Deviation(breach.when, breach.who, "clock", breach.what, impact, signed=False)


def _at_the_gate(stored: StoredEvent) -> bool:
    """Tell whether a reader did the last read again as the protocol allows: no deviation."""
    is_reopening = stored.event.type is EventType.READ_REOPENED
    return is_reopening and stored.event.actor == Payload(stored).text("reader")


# Category, what and impact of a signed act.
_Told = tuple[str, str, str]


def _unblinding(act: Payload) -> _Told:
    return "unblinding", act.text("what"), "arms masked" if act.flag("masked") else "arms named"


def _truth(act: Payload) -> _Told:
    what = f"reference standard brought in after the lock: {act.text('why')}"
    return "truth", what, f"results; the truth of {act.whole('cases')} cases"


def _withdrawal(act: Payload) -> _Told:
    what = f"case {act.text('case')} withdrawn: {act.text('why')}"
    return "withdrawal", what, "its reads are kept and left out of the primary analysis"


def _amendment(act: Payload) -> _Told:
    version = act.whole("protocol_version")
    what = f"protocol version {version}: {act.text('why')}"
    return "amendment", what, f"from then on: {', '.join(act.items('changed'))}"


def _attestation(act: Payload) -> _Told:
    what = f"the date of the computer vouched for: {act.text('why')}"
    return "attestation", what, "the washout of reads on that day"


def _reopening(act: Payload) -> _Told:
    what = (
        f"read {act.stored.event.read} of case {act.text('case')} by {act.text('reader')}: "
        f"{act.text('reason')}"
    )
    return "reopened", what, "superseded by the next read of its cell"


_SIGNED: Mapping[EventType, Callable[[Payload], _Told]] = {
    EventType.STUDY_UNBLINDED: _unblinding,
    EventType.TRUTH_RECORDED: _truth,
    EventType.CASE_WITHDRAWN: _withdrawal,
    EventType.PROTOCOL_AMENDED: _amendment,
    EventType.DATE_ATTESTED: _attestation,
    EventType.READ_REOPENED: _reopening,
}
