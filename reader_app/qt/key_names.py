"""Names Qt's keys as on their caps, whatever keyboard layout or input method is active."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_NAMED = {
    Qt.Key.Key_Space: "Space",
    Qt.Key.Key_Return: "Enter",
    Qt.Key.Key_Enter: "Enter",
    Qt.Key.Key_Escape: "Escape",
    Qt.Key.Key_Tab: "Tab",
    Qt.Key.Key_Backtab: "Tab",
    Qt.Key.Key_Backspace: "Backspace",
    Qt.Key.Key_Delete: "Delete",
    Qt.Key.Key_Up: "Up",
    Qt.Key.Key_Down: "Down",
    Qt.Key.Key_Left: "Left",
    Qt.Key.Key_Right: "Right",
    Qt.Key.Key_F1: "F1",
}
# What the keys 1 to 4 give with shift on American, British and German layouts.
_SHIFTED_DIGITS = {
    Qt.Key.Key_Exclam: "1",
    Qt.Key.Key_At: "2",
    Qt.Key.Key_QuoteDbl: "2",
    Qt.Key.Key_NumberSign: "3",
    Qt.Key.Key_sterling: "3",
    Qt.Key.Key_section: "3",
    Qt.Key.Key_Dollar: "4",
}


def key_name(event: QKeyEvent) -> str:
    """Return the name of a key as `reader_app.keys` knows it, empty for a key without one."""
    key = Qt.Key(event.key())
    name = _NAMED.get(key) or _SHIFTED_DIGITS.get(key) or _letter_or_digit(key)
    shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    controlled = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    other = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    if not name or event.modifiers() & other:
        return ""
    # A capital letter, typed with shift or caps lock, is the same key.
    told = shifted and (controlled or not (name.isalpha() and len(name) == 1))
    return f"{'Ctrl+' if controlled else ''}{'Shift+' if told else ''}{name}"


def _letter_or_digit(key: Qt.Key) -> str:
    """Return the cap of a letter or digit."""
    if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 or Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
        return chr(key)
    return ""
