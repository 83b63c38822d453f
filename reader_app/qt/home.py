"""The home window: the studies of a folder, with a way into each.

A reading window runs in a process of its own, so that nothing else of a study is in its memory.
"""

import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import QProcess, QSize, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from reader_app.coordinator.study_summary import ReaderSummary, StudySummary, studies_below
from reader_app.qt.application import desk_application
from reader_app.qt.pages import PAGES, Page
from reader_app.qt.parts.open_windows import OpenWindows
from reader_app.qt.parts.screen_fit import show_fitting
from reader_app.qt.parts.style import AROUND_PX, BETWEEN_PX, DESK_SHEET, INSIDE_PX
from reader_app.screen import require_screen
from study_design.record.actor import acting

WIDEST_PX = 1100
HOME_SIZE = QSize(900, 640)
NOT_RUNNING = QProcess.ProcessState.NotRunning
READING = "A reading window is open, which would close with this one. Leave it first (Esc)."
EMPTY = (
    "There is no study here yet.\n\n"
    "Make the example study:  crossread demo\n"
    "Make your own:  crossread new STUDY --template zhou2023\n\n"
    "Its exams and AI results come in on its pages Cases and AI results, which open from here."
)


def show_home(root: Path | None = None) -> int:
    """Open the home window on the studies below a folder; return the exit status."""
    require_screen()
    application = desk_application()
    window = HomeWindow(root or Path.cwd())
    show_fitting(window, HOME_SIZE)
    return application.exec()


class HomeWindow(QWidget):
    """A card for each study below a folder."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self._windows = OpenWindows()
        self.setWindowTitle("Crossread")
        self.setObjectName("desk")
        self.setStyleSheet(DESK_SHEET)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(BETWEEN_PX)
        self._cards.setContentsMargins(AROUND_PX, AROUND_PX, AROUND_PX, AROUND_PX)
        inside = QWidget()
        inside.setLayout(self._cards)
        inside.setMaximumWidth(WIDEST_PX)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self.refresh()

    def refresh(self) -> None:
        """Show the studies as they stand now."""
        while (item := self._cards.takeAt(0)) is not None:
            if (card := item.widget()) is not None:
                card.deleteLater()
        title = QLabel("Studies")
        title.setProperty("tone", "title")
        self._cards.addWidget(title)
        studies = tuple(studies_below(self._root))
        for study in studies:
            self._cards.addWidget(self._card(study))
        if not studies:
            empty = QLabel(EMPTY)
            empty.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._cards.addWidget(empty)
        self._cards.addStretch(1)

    def _card(self, study: StudySummary) -> QFrame:
        """Return the card of a study."""
        card = QFrame()
        card.setProperty("role", "card")
        lines = QVBoxLayout(card)
        lines.setContentsMargins(BETWEEN_PX, BETWEEN_PX, BETWEEN_PX, BETWEEN_PX)
        lines.setSpacing(INSIDE_PX)
        title = QLabel(study.title)
        title.setProperty("tone", "strong")
        lines.addWidget(title)
        parts = [
            _shown(study.path),
            study.state,
            *(["simulated readers"] if study.simulated else []),
        ]
        said = "   |   ".join(parts)
        facts = QLabel(study.problem or said)
        facts.setProperty("tone", "problem" if study.problem else "quiet")
        facts.setWordWrap(True)
        lines.addWidget(facts)
        grid = QGridLayout()
        grid.setHorizontalSpacing(BETWEEN_PX)
        grid.setColumnStretch(1, 1)
        for row, reader in enumerate(study.readers):
            self._add_reader(grid, row, study, reader)
        lines.addLayout(grid)
        pages = QHBoxLayout()
        pages.setSpacing(INSIDE_PX)
        pages.addStretch(1)
        for page in PAGES:
            if page.offered(study):
                button = QPushButton(page.title)
                button.clicked.connect(partial(self.show_page, page, study))
                pages.addWidget(button)
        lines.addLayout(pages)
        return card

    def _add_reader(
        self, grid: QGridLayout, row: int, study: StudySummary, reader: ReaderSummary
    ) -> None:
        """Add a reader's name, progress and way in."""
        name = QLabel(f"{reader.reader}  ({reader.group})")
        name.setMinimumWidth(180)
        grid.addWidget(name, row, 0)
        bar = QProgressBar()
        bar.setRange(0, max(reader.planned, 1))
        bar.setValue(reader.done)
        bar.setFormat(f"{reader.done} of {reader.planned}")
        grid.addWidget(bar, row, 1)
        if study.locked and not study.frozen and not reader.simulated:
            button = QPushButton("Continue" if reader.done else "Begin")
            button.setEnabled(reader.done < reader.planned)
            button.clicked.connect(partial(self._read, study, reader.reader, button))
            button.setDefault(True)
            grid.addWidget(button, row, 2)

    def show_page(self, page: Page, study: StudySummary) -> QWidget:
        """Open a page of a study, or bring the one that is open to the front."""
        make = partial(page.build, study, acting())
        return self._windows.show(page.title, study.path, make, page.size)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stay while somebody reads: the reading window would go with this one."""
        reading = (one.state() is not NOT_RUNNING for one in self.findChildren(QProcess))
        if any(reading):
            event.ignore()
            self._say(READING)

    def _read(self, study: StudySummary, reader: str, button: QPushButton) -> None:
        """Open the reading window; when it closes, show how far the reader has come."""
        button.setEnabled(False)
        process = QProcess(self)
        words = ["-m", "reader_app", "read", str(study.path), "--reader", reader]
        process.finished.connect(lambda: self._read_ended(process))
        process.start(sys.executable, words)

    def _read_ended(self, process: QProcess) -> None:
        """Take note of what was read, or show why nothing could be."""
        self.refresh()
        said = bytes(process.readAllStandardError().data()).decode(errors="replace").strip()
        if process.exitCode() and said:
            self._say(said.splitlines()[-1])

    def _say(self, words: str) -> None:
        """Show what went wrong above the studies, until they are shown anew."""
        problem = QLabel(words)
        problem.setProperty("tone", "problem")
        problem.setWordWrap(True)
        self._cards.insertWidget(1, problem)


def _shown(path: Path) -> str:
    """Return where a study lies, the user's own folder as ~."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)
