"""Pictures whose orientation shows, and the real window on a real sitting."""

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from given_saving import lock as lock
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from reader_app.qt.reading.case_loader import LoadCase
from reader_app.qt.reading.reading_window import ReadingWindow
from reader_app.reading.clocks.clock import SimulatedClock
from reader_app.reading.journal import Writer
from reader_app.reading.record_writer import EventSink, RecordWriter
from study_design.geometry import Point
from study_design.images.image_store import LoadedImage
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import Side, View

ROWS, COLUMNS = 300, 200
ROOT = Path(__file__).parents[3]
ON_SCREEN = ("Xvfb", "xdotool")
LONGEST_MS = 60_000
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


@pytest.fixture(autouse=True)
def _garbage_of_this_thread() -> Iterator[None]:
    """Let no other thread take windows apart, as the application sees to it too."""
    gc.disable()
    yield
    gc.collect(0)  # what a test leaves is young, for nothing was collected meanwhile
    gc.enable()


@dataclass
class Hands:
    """Presses keys and buttons in a window, counts them, and waits for the window as a person."""

    window: ReadingWindow
    qtbot: QtBot
    clock: SimulatedClock
    look_s: float = 0.5
    keys: int = 0
    clicks: int = 0

    def press(self, *names: str) -> None:
        for name in names:
            self.qtbot.waitUntil(lambda: self.window.ready)
            self.tap(name)
        self.qtbot.waitUntil(lambda: self.window.ready)

    def tap(self, name: str) -> None:
        """Press a key and wait for nothing."""
        *modifiers, cap = name.split("+")
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= MODIFIERS[modifier]
        if self.in_summary:  # nobody answers what has not been looked at
            self.clock.advance(self.look_s)
        QTest.keyClick(self.window, KEYS.get(cap) or Qt.Key(ord(cap)), held)
        self.keys += 1

    @property
    def in_summary(self) -> bool:
        summary = self.window.findChild(QWidget, "summary")
        return summary is not None and summary.isVisible()

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
        self.qtbot.waitUntil(lambda: self.window.ready)

    def click(self, view: View, x_px: float, y_px: float) -> None:
        self.drag(view, (x_px, y_px))

    def place(self, view: View, x_px: float, y_px: float) -> QPoint:
        place = self.window.view_point(view, Point(x_px, y_px))
        assert place is not None, f"{view} {x_px} {y_px} is not on the screen"
        return place

    def widget_at(self, place: QPoint) -> QWidget:
        return self.window.childAt(place) or self.window


@pytest.fixture
def hand_over() -> Callable[[EventSink], Writer]:
    """Return what brings the events of a sitting to its record: the thread of the real program."""
    return RecordWriter


OpenWindow = Callable[..., Hands]


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """The hands of a test; they wait as long as a busy computer needs, and no longer."""
    qtbot.waitUntil = partial(qtbot.waitUntil, timeout=LONGEST_MS)
    qtbot.waitExposed = partial(qtbot.waitExposed, timeout=LONGEST_MS)
    return qtbot


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
        return Hands(window, qtbot, desk.clock)

    return start


RunOnScreen = Callable[..., None]


@pytest.fixture
def run_on_screen() -> RunOnScreen:
    """Return what runs the tests of a file on a real screen of a size, in a process of their own.

    What only an X server does (keys that repeat, screens of another size) is tried in files that
    pytest does not collect by itself: their names end on `_on_screen.py`.
    """
    return _run_on_screen


@contextmanager
def _x_server(width: int, height: int) -> Iterator[str]:
    """Start an X server with a screen that nobody sees; yield its display."""
    lacking = [name for name in ON_SCREEN if shutil.which(name) is None]
    if lacking:
        pytest.skip(f"absent: {', '.join(lacking)}. Install: apt-get install xvfb xdotool")
    screen = ["-screen", "0", f"{width}x{height}x24"]
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", "1", *screen, "-nolisten", "tcp"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        number = server.stdout.readline().strip() if server.stdout else ""
        if not number:
            pytest.skip("Xvfb does not start here.")
        yield f":{number}"
    finally:
        server.terminate()
        server.communicate()


def _run_on_screen(
    file: Path, width: int, height: int, select: str = "", **environment: str
) -> None:
    """Run the tests of a file, or those whose names hold a word; fail with what they say."""
    with _x_server(width, height) as display:
        settings = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", **environment}
        settings.pop("PYTEST_XDIST_WORKER", None)
        words = ["-q", "-p", "no:cacheprovider", "-k", select, str(file)]
        command = [sys.executable, "-m", "pytest", *words]
        run = subprocess.run(
            command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False
        )
    if "no Qt platform plugin could be initialized" in run.stdout + run.stderr:
        pytest.skip("Qt lacks a library that a screen needs: see SCREEN_PACKAGES of start.py.")
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
