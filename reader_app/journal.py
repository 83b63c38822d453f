"""The hand that writes: gives each act its UUID, its times and its place, and stores it."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import uuid4

from reader_app.clock import Clock
from study_design.errors import ProtocolError
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
    last_utc
        Date of the actor's newest event; a clock that stands before it is refused, for dates that
        run backwards would let a washout be shortened.
    """

    def __init__(self, record: Record, clock: Clock, *, actor: str, last_utc: str = "") -> None:
        self._record = record
        self._clock = clock
        self._actor = actor
        self._last_utc = last_utc
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
        at_utc = utc_text(now)
        if at_utc < self._last_utc:
            raise ProtocolError(
                f"This computer's clock says {now:%d %b %Y %H:%M}, but the record already holds "
                f"{self._last_utc[:16].replace('T', ' ')} UTC. Set the clock right, then continue."
            )
        offset = now.utcoffset() or timedelta()
        event = Event(
            event=str(uuid4()),
            type=kind,
            at_utc=at_utc,
            utc_offset_min=int(offset.total_seconds() // 60),
            elapsed_s=self._clock.monotonic_s() - self._began_s,
            sitting=self._sitting,
            actor=self._actor,
            payload=payload,
            read=read,
            once=once,
        )
        stored = self._record.append(event)
        self._last_utc = at_utc
        return stored


def utc_text(moment: datetime) -> str:
    """Return a moment as the record spells it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
