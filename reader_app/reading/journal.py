"""The hand that writes: gives each act its UUID, its times and its place, and has it stored.

An act is stamped when it happens, by the thread in which it happens; it reaches the disk a little
later. What waits for that is told in `then`, and what came of it by `settle`, in the same thread.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import uuid4

from reader_app.reading.clocks.clock import Clock
from reader_app.reading.record_writer import Written
from study_design.record.acts import utc_text
from study_design.record.events import Event, EventPayload, StoredEvent

Then = Callable[[tuple[StoredEvent, ...]], None]


class Writer(Protocol):
    """What the journal hands its events to."""

    def write(self, events: Sequence[Event]) -> Written:
        """Write a batch in order; what is returned is done when it is on the disk."""


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be written down.

    Attributes
    ----------
    once
        A key that the store accepts a single time.
    read
        The read that it belongs to, where that is not the one of its batch.
    """

    payload: EventPayload
    once: str | None = None
    read: str | None = None


@dataclass(frozen=True, slots=True)
class _Batch:
    """Acts that are on their way to the disk, since when, and what their arrival leads to."""

    since_s: float
    written: Written
    then: Then


class Journal:
    """Keeps the acts of one actor in one sitting until they are on the disk.

    Parameters
    ----------
    writer
        Brings events to the disk.
    clock
        Dates the events.
    actor
        Reader or person who acts.

    Attributes
    ----------
    arrived
        Called, in any thread, when something has been written or could not be: time to `settle`.
    heard
        Called by `settle` with all that is on the disk, before what waited for it.
    """

    def __init__(self, writer: Writer, clock: Clock, *, actor: str) -> None:
        self._writer = writer
        self._clock = clock
        self._actor = actor
        self._sitting = str(uuid4())
        self._began_s = clock.monotonic_s()
        self._pending: deque[_Batch] = deque()
        self._error: BaseException | None = None
        self.arrived: Callable[[], None] = _nobody
        self.on_saved: Then = _ignore

    @property
    def pending(self) -> bool:
        """Whether an act is not on the disk yet."""
        return bool(self._pending)

    @property
    def waiting_s(self) -> float:
        """For how long the oldest act has been on its way, sleep of the computer left out."""
        return self._clock.awake_s() - self._pending[0].since_s if self._pending else 0.0

    def append_all(self, acts: Sequence[Act], then: Then, *, read: str | None = None) -> None:
        """Stamp acts and hand them over, to be written in one step.

        Parameters
        ----------
        then
            Called by `settle` with the stored events once all of them are on the disk.

        Raises
        ------
        RecordError
            Where an earlier act could not be written: nothing more is.
        """
        if self._error is not None:
            raise self._error
        written = self._writer.write(self._stamped(acts, read))
        self._pending.append(_Batch(self._clock.awake_s(), written, then))
        written.add_done_callback(lambda _: self.arrived())

    def settle(self) -> bool:
        """Take note of what is on the disk by now, in order; return whether anything was.

        Raises
        ------
        RecordError
            Where an act could not be written; it and all later ones are given up.
        """
        settled = False
        while self._pending and self._pending[0].written.done():
            batch = self._pending.popleft()
            self._error = batch.written.exception()
            if self._error is not None:
                self._pending.clear()
                raise self._error
            stored = batch.written.result()
            self.on_saved(stored)
            batch.then(stored)
            settled = True
        return settled

    def wait(self) -> None:
        """Wait until every act has been written, or could not be; `settle` says which."""
        wait([batch.written for batch in self._pending])

    def _stamped(self, acts: Sequence[Act], read: str | None) -> list[Event]:
        """Return acts as events of this moment."""
        now = self._clock.now()
        offset = now.utcoffset() or timedelta()
        elapsed_s = self._clock.monotonic_s() - self._began_s
        return [
            Event(
                event=str(uuid4()),
                at_utc=utc_text(now),
                utc_offset_min=int(offset.total_seconds() // 60),
                elapsed_s=elapsed_s,
                sitting=self._sitting,
                actor=self._actor,
                payload=act.payload,
                read=act.read or read,
                once=act.once,
            )
            for act in acts
        ]


def _nobody() -> None:
    """Tell nobody."""


def _ignore(_stored: tuple[StoredEvent, ...]) -> None:
    """Tell nobody what was stored."""
