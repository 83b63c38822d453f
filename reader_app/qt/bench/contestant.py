"""What all that is timed has in common: a window that counts its paints and can be looked at."""

import time
from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QWidget

from reader_app.bench.viewer import BenchError

MOST_TURNS = 1000


class PaintCount(QObject):
    """Counts how often widgets are painted, by the events that Qt sends them."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self.widgets = widgets
        self.painted: dict[QObject, int] = dict.fromkeys(widgets, 0)
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count; let everything through."""
        if event.type() is QEvent.Type.Paint:
            self.painted[watched] += 1
        return False

    def forget(self) -> None:
        """Count from 0."""
        self.painted = dict.fromkeys(self.widgets, 0)

    @property
    def all_painted(self) -> bool:
        """Whether every widget has been painted."""
        return all(self.painted.values())


class Contestant(ABC):
    """Something whose time is taken."""

    @abstractmethod
    def prepare(self, number: int) -> None:
        """Come to the state before the act of a round; not timed."""

    @abstractmethod
    def act(self, number: int) -> None:
        """Do what is timed, to the end."""

    @abstractmethod
    def check(self, number: int) -> None:
        """Raise BenchError unless the screen shows what the act must lead to; not timed."""


def timed_s(contestant: Contestant, number: int) -> float:
    """Return the CPU seconds of the process for one act."""
    contestant.prepare(number)
    start = time.process_time()
    contestant.act(number)
    took = time.process_time() - start
    contestant.check(number)
    return took


def paint_once(count: PaintCount) -> None:
    """Let Qt work until every widget has been painted once.

    Raises
    ------
    BenchError
        Where one is not painted, or more than once.
    """
    for _ in range(MOST_TURNS):
        QCoreApplication.processEvents()
        if count.all_painted:
            break
    times = sorted(count.painted.values())
    if times != [1] * len(times):
        raise BenchError(f"Expected each view to be painted once, got {times} times.")


def on_screen(window: QWidget) -> NDArray[np.uint8]:
    """Return the grey levels that a window has on the screen, rows x columns; nothing is painted.

    Raises
    ------
    BenchError
        Where a pixel is coloured.
    """
    image = window.screen().grabWindow(window.winId()).toImage()
    rows, columns = image.height(), image.width()
    flat = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(rows, -1)
    return flat[:, : 4 * columns].reshape(rows, columns, 4)[:, :, 0].copy()
