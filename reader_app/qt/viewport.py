"""One pane: a mammogram at the resolution of the screen with its marks; says what is done on it.

A frame (`display_frame`) is shown 1:1 in device pixels, opaque, and only where it has changed. The
widget holds no study state: marks come in, places in stored pixels go out.
"""

from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from reader_app.display import Look, table_for
from reader_app.display_frame import Hanging, PaneFrame, hung
from reader_app.display_hanging import (
    CommonScale,
    DevicePoint,
    HungPoint,
    PaneSize,
    Placement,
    hung_point,
    inside,
    stored_point,
    zoomed_scale,
)
from reader_app.display_pyramid import PaneCodes, Picture
from reader_app.qt.code_painter import paint_codes
from reader_app.qt.ink import inked_rect
from reader_app.qt.marks import Outline, outline_rect, paint_outline
from reader_app.qt.pane_words import paint_pane_words, window_text
from reader_app.qt.style import BLACK, READER_COLOUR, small_font
from study_design.geometry import Box, Point
from study_design.vocabulary import View

CLICK_PX = 4.0  # a shorter drag is a click
ZOOM_A_NOTCH = 1.25
WHEEL_NOTCH = 120.0
PICK_PX = 6.0


def pane_size(rect: QRect, ratio: float) -> PaneSize:
    """Return the size in device pixels of a pane that takes this rectangle."""
    return PaneSize(max(round(rect.width() * ratio), 1), max(round(rect.height() * ratio), 1))


class Viewport(QWidget):
    """The pane of one view.

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
    """

    drawn = Signal(object, object)
    picked = Signal(object)
    look_dragged = Signal(float, float)
    painted = Signal()

    def __init__(self, view: View, parent: QWidget) -> None:
        super().__init__(parent)
        self.view = view
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self._look = Look()
        self._size_words = ""
        self._drawing = False
        self._outlines: tuple[Outline, ...] = ()
        self._pressed: QPointF | None = None
        self._last = QPointF()
        self._scale = CommonScale(1.0, in_mm=False)
        self._frame = PaneFrame()
        self._tissue_rect = QRect()
        self._words_key: object = None
        self._words_at = QRect()
        self._black = QColor(BLACK)
        self.show_picture(None)

    # What is shown ------------------------------------------------------------------------------

    @property
    def picture(self) -> Picture | None:
        """The picture in the pane."""
        return self._picture

    @property
    def placement(self) -> Placement | None:
        """Where the picture lies; None while there is none."""
        return self._placement

    @property
    def look(self) -> Look:
        """How grey levels are shown."""
        return self._look

    @property
    def size_words(self) -> str:
        """What the pane says of true size; nothing unless it was asked for and holds."""
        return self._size_words

    @property
    def drawing(self) -> bool:
        """Whether the left button draws marks."""
        return self._drawing

    @property
    def pane(self) -> PaneSize:
        """The size of the pane in device pixels."""
        return pane_size(self.rect(), self.devicePixelRatioF())

    def show_picture(self, picture: Picture | None) -> None:
        """Put a picture into the pane, or nothing."""
        self._picture = picture
        self._placement: Placement | None = None
        self._size_words = ""
        self._frame.forget()
        self._outlines = ()
        self.update()

    def hang(self, scale: CommonScale) -> None:
        """Hang the picture at the scale that all panes share."""
        self._scale = scale
        self._size_words = ""
        if self._picture:
            self._place(hung(self._picture, self.pane, scale).placement)

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

    def show_true_size(self, scale: CommonScale | None, words: str) -> None:
        """Hang the picture at true size, or leave it; say so until the scale changes."""
        if self._picture and scale is not None:
            self._place(hung(self._picture, self.pane, scale).placement)
        self._size_words = words
        self.update()

    def one_to_one(self, at: QPoint | None) -> None:
        """Show a picture pixel on a device pixel, around a place or the middle of the breast."""
        if self._picture is None or self._placement is None:
            return
        if at is None:
            pane, centre = self.pane, self._picture.breast_centre
            left, top = centre.x_hung - pane.width / 2, centre.y_hung - pane.height / 2
            self._place(Placement(left, top, 1.0).snapped())
        else:
            self._place(self._placement.zoomed(1.0, self._device(QPointF(at))).snapped())

    @property
    def breast_centre(self) -> QPoint:
        """Where in the pane the middle of the breast is; the pane's middle without a picture."""
        if self._picture is None or self._placement is None:
            return self.rect().center()
        device = self._placement.to_device(self._picture.breast_centre)
        ratio = self.devicePixelRatioF()
        return QPointF(device.x_device / ratio, device.y_device / ratio).toPoint()

    def rect_of(self, box: Box) -> QRectF:
        """Return where a box of stored pixels is drawn in the pane; empty without a picture."""
        if self._picture is None or self._placement is None:
            return QRectF()
        ratio = self.devicePixelRatioF()
        on_screen = self._placement.box_on_screen(self._picture.mammogram, box)
        return outline_rect(
            Box(
                on_screen.x_px / ratio,
                on_screen.y_px / ratio,
                on_screen.width_px / ratio,
                on_screen.height_px / ratio,
            )
        )

    def screen_point(self, point: Point) -> QPointF | None:
        """Return where a stored place is in the frame of the pane, in it or beside it."""
        if self._picture is None or self._placement is None:
            return None
        device = self._placement.to_device(hung_point(self._picture.mammogram, point))
        ratio = self.devicePixelRatioF()
        return QPointF(device.x_device / ratio, device.y_device / ratio)

    def position_of(self, point: Point) -> QPointF | None:
        """Return where in the pane a stored place is on the screen now; None where it is not."""
        position = self.screen_point(point) if self.isVisible() else None
        seen = position is not None and QRectF(self.rect()).contains(position)
        return position if seen else None

    def hung_at(self, position: QPointF) -> HungPoint | None:
        """Return the hung place at a position of the pane; None without a picture."""
        return self._placement.to_hung(self._device(position)) if self._placement else None

    def stored_at(self, position: QPointF) -> Point | None:
        """Return the stored place at a position of the pane; None without a picture."""
        hung_place = self.hung_at(position)
        if self._picture is None or hung_place is None:
            return None
        return stored_point(self._picture.mammogram, hung_place)

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
        doubts = self._picture.mammogram.doubts if self._picture else ()
        words = self._window_words(self._look), doubts, self._size_words
        key = words, self._placement, self.size()
        if key != self._words_key:
            self._words_key = key
            self._words_at = inked_rect(self.size(), self._paint_words)
        return self._words_at

    def _paint_words(self, painter: QPainter) -> None:
        """Write what the pane shows and at which scale."""
        painter.setFont(small_font(self.font()))
        mammogram = self._picture.mammogram if self._picture else None
        per_px = self._placement.scale / self.devicePixelRatioF() if self._placement else 1.0
        paint_pane_words(
            painter, self.rect(), self.view, mammogram, self._look, per_px, self._size_words
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
        if shown is not None and self._picture is not None and shown.codes.size:
            paint_codes(painter, region, shown, table_for(self._picture.mammogram, self._look))

    def _shown(self) -> PaneCodes | None:
        """Return the codes of the tissue in the pane."""
        if self._picture is None or self._placement is None:
            return None
        return self._frame.codes(Hanging(self._picture, self._placement, self.pane))

    def _window_words(self, look: Look) -> str:
        """Return how the pane names the window."""
        return window_text(self._picture.mammogram, look) if self._picture else ""

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
        pane = QRectF(self.rect())
        for outline in self._outlines:
            paint_outline(painter, self.rect_of(outline.where), outline, pane)
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
        elif event.buttons() & Qt.MouseButton.LeftButton and self._placement:
            ratio = self.devicePixelRatioF()
            self._place(self._placement.panned(moved.x() * ratio, moved.y() * ratio))

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
        """Zoom; what is under the cursor stays there. The smallest scale hangs the picture anew."""
        if self._picture is None or self._placement is None:
            return
        factor = ZOOM_A_NOTCH ** (event.angleDelta().y() / WHEEL_NOTCH)
        smallest = self._scale.scale_of(self._picture.mammogram)
        scale = zoomed_scale(self._placement.scale, factor, smallest)
        if scale == smallest:
            self.hang(self._scale)
        else:
            self._place(self._placement.zoomed(scale, self._device(event.position())))
        event.accept()

    def _place(self, placement: Placement) -> None:
        """Move the picture; the pane's middle stays on it."""
        if self._picture is None:
            return
        placement = placement.kept_in(self._picture.mammogram, self.pane)
        if placement != self._placement:
            if self._placement is None or placement.scale != self._placement.scale:
                self._size_words = ""
            self._placement = placement
            self.update()

    def _draw(self, start: QPointF, end: QPointF | None) -> None:
        """Report a mark; one that begins beside the picture is none."""
        first = self.stored_at(start)
        second = self.stored_at(end) if end is not None else None
        self.update()
        if self._picture is None or first is None:
            return
        mammogram = self._picture.mammogram
        if first != inside(mammogram, first):
            return
        corners = (first,) if second is None else (first, inside(mammogram, second))
        self.drawn.emit(self.view, corners)

    def _mark_at(self, position: QPointF) -> int | None:
        """Return the smallest of the reader's marks at a position."""
        hits = []
        for outline in self._outlines:
            rect = self.rect_of(outline.where)
            near = rect.adjusted(-PICK_PX, -PICK_PX, PICK_PX, PICK_PX)
            if outline.mark is not None and near.contains(position):
                hits.append((rect.width() * rect.height(), outline.mark))
        return min(hits)[1] if hits else None

    def _is_drag(self, position: QPointF) -> bool:
        """Tell whether the mouse has gone further than a click."""
        return (
            self._pressed is not None and (position - self._pressed).manhattanLength() >= CLICK_PX
        )

    def _device(self, position: QPointF) -> DevicePoint:
        """Return a position of the pane in device pixels."""
        ratio = self.devicePixelRatioF()
        return DevicePoint(position.x() * ratio, position.y() * ratio)
