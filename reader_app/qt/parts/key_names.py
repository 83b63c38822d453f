"""Names Qt's keys as on their caps, whatever keyboard layout or input method is active.

A digit is the key at its place, with or without shift. A letter is the key that types it, so that
the caps of French and German keyboards hold; where a key types no Latin letter or sign (kana,
Cyrillic, a key that an input method holds back), it is the letter at its place.
"""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from reader_app.qt.parts.key_positions import cap_at

_NAMED: dict[int, str] = {
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
_SHIFTED_DIGITS: dict[int, str] = {
    Qt.Key.Key_Exclam: "1",
    Qt.Key.Key_At: "2",
    Qt.Key.Key_QuoteDbl: "2",
    Qt.Key.Key_NumberSign: "3",
    Qt.Key.Key_sterling: "3",
    Qt.Key.Key_section: "3",
    Qt.Key.Key_Dollar: "4",
}


def key_name(event: QKeyEvent, platform: str = sys.platform) -> str:
    """Return the name of a key as `reader_app.reading.keys` knows it; empty where it has none."""
    name = _named(event, platform)
    shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    controlled = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    other = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    if not name or event.modifiers() & other:
        return ""
    # A capital letter, typed with shift or caps lock, is the same key.
    told = shifted and (controlled or not (name.isalpha() and len(name) == 1))
    return f"{'Ctrl+' if controlled else ''}{'Shift+' if told else ''}{name}"


def _named(event: QKeyEvent, platform: str) -> str:
    """Return the cap of a key, whatever is held with it."""
    key, place = event.key(), cap_at(event, platform)
    if place.isdigit():
        return place
    known = _NAMED.get(key) or _SHIFTED_DIGITS.get(key)
    return known or _letter_or_digit(key) or ("" if _is_latin(key) else place)


def _letter_or_digit(key: int) -> str:
    """Return the letter or digit that a key types."""
    if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 or Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
        return chr(key)
    return ""


def _is_latin(key: int) -> bool:
    """Tell whether a key types a sign or a letter of Western European layouts."""
    return Qt.Key.Key_Space <= key <= Qt.Key.Key_ydiaeresis
