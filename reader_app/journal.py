"""The hand that writes: gives each act its UUID, its times and its place, and stores it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

from reader_app.clock import Clock
from study_design.record.acts import utc_text
from study_design.record.events import Event, EventPayload, StoredEvent


class Record(Protocol):
    """What the session needs of the store."""

    def append_all(self, events: Sequence[Event]) -> tuple[StoredEvent, ...]:
        """Write events durably in one step, or raise RecordError."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be written down; `once` is a key that the store accepts a single time."""

    payload: EventPayload
    once: str | None = None


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

    def append_all(
        self, acts: Sequence[Act], *, read: str | None = None
    ) -> tuple[StoredEvent, ...]:
        """Write acts in one step; when this returns, all of them are on the disk."""
        now = self._clock.now()
        offset = now.utcoffset() or timedelta()
        elapsed_s = self._clock.monotonic_s() - self._began_s
        events = [
            Event(
                event=str(uuid4()),
                at_utc=utc_text(now),
                utc_offset_min=int(offset.total_seconds() // 60),
                elapsed_s=elapsed_s,
                sitting=self._sitting,
                actor=self._actor,
                payload=act.payload,
                read=read,
                once=act.once,
            )
            for act in acts
        ]
        return self._record.append_all(events)
