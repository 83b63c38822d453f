"""The pages beside the exams: what to do first, the flow of cases, before and after."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtSvgWidgets import QSvgWidget
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from reader_app.coordinator.flow_diagram import flow_svg
from reader_app.coordinator.import_desk import OriginalLook
from reader_app.qt.parts.style import BETWEEN_PX, INSIDE_PX
from study_design.images.arriving.case_flow import CaseFlow
from study_design.images.header.description_words import OF_THE_IMAGE, spoken_of
from study_design.images.messages import Fate

WIDEST_PX = 420


class EmptyPage(QWidget):
    """What stands where the exams will be, until there are any."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        title = QLabel("There is no exam in this study yet.")
        title.setProperty("tone", "strong")
        words = QLabel(
            "1.  Drop the folder, the disc or the ZIP archive with the mammograms on this window.\n"
            "     Names, dates and numbers of patients are removed on the way in; the originals "
            "stay as they are.\n"
            "2.  Every exam then stands here in one row with its four views, those with a problem "
            "first.\n"
            "3.  Correct what is wrong, or exclude the exam with a reason.\n\n"
            "To try it without patients:  crossread demo"
        )
        lines = _lines(self)
        lines.addStretch(1)
        for label in (title, words):
            lines.addWidget(label, alignment=Qt.AlignmentFlag.AlignHCenter)
        lines.addStretch(2)


class FlowPage(QWidget):
    """The flow of cases as a paper prints it.

    Signals
    -------
    exported
        The diagram and its table are wanted as files.
    """

    exported = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = QSvgWidget()
        self._save = QPushButton("Save as figure and table")
        self._save.clicked.connect(self.exported)
        self.status = QLabel("")
        lines = _lines(self)
        # A flow of many reasons is taller than a screen, and the window must not grow with it.
        room = QScrollArea()
        room.setFrameShape(QFrame.Shape.NoFrame)
        room.setWidget(self._picture)
        lines.addWidget(room, stretch=1)
        line = QHBoxLayout()
        line.addWidget(self._save)
        line.addWidget(self.status, stretch=1)
        lines.addLayout(line)

    def show_flow(self, flow: CaseFlow) -> None:
        """Draw a flow."""
        self._picture.load(QByteArray(flow_svg(flow).encode()))
        self._picture.setFixedSize(self._picture.sizeHint())


class HeaderPage(QWidget):
    """What the original said, tier by tier and attribute by attribute, and what is left of it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = QLabel(
            "Choose a view and press Before and after de-identification. The second column then "
            "shows the hospital's own data; that you looked is written into the record."
        )
        self._words.setTextFormat(Qt.TextFormat.PlainText)  # it quotes what somebody typed
        self._words.setWordWrap(True)
        self._table = _table(
            ("Attribute", "In the hospital's file", "What became of it", "In the study")
        )
        lines = _lines(self)
        lines.addWidget(self._words)
        lines.addWidget(self._table, stretch=1)

    def show_look(self, look: OriginalLook) -> None:
        """Show one original."""
        said = "; ".join(f"{one.tier} says {one.says}" for one in look.evidence)
        counts = {fate: sum(c.fate is fate for c in look.changes) for fate in Fate}
        told = ", ".join(f"{number} {fate}" for fate, number in counts.items())
        typed = "".join(
            f'{c.attribute} speaks of {", ".join(subjects)}: "{c.before}".\n'
            for c in look.changes
            if (subjects := spoken_of([c.before])) and c.attribute.replace(" ", "") in OF_THE_IMAGE
        )
        self._words.setText(
            f"{typed}{look.image}. Which view it is: {said or 'the header does not say'}.\n"
            f"Attributes: {told}. The second column identifies the patient; it is kept nowhere."
        )
        _fill(
            self._table,
            [(c.attribute, c.before, c.fate.value, c.after) for c in look.changes],
        )


def _lines(page: QWidget) -> QVBoxLayout:
    """Return the layout of a page."""
    lines = QVBoxLayout(page)
    lines.setContentsMargins(BETWEEN_PX, BETWEEN_PX, BETWEEN_PX, BETWEEN_PX)
    lines.setSpacing(INSIDE_PX)
    return lines


def _table(headings: Sequence[str]) -> QTableWidget:
    """Return an empty table that is only read."""
    table = QTableWidget(0, len(headings))
    table.setHorizontalHeaderLabels(list(headings))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.verticalHeader().hide()
    names = table.horizontalHeader()
    names.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    names.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    names.setStretchLastSection(True)
    _widen(table)
    return table


def _fill(table: QTableWidget, rows: Sequence[Sequence[str]]) -> None:
    """Show rows of words."""
    table.setRowCount(len(rows))
    for place, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            item = QTableWidgetItem(cell)
            item.setToolTip(cell)
            table.setItem(place, column, item)
    _widen(table)


def _widen(table: QTableWidget) -> None:
    """Make columns as wide as their headings and cells, within limits."""
    for column in range(table.columnCount() - 1):
        table.resizeColumnToContents(column)
        table.setColumnWidth(column, min(table.columnWidth(column) + BETWEEN_PX, WIDEST_PX))
