"""Pictures whose orientation shows, and the real window on a real sitting."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from reader_app.qt.case_loader import LoadCase
from reader_app.qt.reading_window import ReadingWindow
from study_design.geometry import Point
from study_design.images.image_store import LoadedImage
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import Side, View

ROWS, COLUMNS = 300, 200
KEYS = {
    "Space": Qt.Key.Key_Space,
    "Enter": Qt.Key.Key_Return,
    "Escape": Qt.Key.Key_Escape,
    "Tab": Qt.Key.Key_Tab,
    "Backspace": Qt.Key.Key_Backspace,
    "Delete": Qt.Key.Key_Delete,
    "F1": Qt.Key.Key_F1,
}

MODIFIERS = {
    "Shift": Qt.KeyboardModifier.ShiftModifier,
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
}


def make_exam(case: str, spacing_mm: float | None = 0.1) -> tuple[LoadedImage, ...]:
    """Return four views: tissue brighter towards the chest wall and towards the top.

    Right views are stored with the chest wall at the left, as mirror images: they must be flipped.
    """
    images = []
    for view in View:
        flipped = view.side is Side.RIGHT
        mammogram = Mammogram(
            image=view.value,
            case=case,
            view=view,
            rows=ROWS,
            columns=COLUMNS,
            bits_stored=12,
            sha256="",
            windows=(VoiWindow(2048, 4096, explanation="NORMAL"), VoiWindow(2048, 1000)),
            spacing_mm=spacing_mm,
            spacing_source="detector" if spacing_mm else "",
            flip_horizontal=flipped,
            mirrored=flipped,
        )
        y, x = np.mgrid[0:ROWS, 0:COLUMNS]
        tissue = np.hypot(x / (0.7 * COLUMNS), (y - ROWS / 2) / (0.45 * ROWS)) < 1
        codes = 3500 - 10 * x - 3 * y
        images.append(LoadedImage(mammogram, (codes * tissue).astype(np.uint16), ~tissue))
    return tuple(images)


@dataclass
class Hands:
    """Presses keys and buttons in a window, counts them, and waits for the window as a person."""

    window: ReadingWindow
    qtbot: QtBot
    keys: int = 0
    clicks: int = 0

    def press(self, *names: str) -> None:
        for name in names:
            self.qtbot.waitUntil(lambda: self.window.ready)
            *modifiers, cap = name.split("+")
            held = Qt.KeyboardModifier.NoModifier
            for modifier in modifiers:
                held |= MODIFIERS[modifier]
            QTest.keyClick(self.window, KEYS.get(cap) or Qt.Key(ord(cap)), held)
            self.keys += 1
        self.qtbot.waitUntil(lambda: self.window.ready)

    def drag(self, view: View, *points: tuple[float, float]) -> None:
        places = [self.place(view, *point) for point in points]
        widget = self.widget_at(places[0])
        first, last = (widget.mapFrom(self.window, place) for place in (places[0], places[-1]))
        none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
        QTest.mousePress(widget, left, none, first)
        QTest.mouseMove(widget, (first + last) / 2)
        QTest.mouseMove(widget, last)
        QTest.mouseRelease(widget, left, none, last)
        self.clicks += 1

    def click(self, view: View, x_px: float, y_px: float) -> None:
        self.drag(view, (x_px, y_px))

    def place(self, view: View, x_px: float, y_px: float) -> QPoint:
        place = self.window.view_point(view, Point(x_px, y_px))
        assert place is not None, f"{view} {x_px} {y_px} is not on the screen"
        return place

    def widget_at(self, place: QPoint) -> QWidget:
        return self.window.childAt(place) or self.window


OpenWindow = Callable[..., Hands]


@pytest.fixture
def exam() -> Callable[..., tuple[LoadedImage, ...]]:
    """Return what makes the pictures of a case."""
    return make_exam


@pytest.fixture
def open_window(qtbot: QtBot) -> OpenWindow:
    """Return what opens the real window on a sitting."""

    def start(
        desk: Any, load_case: LoadCase = make_exam, size: tuple[int, int] = (1280, 760)
    ) -> Hands:
        window = ReadingWindow(desk.session, desk.clock, load_case)
        qtbot.addWidget(window)
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        qtbot.waitUntil(lambda: window.ready)
        return Hands(window, qtbot)

    return start
