"""One view with the boxes of an AI on it, dashed, with type and score just outside each box."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from reader_app.coordinator.detections_look import BoxFrame, ViewLook
from reader_app.qt.parts.style import AI_COLOUR, BLACK, GRID_PX, INSIDE_PX, STRONG, TEXT, small_font

LINE_PX = 1.5
EDGE_PX = 3.5  # the black edge that keeps a line visible on white tissue
SMALLEST_PX = 6.0  # a point would not be seen


class BoxView(QWidget):
    """Draws a view as large as fits, on black."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look: ViewLook | None = None
        self.setMinimumSize(100, 100)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def frames(self) -> tuple[BoxFrame, ...]:
        """The boxes on the screen."""
        return self._look.frames if self._look else ()

    def show_view(self, look: ViewLook | None) -> None:
        """Show a view, or none."""
        self._look = look
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size where there is room."""
        return QSize(400, 400)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture, then the boxes, then the name of the view."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(BLACK))
        painter.setFont(small_font(self.font()))
        if self._look is None:
            return
        if self._look.picture is not None:
            self._paint_picture(painter, self._look)
        painter.setPen(QColor(STRONG))
        label = self.rect().adjusted(INSIDE_PX, GRID_PX, -INSIDE_PX, -GRID_PX)
        painter.drawText(label, int(Qt.AlignmentFlag.AlignTop), self._look.view.replace("-", " "))
        if self._look.problem:
            painter.setPen(QColor(TEXT))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(label, int(flags), self._look.problem)

    def _paint_picture(self, painter: QPainter, look: ViewLook) -> None:
        """Draw the picture with its boxes."""
        if look.picture is None:
            return
        greys = look.picture.greys
        rows, columns = greys.shape
        image = QImage(greys.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
        scale = min(self.width() / columns, self.height() / rows)
        left = (self.width() - columns * scale) / 2
        top = (self.height() - rows * scale) / 2
        place = QRectF(left, top, columns * scale, rows * scale)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, image)
        for frame in look.frames:
            self._paint_frame(painter, place, frame)

    def _paint_frame(self, painter: QPainter, place: QRectF, frame: BoxFrame) -> None:
        """Draw a box and its words."""
        box = QRectF(
            place.left() + frame.left * place.width(),
            place.top() + frame.top * place.height(),
            frame.width * place.width(),
            frame.height * place.height(),
        )
        wide, high = (max(SMALLEST_PX - side, 0.0) / 2 for side in (box.width(), box.height()))
        box.adjust(-wide, -high, wide, high)
        painter.setPen(QPen(QColor(BLACK), EDGE_PX))
        painter.drawRect(box)
        painter.setPen(QPen(QColor(AI_COLOUR), LINE_PX, Qt.PenStyle.DashLine))
        painter.drawRect(box)
        words = painter.fontMetrics().boundingRect(frame.words)
        x = min(box.left(), self.width() - words.width() - GRID_PX)
        above = box.top() - GRID_PX
        y = above if above > words.height() else box.bottom() + words.height()
        painter.setPen(QColor(BLACK))
        painter.drawText(int(x) + 1, int(y) + 1, frame.words)
        painter.setPen(QColor(AI_COLOUR))
        painter.drawText(int(x), int(y), frame.words)
