"""Every file that was ever brought and not simply taken, and why; found by typing a word of it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from reader_app.coordinator.file_rows import (
    Fate,
    FileRow,
    file_rows,
    left_out,
    need_a_look,
    summary,
)
from reader_app.qt.parts.style import BETWEEN_PX, INSIDE_PX, PROBLEM
from study_design.images.arriving.import_report import FileReport

NAME_PX, CELL_PX = 420, 160
MOST_ROWS = 1000  # more would hold the window up, and nobody reads them
_HEADINGS = ("File", "What became of it", "Exam", "View", "Why")


class FilesPage(QWidget):
    """The list of files, with a field that searches it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._rows: tuple[FileRow, ...] = ()
        self._said = ""
        self._words = QLabel(summary(()))
        self._words.setWordWrap(True)
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search: part of a name, an exam, a reason ...")
        self._search.setClearButtonEnabled(True)
        self._search.setAccessibleName("Search the files")
        self._search.textChanged.connect(self._show)
        self._table = _table()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(BETWEEN_PX, BETWEEN_PX, BETWEEN_PX, BETWEEN_PX)
        lines.setSpacing(INSIDE_PX)
        for part in (self._words, self._search, self._table):
            lines.addWidget(part, stretch=part is self._table)
        self._show()

    def show_looked_at(self, files: Sequence[FileReport]) -> int:
        """Show what an import would say of files; return how many it would leave out."""
        rows = file_rows(files)
        self._take(rows, f"{need_a_look(rows)} of {len(files)} files looked at need a look.")
        return left_out(files)

    def show_kept(self, files: Sequence[FileReport], new: frozenset[Path]) -> int:
        """Show every file that was ever brought; return how many are left out.

        Parameters
        ----------
        new
            Those of an import that has just ended, which stand first.
        """
        rows = file_rows(files, new)
        of_now = need_a_look(row for row in rows if row.is_new)
        last = f" {of_now} of the last import need a look and stand first." if of_now else ""
        self._take(rows, summary(files) + last)
        return left_out(files)

    def _take(self, rows: tuple[FileRow, ...], words: str) -> None:
        """Show other rows, as far as the search lets them through."""
        self._rows, self._said = rows, words
        self._show()

    def _show(self) -> None:
        """Fill the table with what the search finds."""
        wanted = self._search.text()
        found = [row for row in self._rows if row.has(wanted)]
        told = f" {len(found)} of {len(self._rows)} rows have the words." if wanted.split() else ""
        if len(found) > MOST_ROWS:
            told += f" The first {MOST_ROWS} are listed: search for the others."
            found = found[:MOST_ROWS]
        self._words.setText(self._said + told)
        self._search.setVisible(bool(self._rows))
        self._table.setRowCount(len(found))
        for place, row in enumerate(found):
            for column, cell in enumerate(row.cells):
                item = QTableWidgetItem(cell)
                item.setToolTip(cell)
                if row.fate is Fate.REFUSED:
                    item.setForeground(QColor(PROBLEM))
                self._table.setItem(place, column, item)
        for column in range(len(_HEADINGS) - 1):
            self._table.resizeColumnToContents(column)
            widest = CELL_PX if column else NAME_PX
            width = min(self._table.columnWidth(column) + BETWEEN_PX, widest)
            self._table.setColumnWidth(column, width)


def _table() -> QTableWidget:
    """Return an empty table that is only read."""
    table = QTableWidget(0, len(_HEADINGS))
    table.setHorizontalHeaderLabels(list(_HEADINGS))
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # both ends of a path tell something
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.verticalHeader().hide()
    names = table.horizontalHeader()
    names.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    names.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    names.setStretchLastSection(True)
    return table
