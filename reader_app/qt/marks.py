"""Draws marks over a picture: the reader's solid, the AI's dashed, each with a word just outside.

Lines are 1.5 device-independent pixels with a black edge of 1 px on either side, so that they are
seen on dense and on fatty tissue; nothing is drawn inside a mark.
"""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from reader_app.qt.stamped_words import paint_words
from reader_app.qt.style import AI_COLOUR, BLACK, FOCUS, READER_COLOUR
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
    """

    where: Box
    label: str
    source: Source
    mark: int | None = None
    selected: bool = False


def outline_rect(on_screen: Box) -> QRectF:
    """Return where an outline is drawn, from its box in device-independent pixels of the pane."""
    width = max(on_screen.width_px, SMALLEST_PX)
    height = max(on_screen.height_px, SMALLEST_PX)
    centre = on_screen.centre
    return QRectF(centre.x_px - width / 2, centre.y_px - height / 2, width, height)


def paint_outline(painter: QPainter, rect: QRectF, outline: Outline, pane: QRectF) -> None:
    """Draw an outline and its word; its word stands where there is room in the pane."""
    colour = AI_COLOUR if outline.source is Source.AI else READER_COLOUR
    style = Qt.PenStyle.DashLine if outline.source is Source.AI else Qt.PenStyle.SolidLine
    point = outline.where.area_px2 == 0
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in (_pen(BLACK, LINE_PX + 2 * EDGE_PX), _pen(colour, LINE_PX, style)):
        painter.setPen(pen)
        _shape(painter, rect, round_=point)
    if outline.selected:
        away = LINE_PX + 2 * EDGE_PX
        painter.setPen(_pen(FOCUS, 1.0))
        _shape(painter, rect.adjusted(-away, -away, away, away), round_=point)
    if outline.label:
        paint_words(painter, _beside(painter, rect, outline, pane), outline.label, colour)


def _beside(painter: QPainter, rect: QRectF, outline: Outline, pane: QRectF) -> QPointF:
    """Return the baseline of the word: the reader's above, the AI's below, where there is room."""
    metrics = QFontMetricsF(painter.font())
    rightmost = pane.right() - GAP_PX - metrics.horizontalAdvance(outline.label)
    x = max(min(rect.left(), rightmost), pane.left() + GAP_PX)
    above = rect.top() - GAP_PX - metrics.descent()
    below = rect.bottom() + GAP_PX + metrics.ascent()
    fits_above = above - metrics.ascent() >= pane.top()
    fits_below = below + metrics.descent() <= pane.bottom()
    if outline.source is Source.AI:
        return QPointF(x, below if fits_below or not fits_above else above)
    return QPointF(x, above if fits_above or not fits_below else below)


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
