"""Hides the images of a read while nobody can be reading: an empty chair, a computer asleep."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from reader_app.qt.reading.input_watch import InputWatch
from reader_app.qt.reading.page import Line
from reader_app.qt.reading.reading_words import pause_lines
from reader_app.reading.clocks.clock import Clock
from reader_app.reading.keys import Command
from reader_app.reading.reading_desk import ReadingDesk
from reader_app.reading.sitting import Sitting
from reader_app.reading.sitting_state import Phase, State

Act = Callable[[Callable[[], object]], None]


class Absence(QObject):
    """Watches the inputs of the reading window for the sitting.

    Parameters
    ----------
    window
        With all its parts.
    act
        Does something that is written down, and shows what comes of it.
    """

    def __init__(
        self, window: QWidget, clock: Clock, sitting: Sitting, desk: ReadingDesk, act: Act
    ) -> None:
        super().__init__(window)
        self._sitting = sitting
        self._desk = desk
        self._act = act
        self._unattended = False
        watch = InputWatch(window, clock)
        watch.seen.connect(sitting.case.input_seen)
        watch.waited.connect(sitting.case.waited)
        watch.unattended.connect(self._pause_unattended)
        watch.slept.connect(self._pause_asleep)

    def lines(self, state: State) -> list[Line]:
        """Return what is said of a pause."""
        return pause_lines(unattended=self._unattended, slept=state.suspended)

    def end(self) -> None:
        """Note that the images are seen again."""
        self._unattended = False

    def _pause_unattended(self) -> None:
        """Hide the images where nobody seems to be there."""
        if self._sitting.state.phase in (Phase.READING, Phase.SUMMARY):
            self._unattended = True
            self._act(partial(self._desk.do, Command.PAUSE, ""))

    def _pause_asleep(self, seconds: float) -> None:
        """Hide the images after the computer slept; what was being typed is taken over."""
        self._act(self._desk.take_over)
        self._act(partial(self._sitting.case.slept, seconds))
