"""Rulers on a pane: drawn by a drag or two clicks, each with its length.

Which spacing it goes by stands beside it while one measures; afterwards only at the foot of the
pane (`pane_words`), off the breast.
They are for looking, no part of the answers: nothing of them is written down. Lines as of `marks`.
"""

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from reader_app.display.display_hanging import inside
from reader_app.display.display_ruler import ruler_reading
from reader_app.qt.parts.style import BLACK, STRONG, small_font
from reader_app.qt.reading.marks import EDGE_PX, GAP_PX, LINE_PX
from reader_app.qt.reading.stamped_words import paint_words
from reader_app.qt.reading.viewport import CLICK_PX, Viewport
from study_design.geometry import Point

TICK_PX = 5.0


@dataclass(frozen=True, slots=True)
class Ruler:
    """From where to where a distance is measured, in stored pixels."""

    start: Point
    end: Point


class RulerLayer(QWidget):
    """Over a pane: shows its rulers, and makes new ones while it measures.

    Only the left button is taken, and not while a mark is waited for; all else is the pane's.
    """

    def __init__(self, pane: Viewport) -> None:
        super().__init__(pane)
        self._pane = pane
        self._rulers: tuple[Ruler, ...] = ()
        self._under_way: Ruler | None = None
        self._pressed = QPointF()
        self._measuring = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.clear()

    @property
    def measuring(self) -> bool:
        """Whether the left button draws rulers."""
        return self._measuring

    @property
    def words(self) -> tuple[str, ...]:
        """What stands beside each ruler."""
        return tuple(self._words_of(ruler) for ruler in self._rulers)

    def measure(self, *, on: bool) -> None:
        """Let the left button draw rulers or no more; those that are drawn stay."""
        self._measuring = on
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not on)
        self._finish(())

    def clear(self) -> None:
        """Take all rulers away and measure no more."""
        self._rulers = ()
        self.measure(on=False)

    def _finish(self, more: tuple[Ruler, ...]) -> None:
        """Show these rulers too; the one under way is done or let go of."""
        self._rulers += more
        self._under_way = None
        self.setVisible(self._measuring or bool(self._rulers))
        self.update()

    # Acts ---------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a ruler, unless one waits for its end."""
        if self._pane.drawing or event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        start = self._stored(event.position())
        if self._under_way is None and start is not None:
            self._under_way, self._pressed = Ruler(start, start), event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the ruler under way end at the mouse for now."""
        end = self._stored(event.position())
        others = event.buttons() & ~Qt.MouseButton.LeftButton
        if self._under_way is None or end is None or others:
            event.ignore()
            return
        self._under_way = Ruler(self._under_way.start, end)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the ruler: at the end of a drag, or with a second click elsewhere."""
        end = self._stored(event.position())
        left = event.button() is Qt.MouseButton.LeftButton
        if self._under_way is None or end is None or not left:
            event.ignore()
            return
        if (event.position() - self._pressed).manhattanLength() >= CLICK_PX:
            self._finish((Ruler(self._under_way.start, end),))

    def _stored(self, position: QPointF) -> Point | None:
        """Return the nearest place of the picture; None where there is no picture."""
        point, picture = self._pane.hung.stored_at(position), self._pane.picture
        return inside(picture.mammogram, point) if point and picture else None

    # Painting -----------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw all rulers, the one under way too."""
        painter = QPainter(self)
        painter.setFont(small_font(self.font()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for ruler in (*self._rulers, *((self._under_way,) if self._under_way else ())):
            start, end = (
                self._pane.hung.screen_point(ruler.start),
                self._pane.hung.screen_point(ruler.end),
            )
            if start is not None and end is not None and start != end:
                line = QLineF(start, end)
                _paint_line(painter, line)
                words = self._words_of(ruler)
                paint_words(painter, _below(painter, line, words, self.rect()), words, STRONG)
        painter.end()

    def _words_of(self, ruler: Ruler) -> str:
        """Return what stands beside a ruler: its length and, while one measures, its spacing."""
        if self._pane.picture is None:
            return ""
        reading = ruler_reading(self._pane.picture.mammogram, ruler.start, ruler.end)
        if self._measuring or reading.length_mm is None:
            return f"{reading.words}  {reading.source}".rstrip()
        return reading.words


def _paint_line(painter: QPainter, line: QLineF) -> None:
    """Draw a line with a tick across either end."""
    across = line.normalVector().unitVector()
    tick = QPointF(across.dx(), across.dy()) * TICK_PX
    lines = (line, *(QLineF(at - tick, at + tick) for at in (line.p1(), line.p2())))
    for colour, width in ((BLACK, LINE_PX + 2 * EDGE_PX), (STRONG, LINE_PX)):
        painter.setPen(QPen(QColor(colour), width))
        for part in lines:
            painter.drawLine(part)


def _below(painter: QPainter, line: QLineF, words: str, pane: QRect) -> QPointF:
    """Return the baseline of words below a line, above it where there is no room."""
    metrics = QFontMetricsF(painter.font())
    width = metrics.horizontalAdvance(words)
    rightmost = pane.right() - GAP_PX - width
    x = max(min(line.center().x() - width / 2, rightmost), pane.left() + GAP_PX)
    top, bottom = sorted((line.y1(), line.y2()))
    below = bottom + TICK_PX + GAP_PX + metrics.ascent()
    if below + metrics.descent() <= pane.bottom():
        return QPointF(x, below)
    return QPointF(x, max(top - TICK_PX - GAP_PX - metrics.descent(), metrics.ascent()))
