"""The parts of a page of results: words, figures, tables, as wide and high as what they hold."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from analysis.report.drawing import DrawnFigure
from analysis.report.report_rows import ReportTable
from analysis.result import PaperTable
from reader_app.qt.parts.style import AROUND_PX, BETWEEN_PX, DESK_SHEET, INSIDE_PX

FIGURE_PX = 460
TEXT_PX = 900


def words(text: str, tone: str, width_px: int | None = None) -> QLabel:
    """Return words in a tone of the style sheet, as wide as the page has room for.

    Parameters
    ----------
    width_px
        Their width where it does not depend on the page.
    """
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("tone", tone)
    label.setWordWrap(True)
    label.setFixedWidth(width_px or TEXT_PX)
    label.setProperty("line", width_px is None)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def fit_width(inside: QWidget, width_px: int) -> None:
    """Let the lines of a page be as wide as it is, within what is pleasant to read."""
    for label in inside.findChildren(QLabel):
        if label.property("line"):
            label.setFixedWidth(min(TEXT_PX, width_px))
            fit_height(label)


def fit_height(label: QLabel) -> None:
    """Make a label as high as its words need in the font that its window gives it."""
    if label.wordWrap():
        label.ensurePolished()
        label.setMinimumHeight(label.heightForWidth(label.width()))


def figure_part(figure: DrawnFigure) -> QWidget:
    """Return a figure with its title and caption; one of many panels gets more room."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(INSIDE_PX)
    picture = QLabel()
    pixmap = QPixmap()
    pixmap.loadFromData(figure.png)
    width_px = FIGURE_PX if pixmap.width() < 1.5 * pixmap.height() else TEXT_PX
    ratio = whole.devicePixelRatioF()
    pixmap = pixmap.scaledToWidth(
        round(width_px * ratio), Qt.TransformationMode.SmoothTransformation
    )
    pixmap.setDevicePixelRatio(ratio)
    picture.setPixmap(pixmap)
    picture.setFixedSize(pixmap.deviceIndependentSize().toSize())
    caption = words(f"{figure.title}. {figure.caption}", "quiet", width_px)
    column.addWidget(picture)
    column.addWidget(caption)
    return whole


def warnings_part(warnings: tuple[str, ...]) -> QWidget:
    """Return what to be careful about, one paragraph each."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(INSIDE_PX)
    for text, tone in (
        ("Read this first", "strong"),
        *((warning, "normal") for warning in warnings),
    ):
        line = words(text, tone, TEXT_PX - FIGURE_PX - AROUND_PX)
        column.addWidget(line)
    column.addStretch(1)
    return whole


def column_part(parts: list[QWidget]) -> QWidget:
    """Return parts below each other as one part."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(BETWEEN_PX)
    for part in parts:
        column.addWidget(part, alignment=Qt.AlignmentFlag.AlignLeft)
    return whole


def table_page(table: ReportTable) -> list[QWidget]:
    """Return a table of the report with its title and caption."""
    rows = tuple(GridRow((row.label, *row.cells), row.primary) for row in table.rows)
    grid = grid_part(("", *table.header), rows, texts=1)
    return [words(table.title, "strong"), grid, words(table.caption, "quiet")]


def paper_page(table: PaperTable) -> list[QWidget]:
    """Return a table in a paper's layout; a section is named in its first row only."""
    rows, section = [], ""
    for row in table.rows:
        named = "" if row.section == section else row.section
        section = row.section
        cells = (named, row.label, *row.cells) if "" in table.header else (named, *row.cells)
        rows.append(GridRow(cells, bold=False))
    texts = 2 if "" in table.header else 1
    grid = grid_part(table.header, tuple(rows), texts=texts)
    return [words(table.title, "strong"), grid, words(table.caption, "quiet")]


@dataclass(frozen=True, slots=True)
class GridRow:
    """The cells of a row, and whether they stand out."""

    cells: tuple[str, ...]
    bold: bool


def grid_part(header: tuple[str, ...], rows: tuple[GridRow, ...], *, texts: int) -> QTableWidget:
    """Return a table as wide and high as its cells; the first columns are texts, then numbers."""
    grid = QTableWidget(len(rows), len(header))
    grid.setObjectName("desk")
    grid.verticalHeader().hide()
    grid.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    grid.setShowGrid(False)
    grid.setAlternatingRowColors(True)
    for column, text in enumerate(header):
        grid.setHorizontalHeaderItem(column, _item(_broken(text), number=column >= texts))
    for place, row in enumerate(rows):
        for column, text in enumerate(row.cells):
            grid.setItem(place, column, _item(text, number=column >= texts, bold=row.bold))
    grid.setStyleSheet(DESK_SHEET)
    grid.ensurePolished()
    names = grid.horizontalHeader()
    names.ensurePolished()
    for column in range(grid.columnCount()):
        widest = max(grid.sizeHintForColumn(column), names.sectionSizeHint(column))
        grid.setColumnWidth(column, widest + BETWEEN_PX)
    names.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    grid.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    grid.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    grid.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    height = grid.verticalHeader().length() + names.sizeHint().height()
    grid.setFixedSize(names.length() + 2 * grid.frameWidth(), height + 2 * grid.frameWidth())
    return grid


def _broken(heading: str) -> str:
    """Return a heading on two lines where it has two parts."""
    return heading.replace(": ", "\n").replace(" (", "\n(", 1)


def _item(text: str, *, number: bool, bold: bool = False) -> QTableWidgetItem:
    """Return a cell; numbers stand at the right."""
    item = QTableWidgetItem(text)
    font = item.font()
    font.setBold(bold)
    item.setFont(font)
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return item
