"""Where the words beside marks stand."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from reader_app.qt.parts.style import READER_COLOUR
from reader_app.qt.reading.marks import Outline, PlacedOutline, Source, paint_outlines
from study_design.geometry import Box

PANE = QRectF(0, 0, 300, 300)


def _painted(*placed: PlacedOutline) -> QImage:
    image = QImage(300, 300, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    paint_outlines(painter, placed, PANE)
    painter.end()
    return image


def _mark(rect: QRectF, label: str = "mass  0.83", source: Source = Source.AI) -> PlacedOutline:
    return PlacedOutline(Outline(Box(0, 0, 10, 10), label, source), rect)


def _ink(image: QImage, rect: QRectF) -> int:
    """How many pixels in a rectangle are not black."""
    area = rect.toAlignedRect()
    return sum(
        image.pixel(x, y) & 0xFFFFFF != 0
        for x in range(max(0, area.left()), min(299, area.right()))
        for y in range(max(0, area.top()), min(299, area.bottom()))
    )


def _below(rect: QRectF) -> QRectF:
    return QRectF(rect.left(), rect.bottom() + 3, 60, 14)


def _above(rect: QRectF) -> QRectF:
    return QRectF(rect.left(), rect.top() - 17, 60, 14)


@pytest.mark.usefixtures("qapp")
def test_the_word_of_the_ai_stands_below_its_mark_and_the_reader_s_above() -> None:
    rect = QRectF(100, 100, 40, 40)
    ai, reader = _painted(_mark(rect)), _painted(_mark(rect, source=Source.READER))
    assert _ink(ai, _below(rect)) > 20
    assert _ink(ai, _above(rect)) == 0
    assert _ink(reader, _above(rect)) > 20
    assert _ink(reader, _below(rect)) == 0


@pytest.mark.usefixtures("qapp")
def test_a_word_never_lies_over_another_mark() -> None:
    first, second = QRectF(100, 100, 40, 40), QRectF(100, 150, 40, 40)
    image = _painted(_mark(first), _mark(second, label=""))
    inside = second.adjusted(4, 4, -4, -4)
    assert _ink(image, inside) == 0
    assert _ink(image, _above(first)) > 20


@pytest.mark.usefixtures("qapp")
def test_two_words_never_lie_over_each_other() -> None:
    # Side by side: the second word finds the place below taken.
    first, second = QRectF(100, 100, 20, 20), QRectF(125, 100, 20, 20)
    image = _painted(_mark(first), _mark(second))
    assert _ink(image, _below(first)) > 20
    assert _ink(image, _above(second)) > 20


@pytest.mark.usefixtures("qapp")
def test_a_word_that_finds_no_room_below_the_pane_s_edge_stands_above() -> None:
    rect = QRectF(100, 270, 40, 29)
    assert _ink(_painted(_mark(rect)), _above(rect)) > 20


@pytest.mark.usefixtures("qapp")
def test_words_are_in_the_colour_of_who_made_the_mark() -> None:
    rect = QRectF(100, 100, 40, 40)
    ai, reader = (_painted(_mark(rect, "", source)) for source in Source)
    assert ai.pixel(100, 120) != reader.pixel(100, 120)


def test_a_mark_that_is_not_on_the_disk_is_dotted_and_no_ai_mark_looks_like_it() -> None:
    rect = QRectF(100, 100, 80, 60)

    def ink(outline: Outline) -> int:
        image = _painted(PlacedOutline(outline, rect))
        return sum(
            QColor(image.pixel(x, 100)).name().upper() == READER_COLOUR for x in range(100, 180)
        )

    where = Box(0, 0, 10, 10)
    solid = ink(Outline(where, "", Source.READER, 1))
    pending = ink(Outline(where, "", Source.READER, 1, pending=True))
    assert solid > 70
    assert 0 < pending < 0.7 * solid
    assert ink(Outline(where, "", Source.AI)) == 0
