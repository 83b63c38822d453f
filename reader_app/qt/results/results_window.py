"""The results of a frozen study: figures and tables as the report has them, one page each.

Everything shown comes from one result, computed in the background when the window opens.
"""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from reader_app.qt.parts.background import Background
from reader_app.qt.parts.reflow import Reflow, beside_the_last
from reader_app.qt.parts.style import AROUND_PX, BETWEEN_PX, DESK_SHEET, INSIDE_PX
from reader_app.qt.results.result_parts import (
    column_part,
    figure_part,
    fit_height,
    fit_width,
    paper_page,
    table_page,
    warnings_part,
    words,
)
from reader_app.results.study_results import StudyResults

RESULTS_SIZE = QSize(1320, 900)

NAVIGATION_PX = 300
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
        self._add_page("Results", [words(WAITING, "quiet")])
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
            self._add_page("Results", [words(str(results), "problem")])
            return
        self._add_page("Overview", self._overview(results))
        if results.figures:
            self._add_page("Figures", [Reflow([figure_part(f) for f in results.figures])])
        paper = results.result.paper
        if paper is not None:
            drawn = [figure_part(figure) for figure in results.paper_figures]
            self._add_page("Figures of the paper", [Reflow(drawn)])
            notes: list[QWidget] = [words(text, "normal") for text in paper.warnings]
            self._add_page("Read before the paper's tables", notes)
            for printed in paper.tables:
                self._add_page(_short(printed.title), paper_page(printed))
        for table in results.tables:
            self._add_page(table.title, table_page(table))

    def _overview(self, results: StudyResults) -> list[QWidget]:
        """Return the first page: what is estimated, what to be careful about, the first figure."""
        result = results.result
        parts: list[QWidget] = [words(result.title, "title")]
        if result.simulated:
            parts.append(words("Simulated readers: these are no data of persons.", "banner"))
        parts.append(words(result.estimand, "normal"))
        if self._report is not None:
            button = QPushButton("Open the report")
            address = QUrl.fromLocalFile(str(self._report))
            button.clicked.connect(lambda: QDesktopServices.openUrl(address))
            parts.append(button)
        figure = [figure_part(figure) for figure in results.figures[:1]]
        first: list[QWidget] = [warnings_part(result.warnings), *figure]
        if results.tables:
            table = column_part(table_page(results.tables[0]))
            return [*parts, Reflow([*first, table], beside_the_last)]
        return [*parts, Reflow(first)]

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Let the parts of all pages take the new width."""
        self._fit(self)

    def _fit(self, inside: QWidget) -> None:
        """Arrange what is in a widget in the width of a page, its scroll bar left out."""
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        width_px = self.width() - NAVIGATION_PX - 2 * AROUND_PX - bar
        fit_width(inside, width_px)
        for part in inside.findChildren(Reflow):
            part.fit(width_px)

    def _item(self, name: str) -> QListWidgetItem:
        """Return a name with room for all its lines; the list itself forgets its own padding."""
        item = QListWidgetItem(name)
        self._names.ensurePolished()
        inside = QRect(0, 0, NAVIGATION_PX - 2 * AROUND_PX, 1000)
        wrapped = self._names.fontMetrics().boundingRect(inside, Qt.TextFlag.TextWordWrap, name)
        item.setSizeHint(QSize(NAVIGATION_PX - AROUND_PX, wrapped.height() + 2 * INSIDE_PX))
        return item

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
        for label in inside.findChildren(QLabel):
            fit_height(label)
        self._fit(inside)
        self._names.addItem(self._item(name))
        if self._names.count() == 1:
            self._names.setCurrentRow(0)


def _short(title: str) -> str:
    """Return a table's title as the list of pages has room for it."""
    number, _, subject = title.partition(". ")
    return f"{number}: {subject}" if subject else number
