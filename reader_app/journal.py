"""The hand that writes: gives each act its UUID, its times and its place, and stores it."""

from datetime import timedelta
from typing import Protocol
from uuid import uuid4

from reader_app.clock import Clock
from study_design.record.acts import utc_text
from study_design.record.events import Event, EventType, JsonValue, StoredEvent


class Record(Protocol):
    """What the session needs of the store."""

    def append(self, event: Event) -> StoredEvent:
        """Write an event durably, or raise RecordError."""


class Journal:
    """Appends the acts of one actor in one sitting.

    Parameters
    ----------
    record
        The store.
    clock
        Dates the events.
    actor
        Reader or person who acts.
    """

    def __init__(self, record: Record, clock: Clock, *, actor: str) -> None:
        self._record = record
        self._clock = clock
        self._actor = actor
        self._sitting = str(uuid4())
        self._began_s = clock.monotonic_s()

    def append(
        self,
        kind: EventType,
        payload: dict[str, JsonValue],
        *,
        read: str | None = None,
        once: str | None = None,
    ) -> StoredEvent:
        """Write an event; when this returns, it is on the disk."""
        now = self._clock.now()
        offset = now.utcoffset() or timedelta()
        event = Event(
            event=str(uuid4()),
            type=kind,
            at_utc=utc_text(now),
            utc_offset_min=int(offset.total_seconds() // 60),
            elapsed_s=self._clock.monotonic_s() - self._began_s,
            sitting=self._sitting,
            actor=self._actor,
            payload=payload,
            read=read,
            once=once,
        )
        return self._record.append(event)
