"""How inputs are seen and waits are measured, on a clock that only moves when told to."""

from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from reader_app.qt.reading.input_watch import InputWatch
from reader_app.reading.clocks.clock import SimulatedClock


class Slow(QWidget):
    """A window whose answer to a key takes some time, in its handler and in its painting."""

    def __init__(self, clock: SimulatedClock, handling_s: float, painting_s: float) -> None:
        super().__init__()
        self.clock, self.handling_s, self.painting_s = clock, handling_s, painting_s
        self.answering = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() != Qt.Key.Key_A:
            return
        self.clock.advance(self.handling_s)
        self.answering = True
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        if self.answering:
            self.answering = False
            self.clock.advance(self.painting_s)


@pytest.mark.parametrize(
    ("handling_s", "painting_s", "waits"),
    [(0.04, 0.0, []), (0.2, 0.0, [0.2]), (0.03, 0.03, [0.06])],
)
def test_what_the_reader_waits_for_is_handling_and_painting(
    qtbot: Any, handling_s: float, painting_s: float, waits: list[float]
) -> None:
    clock = SimulatedClock(datetime(2026, 11, 20, tzinfo=UTC))
    window = Slow(clock, handling_s, painting_s)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    told: list[float] = []
    seen: list[None] = []
    watch = InputWatch(window, clock)
    watch.waited.connect(lambda seconds, _until_s: told.append(seconds))
    watch.seen.connect(lambda: seen.append(None))
    QTest.keyClick(window, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: clock.elapsed_s >= handling_s + painting_s - 1e-9)
    QTest.keyClick(window, Qt.Key.Key_Shift)
    qtbot.waitUntil(lambda: len(told) == len(waits))
    assert told == pytest.approx(waits)
    assert len(seen) == 2


def woken(qtbot: Any) -> tuple[Slow, SimulatedClock, InputWatch]:
    clock = SimulatedClock(datetime(2026, 11, 20, tzinfo=UTC))
    window = Slow(clock, 0.0, 0.0)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    return window, clock, InputWatch(window, clock)


def test_sleep_is_told_before_the_key_that_woke_the_screen_and_the_key_is_swallowed(
    qtbot: Any,
) -> None:
    window, clock, watch = woken(qtbot)
    told: list[float] = []
    seen: list[None] = []
    watch.slept.connect(told.append)
    watch.seen.connect(lambda: seen.append(None))
    clock.sleep(3600.0)
    QTest.keyClick(window, Qt.Key.Key_A)
    assert (told, window.answering) == ([3600.0], False)
    assert len(seen) == 0
    QTest.keyClick(window, Qt.Key.Key_A)
    assert (told, len(seen)) == ([3600.0], 1)


def test_sleep_is_found_without_any_input_and_is_no_empty_chair(qtbot: Any) -> None:
    _, clock, watch = woken(qtbot)
    told: list[float] = []
    left: list[None] = []
    watch.slept.connect(told.append)
    watch.unattended.connect(lambda: left.append(None))
    clock.sleep(600.0)
    qtbot.waitUntil(lambda: told == [600.0])
    clock.advance(299.0)
    watch._look()
    assert left == []
    clock.advance(2.0)
    watch._look()
    assert (told, len(left)) == ([600.0], 1)
