"""The table of exams: an image is chosen by keys or mouse and put into another slot by either.

Keys: arrows choose, 1-4 put the chosen image into a slot, 0 among the unused, X asks for the reason
of an exclusion, U takes the newest change back, H and B decide on text, R on how it is shown. A
drag keeps to its exam.
"""

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QTableView,
    QWidget,
)

from reader_app.coordinator.case_commands import command_of
from reader_app.coordinator.exam_changes import Place
from reader_app.qt.coordinator.exam_model import (
    CASE,
    FIRST_SLOT,
    PROBLEMS,
    UNUSED,
    ExamModel,
    Index,
    view_of,
)
from reader_app.qt.coordinator.exam_painter import ROW_PX, SLOT_PX, UNUSED_PX, ExamPainter
from study_design.vocabulary import View

_CASE_PX = 92
_SLOT_KEYS = dict(zip((Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4), View, strict=True))


class ExamTable(QTableView):
    """Signals carry what the coordinator wants; the window decides what comes of it.

    Signals
    -------
    placed : Place
        An image is wanted elsewhere.
    asked : CaseCommand
        The key of an act was pressed.
    chosen
        Another image or exam is chosen.
    strayed
        An image was dropped on another exam than its own.
    """

    placed = Signal(object)
    asked = Signal(object)
    chosen = Signal()
    strayed = Signal()

    def __init__(self, model: ExamModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._exams = model
        self._painter = ExamPainter(model, self)
        self._grip: QPoint | None = None
        self._shadow = QLabel(self.viewport())
        self._shadow.hide()
        self.setModel(model)
        self.setItemDelegate(self._painter)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        names = self.horizontalHeader()
        names.setHighlightSections(False)
        names.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in range(PROBLEMS):
            self.setColumnWidth(column, SLOT_PX)
        self.setColumnWidth(CASE, _CASE_PX)
        self.setColumnWidth(UNUSED, 2 * UNUSED_PX)
        names.setStretchLastSection(True)
        self.setAccessibleName("Exams with their four views")
        model.modelReset.connect(self._choose_first)

    @property
    def chosen_image(self) -> str:
        """The name of the chosen image; empty where a cell without image is chosen."""
        images = [image.image for image in self._exams.images_at(self.currentIndex())]
        if self._painter.chosen_image in images:
            return self._painter.chosen_image
        return images[0] if images else ""

    @property
    def chosen_case(self) -> str:
        """The exam that is chosen; empty where the table is."""
        index = self.currentIndex()
        return self._exams.row(index).case if index.isValid() else ""

    def choose(self, case: str, image: str = "") -> None:
        """Choose an exam and one of its images, wherever it stands now."""
        place = self._exams.row_of(case)
        if place is None:
            return
        for column in range(FIRST_SLOT, PROBLEMS):
            index = self._exams.index(place, column)
            if not image or image in [one.image for one in self._exams.images_at(index)]:
                self._choose(index, image)
                return

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Frame the image of the new cell."""
        super().currentChanged(current, previous)
        self._painter.chosen_image = ""
        self._painter.chosen_image = self.chosen_image
        self.viewport().update()
        self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Put the chosen image elsewhere, ask for an act, or move on."""
        key = Qt.Key(event.key())
        if key in _SLOT_KEYS or key == Qt.Key.Key_0:
            if self.chosen_image:
                self.placed.emit(Place(self.chosen_image, _SLOT_KEYS.get(key)))
        elif command := command_of(event.text()):
            self.asked.emit(command)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self._step_among_unused(key):
            return
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the image under the mouse and take hold of it."""
        super().mousePressEvent(event)
        place = event.position().toPoint()
        index, image = self.indexAt(place), self._image_at(place)
        if event.button() is Qt.MouseButton.LeftButton and index.isValid() and image:
            self._choose(index, image)
            self._grip = place

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let the picture follow the mouse."""
        place = event.position().toPoint()
        if self._grip is None:
            return
        if (place - self._grip).manhattanLength() < QApplication.startDragDistance():
            return
        if self._shadow.isHidden():
            self._shadow.setPixmap(self._small_picture())
            self._shadow.adjustSize()
            self._shadow.show()
        self._shadow.move(place - QPoint(self._shadow.width() // 2, self._shadow.height() // 2))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop the image into the slot under the mouse."""
        super().mouseReleaseEvent(event)
        if self._grip is None:
            return
        index, is_drag = self.indexAt(event.position().toPoint()), not self._shadow.isHidden()
        self._grip = None
        self._shadow.hide()
        if not is_drag or not index.isValid():
            return
        if index.row() != self.currentIndex().row():
            self.strayed.emit()
        elif index.column() not in (CASE, PROBLEMS):
            self.placed.emit(Place(self.chosen_image, view_of(index.column())))

    def slot_rect(self, case: str, view: View | None) -> QRect:
        """Return where a slot of an exam is in the viewport; None: the unused images."""
        column = UNUSED if view is None else FIRST_SLOT + list(View).index(view)
        return self.visualRect(self._exams.index(self._exams.row_of(case) or 0, column))

    def _choose(self, index: QModelIndex, image: str) -> None:
        """Choose an image of a cell."""
        self.setCurrentIndex(index)
        self._painter.chosen_image = image
        self._painter.chosen_image = self.chosen_image
        self.viewport().update()
        self.chosen.emit()

    def _choose_first(self) -> None:
        """Choose the first image of the first exam, so that keys work at once."""
        columns = range(FIRST_SLOT, PROBLEMS if self._exams.rowCount() else FIRST_SLOT)
        cells = [self._exams.index(0, column) for column in columns]
        filled = (cell for cell in cells if self._exams.images_at(cell))
        self.setCurrentIndex(next(filled, cells[0] if cells else QModelIndex()))

    def _step_among_unused(self, key: Qt.Key) -> bool:
        """Choose the next image of a cell with several; tell whether there was one."""
        images = [image.image for image in self._exams.images_at(self.currentIndex())]
        if self.chosen_image not in images:
            return False
        place = images.index(self.chosen_image) + (1 if key == Qt.Key.Key_Right else -1)
        if not 0 <= place < len(images):
            return False
        self._choose(self.currentIndex(), images[place])
        return True

    def _image_at(self, place: QPoint) -> str:
        """Return the image under a place; empty where there is none."""
        index = self.indexAt(place)
        if not index.isValid() or index.column() in (CASE, PROBLEMS):
            return ""
        places = self._painter.places(self.visualRect(index), index)
        images = self._exams.images_at(index)
        return next(
            (i.image for i, at in zip(images, places, strict=True) if at.contains(place)), ""
        )

    def _small_picture(self) -> QPixmap:
        """Return the picture that follows the mouse."""
        picture = self._exams.picture(self.chosen_image)
        if picture is None:
            return QPixmap(SLOT_PX // 2, ROW_PX // 2)
        mode = Qt.AspectRatioMode.KeepAspectRatio
        return QPixmap.fromImage(picture.scaled(SLOT_PX // 2, ROW_PX // 2, mode))
