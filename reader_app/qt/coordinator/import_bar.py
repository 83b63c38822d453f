"""Where images come from and how far an import is: a path, Import, progress with Cancel."""

import time
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from reader_app.qt.parts.style import INSIDE_PX

INVITATION = "Drop DICOM files, folders, a disc or ZIP archives anywhere on this window"


class ImportBar(QWidget):
    """One line to start from, one line of progress.

    Signals
    -------
    wanted : tuple[Path, ...]
        Import is pressed.
    cancelled
        Cancel is pressed.
    """

    wanted = Signal(object)
    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._dialog: QFileDialog | None = None
        self._began = 0.0
        self._act = ""
        self._paths = QLineEdit()
        self._paths.setPlaceholderText(f"{INVITATION}, or type a path here")
        self._paths.setAcceptDrops(False)  # the window takes them, wherever they fall
        self._paths.setAccessibleName("Files and folders to import")
        self._paths.returnPressed.connect(self._want)
        self._paths.textChanged.connect(self._offer)
        self._choose = QPushButton("Choose a folder ...")
        self._choose.clicked.connect(self._ask)
        self._import = QPushButton("Import")
        self._import.setDefault(True)
        self._import.clicked.connect(self._want)
        self._bar = QProgressBar()
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(self._stop)
        self._said = QLabel("")
        self._said.setWordWrap(True)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(INSIDE_PX)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self._paths, stretch=1)
        first.addWidget(self._choose)
        first.addWidget(self._import)
        second.addWidget(self._bar, stretch=1)
        second.addWidget(self._cancel)
        lines.addLayout(first)
        lines.addLayout(second)
        lines.addWidget(self._said)
        self.end("")

    @property
    def running(self) -> bool:
        """Whether progress is shown."""
        return not self._bar.isHidden()

    def offer(self, paths: list[Path]) -> None:
        """Put dropped paths into the field."""
        self._paths.setText("; ".join(str(path) for path in paths))

    def begin(self, what: str) -> None:
        """Show that something runs."""
        self._act = ""
        self._say(what, "normal")
        self._bar.setRange(0, 0)
        for part in (self._bar, self._cancel):
            part.show()
        self._cancel.setEnabled(True)
        self._offer()

    def show_progress(self, what: str, done: int, total: int) -> None:
        """Show what is done, how many, and how long it will take."""
        if what != self._act:
            self._act, self._began = what, time.monotonic()
            self._say("", "normal")
        self._bar.setRange(0, max(total, 1))
        self._bar.setValue(done)
        left = (time.monotonic() - self._began) * (total - done) / max(done, 1)
        self._bar.setFormat(f"{what}: {done} of {total}, {_duration(left)} left")

    def end(self, words: str, tone: str = "normal") -> None:
        """Show that nothing runs, and what came of it."""
        for part in (self._bar, self._cancel):
            part.hide()
        self._say(words, tone)
        self._offer()

    def clear(self) -> None:
        """Empty the field: what stood there is imported."""
        self._paths.clear()

    def _say(self, words: str, tone: str) -> None:
        """Show words below the bar."""
        self._said.setProperty("tone", tone)
        self._said.style().polish(self._said)
        self._said.setText(words)
        self._said.setVisible(bool(words))

    def _offer(self) -> None:
        """Offer Import where there is something to import and nothing runs."""
        self._import.setEnabled(bool(self._paths.text().strip()) and not self.running)

    def _want(self) -> None:
        """Tell what is to be imported."""
        if self._import.isEnabled():
            parts = (part.strip() for part in self._paths.text().split(";"))
            self.wanted.emit(tuple(Path(part).expanduser() for part in parts if part))

    def _stop(self) -> None:
        """Tell that it shall stop; it may take a moment."""
        self._cancel.setEnabled(False)
        self._say("Stopping after the file at hand ...", "normal")
        self.cancelled.emit()

    def _ask(self) -> None:
        """Open a file dialog beside the window, which stays in use."""
        self._dialog = QFileDialog(self, "Folder with mammograms")
        self._dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._dialog.setModal(False)
        self._dialog.fileSelected.connect(self._paths.setText)
        self._dialog.show()


def _duration(seconds: float) -> str:
    """Return a duration as windows say it."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
