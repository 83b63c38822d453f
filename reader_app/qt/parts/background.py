"""Work off the GUI thread: a job runs on a pool, its result or its error comes back as a signal."""

import logging
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal
from shiboken6 import isValid

from study_design.errors import CrossreadError

_LOG = logging.getLogger(__name__)


class _Job(QRunnable):
    """One piece of work; hands over whatever comes of it."""

    def __init__(self, work: Callable[[], object], ended: Callable[[object], None]) -> None:
        super().__init__()
        self._work = work
        self._ended = ended

    def run(self) -> None:
        """Work; no error of a job may end the program."""
        result: object
        try:
            result = self._work()
        except CrossreadError as error:
            _LOG.info("refused in the background: %s", error)  # its words are shown; no traceback
            result = error
        except Exception as error:  # noqa: BLE001  (the door at which errors change threads)
            _LOG.exception("a job in the background failed")
            result = error
        self._ended(result)


class Bell(QObject):
    """Is struck in any thread and rings in that of the receiver.

    Signals
    -------
    rung
        It was struck.
    """

    rung = Signal()

    def strike(self) -> None:
        """Ring, unless the window that listens has gone meanwhile."""
        if isValid(self):
            self.rung.emit()


class Background(QObject):
    """Runs jobs one after another beside the GUI thread.

    Signals
    -------
    ended : name, result
        A job is done; the result is what it returned, or the exception that it raised. Comes in the
        thread of the receiver.
    """

    ended = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)

    def start(self, name: str, work: Callable[[], object]) -> None:
        """Queue a job; its end is told under its name."""
        self._pool.start(_Job(work, partial(self._tell, name)))

    def wait(self) -> None:
        """Drop the jobs that have not begun and wait for the one that runs."""
        self._pool.clear()
        self._pool.waitForDone()

    def _tell(self, name: str, result: object) -> None:
        """Tell the end of a job, unless the window that asked has gone meanwhile."""
        if isValid(self):
            self.ended.emit(name, result)
