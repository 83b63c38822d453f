"""Checks who wrote a record: every event signed by an enrolled key, in the order of its sitting.

What a fingerprint proves: that the record was written under the keys it stands for, and under keys
that those vouch for. Without it, on an account that never wrote to the record, keys and events made
up together cannot be told from genuine ones; one line says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from study_design.record.events import Signing, StoredEvent
from study_design.record.payloads.staff import KeyEnrolled, StudyRestored
from study_design.record.problem import Problem
from study_design.record.signing.account_key import signature_holds
from study_design.record.signing.enrolment import EnrolledKey, enrolled_keys
from study_design.record.signing.fingerprint import fingerprint_of
from study_design.record.store.chain import FIRST_PREVIOUS_HASH, signed_text

# So many of a kind are named one by one.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Trust:
    """What whoever checks a record knows of its keys.

    Attributes
    ----------
    fingerprint
        The one that was noted when the study was locked, as it is printed; empty where unknown.
    own_key
        Name of the key of this account; empty where it has none.
    """

    fingerprint: str = ""
    own_key: str = ""


def signature_problems(
    events: Sequence[StoredEvent], trust: Trust, *, after: int = 0
) -> Iterator[Problem]:
    """Name events that nobody signed who may, and keys that nobody vouches for.

    Parameters
    ----------
    events
        All events of a record whose chain holds.
    after
        Number of the event up to which signatures were found to hold before.
    """
    keys = enrolled_keys(events)
    if not keys:
        if events:
            yield Problem("The record bears no signatures.", grave=bool(trust.fingerprint))
        return
    yield from _unsigned_problems(events, keys[0])
    yield from _at_most(_sitting_problems(events))
    yield from _at_most(_key_problems(events, keys, after))
    yield from _enrolment_problems(events, keys)
    yield from _trust_problems(events, keys, trust)


def vouched_keys(
    events: Sequence[StoredEvent], keys: Sequence[EnrolledKey], trusted: set[str]
) -> set[str]:
    """Return the names of all keys that trusted ones vouch for, themselves included.

    A key vouches for those that it enrolled, and goes on with those under the fingerprint of a
    backup that it restored; one that was not verified is named by itself, for ever.
    """
    restored = {
        stored.event.payload.fingerprint: stored.signing.key
        for stored in events
        if isinstance(stored.event.payload, StudyRestored) and stored.signing is not None
    }
    groups = list(_groups(keys))
    known = set(trusted)
    while True:
        more = {key.name for key in keys if key.by in known}
        for group in groups:
            if restored.get(fingerprint_of(key.public for key in group)) in known:
                more |= {key.name for key in group}
        if more <= known:
            return known
        known |= more


def _unsigned_problems(events: Sequence[StoredEvent], first: EnrolledKey) -> Iterator[Problem]:
    """Say which events are from before there were signatures; name unsigned ones after that."""
    before = first.number - 1
    if before:
        yield Problem(f"The record is unsigned until event {first.number}.", grave=False)
        enrolled = events[before].event.payload
        end = events[before - 1]
        if isinstance(enrolled, KeyEnrolled) and (
            (enrolled.record_number, enrolled.record_hash) != (before, end.hash)
        ):
            yield Problem(
                f"Event {first.number} took over a record that ended otherwise at event "
                f"{enrolled.record_number}: what is unsigned was rewritten."
            )
    late = [stored.number for stored in events[before:] if stored.signing is None]
    early = [stored.number for stored in events[:before] if stored.signing is not None]
    if late or early:
        yield Problem(
            f"Event {(*late, *early)[0]} bears no signature that holds, although signatures begin "
            f"at event {first.number} ({len(late) + len(early)} such events)."
        )


def _sitting_problems(events: Sequence[StoredEvent]) -> Iterator[Problem]:
    """Name events that do not follow what was written before them in their sitting."""
    seen = {FIRST_PREVIOUS_HASH}
    newest: dict[str, Signing] = {}
    for stored in events:
        signing = stored.signing
        if signing is None:
            seen.add(stored.hash)
            continue
        before = newest.get(stored.event.sitting)
        follows = (
            (signing.place, signing.follows) == (before.place + 1, before.content_hash)
            if before
            else signing.place == 1 and signing.follows in seen
        )
        if not follows:
            yield Problem(
                f"Event {stored.number} does not follow the one before it in its sitting: events "
                "were taken out, moved or put in."
            )
        newest[stored.event.sitting] = signing
        seen.add(signing.content_hash)


def _key_problems(
    events: Sequence[StoredEvent], keys: Sequence[EnrolledKey], after: int
) -> Iterator[Problem]:
    """Name events that are signed falsely, by a key that is not enrolled yet, or by nobody."""
    known = {key.name: key for key in keys}
    open_ends: dict[str, StoredEvent] = {}
    for stored in events:
        signing = stored.signing
        if signing is None:
            continue
        key = known.get(signing.key)
        if key is None or (key.number > stored.number and not _restores(stored)):
            yield Problem(f"Event {stored.number} was signed by a key that was not enrolled.")
        elif stored.number > after and not _is_signed(signing, key):
            yield Problem(f"The signature of event {stored.number} does not hold.")
        if signing.signature:
            open_ends.pop(stored.event.sitting, None)
        else:
            open_ends.setdefault(stored.event.sitting, stored)
    for stored in open_ends.values():
        yield Problem(f"Event {stored.number} bears no signature, nor does one after it.")


def _is_signed(signing: Signing, key: EnrolledKey) -> bool:
    """Tell whether a signature, where there is one, is that of a key."""
    return not signing.signature or signature_holds(
        key.public, signed_text(signing.content_hash), signing.signature
    )


def _restores(stored: StoredEvent) -> bool:
    """Tell whether an event may be signed by the key that the event after it enrols."""
    return isinstance(stored.event.payload, StudyRestored)


def _enrolment_problems(
    events: Sequence[StoredEvent], keys: Sequence[EnrolledKey]
) -> Iterator[Problem]:
    """Name keys that enrolled themselves where only another one or a restored backup may."""
    names = {key.name: key.number for key in keys}
    for key in keys[1:]:
        before = events[key.number - 2]
        if key.vouches_for_itself and not _restores(before):
            yield Problem(f"Event {key.number} enrols a key that no enrolled key vouches for.")
        elif not key.vouches_for_itself and names.get(key.by, key.number) >= key.number:
            yield Problem(f"Event {key.number} enrols a key under one that is not enrolled.")


def _trust_problems(
    events: Sequence[StoredEvent], keys: Sequence[EnrolledKey], trust: Trust
) -> Iterator[Problem]:
    """Say whether the keys are those that are known here, or what would tell."""
    printed = fingerprint_of(key.public for key in keys)
    if trust.fingerprint:
        group = next(
            (g for g in _groups(keys) if fingerprint_of(k.public for k in g) == trust.fingerprint),
            (),
        )
        if not group:
            yield Problem(
                f"Expected a record under the fingerprint {trust.fingerprint}, got one under "
                f"{printed}: it was not written with the keys that you know."
            )
            return
        trusted = {key.name for key in group}
    elif trust.own_key in {key.name for key in keys}:
        trusted = {trust.own_key}
        trusted |= _roots_of(trust.own_key, keys)
    else:
        yield Problem(f"The record is genuine only if the fingerprint is {printed}.", grave=False)
        return
    strange = [key for key in keys if key.name not in vouched_keys(events, keys, trusted)]
    for key in strange:
        yield Problem(
            f"From event {key.number} on a key writes that no key known here vouches for: genuine "
            f"only if the fingerprint is {printed}."
        )


def _roots_of(name: str, keys: Sequence[EnrolledKey]) -> set[str]:
    """Return the keys over a key: those that vouch for it, up to one that vouches for itself."""
    by = {key.name: key.by for key in keys}
    above: set[str] = set()
    while name in by and name not in above:
        above.add(name)
        name = by[name]
    return above


def _groups(keys: Sequence[EnrolledKey]) -> Iterator[Sequence[EnrolledKey]]:
    """Yield the keys of a record as they were after each enrolment, the newest first."""
    for count in range(len(keys), 0, -1):
        yield keys[:count]


def _at_most(problems: Iterator[Problem]) -> Iterator[Problem]:
    """Yield the first problems of a kind and the number of the others."""
    found = list(problems)
    yield from found[:_NAMED]
    if len(found) > _NAMED:
        yield Problem(f"... and {len(found) - _NAMED} more of this kind.")
