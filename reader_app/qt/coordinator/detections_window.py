"""The preview of AI results: problems, columns and words on the left, boxes on the pictures right.

Nothing is written before Accept, and Accept waits until there is no problem. Files and pictures are
read in the background; the newest map wins.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QListWidgetItem, QVBoxLayout, QWidget

from reader_app.coordinator.detections_desk import Foreseen, accept, look_ahead
from reader_app.coordinator.detections_look import CaseLook, look_at_case
from reader_app.qt.coordinator.detections_layout import DetectionsLayout
from reader_app.qt.parts.background import Background
from reader_app.qt.parts.style import DESK_SHEET
from study_design.counted import counted
from study_design.detections import CaseResult
from study_design.exchange.ai_files.reported import Problem
from study_design.exchange.detection_import import (
    DetectionImport,
    DetectionSource,
    ForeseenDetections,
)
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.type_words import MAP_ADVICE
from study_design.vocabulary import AiStatus

DETECTIONS_SIZE = QSize(1600, 900)
_ORDER = list(AiStatus)


class NewestJob(QObject):
    """Does one job at a time; of those that are asked for meanwhile only the newest is done.

    Signals
    -------
    done : object
        What came of a job, or its error.
    """

    done = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._running = False
        self._next: Callable[[], object] | None = None
        self._background = Background(self)
        self._background.ended.connect(self._take)

    @property
    def running(self) -> bool:
        """Whether a job is being done."""
        return self._running

    def start(self, work: Callable[[], object]) -> None:
        """Do a job as soon as the one at hand is done."""
        if self._running:
            self._next = work
            return
        self._running = True
        self._background.start("newest", work)

    def wait(self) -> None:
        """Wait for the job at hand and do no more."""
        self._next = None
        self._background.wait()

    def _take(self, _name: str, result: object) -> None:
        """Hand on what came of a job, unless a newer one waits."""
        self._running = False
        if self._next is None:
            self.done.emit(result)
            return
        work, self._next = self._next, None
        self.start(work)


class DetectionsWindow(QWidget):
    """What files of AI results would bring into a study.

    Parameters
    ----------
    folder
        The study.
    source
        The files, and the map to begin with.
    by
        Who brings them in, for the record.

    Signals
    -------
    ended
        The window is closed; `imported` tells whether anything came in.

    Attributes
    ----------
    parts
        What stands in it.
    """

    ended = Signal()

    def __init__(self, folder: StudyFolder, source: DetectionSource, *, by: Actor) -> None:
        super().__init__()
        self.setObjectName("desk")
        self.setWindowTitle(f"Crossread: AI results of {source.system}")
        self.setStyleSheet(DESK_SHEET)
        self.parts = DetectionsLayout(self, source.system, folder.path.name)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.parts)
        self._folder = folder
        self._source = source
        self._by = by
        self._foreseen: ForeseenDetections | None = None
        self._imported: DetectionImport | None = None
        self._changed = False  # the map, by hand, and nobody has been told that closing drops it
        self._reading = NewestJob(self)
        self._pictures = NewestJob(self)
        self._accepting = NewestJob(self)
        self._connect()
        self._read(source.column_map)

    @property
    def imported(self) -> DetectionImport | None:
        """What came in; None before it is accepted."""
        return self._imported

    @property
    def foreseen(self) -> ForeseenDetections | None:
        """What would come in now; None where the files cannot be read."""
        return self._foreseen

    @property
    def ready(self) -> bool:
        """Whether nothing is being read or written."""
        return not any(job.running for job in (self._reading, self._pictures, self._accepting))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait for what runs; a map that was changed by hand is dropped on a second word only."""
        if self._changed:
            self._changed = False
            event.ignore()
            self.parts.say("What you changed here is not brought in. Esc again closes without it.")
            return
        for job in (self._reading, self._pictures, self._accepting):
            job.wait()
        super().closeEvent(event)
        self.ended.emit()

    def _connect(self) -> None:
        """Tie what the parts tell to what follows from it."""
        self.parts.editor.changed.connect(self._read_changed)
        self.parts.questions.answered.connect(lambda answer: self._answer(without_row=answer))
        self.parts.questions.left_out.connect(lambda is_so: self._answer(leave_out_others=is_so))
        self.parts.cases.currentItemChanged.connect(self._show_case)
        self.parts.accept_button.clicked.connect(self._accept)
        self.parts.cancel_button.clicked.connect(self._cancel)
        QShortcut(QKeySequence("Escape"), self, self.close)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._accept)
        self._reading.done.connect(self._take_foreseen)
        self._pictures.done.connect(self._take_pictures)
        self._accepting.done.connect(self._take_imported)

    def _cancel(self) -> None:
        """Close; the button says what it does."""
        self._changed = False
        self.close()

    def _read_changed(self, column_map: ColumnMap) -> None:
        """Read the files by a map that was changed by hand."""
        self._changed = True
        self._read(column_map)

    def _answer(self, **said: object) -> None:
        """Take an answer to what is asked, and read the files again by it."""
        self._source = replace(self._source, **said)  # type: ignore[arg-type]
        found = self._foreseen
        self._read_changed(found.column_map if found else self._source.column_map)

    def _read(self, column_map: ColumnMap) -> None:
        """Read the files by a map."""
        self.parts.say("Reading ...")
        self.parts.accept_button.setEnabled(False)
        self._reading.start(partial(look_ahead, self._folder, self._source, column_map))

    def _take_foreseen(self, result: object) -> None:
        """Show what the files would bring."""
        if not isinstance(result, Foreseen):
            self.parts.show_problems([str(result)], ())
            self.parts.say("Nothing can be brought in.")
            return
        self._foreseen = result.detections
        if result.detections is None:
            self.parts.show_problems([result.refusal], ())
            self.parts.questions.ask(None)
            self._show_cases(())
            self.parts.say("Nothing can be brought in before this is corrected.")
            return
        found = result.detections
        problems = [_for_the_window(problem) for problem in found.problems]
        self.parts.show_problems(problems, found.warnings, asked=bool(found.question))
        self.parts.questions.ask(found)
        self.parts.editor.show_map(found)
        self._show_cases(found.results.cases)
        self.parts.accept_button.setEnabled(not found.problems and not found.question)
        self.parts.say(_summary(found))

    def _show_cases(self, results: tuple[CaseResult, ...]) -> None:
        """List the cases, those with boxes first; the chosen one stays chosen."""
        chosen = self.parts.cases.currentItem()
        name = chosen.data(self.parts.CASE) if chosen is not None else ""
        told = [one for one in results if one.status is not AiStatus.NOT_PROCESSED]
        rest = len(results) - len(told)
        found = self._foreseen
        is_open = found is not None and bool(found.unsaid) and found.answer is None
        self.parts.cases.blockSignals(True)
        self.parts.cases.clear()
        for result in sorted(told, key=lambda one: _ORDER.index(one.status)):
            item = QListWidgetItem(_line(result))
            item.setData(self.parts.CASE, result.case)
            self.parts.cases.addItem(item)
        self.parts.cases.blockSignals(False)
        words = "Not, or not wholly, in the files" if is_open else "Not processed"
        self.parts.rest.setText(f"{words}: {counted(rest, 'case')}" if rest else "")
        names = [
            self.parts.cases.item(row).data(self.parts.CASE)
            for row in range(self.parts.cases.count())
        ]
        self.parts.views.setCurrentIndex(1 if names else 0)
        if names:
            self.parts.cases.setCurrentRow(names.index(name) if name in names else 0)

    def _show_case(self, item: QListWidgetItem | None) -> None:
        """Show the pictures of a case as soon as they are made."""
        found = self._foreseen
        if item is None or found is None:
            return
        case = item.data(self.parts.CASE)
        result = next(one for one in found.results.cases if one.case == case)
        self._pictures.start(partial(look_at_case, self._folder, result))

    def _take_pictures(self, look: object) -> None:
        """Show the pictures of the chosen case."""
        views = look.views if isinstance(look, CaseLook) else ()
        for place, shown in enumerate(self.parts.pictures):
            shown.show_view(views[place] if place < len(views) else None)
        if not isinstance(look, CaseLook):
            self.parts.say(str(look))

    def _accept(self) -> None:
        """Bring the results in, where nothing is wrong and nothing is being read."""
        found = self._foreseen
        if found is None or not self.parts.accept_button.isEnabled():
            return
        self.parts.accept_button.setEnabled(False)
        self.parts.say("Bringing in ...")
        now = datetime.now(UTC).astimezone()
        self._accepting.start(partial(accept, self._folder, found, by=self._by, now=now))

    def _take_imported(self, result: object) -> None:
        """Close where the results came in; say why where they did not."""
        if isinstance(result, DetectionImport):
            self._imported = result
            self._changed = False
            self.close()
        else:
            self.parts.show_problems([str(result)], ())
            self.parts.say("Nothing was brought in.")


def _for_the_window(problem: Problem) -> str:
    """Return a problem with what is to be done here in place of the advice for a map file."""
    words, advice, _ = str(problem).partition(MAP_ADVICE)
    return f"{words}Say below what its words mean." if advice else words


def _summary(found: ForeseenDetections) -> str:
    """Return in one line what would come in, or what is asked before."""
    if found.problems:
        return "Nothing can be brought in before the problems are corrected."
    if found.question:
        return "Nothing can be brought in before the questions on the left are answered."
    results = found.results
    boxes = sum(len(one.boxes) for case in results.cases for one in case.detections)
    counts = [
        f"{sum(case.status is status for case in results.cases)} {words}"
        for status, words in (
            (AiStatus.FINDING, "with findings"),
            (AiStatus.NONE, "nothing found"),
            (AiStatus.FAILED, "failed"),
            (AiStatus.NOT_PROCESSED, "not processed"),
        )
    ]
    return f"{counted(boxes, 'box')}, scale {results.scale}. Cases: {', '.join(counts)}."


def _line(result: CaseResult) -> str:
    """Return a case in the list."""
    boxes = sum(len(found.boxes) for found in result.detections)
    told = counted(boxes, "box") if boxes else result.status.replace("none", "nothing found")
    return f"{result.case}   {told}"
