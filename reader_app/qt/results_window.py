"""The results of a frozen study: figures and tables as the report has them, one page each.

Everything shown comes from one result, computed in the background when the window opens.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QListWidget,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from analysis.drawing import DrawnFigure
from analysis.report_tables import ReportTable
from reader_app.qt.background import Background
from reader_app.qt.style import AROUND_PX, BETWEEN_PX, DESK_SHEET, INSIDE_PX
from reader_app.study_results import StudyResults

NAVIGATION_PX = 260
FIGURE_PX = 460
TEXT_PX = 900
WAITING = "The results are being computed ..."


class ResultsWindow(QWidget):
    """A list of pages at the left, the page at the right.

    Parameters
    ----------
    load
        Computes the results; called in the background.
    report
        The written report, where there is one.
    """

    def __init__(self, load: Callable[[], StudyResults], report: Path | None = None) -> None:
        super().__init__()
        self.setObjectName("desk")
        self.setWindowTitle("Crossread: results")
        self.setStyleSheet(DESK_SHEET)
        self._report = report
        self._names = QListWidget()
        self._names.setFixedWidth(NAVIGATION_PX)
        self._names.setWordWrap(True)
        self._names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._pages = QStackedWidget()
        self._names.currentRowChanged.connect(self._pages.setCurrentIndex)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._names)
        whole.addWidget(self._pages, stretch=1)
        self._add_page("Results", [_label(WAITING, "quiet")])
        self._background = Background(self)
        self._background.ended.connect(self._show)
        self._background.start("results", load)

    @property
    def ready(self) -> bool:
        """Whether the results are on the screen."""
        return self._names.count() > 1

    def show_page(self, name: str) -> None:
        """Turn to the page of a name."""
        found = self._names.findItems(name, Qt.MatchFlag.MatchExactly)
        if found:
            self._names.setCurrentItem(found[0])

    @property
    def page_names(self) -> tuple[str, ...]:
        """The names of all pages, in order."""
        return tuple(self._names.item(row).text() for row in range(self._names.count()))

    def _show(self, _name: str, results: object) -> None:
        """Show what was computed, or why nothing was."""
        self._names.clear()
        while (page := self._pages.widget(0)) is not None:
            self._pages.removeWidget(page)
            page.deleteLater()
        if not isinstance(results, StudyResults):
            self._add_page("Results", [_label(str(results), "problem")])
            return
        self._add_page("Overview", self._overview(results))
        if results.figures:
            self._add_page("Figures", [_figure_rows(results.figures)])
        for table in results.tables:
            self._add_page(table.title, _table_page(table))

    def _overview(self, results: StudyResults) -> list[QWidget]:
        """Return the first page: what is estimated, what to be careful about, the first figure."""
        result = results.result
        parts: list[QWidget] = [_label(result.title, "title")]
        if result.simulated:
            parts.append(_label("Simulated readers: these are no data of persons.", "banner"))
        parts.append(_label(result.estimand, "normal"))
        parts.append(_beside([*map(_figure, results.figures[:1]), _warnings(result.warnings)]))
        if results.tables:
            parts += _table_page(results.tables[0])
        if self._report is not None:
            button = QPushButton("Open the report")
            address = QUrl.fromLocalFile(str(self._report))
            button.clicked.connect(lambda: QDesktopServices.openUrl(address))
            parts.append(button)
        return parts

    def _add_page(self, name: str, parts: list[QWidget]) -> None:
        """Add a page that scrolls where it is higher than the window."""
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(AROUND_PX, AROUND_PX, AROUND_PX, AROUND_PX)
        column.setSpacing(BETWEEN_PX)
        for part in parts:
            column.addWidget(part, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        self._pages.addWidget(area)
        self._names.addItem(name)
        if self._names.count() == 1:
            self._names.setCurrentRow(0)


def _label(text: str, tone: str) -> QLabel:
    """Return words in a tone of the style sheet."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("tone", tone)
    label.setWordWrap(True)
    label.setFixedWidth(TEXT_PX)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _figure(figure: DrawnFigure) -> QWidget:
    """Return a figure with its title and caption."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(INSIDE_PX)
    picture = QLabel()
    pixmap = QPixmap()
    pixmap.loadFromData(figure.png)
    ratio = whole.devicePixelRatioF()
    pixmap = pixmap.scaledToWidth(
        round(FIGURE_PX * ratio), Qt.TransformationMode.SmoothTransformation
    )
    pixmap.setDevicePixelRatio(ratio)
    picture.setPixmap(pixmap)
    picture.setFixedSize(pixmap.deviceIndependentSize().toSize())
    caption = _label(f"{figure.title}. {figure.caption}", "quiet")
    caption.setFixedWidth(FIGURE_PX)
    caption.ensurePolished()
    caption.setFixedHeight(caption.heightForWidth(FIGURE_PX))
    whole.setFixedHeight(picture.height() + INSIDE_PX + caption.height())
    column.addWidget(picture)
    column.addWidget(caption)
    return whole


def _warnings(warnings: tuple[str, ...]) -> QWidget:
    """Return what to be careful about, one paragraph each."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(INSIDE_PX)
    for text, tone in (("Read this first", "strong"), *((words, "normal") for words in warnings)):
        label = _label(text, tone)
        label.setFixedWidth(TEXT_PX - FIGURE_PX - AROUND_PX)
        column.addWidget(label)
    column.addStretch(1)
    return whole


def _beside(parts: list[QWidget]) -> QWidget:
    """Return parts in one row, aligned at the top."""
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(AROUND_PX)
    for part in parts:
        row.addWidget(part, alignment=Qt.AlignmentFlag.AlignTop)
    return whole


def _figure_rows(drawn: tuple[DrawnFigure, ...]) -> QWidget:
    """Return figures, two a row."""
    whole = QWidget()
    rows = QVBoxLayout(whole)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(AROUND_PX)
    for start in range(0, len(drawn), 2):
        row = _beside([_figure(figure) for figure in drawn[start : start + 2]])
        rows.addWidget(row, alignment=Qt.AlignmentFlag.AlignLeft)
    return whole


def _table_page(table: ReportTable) -> list[QWidget]:
    """Return a table with its title and caption."""
    return [_label(table.title, "strong"), _table(table), _label(table.caption, "quiet")]


def _table(table: ReportTable) -> QTableWidget:
    """Return a table as wide and high as its cells."""
    grid = QTableWidget(len(table.rows), 1 + len(table.header))
    grid.setObjectName("desk")
    grid.setHorizontalHeaderItem(0, QTableWidgetItem(""))
    grid.verticalHeader().hide()
    grid.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    grid.setShowGrid(False)
    grid.setAlternatingRowColors(True)
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for number, row in enumerate(table.rows):
        for column, text in enumerate((row.label, *row.cells)):
            item = QTableWidgetItem(text)
            font = item.font()
            font.setBold(row.primary)
            item.setFont(font)
            if column:
                item.setTextAlignment(right)
            grid.setItem(number, column, item)
    for column, text in enumerate(table.header, start=1):
        item = QTableWidgetItem(text)
        item.setTextAlignment(right)
        grid.setHorizontalHeaderItem(column, item)
    grid.setStyleSheet(DESK_SHEET)
    grid.ensurePolished()
    header = grid.horizontalHeader()
    header.ensurePolished()
    for column in range(grid.columnCount()):
        widest = max(grid.sizeHintForColumn(column), header.sectionSizeHint(column))
        grid.setColumnWidth(column, widest + BETWEEN_PX)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    grid.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    grid.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    grid.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    width = header.length() + 2 * grid.frameWidth()
    height = grid.verticalHeader().length() + header.sizeHint().height()
    grid.setFixedSize(width, height + 2 * grid.frameWidth())
    return grid
