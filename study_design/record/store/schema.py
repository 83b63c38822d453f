"""The tables of the record and the hash that chains each event to the one before it.

The database itself refuses to change or delete an event; the chain shows when somebody went round
that. Tampering is evident, never impossible.
"""

import hashlib
import json

from sqlalchemy import Column, Float, Integer, MetaData, Row, String, Table, Text, event, text
from sqlalchemy.engine import Connection

from study_design.record.event_check import checked
from study_design.record.events import Event, EventType, JsonValue, StoredEvent
from study_design.record.payloads.form import canonical, payload_of

SCHEMA_VERSION = 1
FIRST_PREVIOUS_HASH = "0" * 64

METADATA = MetaData()

META = Table(
    "meta",
    METADATA,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("event", String, nullable=False, unique=True),
    Column("type", String, nullable=False, index=True),
    Column("at_utc", String, nullable=False),
    Column("utc_offset_min", Integer, nullable=False),
    Column("elapsed_s", Float, nullable=False),
    Column("sitting", String, nullable=False),
    Column("actor", String, nullable=False, index=True),
    Column("read", String, index=True),
    Column("once", String, unique=True),
    Column("payload", Text, nullable=False),
    Column("previous_hash", String, nullable=False),
    Column("hash", String, nullable=False),
)


# What lets the database refuse to change or delete an event.
GUARDS = tuple(
    f"CREATE TRIGGER events_no_{act.lower()} BEFORE {act} ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are never changed'); END"
    for act in ("DELETE", "UPDATE")
)


@event.listens_for(EVENTS, "after_create")
def _refuse_changes(_target: Table, connection: Connection, **_: object) -> None:
    """Let the database refuse UPDATE and DELETE."""
    for guard in GUARDS:
        connection.execute(text(guard))


def event_fields(number: int, act: Event, payload: str) -> dict[str, JsonValue]:
    """Return everything that an event says, by column; this is what the hash covers.

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


def chained(number: int, act: Event, payload: str, previous_hash: str) -> StoredEvent:
    """Give an event its place in the record.

    The hash is SHA-256 of the previous hash followed by the canonical JSON of the event.
    """
    content = previous_hash + canonical(event_fields(number, act, payload))
    hash_ = hashlib.sha256(content.encode()).hexdigest()
    return StoredEvent(number, act, previous_hash, hash_, payload, 1, None)


def row_of(stored: StoredEvent) -> dict[str, JsonValue]:
    """Return the row of a stored event."""
    return {
        **event_fields(stored.number, stored.event, stored.payload_text),
        "payload": stored.payload_text,
        "previous_hash": stored.previous_hash,
        "hash": stored.hash,
    }


def stored_event(row: Row[tuple[object, ...]]) -> StoredEvent:
    """Return the event in a row.

    Raises
    ------
    ValueError, TypeError
        Where type or payload cannot be understood.
    """
    kind = EventType(row.type)
    act = Event(
        event=row.event,
        at_utc=row.at_utc,
        utc_offset_min=row.utc_offset_min,
        elapsed_s=row.elapsed_s,
        sitting=row.sitting,
        actor=row.actor,
        payload=payload_of(kind, 1, row.payload),
        read=row.read,
        once=row.once,
    )
    return StoredEvent(row.number, checked(act), row.previous_hash, row.hash, row.payload, 1, None)
