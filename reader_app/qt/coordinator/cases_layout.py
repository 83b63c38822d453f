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
from reader_app.qt.parts.style import AROUND_PX, BETWEEN_PX, INSIDE_PX
from study_design.record.actor import Actor

EXAMS, FILES, FLOW, HEADERS = range(4)


class CasesLayout(QWidget):
    """From top to bottom: where images come from, the pages, what is not saved."""

    def __init__(self, parent: QWidget, study: str, by: Actor) -> None:
        super().__init__(parent)
        self.model = ExamModel()
        self.exams = ExamTable(self.model, self)
        self.panel = ViewPanel(self)
        self.bar = ImportBar(self)
        self.filters = FilterBar(self)
        self.changes = ChangeBar(self, by)
        self.leave = LeaveBar(self, instead_of=self.changes)
        self.files, self.flow, self.headers = FilesPage(self), FlowPage(self), HeaderPage(self)
        self._build(study)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the table what the panel leaves."""
        super().resizeEvent(event)
        self.panel.fit(self.width())

    def _build(self, study: str) -> None:
        """Lay the parts out."""
        full = QWidget()
        line = QHBoxLayout(full)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(BETWEEN_PX)
        line.addWidget(self.exams, stretch=1)
        line.addWidget(self.panel)
        self.stack = QStackedWidget()
        self.stack.addWidget(EmptyPage(self))
        self.stack.addWidget(full)
        page = QWidget()
        lines = QVBoxLayout(page)
        lines.setContentsMargins(0, INSIDE_PX, 0, 0)
        lines.setSpacing(INSIDE_PX)
        lines.addWidget(self.filters)
        lines.addWidget(self.stack, stretch=1)
        self.pages = QTabWidget()
        self.pages.addTab(page, "Exams")
        self.pages.addTab(self.files, "Files")
        self.pages.addTab(self.flow, "Flow of cases")
        self.pages.addTab(self.headers, "Before and after de-identification")
        title = QLabel(f"Cases of {study}")
        title.setProperty("tone", "title")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(AROUND_PX, BETWEEN_PX, AROUND_PX, BETWEEN_PX)
        whole.setSpacing(INSIDE_PX)
        for part in (title, self.bar, self.pages, self.leave, self.changes):
            whole.addWidget(part, stretch=part is self.pages)
