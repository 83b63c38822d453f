"""What the import window asks of a study: its exams, the saving of changes, a look at an original.

Everything here may take long and runs beside the window's thread.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from reader_app.coordinator.exam_rows import ExamImage, ExamRow
from reader_app.coordinator.exam_saving import Refusal, Who, save_changes
from reader_app.coordinator.import_table import ImportTable
from study_design.cases.case_erasure import ERASED, erasures
from study_design.cases.case_import import import_images, scan_images
from study_design.cases.exam_settling import questions_on
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.images.arriving.case_flow import CaseFlow, case_flow
from study_design.images.arriving.file_list import kept_files
from study_design.images.arriving.guarded_worker import GuardedWorker
from study_design.images.arriving.import_report import (
    ExamReport,
    FileReport,
    ImportReport,
    ImportStep,
)
from study_design.images.case_list import CURRENT, CaseEntry, cases_of, read_images
from study_design.images.display_doubt import DisplayDoubt, read_doubts
from study_design.images.found_text import FoundText, read_found_text
from study_design.images.link_file import LinkFile
from study_design.images.messages import (
    AttributeChange,
    CompareRequest,
    Evidence,
    InspectRequest,
    Verdict,
)
from study_design.record.acts import staff_act
from study_design.record.payloads.staff import LinkOpened
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

WHY_NOT = "No image would be imported; the reason is listed beside each file."


@dataclass(frozen=True, slots=True)
class Listing:
    """The exams of a study, in the order of their names, their flow, and all files ever brought.

    Attributes
    ----------
    refused
        What a save before it could not write.
    """

    rows: tuple[ExamRow, ...]
    flow: CaseFlow
    files: tuple[FileReport, ...] = ()
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class HeaderLook:
    """What the headers under some paths say, and the exams as an import would leave them."""

    paths: tuple[Path, ...]
    report: ImportReport
    rows: tuple[ExamRow, ...]

    @property
    def brings_images(self) -> bool:
        """Whether an import would bring an image that the study lacks."""
        files = self.report.files
        return any(file.image and file.verdict is not Verdict.DUPLICATE for file in files)

    @property
    def words(self) -> str:
        """What was found, and what to do."""
        mammograms = sum(file.verdict is Verdict.ACCEPTED for file in self.report.files)
        looked = (
            f"{counted(len(self.report.files), 'file')} looked at: "
            f"{counted(mammograms, 'mammogram')}"
        )
        if not self.brings_images:
            return f"{looked}, none that the study lacks. {WHY_NOT}"
        new = sum(not row.stored for row in self.rows)
        told = f"{counted(new, 'exam')} new or with a further view"
        return f"{looked}, {told}. Press Import to bring them in."


@dataclass(frozen=True, slots=True)
class OriginalLook:
    """What an original file says: of its view, tier by tier, and what became of its header."""

    image: str
    evidence: tuple[Evidence, ...]
    changes: tuple[AttributeChange, ...]


def list_exams(folder: StudyFolder) -> Listing:
    """Return the exams of a study as they are stored.

    Raises
    ------
    BadInputError
        Where cases.csv, burned_in.csv or doubts.csv makes no sense.
    """
    found, doubts, files = read_found_text(folder), read_doubts(folder), kept_files(folder)
    unplaced: dict[str, list[ExamImage]] = {}
    for image in read_images(folder):
        if image.view is None and image.exam_role == CURRENT:
            problem = image.reason if image.waits else ""
            unplaced.setdefault(image.case, []).append(ExamImage(image.image, None, problem))
    asked, gone = questions_on(folder), {one.case for one in erasures(folder)}
    notes = {file.image: file.reason for file in files if file.verdict is Verdict.ACCEPTED}
    rows = tuple(
        replace(
            _row(entry, unplaced.get(entry.case, []), found, doubts, notes),
            questions=tuple(question for question in asked if entry.case in question.cases),
            priors=entry.priors,
        )
        for entry in cases_of(folder)
    )
    told = tuple(_erased(row) if row.case in gone else row for row in rows)
    return Listing(told, case_flow(folder), files)


def look_over(
    folder: StudyFolder,
    paths: tuple[Path, ...],
    progress: Callable[[ImportStep], None],
    stopped: Callable[[], bool],
) -> HeaderLook:
    """Return what an import of paths would bring, by the headers alone.

    Raises
    ------
    CrossreadError
        Where nothing can be imported.
    """
    report = scan_images(folder, paths, progress=progress, stop=stopped)
    found = {exam.case: exam for exam in report.exams}
    stored = {row.case: row for row in list_exams(folder).rows}
    new = {case: _found_row(exam, stored.get(case)) for case, exam in found.items()}
    return HeaderLook(paths, report, tuple((stored | new).values()))


def bring_in(
    folder: StudyFolder,
    paths: tuple[Path, ...],
    progress: Callable[[ImportStep], None],
    stopped: Callable[[], bool],
) -> ImportReport:
    """Import what lies under paths; refused files are reported and the rest is taken.

    What was taken before a stop is kept, and the next import goes on behind it.

    Raises
    ------
    CrossreadError
        Where nothing can be imported.
    """
    return import_images(folder, paths, keep_going=True, progress=progress, stop=stopped)


def save(
    folder: StudyFolder, table: ImportTable, who: Who, progress: Callable[[int, int], None]
) -> Listing:
    """Write the changes of a table into the study; list it anew, with what was refused."""
    refused = save_changes(folder, table, who, progress)
    return replace(list_exams(folder), refused=refused)


def look_at_original(folder: StudyFolder, image: str, who: Who) -> OriginalLook:
    """Return what the original of an image says; the record tells who looked, before it is shown.

    Raises
    ------
    BadInputError
        Where the original is not where it was at import.
    """
    rows = [row for row in LinkFile.read(folder).rows if row.image == image]
    original = Path(rows[0].original_path) if rows else Path()
    if not original.is_file():
        where = f"at {original}" if rows else "in the link file"
        raise BadInputError(
            f"Expected the original of {image} {where}, got none: it was moved, or lies in an "
            "archive. Put it back there to compare."
        )
    with open_store(folder) as store:
        opened = LinkOpened(image, "before and after de-identification")
        store.append(staff_act(opened, by=who.by, now=who.now))
    with GuardedWorker() as worker:
        kept = folder.images / f"{image}.dcm"
        changes = worker.compare(CompareRequest(original.absolute(), kept.absolute()))
        judgement = worker.inspect(InspectRequest(original.absolute())).judgement
    return OriginalLook(image, judgement.evidence, changes)


def _erased(row: ExamRow) -> ExamRow:
    """Return an exam whose consent was withdrawn: without a picture, and out of the study."""
    return replace(row, images=(), priors=(), excluded=True, reason=ERASED)


def _row(
    entry: CaseEntry,
    unplaced: list[ExamImage],
    found: tuple[FoundText, ...],
    doubts: tuple[DisplayDoubt, ...],
    notes: Mapping[str, str],
) -> ExamRow:
    """Return an exam with its images, those without a place last."""
    placed = [ExamImage(one.image, one.view) for one in entry.images]
    return ExamRow(
        case=entry.case,
        patient=entry.patient,
        images=tuple(
            replace(
                image,
                text=tuple(text for text in found if text.image == image.image),
                doubts=tuple(d for d in doubts if d.image == image.image and d.is_open),
                notes=_notes(notes.get(image.image, ""), doubts),
            )
            for image in (*placed, *unplaced)
        ),
        excluded=entry.excluded,
        reason=entry.reason,
    )


def _notes(reason: str, doubts: tuple[DisplayDoubt, ...]) -> tuple[str, ...]:
    """Return the notes of an import; doubts, which are told and decided on apart, are none."""
    doubted = {doubt.doubt for doubt in doubts}
    return tuple(note for note in filter(None, reason.split("; ")) if note not in doubted)


def _found_row(exam: ExamReport, stored: ExamRow | None) -> ExamRow:
    """Return an exam as the headers foresee it; as it is stored where nothing new was found."""
    images = tuple(ExamImage(slot.image, slot.view) for slot in exam.slots if slot.image)
    if stored is not None and {i.image for i in images} <= {i.image for i in stored.images}:
        return stored
    missing = {f"{slot.view} is missing" for slot in exam.slots if slot.image is None}
    others = tuple(problem for problem in exam.problems if problem not in missing)
    return ExamRow(exam.case, exam.patient, images, others, stored=False)
