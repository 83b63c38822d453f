"""What the import window has done in the background, one job at a time, with progress and stop."""

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from reader_app.coordinator.exam_saving import Who
from reader_app.coordinator.import_desk import (
    HeaderLook,
    Listing,
    OriginalLook,
    bring_in,
    list_exams,
    look_at_original,
    look_over,
    save,
)
from reader_app.coordinator.import_table import ImportTable
from reader_app.qt.parts.background import Background
from study_design.images.arriving.import_report import ImportReport, ImportStep
from study_design.study_folder import StudyFolder

_EVERY_S = 0.1  # how often progress is told: often enough for the eye, too seldom to slow the work
ACTS = {
    "headers": "Reading headers",
    "pixels": "Decoding and de-identifying",
    "save": "Saving changes",
}


class ImportJobs(QObject):
    """Runs the slow acts on one study.

    Signals
    -------
    foreseen : HeaderLook
        What an import would bring.
    listed : Listing
        The exams as they are stored now.
    imported : ImportReport
        What an import found and took; a listing follows.
    looked : OriginalLook
        What an original says.
    failed : str
        Why an act was refused; a listing follows, for part of it may be done.
    stepped : str, int, int
        What is being done, how many are done, of how many.
    """

    foreseen = Signal(object)
    listed = Signal(object)
    imported = Signal(object)
    looked = Signal(object)
    failed = Signal(str)
    stepped = Signal(str, int, int)

    def __init__(self, folder: StudyFolder, parent: QObject) -> None:
        super().__init__(parent)
        self._folder = folder
        self._stop = threading.Event()
        self._told = 0.0
        self._running = ""
        self._background = Background(self)
        self._background.ended.connect(self._take)

    @property
    def running(self) -> str:
        """The name of the job at hand; empty where there is none."""
        return self._running

    def list_exams(self) -> None:
        """Read the exams."""
        self._start("list", partial(list_exams, self._folder))

    def look_over(self, paths: tuple[Path, ...]) -> None:
        """Look at the headers of what lies under paths."""
        self._start(
            "headers", partial(look_over, self._folder, paths, self._tell_step, self._stop.is_set)
        )

    def bring_in(self, paths: tuple[Path, ...]) -> None:
        """Import what lies under paths."""
        self._start(
            "import", partial(bring_in, self._folder, paths, self._tell_step, self._stop.is_set)
        )

    def save(self, table: ImportTable, who: Who) -> None:
        """Save changes."""
        self._start("save", partial(save, self._folder, table, who, partial(self._tell, "save")))

    def look(self, image: str, who: Who) -> None:
        """Look at the original of an image."""
        self._start("look", partial(look_at_original, self._folder, image, who))

    def stop(self) -> None:
        """End the import after the file at hand."""
        self._stop.set()

    def wait(self) -> None:
        """Stop what runs and wait for it."""
        self._stop.set()
        self._background.wait()

    def _start(self, name: str, work: Callable[[], object]) -> None:
        """Begin a job."""
        self._running = name
        self._stop.clear()
        self._background.start(name, work)

    def _tell_step(self, step: ImportStep) -> None:
        """Tell how far the import is; called in the thread that works."""
        self._tell(step.act, step.done, step.total)

    def _tell(self, act: str, done: int, total: int) -> None:
        """Tell progress, not more often than anybody can see."""
        if done == total or time.monotonic() - self._told >= _EVERY_S:
            self._told = time.monotonic()
            self.stepped.emit(ACTS[act], done, total)

    def _take(self, name: str, result: object) -> None:
        """Hand on what came of a job."""
        self._running = ""
        if isinstance(result, Listing):
            self.listed.emit(result)
        elif isinstance(result, HeaderLook):
            self.foreseen.emit(result)
        elif isinstance(result, OriginalLook):
            self.looked.emit(result)
        elif isinstance(result, ImportReport):
            self.imported.emit(result)
            self.list_exams()
        else:
            self.failed.emit(str(result))
            if name in ("import", "save"):
                self.list_exams()
