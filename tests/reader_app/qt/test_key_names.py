import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from reader_app.qt.key_names import key_name

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier


@pytest.mark.parametrize(
    ("key", "held", "name"),
    [
        (Qt.Key.Key_M, NONE, "M"),
        (Qt.Key.Key_M, SHIFT, "M"),
        (Qt.Key.Key_7, NONE, "7"),
        (Qt.Key.Key_7, KEYPAD, "7"),
        (Qt.Key.Key_Enter, KEYPAD, "Enter"),
        (Qt.Key.Key_Return, NONE, "Enter"),
        (Qt.Key.Key_Space, SHIFT, "Shift+Space"),
        (Qt.Key.Key_Backtab, SHIFT, "Shift+Tab"),
        (Qt.Key.Key_3, SHIFT, "Shift+3"),
        (Qt.Key.Key_Exclam, SHIFT, "Shift+1"),
        (Qt.Key.Key_At, SHIFT, "Shift+2"),
        (Qt.Key.Key_section, SHIFT, "Shift+3"),
        (Qt.Key.Key_Dollar, SHIFT, "Shift+4"),
        (Qt.Key.Key_M, CONTROL, "Ctrl+M"),
        (Qt.Key.Key_Z, CONTROL | SHIFT, "Ctrl+Shift+Z"),
        (Qt.Key.Key_M, ALT, ""),
        (Qt.Key.Key_F1, NONE, "F1"),
        (Qt.Key.Key_Shift, SHIFT, ""),
        (Qt.Key.Key_F5, NONE, ""),
    ],
)
def test_keys_are_named_as_on_their_caps(key: Qt.Key, held: Qt.KeyboardModifier, name: str) -> None:
    assert key_name(QKeyEvent(QEvent.Type.KeyPress, key, held)) == name
