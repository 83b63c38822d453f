"""Draws marks over a picture: the reader's solid, the AI's dashed, each with a word just outside.

The reader's are dotted until they are on the disk.

Lines are 1.5 device-independent pixels with a black edge of 1 px on either side, so that they are
seen on dense and on fatty tissue; nothing is drawn inside a mark.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from reader_app.qt.parts.style import AI_COLOUR, BLACK, FOCUS, READER_COLOUR
from reader_app.qt.reading.stamped_words import paint_words
from study_design.geometry import Box

LINE_PX = 1.5
EDGE_PX = 1.0
SMALLEST_PX = 16.0  # a point, and a box that is seen from afar, is a ring of this size
GAP_PX = 4.0


class Source(StrEnum):
    """Who made a mark."""

    READER = "reader"
    AI = "ai"


@dataclass(frozen=True, slots=True)
class Outline:
    """A mark to draw.

    Attributes
    ----------
    where
        In stored pixels; a point has width and height 0.
    label
        The word beside it.
    mark
        Number of the reader's mark, by which it is selected; None for the AI's.
    pending
        Whether it is not on the disk yet.
    """

    where: Box
    label: str
    source: Source
    mark: int | None = None
    selected: bool = False
    pending: bool = False


@dataclass(frozen=True, slots=True)
class PlacedOutline:
    """An outline and where it is drawn, in device-independent pixels of the pane."""

    outline: Outline
    rect: QRectF


def outline_rect(on_screen: Box) -> QRectF:
    """Return where an outline is drawn, from its box in device-independent pixels of the pane."""
    width = max(on_screen.width_px, SMALLEST_PX)
    height = max(on_screen.height_px, SMALLEST_PX)
    centre = on_screen.centre
    return QRectF(centre.x_px - width / 2, centre.y_px - height / 2, width, height)


def paint_outlines(painter: QPainter, outlines: Sequence[PlacedOutline], pane: QRectF) -> None:
    """Draw outlines, and then their words, each where there is room beside all marks."""
    for placed in outlines:
        _paint(painter, placed)
    taken = [placed.rect for placed in outlines]
    for placed in outlines:
        if placed.outline.label:
            words = _word_rect(painter.fontMetrics(), placed, taken, pane)
            baseline = words.bottomLeft() - QPointF(0, painter.fontMetrics().descent())
            paint_words(painter, baseline, placed.outline.label, _colour(placed.outline))
            taken.append(words)


def _paint(painter: QPainter, placed: PlacedOutline) -> None:
    """Draw an outline without its word."""
    rect, outline = placed.rect, placed.outline
    style = _line(outline)
    point = outline.where.area_px2 == 0
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (_pen(BLACK, LINE_PX + 2 * EDGE_PX), _pen(_colour(outline), LINE_PX, style)):
        painter.setPen(pen)
        _shape(painter, rect, round_=point)
    if outline.selected:
        away = LINE_PX + 2 * EDGE_PX
        painter.setPen(_pen(FOCUS, 1.0))
        _shape(painter, rect.adjusted(-away, -away, away, away), round_=point)


def _word_rect(
    metrics: QFontMetrics, placed: PlacedOutline, taken: Sequence[QRectF], pane: QRectF
) -> QRectF:
    """Return where a word stands: over no other mark or word, if any side of its mark allows.

    The reader's is sooner above its mark, the AI's sooner below.
    """
    rect, width = placed.rect, metrics.horizontalAdvance(placed.outline.label)
    height = metrics.ascent() + metrics.descent()
    inner = pane.adjusted(GAP_PX, 0, -GAP_PX, 0)
    x = max(min(rect.left(), inner.right() - width), inner.left())
    above = QRectF(x, rect.top() - GAP_PX - height, width, height)
    below = QRectF(x, rect.bottom() + GAP_PX, width, height)
    middle = rect.center().y() - height / 2
    right = QRectF(rect.right() + GAP_PX, middle, width, height)
    left = QRectF(rect.left() - GAP_PX - width, middle, width, height)
    first, second = (below, above) if placed.outline.source is Source.AI else (above, below)
    inside = [place for place in (first, second, right, left) if inner.contains(place)]
    free = [place for place in inside if not any(place.intersects(one) for one in taken)]
    return next(iter((*free, *inside)), first)


def _line(outline: Outline) -> Qt.PenStyle:
    """Return how the line of a mark is drawn."""
    if outline.source is Source.AI:
        return Qt.PenStyle.DashLine
    return Qt.PenStyle.DotLine if outline.pending else Qt.PenStyle.SolidLine


def _colour(outline: Outline) -> str:
    """Return the colour of who made a mark."""
    return AI_COLOUR if outline.source is Source.AI else READER_COLOUR


def _shape(painter: QPainter, rect: QRectF, *, round_: bool) -> None:
    """Draw a ring for a point and a rectangle for a box."""
    if round_:
        painter.drawEllipse(rect)
    else:
        painter.drawRect(rect)


def _pen(colour: str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a pen with square corners."""
    pen = QPen(QColor(colour), width, style)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen
