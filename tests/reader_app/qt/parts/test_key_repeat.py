"""A key that is held acts once: a repeat is told from a press, real keys on a real screen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from reader_app.qt.parts.key_repeat import SILENT_MS, HeldKeys, RepeatStop, stop_repeats

HERE = Path(__file__).parent
PLACES = {Qt.Key.Key_3: 12, Qt.Key.Key_NumberSign: 12, Qt.Key.Key_4: 13, Qt.Key.Key_Return: 36}


def event(
    kind: QEvent.Type, key: Qt.Key, at_ms: int, *, flagged: bool = False, held: Any = None
) -> QKeyEvent:
    """Return a key event as an X server sends it."""
    place, modifiers = PLACES.get(key, 0), held or Qt.KeyboardModifier.NoModifier
    made = QKeyEvent(kind, key, modifiers, place, int(key), 0, "", flagged)
    made.setTimestamp(at_ms)
    return made


class Keyboard:
    """Sends presses and releases to what follows the keys."""

    def __init__(self) -> None:
        self.held = HeldKeys()

    def down(self, key: Qt.Key, at_ms: int, **more: Any) -> bool:
        return self.held.is_repeat(event(QEvent.Type.KeyPress, key, at_ms, **more))

    def up(self, key: Qt.Key, at_ms: int, **more: Any) -> None:
        self.held.note_release(event(QEvent.Type.KeyRelease, key, at_ms, **more))


def test_a_press_at_the_moment_of_its_release_is_a_repeat_flagged_or_not() -> None:
    keys = Keyboard()
    assert not keys.down(Qt.Key.Key_3, 1000)
    for at_ms, flagged in ((1660, False), (1700, True), (1740, False), (1780, False)):
        keys.up(Qt.Key.Key_3, at_ms, flagged=flagged)
        assert keys.down(Qt.Key.Key_3, at_ms, flagged=flagged)
    keys.up(Qt.Key.Key_3, 1801)
    assert not keys.down(Qt.Key.Key_3, 1840)


def test_two_presses_of_a_quick_hand_are_two() -> None:
    keys = Keyboard()
    for at_ms in range(1000, 1200, 25):
        assert not keys.down(Qt.Key.Key_3, at_ms)
        keys.up(Qt.Key.Key_3, at_ms + 15)


def test_keys_that_overlap_are_told_apart() -> None:
    keys = Keyboard()
    assert not keys.down(Qt.Key.Key_3, 1000)
    assert not keys.down(Qt.Key.Key_4, 1010)
    keys.up(Qt.Key.Key_3, 1020)
    assert not keys.down(Qt.Key.Key_Return, 1020)


def test_a_press_without_a_release_is_a_repeat_until_the_key_has_been_silent() -> None:
    keys = Keyboard()
    assert not keys.down(Qt.Key.Key_Return, 1000)
    assert keys.down(Qt.Key.Key_Return, 1500)
    assert keys.down(Qt.Key.Key_Return, 1530)
    assert not keys.down(Qt.Key.Key_Return, 1531 + SILENT_MS)


def test_a_key_is_the_same_whatever_shift_makes_of_it() -> None:
    keys = Keyboard()
    assert not keys.down(Qt.Key.Key_NumberSign, 1000)
    keys.up(Qt.Key.Key_3, 1100)  # shift was let go of first
    assert not keys.down(Qt.Key.Key_NumberSign, 1200)


def test_keys_are_forgotten_that_another_window_sees_released() -> None:
    keys = Keyboard()
    assert not keys.down(Qt.Key.Key_3, 1000)
    keys.held.forget()
    assert not keys.down(Qt.Key.Key_3, 1300)


def test_a_press_that_is_asked_for_as_shortcut_and_as_key_is_one() -> None:
    keys = Keyboard()
    assert [keys.down(Qt.Key.Key_3, 1000) for _ in range(3)] == [False] * 3
    keys.up(Qt.Key.Key_3, 1660)
    assert [keys.down(Qt.Key.Key_3, 1660) for _ in range(3)] == [True] * 3


def test_keys_of_a_program_that_knows_no_moment_count_unless_flagged() -> None:
    keys = Keyboard()
    assert [keys.down(Qt.Key.Key_3, 0) for _ in range(2)] == [False, False]
    assert keys.down(Qt.Key.Key_3, 0, flagged=True)


Stopped = Callable[[QWidget, Qt.Key, Any], bool]


@pytest.fixture
def stopped(qtbot: Any) -> Stopped:
    """Return whether the second press of a held key is kept from a widget that has the focus."""
    stop = RepeatStop(QApplication.instance())

    def hold(widget: QWidget, key: Qt.Key, held: Any = None) -> bool:
        widget.setFocus()
        qtbot.waitUntil(widget.hasFocus)
        moments = [
            (QEvent.Type.KeyPress, 5000),
            (QEvent.Type.KeyRelease, 5660),
            (QEvent.Type.KeyPress, 5660),
        ]
        return [stop.eventFilter(QObject(), event(k, key, at, held=held)) for k, at in moments][-1]

    yield hold
    QApplication.instance().removeEventFilter(stop)
    stop.setParent(None)


@pytest.mark.parametrize(
    ("field", "key", "held", "expected"),
    [
        (False, Qt.Key.Key_3, None, True),
        (False, Qt.Key.Key_Space, None, True),
        (False, Qt.Key.Key_Down, None, False),
        (True, Qt.Key.Key_3, None, False),
        (True, Qt.Key.Key_Backspace, None, False),
        (True, Qt.Key.Key_Return, None, True),
        (True, Qt.Key.Key_Escape, None, True),
        (True, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, True),
    ],
)
def test_a_held_key_goes_on_moving_and_writing_and_does_nothing_else(
    stopped: Stopped, qtbot: Any, field: bool, key: Qt.Key, held: Any, expected: bool
) -> None:
    window = QWidget()
    lines = QVBoxLayout(window)
    widgets = {True: QLineEdit(), False: QPushButton("Lock")}
    for widget in widgets.values():
        lines.addWidget(widget)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    assert stopped(widgets[field], key, held) is expected


def test_repeats_are_stopped_once_however_many_windows_ask(qapp: QApplication) -> None:
    for _ in range(3):
        stop_repeats()
    (stop,) = qapp.findChildren(RepeatStop)
    qapp.removeEventFilter(stop)
    stop.setParent(None)


def test_keys_held_for_two_seconds_on_a_real_screen_act_once(
    run_on_screen: Callable[..., None],
) -> None:
    run_on_screen(HERE / "held_keys_on_screen.py", 1280, 800)
