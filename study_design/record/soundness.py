"""Whether a record is whole: chain, signatures and end, as far as that can be known here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from study_design.errors import RecordError
from study_design.record.events import StoredEvent
from study_design.record.heads import head_problems
from study_design.record.payloads.staff import StudyRestored
from study_design.record.problem import Problem
from study_design.record.record import Record
from study_design.record.signing.account_key import known_account_key
from study_design.record.signing.signature_check import Trust, signature_problems
from study_design.secrets import SecretError


@dataclass(frozen=True, slots=True)
class KnownEvents:
    """All events of a record at one moment, and what is wrong with how they end."""

    events: tuple[StoredEvent, ...]
    of_end: tuple[Problem, ...]


def known_events(store: Record, *, witnessed: bool = False) -> KnownEvents:
    """Return the events of a record and compare their end with what this account remembers.

    While others write, what is remembered may be newer than the events; then both are looked at
    again, so that nobody is told of a record that was cut off because a reader goes on.

    Parameters
    ----------
    witnessed
        Something kept elsewhere vouches for how the record ends.
    """
    while True:
        events = store.events()
        ends = tuple(head_problems(store.identity, events, witnessed=witnessed))
        last = store.last()
        went_on = last is not None and last.number > len(events)
        if not (went_on and any(problem.grave for problem in ends)):
            return KnownEvents(events, ends)


def record_problems(
    store: Record, *, fingerprint: str = "", witnessed: bool = False
) -> Iterator[Problem]:
    """Name what is wrong with a record, and what cannot be known of it here.

    Parameters
    ----------
    fingerprint
        The one that was noted when the study was locked; empty where unknown.
    witnessed
        Something kept elsewhere vouches for how the record ends.
    """
    broken = store.verify_chain()
    yield from (Problem(line) for line in broken)
    known = known_events(store, witnessed=witnessed)
    yield from known.of_end
    if not broken:
        yield from signature_problems(known.events, trust_here(fingerprint))


def trust_here(fingerprint: str = "") -> Trust:
    """Return what this account knows of keys, with a fingerprint that somebody told it."""
    try:
        own = known_account_key()
    except SecretError:
        own = None
    return Trust(fingerprint, own.name if own else "")


def restore_problems(events: Sequence[StoredEvent]) -> Iterator[Problem]:
    """Say for ever what was restored from where, and whether anything vouched for it."""
    for stored in events:
        match stored.event.payload:
            case StudyRestored() as restored:
                lost = (
                    f"; events up to {restored.lost_until} were known here and are lost"
                    if restored.lost_until
                    else ""
                )
                ended = f"a backup that ends at event {restored.record_number}{lost}"
                if restored.verified:
                    what = f"Event {stored.number}: the study was restored from {ended}."
                    yield Problem(what, grave=False)
                else:
                    yield Problem(
                        f"Event {stored.number}: unverified: the study was restored from {ended}, "
                        "and neither fingerprint, witness nor this account vouched for it."
                    )


def sound_events(store: Record) -> tuple[StoredEvent, ...]:
    """Return all events of a record after checking that it is whole.

    Raises
    ------
    RecordError
        Where it was altered, cut off or rolled back, as far as that can be known here.
    """
    for line in store.verify_chain():
        raise _altered(line)
    known = known_events(store)
    for problem in (*known.of_end, *signature_problems(known.events, trust_here())):
        if problem.grave:
            raise _altered(problem.what)
    return known.events


def _altered(what: str) -> RecordError:
    """Return the refusal of a record that is not what was written."""
    return RecordError(
        f"The record was altered: {what} Restore it from a backup: crossread restore FILE STUDY"
    )
