"""The lens: a square at the mouse that shows twice 1:1 while its key is held.

It reads the finest level through the pane's own table, so it shows what the pane would at that
scale. It lies between mouse and panes: nothing is dragged, scrolled or marked while it is held.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QCursor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from reader_app.display.display import table_for
from reader_app.display.display_frame import Hanging, PaneFrame
from reader_app.display.display_hanging import HungPoint, Placement
from reader_app.qt.parts.style import BLACK, TEXT
from reader_app.qt.reading.code_painter import paint_codes
from reader_app.qt.reading.hung_picture import pane_size
from reader_app.qt.reading.viewport import Viewport

SIDE_PX = 320
SCALE = 2.0  # device pixels a picture pixel


class Lens(QWidget):
    """Over the panes, hidden unless held.

    Parameters
    ----------
    pane_at
        Returns the pane that is seen at a place of the parent; None where there is none.
    """

    def __init__(self, parent: QWidget, pane_at: Callable[[QPoint], Viewport | None]) -> None:
        super().__init__(parent)
        self._over = parent
        self._pane_at = pane_at
        self._pane: Viewport | None = None
        self._at = HungPoint(0.0, 0.0)
        self._frame = PaneFrame()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.resize(SIDE_PX, SIDE_PX)
        self.hide()

    def hold(self) -> None:
        """Show the lens where the mouse is; nothing where it is on no picture."""
        self._follow(QCursor.pos())
        if self._pane is not None:
            self.show()
            self.raise_()
            # A fast mouse leaves the lens before it has followed.
            for widget in self._over.findChildren(QWidget):
                widget.installEventFilter(self)

    def let_go(self) -> None:
        """Take the lens away."""
        for widget in self._over.findChildren(QWidget):
            widget.removeEventFilter(self)
        self._pane = None
        self._frame.forget()
        self.hide()

    @property
    def placement(self) -> Placement | None:
        """Where the picture lies in the lens; None while it is not held."""
        if self._pane is None:
            return None
        size = pane_size(self.rect(), self.devicePixelRatioF())
        left = self._at.x_hung - size.width / 2 / SCALE
        top = self._at.y_hung - size.height / 2 / SCALE
        return Placement(left, top, SCALE).snapped()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the mouse, on the lens and beside it."""
        if event.type() is QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._follow(event.globalPosition().toPoint())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Show the picture enlarged, black beside it, in a frame."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(BLACK))
        if self._pane is not None and self._pane.picture is not None and self.placement is not None:
            picture, size = self._pane.picture, pane_size(self.rect(), self.devicePixelRatioF())
            shown = self._frame.codes(Hanging(picture, self.placement, size))
            if shown.codes.size:
                table = table_for(picture.mammogram, self._pane.look)
                paint_codes(painter, event.region(), shown, table)
        painter.setPen(QPen(QColor(BLACK), 3))
        painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.setPen(QPen(QColor(TEXT), 1))
        painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()

    def _follow(self, on_screen: QPoint) -> None:
        """Stand around the mouse; beside all pictures, stay."""
        at = self._over.mapFromGlobal(on_screen)
        pane = self._pane_at(at)
        hung = pane.hung.hung_at(QPointF(pane.mapFromGlobal(on_screen))) if pane else None
        if pane is None or hung is None:
            return
        self._pane, self._at = pane, hung
        self.move(at - self.rect().center())
        self.update()
