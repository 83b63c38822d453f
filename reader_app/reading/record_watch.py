"""Watches over a sitting: no further case is opened once the record is found to be altered.

What a sitting had no time to check is checked behind it. A case that is open then is read to its
end, so that nothing is lost.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event as Flag
from types import TracebackType
from typing import Self

from reader_app.reading.journal import Writer
from reader_app.reading.record_writer import Written
from study_design.record.events import Event, EventType


class RecordWatch:
    """Hands events on to a writer, but for the opening of a case in a record that was altered.

    Use it as a context manager: on leaving, the check is given up.

    Parameters
    ----------
    writer
        Brings events to the disk.
    check
        Checks the record and raises RecordError; asks now and then whether it is given up.

    Attributes
    ----------
    checked
        Is done when the check has come to its end.
    """

    def __init__(self, writer: Writer, check: Callable[[Callable[[], bool]], None]) -> None:
        self._writer = writer
        self._check = check
        self._left = Flag()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="check")
        self.checked: Future[None] = Future()

    def __enter__(self) -> Self:
        self.checked = self._thread.submit(self._check, self._left.is_set)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._left.set()
        self._thread.shutdown()

    def write(self, events: Sequence[Event]) -> Written:
        """Hand a batch over to be written.

        Raises
        ------
        RecordError
            Where it opens a case and the record was found to be altered.
        """
        opens = any(event.type is EventType.READ_OPENED for event in events)
        if opens and self.checked.done():
            self.checked.result()
        return self._writer.write(events)
