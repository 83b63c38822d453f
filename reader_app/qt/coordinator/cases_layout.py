"""The parts of the Cases page and where they stand; what they do is told in import_window."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from reader_app.qt.coordinator.bars import ChangeBar, FilterBar
from reader_app.qt.coordinator.exam_model import ExamModel
from reader_app.qt.coordinator.exam_table import ExamTable
from reader_app.qt.coordinator.files_page import FilesPage
from reader_app.qt.coordinator.import_bar import ImportBar
from reader_app.qt.coordinator.leave_bar import LeaveBar
from reader_app.qt.coordinator.pages import EmptyPage, FlowPage, HeaderPage
from reader_app.qt.coordinator.view_panel import ViewPanel
from reader_app.qt.parts.style import AROUND_PX, BETWEEN_PX, DESK_SHEET, INSIDE_PX
from study_design.record.actor import Actor

EXAMS, FILES, FLOW, HEADERS = range(4)


class CasesLayout(QWidget):
    """From top to bottom: where images come from, the pages, what is not saved."""

    def __init__(self, study: str, by: Actor) -> None:
        super().__init__()
        self.setObjectName("desk")
        self.setWindowTitle(f"Crossread: cases of {study}")
        self.setStyleSheet(DESK_SHEET)
        self.setAcceptDrops(True)
        self._model = ExamModel()
        self._exams = ExamTable(self._model, self)
        self._panel = ViewPanel(self)
        self._bar = ImportBar(self)
        self._filters = FilterBar(self)
        self._changes = ChangeBar(self, by)
        self._leave = LeaveBar(self, instead_of=self._changes)
        self._files, self._flow, self._headers = FilesPage(self), FlowPage(self), HeaderPage(self)
        self._build(study)

    @property
    def exams(self) -> ExamTable:
        """The table on the screen."""
        return self._exams

    @property
    def pages(self) -> QTabWidget:
        """The pages: exams, files, flow of cases, before and after."""
        return self._pages

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the table what the panel leaves."""
        super().resizeEvent(event)
        self._panel.fit(self.width())

    def _build(self, study: str) -> None:
        """Lay the parts out."""
        full = QWidget()
        line = QHBoxLayout(full)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(BETWEEN_PX)
        line.addWidget(self._exams, stretch=1)
        line.addWidget(self._panel)
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyPage(self))
        self._stack.addWidget(full)
        page = QWidget()
        lines = QVBoxLayout(page)
        lines.setContentsMargins(0, INSIDE_PX, 0, 0)
        lines.setSpacing(INSIDE_PX)
        lines.addWidget(self._filters)
        lines.addWidget(self._stack, stretch=1)
        self._pages = QTabWidget()
        self._pages.addTab(page, "Exams")
        self._pages.addTab(self._files, "Files")
        self._pages.addTab(self._flow, "Flow of cases")
        self._pages.addTab(self._headers, "Before and after de-identification")
        title = QLabel(f"Cases of {study}")
        title.setProperty("tone", "title")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(AROUND_PX, BETWEEN_PX, AROUND_PX, BETWEEN_PX)
        whole.setSpacing(INSIDE_PX)
        for part in (title, self._bar, self._pages, self._leave, self._changes):
            whole.addWidget(part, stretch=part is self._pages)
