"""The parts of the preview of AI results and where they stand; see detections_window."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from reader_app.qt.coordinator.box_view import BoxView
from reader_app.qt.coordinator.map_editor import MapEditor
from reader_app.qt.coordinator.questions_panel import QuestionsPanel
from reader_app.qt.parts.style import AROUND_PX, BETWEEN_PX, GRID_PX, INSIDE_PX
from study_design.counted import counted
from study_design.vocabulary import View

LEFT_PX, LEFT_NARROW_PX = 440, 360
CASES_PX, CASES_NARROW_PX = 220, 160
PROBLEMS_PX = 200
EMPTY = (
    "No case to show yet.\n\nWhere the file is a table, say on the left which column holds the "
    "image and which hold the box. The list above the columns says what is lacking."
)


class DetectionsLayout(QWidget):
    """Left problems and the map, then the cases, right the pictures; below what would come in."""

    CASE = int(Qt.ItemDataRole.UserRole)

    def __init__(self, parent: QWidget, system: str, study: str) -> None:
        super().__init__(parent)
        self.editor = MapEditor(self)
        self.problems = QListWidget()
        self.questions = QuestionsPanel()
        self.cases = QListWidget()
        self.rest = QLabel("")
        self.pictures = tuple(BoxView(self) for _ in View)
        self.accept_button = QPushButton("Accept (Ctrl+Enter)")
        self.cancel_button = QPushButton("Cancel (Esc)")
        self.views = QStackedWidget()
        self._counted = QLabel("")
        self._warnings = QLabel("")
        self._last = QLabel("")
        self._build(f"AI results of {system} for {study}")

    def say(self, words: str) -> None:
        """Say in the last line what there is."""
        self._last.setText(words)

    def show_problems(
        self, problems: Sequence[str], warnings: Sequence[str], *, asked: bool = False
    ) -> None:
        """List what is wrong, and below it what to look at; `asked`: there are questions."""
        self.problems.clear()
        self.problems.addItems(list(problems))
        self.problems.setVisible(bool(problems))
        number = len(problems)
        nothing_wrong = "Please answer first" if asked else "No problems"
        self._counted.setText(
            f"{counted(number, 'problem')}: nothing comes in until all is put right"
            if number
            else nothing_wrong
        )
        self._counted.setProperty("tone", "problem" if number else "strong")
        self._counted.style().polish(self._counted)
        self._warnings.setText("\n".join(warnings))
        self._warnings.setVisible(bool(warnings))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave half of the width to the pictures, within limits."""
        super().resizeEvent(event)
        limits = ((LEFT_NARROW_PX, LEFT_PX), (CASES_NARROW_PX, CASES_PX))
        for column, share, (least, most) in zip(self._columns, (3, 6), limits, strict=True):
            column.setFixedWidth(min(most, max(least, self.width() // share)))

    def _build(self, title: str) -> None:
        """Lay the parts out."""
        heading = QLabel(title)
        heading.setProperty("tone", "title")
        middle = QHBoxLayout()
        middle.setSpacing(BETWEEN_PX)
        self._columns = (self._left(), self._cases())
        for part in (*self._columns, self._right()):
            middle.addWidget(part, stretch=part is self.views)
        last = QHBoxLayout()
        last.setSpacing(INSIDE_PX)
        last.addWidget(self._last, stretch=1)
        last.addWidget(self.cancel_button)
        last.addWidget(self.accept_button)
        self.accept_button.setDefault(True)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(AROUND_PX, BETWEEN_PX, AROUND_PX, BETWEEN_PX)
        whole.setSpacing(BETWEEN_PX)
        whole.addWidget(heading)
        whole.addLayout(middle, stretch=1)
        whole.addLayout(last)

    def _left(self) -> QWidget:
        """Return the problems above the map."""
        self.problems.setAccessibleName("Problems")
        self.problems.setWordWrap(True)
        self.problems.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.problems.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.problems.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.problems.setMaximumHeight(PROBLEMS_PX)
        self._warnings.setWordWrap(True)
        self._warnings.setProperty("tone", "quiet")
        parts = (self._counted, self.problems, self.questions, self._warnings, self.editor)
        return _column(parts, self.editor)

    def _cases(self) -> QWidget:
        """Return the list of cases."""
        title = QLabel("Cases (arrow keys)")
        title.setProperty("tone", "strong")
        self.cases.setAccessibleName("Cases")
        self.rest.setProperty("tone", "quiet")
        self.rest.setWordWrap(True)
        return _column((title, self.cases, self.rest), self.cases)

    def _right(self) -> QWidget:
        """Return the four views, and what stands there without a case."""
        empty = QLabel(EMPTY)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        four = QWidget()
        grid = QGridLayout(four)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(GRID_PX)
        for place, picture in enumerate(self.pictures):
            grid.addWidget(picture, place // 2, place % 2)
        self.views.addWidget(empty)
        self.views.addWidget(four)
        return self.views


def _column(parts: Sequence[QWidget], tall: QWidget) -> QFrame:
    """Return parts above one another; one of them takes what is left."""
    column = QFrame()
    lines = QVBoxLayout(column)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(INSIDE_PX)
    for part in parts:
        lines.addWidget(part, stretch=part is tall)
    return column
