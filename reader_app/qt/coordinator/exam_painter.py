"""Paints the cells of the exam table: thumbnails with their text frames, empty slots, words."""

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from reader_app.coordinator.exam_rows import ExamRow
from reader_app.coordinator.view_picture import TextFrame
from reader_app.qt.coordinator.exam_model import CASE, PROBLEMS, UNUSED, ExamModel, Index
from reader_app.qt.parts.style import ACCENT, BLACK, FOCUS, GRID_PX, INSIDE_PX, PROBLEM, STRONG
from study_design.images.found_text import TextVerdict

ROW_PX = 124
SLOT_PX = 104
UNUSED_PX = 60
_DIMMED = 0.35


class ExamPainter(QStyledItemDelegate):
    """Draws what the model holds; keeps nothing but which of the unused images is chosen."""

    def __init__(self, model: ExamModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self.chosen_image = ""
        self.target: QRect | None = None

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a cell."""
        painter.save()
        row, area = (
            self._model.row(index),
            option.rect.adjusted(GRID_PX, GRID_PX, -GRID_PX, -GRID_PX),
        )
        if index.column() in (CASE, PROBLEMS):
            self._paint_words(painter, area, option, row, index)
        else:
            painter.setOpacity(_DIMMED if row.excluded else 1.0)
            for place, image in zip(
                self.places(option.rect, index), self._model.images_at(index), strict=False
            ):
                self._paint_view(painter, place, image.image, stored=row.stored)
            if not self._model.images_at(index) and index.column() != UNUSED:
                _paint_empty(painter, area, excluded=row.excluded)
            if not self._model.images_at(index) and option.state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(QPen(QColor(ACCENT), 2))
                painter.drawRect(area)
        painter.restore()
        painter.setPen(option.palette.color(QPalette.ColorRole.Midlight))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a cell: all rows are as high."""
        return QSize(SLOT_PX, ROW_PX)

    def places(self, cell: QRect, index: Index) -> list[QRect]:
        """Return where the images of a cell are drawn."""
        count = len(self._model.images_at(index))
        area = cell.adjusted(GRID_PX, GRID_PX, -GRID_PX, -GRID_PX)
        if index.column() != UNUSED:
            return [area][:count]
        width = min(UNUSED_PX, area.width() // max(count, 1))
        return [
            QRect(area.left() + place * width, area.top(), width - 2, area.height())
            for place in range(count)
        ]

    def _paint_view(self, painter: QPainter, area: QRect, image: str, *, stored: bool) -> None:
        """Draw a view: its picture, or what stands for it until there is one."""
        painter.fillRect(area, QColor(BLACK))
        picture, drawn = self._model.picture(image), self._model.view_picture(image)
        if picture is None or drawn is None:
            painter.setPen(QColor(STRONG))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "..." if stored else "found")
        else:
            paint_picture(painter, area, picture, drawn.frames)
        if image == self.chosen_image:
            painter.setPen(QPen(QColor(FOCUS), 2))
            painter.drawRect(area)

    def _paint_words(
        self,
        painter: QPainter,
        area: QRect,
        option: QStyleOptionViewItem,
        row: ExamRow,
        index: Index,
    ) -> None:
        """Draw the name of an exam, or what is left to do with it."""
        font = option.font
        font.setBold(index.column() == CASE)
        painter.setFont(font)
        colour = option.palette.color(QPalette.ColorRole.Text)
        if row.excluded:
            colour = option.palette.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(colour)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        inside = area.adjusted(INSIDE_PX, 0, 0, 0)
        if row.problems and index.column() == PROBLEMS:
            painter.fillRect(
                QRect(inside.left(), area.top(), GRID_PX, area.height()), QColor(PROBLEM)
            )
            inside = inside.adjusted(GRID_PX + INSIDE_PX, 0, 0, 0)
        painter.drawText(
            inside, int(flags), fitting(painter, inside, int(flags), str(index.data()))
        )


def fitting(painter: QPainter, area: QRect, flags: int, words: str) -> str:
    """Return as many lines as an area holds, and how many more there are.

    Of a single line that is too long its first words.
    """

    def fits(text: str) -> bool:
        """Tell whether an area holds a text."""
        return painter.fontMetrics().boundingRect(area, flags, text).height() <= area.height()

    lines = words.split("\n")
    shown = words
    for count in range(len(lines) - 1, 0, -1):
        if fits(shown):
            break
        shown = "\n".join([*lines[:count], f"... and {len(lines) - count} more"])
    more = shown.removeprefix(lines[0]) if len(lines) > 1 else ""
    first = lines[0].split(" ")
    while not fits(shown) and len(first) > 1:
        first.pop()
        shown = f"{' '.join(first)} ...{more}"
    return shown


def _paint_empty(painter: QPainter, area: QRect, *, excluded: bool) -> None:
    """Draw a slot without an image."""
    painter.setPen(QPen(QColor(PROBLEM), 1, Qt.PenStyle.DashLine))
    painter.drawRect(area.adjusted(0, 0, -1, -1))
    if not excluded:
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "missing")


def paint_picture(
    painter: QPainter, area: QRect, picture: QImage, frames: tuple[TextFrame, ...]
) -> None:
    """Draw a picture as large as fits, with frames round the text on it: open ones stand out."""
    scale = min(area.width() / picture.width(), area.height() / picture.height())
    width, height = picture.width() * scale, picture.height() * scale
    left = area.left() + (area.width() - width) / 2
    top = area.top() + (area.height() - height) / 2
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(left, top, width, height), picture)
    for frame in frames:
        is_open = frame.verdict is TextVerdict.OPEN
        painter.setPen(QPen(QColor(PROBLEM if is_open else ACCENT), 2 if is_open else 1))
        painter.drawRect(
            QRectF(
                left + frame.left * width,
                top + frame.top * height,
                frame.width * width,
                frame.height * height,
            )
        )
