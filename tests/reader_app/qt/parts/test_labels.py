"""Words that give way where a line is short."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from reader_app.qt.parts.labels import ShrinkingWords


@pytest.mark.parametrize("width", [0, 40])
def test_they_take_any_width_and_keep_all_their_text(qtbot: QtBot, width: int) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    words = ShrinkingWords(parent)
    words.setText("a system of a long name, trained on phantoms")
    assert words.minimumSizeHint().width() == 0
    assert words.sizeHint().width() > 100
    words.resize(width, 20)
    parent.show()
    assert words.text().endswith("trained on phantoms")


def test_where_there_is_room_they_look_like_other_words(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    words = ShrinkingWords(parent)
    words.setText("short")
    parent.resize(300, 40)
    words.resize(200, 20)
    parent.show()
    wide = words.grab().toImage()
    words.resize(8, 20)
    narrow = words.grab().toImage()
    background = wide.pixel(199, 0)
    inked = [x for x in range(200) if any(wide.pixel(x, y) != background for y in range(20))]
    assert len(inked) > 15
    assert narrow.width() == 8


def test_a_stump_that_would_name_nothing_is_not_drawn(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    words = ShrinkingWords(parent)
    words.setText("zhou-lite, trained on phantoms")
    parent.resize(300, 40)
    parent.show()
    letter = words.fontMetrics().averageCharWidth()
    assert not _inked(words, 5 * letter)
    assert _inked(words, 20 * letter)


def _inked(words: ShrinkingWords, width: int) -> bool:
    """Tell whether anything is drawn in so much room."""
    words.resize(width, 20)
    image = words.grab().toImage()
    return len({image.pixel(x, y) for x in range(width) for y in range(20)}) > 1
