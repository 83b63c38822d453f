"""How an event becomes a row: its content hash, its place in the store's chain, and back.

Two hashes: the content hash covers everything that an event says and what it grows from, but not
its number, and is what a signature covers; the store's chain lies above it and covers numbers, so
records can be joined and numbered anew without touching a signature. Events of form 1 have the
chain alone.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from sqlalchemy import Row

from study_design.record.event_check import checked
from study_design.record.events import Event, EventType, JsonValue, Signing, StoredEvent
from study_design.record.payloads.form import canonical, payload_of
from study_design.record.upcast import FORM

FIRST_PREVIOUS_HASH = "0" * 64
_UNSIGNED = 1


def event_fields(number: int, act: Event, payload: str) -> dict[str, JsonValue]:
    """Return everything that an event says, by column.

    Parameters
    ----------
    payload
        The payload's text, as it was or will be recorded.
    """
    return {
        "number": number,
        "event": act.event,
        "type": act.type.value,
        "at_utc": act.at_utc,
        "utc_offset_min": act.utc_offset_min,
        "elapsed_s": float(act.elapsed_s),
        "sitting": act.sitting,
        "actor": act.actor,
        "read": act.read,
        "once": act.once,
        "payload": json.loads(payload),
    }


def exported_fields(stored: StoredEvent) -> dict[str, JsonValue]:
    """Return a line of events.jsonl: what an event says, its hashes, and who signed it."""
    fields = event_fields(stored.number, stored.event, stored.payload_text)
    fields |= {"previous_hash": stored.previous_hash, "hash": stored.hash}
    return fields if stored.signing is None else {**fields, "form": FORM, **asdict(stored.signing)}


def content_hash(act: Event, payload: str, *, place: int, follows: str, key: str) -> str:
    """Return SHA-256 of the canonical JSON of an event without its number.

    The payload is in it as the text that is recorded.
    """
    fields = event_fields(0, act, "null")
    del fields["number"]
    hung: dict[str, JsonValue] = {"form": FORM, "place": place, "follows": follows, "key": key}
    content = canonical({**fields, **hung, "payload": payload})
    return hashlib.sha256(content.encode()).hexdigest()


def signed_text(content: str) -> str:
    """Return what a signature covers, given a content hash: no other use of a key looks like it."""
    return f"Crossread event {content}"


def chained(
    number: int, act: Event, payload: str, previous_hash: str, signing: Signing
) -> StoredEvent:
    """Give an event its place in the record: SHA-256 of previous hash, number and content hash."""
    content = f"{previous_hash} {number} {signing.content_hash}"
    hash_ = hashlib.sha256(content.encode()).hexdigest()
    return StoredEvent(number, act, previous_hash, hash_, payload, FORM, signing)


def row_of(stored: StoredEvent) -> dict[str, JsonValue]:
    """Return the row of a stored event of today's form."""
    signing = stored.signing
    if signing is None:
        raise ValueError(f"event {stored.number} belongs to no sitting")
    return {
        **event_fields(stored.number, stored.event, stored.payload_text),
        "payload": stored.payload_text,
        "previous_hash": stored.previous_hash,
        "hash": stored.hash,
        "form": stored.form,
        "place": signing.place,
        "follows": signing.follows,
        "content_hash": signing.content_hash,
        "key": signing.key,
        "signature": signing.signature,
    }


def stored_event(row: Row[tuple[object, ...]]) -> StoredEvent:
    """Return the event in a row.

    Raises
    ------
    ValueError, TypeError
        Where type, payload, date or times cannot be understood.
    """
    act = Event(
        event=row.event,
        at_utc=row.at_utc,
        utc_offset_min=row.utc_offset_min,
        elapsed_s=row.elapsed_s,
        sitting=row.sitting,
        actor=row.actor,
        payload=payload_of(EventType(row.type), row.form, row.payload),
        read=row.read,
        once=row.once,
    )
    signing = (
        Signing(row.place, row.follows, row.content_hash, row.key, row.signature)
        if row.form != _UNSIGNED
        else None
    )
    return StoredEvent(
        row.number, checked(act), row.previous_hash, row.hash, row.payload, row.form, signing
    )


def broken_links(events: Sequence[StoredEvent], *, after: int = 0) -> Iterator[str]:
    """Name events behind a number that are not what was recorded, or not where they were.

    Parameters
    ----------
    events
        All events of the record up to the last one of interest.
    after
        Number of the event from which on they are looked at; that one is taken as it is.
    """
    previous_hash = events[after - 1].hash if after else FIRST_PREVIOUS_HASH
    for number, known in enumerate(events[after:], start=after + 1):
        if known.number != number:
            yield f"Expected event {number}, got event {known.number}."
        if known != _recorded(known, previous_hash):
            yield f"Event {known.number} is not what was recorded."
        previous_hash = known.hash


def holds(row: Row[tuple[object, ...]], previous_hash: str) -> bool:
    """Tell whether a row is what was recorded after the event of a hash."""
    try:
        known = stored_event(row)
        return known == _recorded(known, previous_hash)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return False


def _recorded(known: StoredEvent, previous_hash: str) -> StoredEvent:
    """Return an event as it would have been recorded after the event of a hash."""
    act, payload = known.event, known.payload_text
    if known.signing is None:
        content = previous_hash + canonical(event_fields(known.number, act, payload))
        hash_ = hashlib.sha256(content.encode()).hexdigest()
        return StoredEvent(known.number, act, previous_hash, hash_, payload, _UNSIGNED, None)
    hung = known.signing
    content = content_hash(act, payload, place=hung.place, follows=hung.follows, key=hung.key)
    signing = Signing(hung.place, hung.follows, content, hung.key, hung.signature)
    return chained(known.number, act, payload, previous_hash, signing)
