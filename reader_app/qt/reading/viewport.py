"""One pane on the screen: paints its mammogram and marks, and says what the mouse does on them.

A frame (`display_frame`) is shown 1:1 in device pixels, opaque, and only where it has changed. The
widget holds no study state: marks come in, places in stored pixels go out.
"""

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from reader_app.display.display import Look, table_for
from reader_app.display.display_frame import PaneFrame
from reader_app.display.display_hanging import inside
from reader_app.display.display_pyramid import PaneCodes, Picture
from reader_app.qt.parts.style import BLACK, READER_COLOUR, small_font
from reader_app.qt.reading.code_painter import paint_codes
from reader_app.qt.reading.hung_picture import HungPicture
from reader_app.qt.reading.ink import inked_rect
from reader_app.qt.reading.marks import Outline, PlacedOutline, paint_outlines
from reader_app.qt.reading.pane_words import paint_pane_words, window_text
from study_design.vocabulary import View

CLICK_PX = 4.0  # a shorter drag is a click
ZOOM_A_NOTCH = 1.25
WHEEL_NOTCH = 120.0
PICK_PX = 6.0


class Viewport(QWidget):
    """The pane of one view as it is seen and touched.

    Signals
    -------
    drawn : view, tuple of Point
        A mark was drawn: one point for a click, two corners for a drag.
    picked : object
        A click that draws nothing: the number of the reader's mark there, or None.
    look_dragged : float, float
        The right button was dragged so far right and down, device-independent px.
    painted
        The pane has been painted.

    Attributes
    ----------
    hung
        The picture, where it lies.
    """

    drawn = Signal(object, object)
    picked = Signal(object)
    look_dragged = Signal(float, float)
    painted = Signal()

    def __init__(self, view: View, parent: QWidget) -> None:
        super().__init__(parent)
        self.view = view
        self.hung = HungPicture(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self._look = Look()
        self._drawing = False
        self._outlines: tuple[Outline, ...] = ()
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._frame = PaneFrame()
        self._tissue_rect = QRect()
        self._words_key: object = None
        self._words_at = QRect()
        self._black = QColor(BLACK)

    # What is shown ------------------------------------------------------------------------------

    @property
    def picture(self) -> Picture | None:
        """The picture in the pane."""
        return self.hung.picture

    @property
    def look(self) -> Look:
        """How grey levels are shown."""
        return self._look

    @property
    def drawing(self) -> bool:
        """Whether the left button draws marks."""
        return self._drawing

    def show_picture(self, picture: Picture | None) -> None:
        """Put a picture into the pane, or nothing, without marks."""
        self.hung.show_picture(picture)
        self._frame.forget()
        self._outlines = ()

    def set_look(self, look: Look) -> None:
        """Show grey levels in another way: beside the tissue all stays black."""
        if look == self._look:
            return
        renamed = self._window_words(look) != self._window_words(self._look)
        self._look = look
        # One rectangle: Qt draws through a region of several much slower.
        self.update(self.rect() if renamed else self._tissue_rect)

    def set_outlines(self, outlines: tuple[Outline, ...]) -> None:
        """Show these marks and no others."""
        if outlines != self._outlines:
            self._outlines = outlines
            self.update()

    def set_drawing(self, drawing: bool) -> None:
        """Let the left button draw marks, or move the picture."""
        self._drawing = drawing
        cursor = Qt.CursorShape.CrossCursor if drawing else Qt.CursorShape.ArrowCursor
        self.setCursor(cursor)

    # Painting -----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what has changed of the pane."""
        painter = QPainter(self)
        self._paint_tissue(painter, event.region())
        if event.rect() == self.rect() or event.rect().intersects(self._words_rect()):
            self._paint_words(painter)
        self._paint_marks(painter)
        painter.end()
        self.painted.emit()

    def _words_rect(self) -> QRect:
        """Return where the words are: at fit beside the tissue, so most frames leave them alone."""
        doubts = self.picture.mammogram.doubts if self.picture else ()
        words = self._window_words(self._look), doubts, self.hung.size_words
        key = words, self.hung.placement, self.size()
        if key != self._words_key:
            self._words_key = key
            self._words_at = inked_rect(self.size(), self._paint_words)
        return self._words_at

    def _paint_words(self, painter: QPainter) -> None:
        """Write what the pane shows and at which scale."""
        painter.setFont(small_font(self.font()))
        mammogram = self.picture.mammogram if self.picture else None
        per_px = (
            self.hung.placement.scale / self.devicePixelRatioF() if self.hung.placement else 1.0
        )
        paint_pane_words(
            painter, self.rect(), self.view, mammogram, self._look, per_px, self.hung.size_words
        )

    def _paint_tissue(self, painter: QPainter, region: QRegion) -> None:
        """Draw the tissue, each of its pixels on a device pixel, and black beside it."""
        shown = self._shown()
        self._tissue_rect = self._rect_on(shown)
        # On a fine screen tissue may begin within a device-independent px: that rim is black below.
        rim = 0 if self.devicePixelRatioF() == 1.0 else 1
        beside = region.subtracted(self._tissue_rect.adjusted(rim, rim, -rim, -rim))
        for rect in cast(Iterable[QRect], beside):
            painter.fillRect(rect, self._black)
        if shown is not None and self.picture is not None and shown.codes.size:
            paint_codes(painter, region, shown, table_for(self.picture.mammogram, self._look))

    def _shown(self) -> PaneCodes | None:
        """Return the codes of the tissue in the pane."""
        return self._frame.codes(self.hung.hanging) if self.hung.hanging else None

    def _window_words(self, look: Look) -> str:
        """Return how the pane names the window."""
        return window_text(self.picture.mammogram, look) if self.picture else ""

    def _rect_on(self, shown: PaneCodes | None) -> QRect:
        """Return where in the pane these codes are, in whole device-independent px."""
        if shown is None:
            return QRect()
        rows, columns = shown.codes.shape
        ratio = self.devicePixelRatioF()
        return QRectF(
            shown.left / ratio, shown.top / ratio, columns / ratio, rows / ratio
        ).toAlignedRect()

    def _paint_marks(self, painter: QPainter) -> None:
        """Draw the marks, and the one that is being drawn."""
        if not self._outlines and not self._drawing:
            return
        painter.setFont(small_font(self.font()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        placed = [PlacedOutline(one, self.hung.rect_of(one.where)) for one in self._outlines]
        paint_outlines(painter, placed, QRectF(self.rect()))
        if self._drawing and self._is_drag(self._last) and self._pressed is not None:
            painter.setPen(QColor(READER_COLOUR))
            painter.drawRect(QRectF(self._pressed, self._last).normalized())

    # Acts ---------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        self._pressed = self._last = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw, pan or change the window."""
        if self._pressed is None:
            return
        moved = event.position() - self._last
        self._last = event.position()
        if event.buttons() & Qt.MouseButton.RightButton:
            self.look_dragged.emit(moved.x(), moved.y())
        elif event.buttons() & Qt.MouseButton.LeftButton and self._drawing:
            self.update()
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.hung.pan(moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Report a mark, or a click on one."""
        pressed, self._pressed = self._pressed, None
        if pressed is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        drag = (event.position() - pressed).manhattanLength() >= CLICK_PX
        if self._drawing:
            self._draw(pressed, event.position() if drag else None)
        elif not drag:
            self.picked.emit(self._mark_at(pressed))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor."""
        self.hung.zoom(ZOOM_A_NOTCH ** (event.angleDelta().y() / WHEEL_NOTCH), event.position())
        event.accept()

    def _draw(self, start: QPointF, end: QPointF | None) -> None:
        """Report a mark; one that begins beside the picture is none."""
        first = self.hung.stored_at(start)
        second = self.hung.stored_at(end) if end is not None else None
        self.update()
        if self.picture is None or first is None:
            return
        mammogram = self.picture.mammogram
        if first != inside(mammogram, first):
            return
        corners = (first,) if second is None else (first, inside(mammogram, second))
        self.drawn.emit(self.view, corners)

    def _mark_at(self, position: QPointF) -> int | None:
        """Return the smallest of the reader's marks at a position."""
        hits = []
        for outline in self._outlines:
            rect = self.hung.rect_of(outline.where)
            near = rect.adjusted(-PICK_PX, -PICK_PX, PICK_PX, PICK_PX)
            if outline.mark is not None and near.contains(position):
                hits.append((rect.width() * rect.height(), outline.mark))
        return min(hits)[1] if hits else None

    def _is_drag(self, position: QPointF) -> bool:
        """Tell whether the mouse has gone further than a click."""
        return (
            self._pressed is not None and (position - self._pressed).manhattanLength() >= CLICK_PX
        )
