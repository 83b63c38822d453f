"""The one thread that writes to the record, so that no window ever waits for a disk or a lock.

Batches go to the disk one after the other in the order in which they were handed over. After one
that could not be written nothing more is: what a reader did later may rest on it.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Protocol, Self

from study_design.record.events import Event, StoredEvent

Written = Future[tuple[StoredEvent, ...]]


class EventSink(Protocol):
    """What the writer needs of the store."""

    def append_all(self, events: Sequence[Event]) -> tuple[StoredEvent, ...]:
        """Write events durably in one step, or raise RecordError."""


class RecordWriter:
    """Writes batches of events behind the thread that hands them over.

    Use it as a context manager: on leaving, what was handed over is written first.

    Parameters
    ----------
    record
        The store; from now on only this thread writes to it.
    """

    def __init__(self, record: EventSink) -> None:
        self._record = record
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="record")
        self._error: Exception | None = None  # of the writing thread alone

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown()

    def write(self, events: Sequence[Event]) -> Written:
        """Hand a batch over; what is returned is done when all of it is on the disk, or none."""
        return self._thread.submit(self._write, events)

    def _write(self, events: Sequence[Event]) -> tuple[StoredEvent, ...]:
        """Write a batch, unless an earlier one was lost."""
        if self._error is not None:
            raise self._error
        try:
            return self._record.append_all(events)
        except Exception as error:
            self._error = error
            raise
