"""The exams of the import window as Qt's table model: one row an exam, one column a slot."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from reader_app.coordinator.exam_rows import ExamImage, ExamRow
from reader_app.coordinator.view_picture import ViewPicture
from study_design.vocabulary import View

CASE, FIRST_SLOT, UNUSED, PROBLEMS = 0, 1, 5, 6
HEADINGS = ("Exam", *(view.value.replace("-", " ") for view in View), "Not used", "To do")

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ExamModel(QAbstractTableModel):
    """Holds what the table shows: rows as they stand, and the pictures that are there already."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[ExamRow, ...] = ()
        self._pictures: dict[str, ViewPicture] = {}
        self._images: dict[str, QImage] = {}

    def show_rows(self, rows: Sequence[ExamRow]) -> None:
        """Show these exams; where they are the same exams, only their contents change."""
        old = [row.case for row in self._rows]
        if old == [row.case for row in rows]:
            self._rows = tuple(rows)
            self._tell_change(0, len(self._rows) - 1)
            return
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def add_picture(self, picture: ViewPicture) -> None:
        """Show a picture from now on."""
        greys = picture.greys
        rows, columns = greys.shape
        kind = QImage.Format.Format_Grayscale8
        self._pictures[picture.image] = picture
        self._images[picture.image] = QImage(greys.data, columns, rows, columns, kind)
        place = next((n for n, row in enumerate(self._rows) if _holds(row, picture.image)), None)
        if place is not None:
            self._tell_change(place, place)

    def forget_pictures(self) -> None:
        """Forget all pictures; they may have been blanked."""
        self._pictures.clear()
        self._images.clear()

    def row(self, index: Index) -> ExamRow:
        """Return the exam of a cell."""
        return self._rows[index.row()]

    def row_of(self, case: str) -> int | None:
        """Return where an exam is listed."""
        return next((n for n, row in enumerate(self._rows) if row.case == case), None)

    def images_at(self, index: Index) -> tuple[ExamImage, ...]:
        """Return the images in a cell: one at most in a slot, any number among the unused."""
        if not index.isValid():
            return ()
        row = self.row(index)
        if index.column() == UNUSED:
            return row.unused
        view = view_of(index.column())
        image = row.image_in(view) if view else None
        return (image,) if image else ()

    def picture(self, image: str) -> QImage | None:
        """Return the picture of an image; None while it is not there."""
        return self._images.get(image)

    def view_picture(self, image: str) -> ViewPicture | None:
        """Return the picture of an image with the places of text; None while it is not there."""
        return self._pictures.get(image)

    def missing_pictures(self) -> tuple[ExamImage, ...]:
        """Return the imported images that have no picture yet, from the top of the table."""
        return tuple(
            image
            for row in self._rows
            if row.stored
            for image in row.images
            if image.image not in self._images
        )

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of exams."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(HEADINGS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the words of a cell, for the painter and for screen readers alike."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.row(index)
        if index.column() == CASE:
            return row.case
        if index.column() == PROBLEMS:
            return words_of(row)
        return ", ".join(image.image for image in self.images_at(index)) or (
            "" if index.column() == UNUSED else "missing"
        )

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the name of a column."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return HEADINGS[section]
        return None

    def _tell_change(self, first: int, last: int) -> None:
        """Have rows painted anew."""
        self.dataChanged.emit(self.index(first, 0), self.index(last, PROBLEMS))


def view_of(column: int) -> View | None:
    """Return the slot of a column; None for every other column."""
    views = list(View)
    return views[column - FIRST_SLOT] if FIRST_SLOT <= column < UNUSED else None


def words_of(row: ExamRow) -> str:
    """Return what is left to do with an exam, a line each."""
    if row.excluded:
        return f"Excluded: {row.reason}"
    if row.prior_of:
        return f"Prior of {row.prior_of}, once it is saved"
    if row.problems:
        return "\n".join(f"! {problem.words}" for problem in row.problems)
    if row.priors:
        return f"Ready, with {len(row.priors)} prior{'s' if len(row.priors) > 1 else ''}"
    return "Ready" if row.stored else "Complete, not imported yet"


def _holds(row: ExamRow, image: str) -> bool:
    """Tell whether an image belongs to an exam."""
    return any(one.image == image for one in row.images)
