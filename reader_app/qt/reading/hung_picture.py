"""The picture in a pane: where it lies, where places of it are, and how it moves.

What is painted and what the mouse does is `viewport`'s; arithmetic is `display_moving`'s.
"""

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF, Signal
from PySide6.QtWidgets import QWidget

from reader_app.display.display_frame import Hanging, hung
from reader_app.display.display_hanging import (
    CommonScale,
    DevicePoint,
    HungPoint,
    PaneSize,
    Placement,
    hung_point,
    stored_point,
)
from reader_app.display.display_moving import mirrored, one_to_one, panned, zoomed
from reader_app.display.display_pyramid import Picture
from reader_app.qt.reading.marks import outline_rect
from study_design.geometry import Box, Point


def pane_size(rect: QRect, ratio: float) -> PaneSize:
    """Return the size in device pixels of a pane that takes this rectangle."""
    return PaneSize(max(round(rect.width() * ratio), 1), max(round(rect.height() * ratio), 1))


class HungPicture(QObject):
    """The picture of one pane. Positions are in device-independent px of the pane.

    Parameters
    ----------
    pane
        The widget in which it hangs; painted anew when the picture moves.

    Signals
    -------
    moved
        The reader has panned, zoomed or gone to 1:1 here; hanging and following are no moves.
    """

    moved = Signal()

    def __init__(self, pane: QWidget) -> None:
        super().__init__(pane)
        self._widget = pane
        self._picture: Picture | None = None
        self._placement: Placement | None = None
        self._scale = CommonScale(1.0, in_mm=False)
        self._size_words = ""

    # What hangs here ----------------------------------------------------------------------------

    @property
    def picture(self) -> Picture | None:
        """The picture in the pane."""
        return self._picture

    @property
    def placement(self) -> Placement | None:
        """Where the picture lies; None while there is none."""
        return self._placement

    @property
    def hanging(self) -> Hanging | None:
        """The picture where it lies; None while there is none."""
        if self._picture is None or self._placement is None:
            return None
        return Hanging(self._picture, self._placement, self.pane)

    @property
    def size_words(self) -> str:
        """What the pane says of true size; nothing unless it was asked for and holds."""
        return self._size_words

    @property
    def pane(self) -> PaneSize:
        """The size of the pane in device pixels."""
        return pane_size(self._widget.rect(), self._widget.devicePixelRatioF())

    def show_picture(self, picture: Picture | None) -> None:
        """Put a picture into the pane, or nothing; it lies nowhere before it hangs."""
        self._picture = picture
        self._placement = None
        self._size_words = ""
        self._widget.update()

    def hang(self, scale: CommonScale) -> None:
        """Hang the picture at the scale that all panes share."""
        self._scale = scale
        self._say_size("")
        if self._picture:
            self._place(hung(self._picture, self.pane, scale).placement)

    def show_true_size(self, scale: CommonScale | None, words: str) -> None:
        """Hang the picture at true size, or leave it; say so until the scale changes."""
        if self._picture and scale is not None:
            self._place(hung(self._picture, self.pane, scale).placement)
        self._say_size(words)

    # How it moves -------------------------------------------------------------------------------

    def one_to_one(self, at: QPoint | None) -> None:
        """Show a picture pixel on a device pixel, around a place or the middle of the breast."""
        if self.hanging is not None:
            around = self._device(QPointF(at)) if at is not None else None
            self._move(one_to_one(self.hanging, around))

    def pan(self, by: QPointF) -> None:
        """Drag the picture."""
        if self.hanging is not None:
            ratio = self._widget.devicePixelRatioF()
            self._move(panned(self.hanging, by.x() * ratio, by.y() * ratio))

    def zoom(self, factor: float, at: QPointF) -> None:
        """Zoom; what is at a position stays there. The smallest scale hangs the picture anew."""
        if self.hanging is not None:
            self._move(zoomed(self.hanging, factor, self._device(at), self._scale))

    def follow(self, lead: Hanging) -> None:
        """Lie as the mirror image of the other breast's picture."""
        if self._picture is not None:
            self._place(mirrored(lead, self._picture, self.pane, self._scale))

    def _move(self, placement: Placement) -> None:
        """Lie where the reader has moved the picture to."""
        self._place(placement)
        self.moved.emit()

    def _place(self, placement: Placement) -> None:
        """Lie there; what was said of true size holds while the scale stays."""
        if placement == self._placement:
            return
        if self._placement is None or placement.scale != self._placement.scale:
            self._say_size("")
        self._placement = placement
        self._widget.update()

    def _say_size(self, words: str) -> None:
        """Say this of true size."""
        if words != self._size_words:
            self._size_words = words
            self._widget.update()

    # Where places are ---------------------------------------------------------------------------

    @property
    def breast_centre(self) -> QPoint:
        """Where in the pane the middle of the breast is; the pane's middle without a picture."""
        if self._picture is None or self._placement is None:
            return self._widget.rect().center()
        return self._position(self._placement.to_device(self._picture.breast_centre)).toPoint()

    def rect_of(self, box: Box) -> QRectF:
        """Return where a box of stored pixels is drawn in the pane; empty without a picture."""
        if self._picture is None or self._placement is None:
            return QRectF()
        ratio = self._widget.devicePixelRatioF()
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
        return self._position(self._placement.to_device(hung_point(self._picture.mammogram, point)))

    def position_of(self, point: Point) -> QPointF | None:
        """Return where in the pane a stored place is on the screen now; None where it is not."""
        position = self.screen_point(point) if self._widget.isVisible() else None
        seen = position is not None and QRectF(self._widget.rect()).contains(position)
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

    def _device(self, position: QPointF) -> DevicePoint:
        """Return a position of the pane in device pixels."""
        ratio = self._widget.devicePixelRatioF()
        return DevicePoint(position.x() * ratio, position.y() * ratio)

    def _position(self, place: DevicePoint) -> QPointF:
        """Return a place in device pixels as a position of the pane."""
        ratio = self._widget.devicePixelRatioF()
        return QPointF(place.x_device / ratio, place.y_device / ratio)
