"""The Cases page: images come in, every exam is looked over, what is wrong is mended or left out.

Changes are kept in the window until Save; undo takes them back one by one. Everything slow runs in
the background, and no question is asked in a dialog.
"""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from reader_app.coordinator.case_commands import CaseCommand
from reader_app.coordinator.exam_changes import AcceptDisplay, Change, Exclude, JudgeText
from reader_app.coordinator.exam_problems import Filter
from reader_app.coordinator.exam_rows import ExamImage, ExamRow
from reader_app.coordinator.exam_saving import Refusal, Who
from reader_app.coordinator.file_rows import import_ended
from reader_app.coordinator.flow_diagram import write_flow
from reader_app.coordinator.import_desk import HeaderLook, Listing, OriginalLook
from reader_app.coordinator.import_table import ImportTable
from reader_app.coordinator.view_picture import ViewPicture
from reader_app.qt.coordinator.bars import words_of_saving
from reader_app.qt.coordinator.cases_layout import FILES, HEADERS, CasesLayout
from reader_app.qt.coordinator.exam_table import ExamTable
from reader_app.qt.coordinator.jobs import ImportJobs
from reader_app.qt.coordinator.pictures import Pictures
from reader_app.qt.parts.style import DESK_SHEET
from study_design.images.arriving.import_report import ImportReport
from study_design.images.found_text import TextVerdict
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

CASES_SIZE = QSize(1600, 900)
STRAYED = "A view stays with its exam: drop it in the same row."
UNSAVED = "There are changes that are not saved: save them or undo them, then import."
NOT_YET = "This exam is not imported yet: press Import, then correct it."
_VERDICTS = {
    CaseCommand.TEXT_IS_HARMLESS: TextVerdict.HARMLESS,
    CaseCommand.BLANK_TEXT: TextVerdict.BLANKED,
}


class ImportWindow(QWidget):
    """The exams of one study.

    Parameters
    ----------
    folder
        The study.
    by
        Who acts, until the field in the window says otherwise.
    """

    def __init__(self, folder: StudyFolder, by: Actor) -> None:
        super().__init__()
        self.setObjectName("desk")
        self.setWindowTitle(f"Crossread: cases of {folder.path.name}")
        self.setStyleSheet(DESK_SHEET)
        self.setAcceptDrops(True)
        self._parts = CasesLayout(self, folder.path.name, by)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._parts)
        self._folder = folder
        self._listing: Listing | None = None
        self._new_files: frozenset[Path] = frozenset()
        self._table = ImportTable()
        self._shown: tuple[str, ...] = ()
        self._saving = False
        self._jobs = ImportJobs(folder, self)
        self._pictures = Pictures(folder, self)
        self._connect()
        self._jobs.list_exams()

    @property
    def exams(self) -> ExamTable:
        """The table on the screen."""
        return self._parts.exams

    @property
    def pages(self) -> QTabWidget:
        """The pages: exams, files, flow of cases, before and after."""
        return self._parts.pages

    @property
    def ready(self) -> bool:
        """Whether nothing is being done and every picture is there."""
        return not self._jobs.running and not self._pictures.running

    @property
    def table(self) -> ImportTable:
        """The exams with the changes that are not saved."""
        return self._table

    def look_over(self, paths: tuple[Path, ...]) -> None:
        """Show what lies under paths, by the headers alone."""
        if self._may_begin():
            self._parts.bar.begin("Looking for files ...")
            self._jobs.look_over(paths)
            self._show_changes()

    def import_paths(self, paths: tuple[Path, ...]) -> None:
        """Bring images in, in the background."""
        if self._may_begin():
            self._parts.bar.begin("Looking for files ...")
            self._jobs.bring_in(paths)
            self._show_changes()

    def _may_begin(self) -> bool:
        """Tell whether images may come in now; say why not where changes would be lost."""
        if self._table.changes and not self._jobs.running:
            self._parts.bar.end(UNSAVED, "problem")
        return not self._jobs.running and not self._table.changes

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders that are dragged onto the window."""
        if event.mimeData().hasUrls() and not self._jobs.running:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Show what was dropped; Import brings it in."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self._parts.bar.offer(paths)
        self.look_over(tuple(paths))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask what becomes of unsaved changes, or stop what runs."""
        if self._table.changes:
            event.ignore()
            self._parts.leave.ask(self._table.changes, saving=self._saving)
            return
        self._pictures.wait()
        self._jobs.wait()
        super().closeEvent(event)

    def _connect(self) -> None:
        """Tie what the parts tell to what follows from it."""
        self._parts.exams.placed.connect(self._change)
        self._parts.exams.asked.connect(self._act)
        self._parts.exams.chosen.connect(self._show_chosen)
        self._parts.exams.strayed.connect(lambda: self._parts.bar.end(STRAYED, "problem"))
        self._parts.panel.placed.connect(self._change)
        self._parts.panel.asked.connect(self._act)
        self._parts.panel.question.answered.connect(lambda changes: self._change(*changes))
        self._parts.panel.compared.connect(lambda image: self._jobs.look(image, self._who()))
        self._parts.panel.reason.answered.connect(self._exclude)
        self._parts.panel.reason.dropped.connect(self._parts.exams.setFocus)
        self._parts.bar.wanted.connect(self.import_paths)
        self._parts.bar.cancelled.connect(self._jobs.stop)
        self._parts.filters.chosen.connect(self._filter)
        self._parts.changes.undone.connect(lambda: self._act(CaseCommand.UNDO))
        self._parts.changes.saved.connect(self._save)
        self._parts.leave.saved.connect(self._save)
        self._parts.leave.dropped.connect(self._drop_and_leave)
        self._parts.leave.kept.connect(self._parts.exams.setFocus)
        self._parts.flow.exported.connect(self._export_flow)
        self._pictures.small.connect(self._parts.model.add_picture)
        self._pictures.large.connect(self._show_large)
        self._jobs.foreseen.connect(self._take_foreseen)
        self._jobs.listed.connect(self._take_listing)
        self._jobs.imported.connect(self._take_report)
        self._jobs.looked.connect(self._take_look)
        self._jobs.failed.connect(self._take_failure)
        self._jobs.stepped.connect(self._parts.bar.show_progress)

    def _who(self) -> Who:
        """Return who acts now."""
        return Who(self._parts.changes.by, datetime.now(UTC).astimezone())

    def _take_listing(self, listing: Listing) -> None:
        """Show the exams as they are stored; what was blanked is drawn anew."""
        if self._parts.bar.running:
            self._say_saved(listing.refused)
        self._listing = listing
        self._parts.flow.show_flow(listing.flow)
        self._count_files(self._parts.files.show_kept(listing.files, self._new_files))
        self._parts.model.forget_pictures()
        # What a save that was refused has left over is still to do.
        left = tuple(change for refusal in listing.refused for change in refusal.changes)
        self._show_exams(listing.rows, ImportTable((), left) if self._saving else self._table)
        self._saving = False
        if self._parts.leave.leaving:
            self.close()

    def _say_saved(self, refused: tuple[Refusal, ...]) -> None:
        """Say that the changes are saved, or which are not and why; the window stays open then."""
        self._parts.bar.end(words_of_saving(refused), "problem" if refused else "normal")
        self._parts.leave.leaving = self._parts.leave.leaving and not refused

    def _take_foreseen(self, look: HeaderLook) -> None:
        """Show the exams that an import would bring."""
        self._count_files(self._parts.files.show_looked_at(look.report.files))
        self._show_exams(look.rows, ImportTable())
        self._parts.bar.end(look.words, "normal" if look.brings_images else "problem")
        if not look.brings_images:
            self._parts.pages.setCurrentIndex(FILES)

    def _take_failure(self, why: str) -> None:
        """Say why something was refused; changes that were not saved stay, the window too."""
        self._parts.bar.end(why, "problem")
        self._saving = self._parts.leave.leaving = False

    def _show_exams(self, rows: tuple[ExamRow, ...], changed: ImportTable) -> None:
        """Show exams, problems first, with the changes still to do; the chosen view stays so."""
        kept = self._parts.exams.chosen_case, self._parts.exams.chosen_image
        self._table = changed.over(rows)
        for part in (self._parts.filters, self._parts.changes):
            part.setVisible(bool(rows))
        self._parts.stack.setCurrentIndex(bool(rows))
        self._filter(Filter.ALL)
        self._parts.exams.choose(*kept)
        self._pictures.fill(self._parts.model.missing_pictures)

    def _take_report(self, report: ImportReport) -> None:
        """Say what an import took, and list what it did not."""
        self._new_files = frozenset(file.path.absolute() for file in report.files)
        if not report.not_reached:
            self._parts.bar.clear()
        self._parts.bar.end(import_ended(report))

    def _count_files(self, left_out: int) -> None:
        """Say on its tab how many files the list of files left out has."""
        words = f"Files ({left_out} left out)" if left_out else "Files"
        self._parts.pages.setTabText(FILES, words)

    def _take_look(self, look: OriginalLook) -> None:
        """Show what an original says."""
        self._parts.headers.show_look(look)
        self._parts.pages.setCurrentIndex(HEADERS)

    def _filter(self, wanted: Filter) -> None:
        """List the exams that a filter lets through; they stay listed while they are mended."""
        self._shown = tuple(row.case for row in self._table.rows if row.passes(wanted))
        self._parts.filters.choose(wanted)
        self._show_rows()
        if not self._parts.changes.is_typed_in:
            self._parts.exams.setFocus()

    def _show_rows(self) -> None:
        """Show the exams as the changes leave them."""
        rows = self._table.rows
        self._parts.filters.show_counts(rows)
        self._parts.model.show_rows([row for row in rows if row.case in self._shown])
        self._show_changes()
        self._show_chosen()

    def _show_changes(self) -> None:
        """Show what is not saved; a question about it that is out of date goes."""
        self._parts.leave.hide()
        self._parts.changes.show_changes(self._table.changes, busy=bool(self._jobs.running))

    def _chosen(self) -> tuple[ExamRow | None, ExamImage | None]:
        """Return the chosen exam and view."""
        case, name = self._parts.exams.chosen_case, self._parts.exams.chosen_image
        row = next((row for row in self._table.rows if row.case == case), None)
        images = row.images if row else ()
        return row, next((image for image in images if image.image == name), None)

    def _show_chosen(self) -> None:
        """Show the chosen view large."""
        row, image = self._chosen()
        self._parts.panel.show_view(row, image, self._table.refusal)
        self._parts.panel.picture.show_picture(
            self._parts.model.view_picture(image.image) if image else None
        )
        if image and row and row.stored:
            self._pictures.enlarge(image)

    def _show_large(self, picture: ViewPicture) -> None:
        """Show the large picture, where its view is still the chosen one."""
        if picture.image == self._parts.exams.chosen_image:
            self._parts.panel.picture.show_picture(picture)

    def _change(self, *changes: Change) -> None:
        """Note changes to exams that are imported, unless they could not be saved."""
        row, _ = self._chosen()
        if self._jobs.running:
            return
        if row is None or not row.stored:
            self._parts.bar.end(NOT_YET, "problem")
            return
        if why := self._table.refusal(*changes):
            self._parts.bar.end(why, "problem")
            return
        self._show_table(self._table.with_change(*changes))

    def _show_table(self, table: ImportTable) -> None:
        """Show other changes; the view that moves stays chosen."""
        case, image = self._parts.exams.chosen_case, self._parts.exams.chosen_image
        self._table = table
        self._parts.bar.end("")  # what stands there is of what was saved or refused before
        self._show_rows()
        self._parts.exams.choose(case, image)
        self._parts.exams.setFocus()

    def _act(self, command: CaseCommand) -> None:
        """Carry out a command, where it makes sense."""
        row, image = self._chosen()
        if self._jobs.running:
            return
        if command is CaseCommand.UNDO:
            self._show_table(self._table.undone())
        elif row is None or row.excluded or not row.stored:
            return
        elif command is CaseCommand.EXCLUDE:
            self._parts.panel.reason.ask()
        elif command is CaseCommand.ACCEPT_DISPLAY and image and image.view and image.doubts:
            self._change(AcceptDisplay(image.image))
        elif command in _VERDICTS and image and image.has_open_text:
            self._change(JudgeText(image.image, _VERDICTS[command]))

    def _exclude(self, reason: str) -> None:
        """Leave the chosen exam out."""
        self._change(Exclude(self._parts.exams.chosen_case, reason))

    def _save(self) -> None:
        """Write the changes into the study."""
        self._saving = True
        self._parts.bar.begin("Saving changes ...")
        self._jobs.save(self._table, self._who())
        self._show_changes()

    def _drop_and_leave(self) -> None:
        """Close without the changes."""
        self._table = ImportTable()
        self.close()

    def _export_flow(self) -> None:
        """Write the flow of cases as a figure and a table into the results of the study."""
        if self._listing is not None:
            figure, table = write_flow(self._folder, self._listing.flow)
            self._parts.flow.status.setText(f"Written: {figure} and {table.name}")
