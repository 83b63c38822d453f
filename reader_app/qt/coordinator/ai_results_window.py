"""The AI results of a study: which systems are there, and the way in for results of a product.

Files are only looked at here; the preview that opens shows what they would bring and takes them.
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from reader_app.coordinator.detections_desk import (
    SystemThere,
    source_of,
    suggested_name,
    systems_there,
)
from reader_app.qt.coordinator.detections_window import DETECTIONS_SIZE, DetectionsWindow
from reader_app.qt.parts.screen_fit import show_fitting
from reader_app.qt.parts.style import AROUND_PX, BETWEEN_PX, DESK_SHEET, INSIDE_PX
from study_design.counted import counted
from study_design.errors import CrossreadError
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

AI_RESULTS_SIZE = QSize(1200, 640)
NAME_PX = 220
COLUMNS = (
    "System", "Version", "Kind", "Scale", "With findings", "Nothing found", "Failed",
    "Not processed", "Where they come from",
)  # fmt: skip
_NUMBERS = range(4, 8)
INVITATION = "Drop the files of a product anywhere on this window, or type a path here"
EMPTY = (
    "1.  Drop the files of the AI product on this window: a table (CSV), COCO JSON, or DICOM\n"
    "     (mammography CAD SR, TID 1500, SEG, GSPS), also a folder of them.\n"
    "2.  Give the system a short name, and look at what the files would bring: columns, words,\n"
    "     boxes on the pictures, problems first. Nothing comes in before you accept it.\n"
    "3.  Readers of an arm with AI see these results, all of them the same.\n\n"
    "To run a built-in system instead:  crossread detect STUDY --system zhou --weights FOLDER"
)


class AiResultsWindow(QWidget):
    """The systems of one study above, the way in for further results below.

    Parameters
    ----------
    folder
        The study, which must not be locked for anything to come in.
    by
        Who brings results in, for the record.
    """

    def __init__(self, folder: StudyFolder, by: Actor) -> None:
        super().__init__()
        self._folder = folder
        self._by = by
        self._preview: DetectionsWindow | None = None
        self._dialog: QFileDialog | None = None
        self.setObjectName("desk")
        self.setWindowTitle(f"Crossread: AI results of {folder.path.name}")
        self.setStyleSheet(DESK_SHEET)
        self.setAcceptDrops(True)
        self.systems = QTableWidget(0, len(COLUMNS))
        self.files = QLineEdit()
        self.name = QLineEdit()
        self.look_button = QPushButton("Look at them (Ctrl+Enter)")
        self._choose = QPushButton("Choose files ...")
        self._said = QLabel("")
        self._pages = QStackedWidget()
        self._build()
        self._connect()
        self.refresh()

    @property
    def preview(self) -> DetectionsWindow | None:
        """The preview that is open; None without one."""
        return self._preview

    @property
    def status(self) -> str:
        """What the last line says."""
        return self._said.text()

    def refresh(self) -> None:
        """Show the systems as they stand in the study now."""
        try:
            there = systems_there(self._folder)
        except CrossreadError as error:
            self._say(str(error), "problem")
            return
        self.systems.setRowCount(len(there))
        for row, system in enumerate(there):
            for column, text in enumerate(_cells(system)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if column in _NUMBERS:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.systems.setItem(row, column, item)
        self._pages.setCurrentIndex(1 if there else 0)

    def offer(self, paths: Sequence[Path]) -> None:
        """Put paths into the field, and a name for their system where there is none."""
        self.files.setText("; ".join(map(str, paths)))
        if paths and not self.name.text():
            self.name.setText(suggested_name(paths[0]))
        self.name.setFocus()
        self.name.selectAll()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders that are dragged onto the window."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Offer what was dropped."""
        urls = event.mimeData().urls()
        event.acceptProposedAction()
        self.offer([Path(url.toLocalFile()) for url in urls if url.isLocalFile()])

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close the preview too; stay where it holds a map that was changed by hand."""
        if self._preview is not None and not self._preview.close():
            event.ignore()
            return
        super().closeEvent(event)

    def _build(self) -> None:
        """Lay the parts out."""
        title = QLabel(f"AI results of {self._folder.path.name}")
        title.setProperty("tone", "title")
        self._fit_table()
        empty = QWidget()
        QVBoxLayout(empty).addWidget(QLabel(EMPTY), alignment=Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(empty)
        self._pages.addWidget(self.systems)
        self.files.setPlaceholderText(INVITATION)
        self.files.setAcceptDrops(False)  # the window takes them, wherever they fall
        self.files.setAccessibleName("Files of AI results")
        self.name.setPlaceholderText("Name of the system")
        self.name.setAccessibleName("Name of the system")
        self.name.setFixedWidth(NAME_PX)
        self.look_button.setDefault(True)
        self._said.setWordWrap(True)
        self._said.setAccessibleName("What was done")
        way_in = QHBoxLayout()
        way_in.setSpacing(INSIDE_PX)
        way_in.addWidget(self.files, stretch=1)
        for part in (self._choose, self.name, self.look_button):
            way_in.addWidget(part)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(AROUND_PX, BETWEEN_PX, AROUND_PX, BETWEEN_PX)
        whole.setSpacing(BETWEEN_PX)
        whole.addWidget(title)
        whole.addWidget(self._pages, stretch=1)
        whole.addWidget(self._said)
        whole.addLayout(way_in)
        self.files.setFocus()

    def _fit_table(self) -> None:
        """Let the table show whole rows; its last column takes what is left."""
        self.systems.setAccessibleName("Systems")
        self.systems.setHorizontalHeaderLabels(COLUMNS)
        self.systems.verticalHeader().hide()
        self.systems.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.systems.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self.systems.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)

    def _connect(self) -> None:
        """Tie keys and buttons to what follows from them."""
        self._choose.clicked.connect(self._ask)
        self.look_button.clicked.connect(self._look)
        for field in (self.files, self.name):
            field.returnPressed.connect(self._look)
            field.textChanged.connect(self._enable)
        QShortcut(QKeySequence("Escape"), self, self.close)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._look)
        self._enable()

    def _enable(self) -> None:
        """Let files be looked at where there are some, and a name."""
        self.look_button.setEnabled(bool(self.files.text().strip() and self.name.text().strip()))

    def _ask(self) -> None:
        """Open a file dialog beside the window, which stays in use."""
        self._dialog = QFileDialog(self, "Files of AI results")
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._dialog.setModal(False)
        self._dialog.filesSelected.connect(lambda names: self.offer([Path(n) for n in names]))
        self._dialog.show()

    def _look(self) -> None:
        """Open the preview on the files; an open one comes to the front, one at a time."""
        if self._preview is not None:
            self._preview.activateWindow()
            return
        if not self.look_button.isEnabled():
            self._say("Expected files and a short name for their system: both are needed.")
            return
        parts = (part.strip() for part in self.files.text().split(";"))
        paths = [Path(part).expanduser() for part in parts if part]
        try:
            source = source_of(self._folder, paths, self.name.text().strip())
        except CrossreadError as error:
            self._say(str(error), "problem")
            return
        self._say("")
        self._preview = DetectionsWindow(self._folder, source, by=self._by)
        self._preview.ended.connect(self._take)
        show_fitting(self._preview, DETECTIONS_SIZE)

    def _take(self) -> None:
        """Say what came in, or that nothing did."""
        preview, self._preview = self._preview, None
        if preview is None or preview.imported is None:
            self._say("Nothing was brought in.")
            return
        done = preview.imported
        self.refresh()
        for field in (self.files, self.name):
            field.clear()
        found = counted(done.with_finding, "case")
        self._say(f"{counted(done.boxes, 'box')} came in; {found} with a finding.")

    def _say(self, words: str, tone: str = "normal") -> None:
        """Say in the line above the way in what there is."""
        self._said.setText(words)
        self._said.setProperty("tone", tone)
        self._said.style().polish(self._said)


def _cells(there: SystemThere) -> tuple[str, ...]:
    """Return the row of a system."""
    results = there.results
    counts = (there.finding, there.none, there.failed, there.not_processed)
    return (
        results.system,
        results.version,
        results.nature,
        results.scale,
        *map(str, counts),
        results.provenance,
    )
