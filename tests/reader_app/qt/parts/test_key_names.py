from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from reader_app.qt.parts.key_names import key_name
from reader_app.qt.parts.key_positions import cap_at

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


def event_at(place: int, key: int, *, text: str = "", held: Any = NONE) -> QKeyEvent:
    """Return what a keyboard sends: the code of the place, what the layout types there."""
    return QKeyEvent(QEvent.Type.KeyPress, key, held, place, place, 0, text)


# Codes of M, Q, A, 3 as X11 and Wayland, Windows, and macOS send them.
M, Q, THREE = (
    {"linux": 58, "win32": 50, "darwin": 46},
    {"linux": 24, "win32": 16, "darwin": 12},
    {
        "linux": 12,
        "win32": 4,
        "darwin": 20,
    },
)
PLATFORMS = ("linux", "win32", "darwin")


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    ("key", "text"),
    [(0x3082, "\u3082"), (0x042C, "\u042c"), (Qt.Key.Key_unknown, ""), (0, "")],
    ids=["kana", "Cyrillic", "held back by an input method", "nameless"],
)
def test_a_key_that_types_no_latin_letter_is_known_by_its_place(
    platform: str, key: int, text: str
) -> None:
    assert key_name(event_at(M[platform], key, text=text), platform) == "M"
    assert key_name(event_at(Q[platform], key, text=text, held=CONTROL), platform) == "Ctrl+Q"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_digits_are_known_by_their_place_on_a_french_keyboard(platform: str) -> None:
    quote = event_at(THREE[platform], Qt.Key.Key_QuoteDbl, text='"')
    digit = event_at(THREE[platform], Qt.Key.Key_3, text="3", held=SHIFT)
    assert key_name(quote, platform) == "3"
    assert key_name(digit, platform) == "Shift+3"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_letters_are_those_on_the_caps_of_latin_keyboards(platform: str) -> None:
    french_comma = event_at(M[platform], Qt.Key.Key_Comma, text=",")
    french_a = event_at(Q[platform], Qt.Key.Key_A, text="a")
    assert key_name(french_comma, platform) == ""
    assert key_name(french_a, platform) == "A"


def test_every_letter_and_digit_has_one_place_on_each_system() -> None:
    for platform in PLATFORMS:
        caps = [cap_at(event_at(code, 0), platform) for code in range(1, 128)]
        found = "".join(sorted(cap for cap in caps if cap))
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        expected = "0123456789" + letters
        assert found == (expected.replace("A", "") if platform == "darwin" else expected)
