"""Mammograms in: found, judged, grouped into exams, de-identified, decoded once, listed.

All or nothing: everything is written into a hidden folder of the study first; the images move to
their places, then the link file is written, and cases.csv last, which alone makes them part of the
study. A refused file ends the import before that, unless the rest is wanted without it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from study_design.errors import ImageError
from study_design.images.case_list import (
    CaseImage,
    cases_of,
    read_images,
    write_images,
)
from study_design.images.exam_slots import Candidate, ExamSlots, Placement
from study_design.images.found_text import TextBox, note_found_text
from study_design.images.guarded_worker import FileRefusedError, GuardedWorker
from study_design.images.link_file import LinkFile, LinkRow
from study_design.images.messages import InspectRequest, Taken, TakeRequest, Verdict
from study_design.images.sources import Source, find_sources, is_plain_text
from study_design.images.work_folder import work_folder
from study_design.protocol.locked import refuse_when_locked
from study_design.study_folder import StudyFolder
from study_design.vocabulary import View


@dataclass(frozen=True, slots=True)
class ImportStep:
    """How far an import has come: `headers` first, then `pixels`."""

    act: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file.

    Attributes
    ----------
    reason
        Why it was not taken; of an accepted file, what had to be assumed.
    exam
        The case; empty where the file goes to none.
    """

    path: Path
    verdict: Verdict
    reason: str = ""
    exam: str = ""
    view: View | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of an exam and the image in it; None where it is empty."""

    view: View
    image: str | None


@dataclass(frozen=True, slots=True)
class ExamReport:
    """An exam that the import touched: its four slots in hanging order, and what is wrong."""

    case: str
    patient: str
    slots: tuple[Slot, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import found and took."""

    files: tuple[FileReport, ...]
    exams: tuple[ExamReport, ...] = ()
    guesses: tuple[str, ...] = ()


class RefusedFilesError(ImageError):
    """An import ended because of refused files; nothing was kept. `report` tells about each."""

    def __init__(self, report: ImportReport) -> None:
        refused = [file for file in report.files if file.verdict is Verdict.REFUSED]
        first = refused[0]
        name = first.path.name.encode(errors="replace").decode()
        more = f", and {len(refused) - 1} more" if len(refused) > 1 else ""
        super().__init__(
            f"Expected mammograms, got {name} ({first.reason}){more}. Nothing was "
            "imported; take it out, or import the rest with --keep-going."
        )
        self.report = report


def import_images(
    folder: StudyFolder,
    paths: Iterable[Path],
    *,
    manifest: Path | None = None,
    keep_going: bool = False,
    progress: Callable[[ImportStep], None] = lambda _: None,
) -> ImportReport:
    """Bring mammograms into a study.

    Parameters
    ----------
    folder
        The study; its protocol must not be locked.
    paths
        Files and folders; with a manifest, where its files are looked for.
    manifest
        A CSV file that names case, side and view of each file.
    keep_going
        Take the rest where files are refused.
    progress
        Called after each file.

    Raises
    ------
    ProtocolError
        Where the study is locked.
    BadInputError
        Where a path or the manifest makes no sense.
    RefusedFilesError
        Where a file is refused, unless `keep_going`.
    ImportRunningError
        Where another import into the study is under way.
    """
    refuse_when_locked(folder, "import images")
    with work_folder(folder) as work:
        staging = StudyFolder(work / "staged")
        sources = find_sources(paths, manifest, unpack_into=work / "unpacked")
        if not sources.files:
            raise ImageError(
                "Expected mammograms under the given paths, got no file. Check the paths."
            )
        with GuardedWorker() as worker:
            run = _Import(folder, staging, worker, progress)
            run.judge(sources.files)
            run.stop_if_refused(keep_going, sources.guesses)
            run.take()
            run.stop_if_refused(keep_going, sources.guesses)
        run.keep()
        return ImportReport(run.file_reports(), run.exam_reports(), sources.guesses)


@dataclass(slots=True)
class _Import:
    """One import under way."""

    folder: StudyFolder
    staging: StudyFolder
    worker: GuardedWorker
    progress: Callable[[ImportStep], None]
    _order: list[Source] = field(default_factory=list)
    _reports: dict[Source, FileReport] = field(default_factory=dict)
    _candidates: list[Candidate] = field(default_factory=list)
    _images: list[CaseImage] = field(default_factory=list)
    _links: list[LinkRow] = field(default_factory=list)
    _texts: dict[str, tuple[TextBox, ...]] = field(default_factory=dict)
    _conflicts: dict[str, list[str]] = field(default_factory=dict)

    def judge(self, sources: Iterable[Source]) -> None:
        """Look at every header."""
        self._order = list(sources)
        for done, source in enumerate(self._order, start=1):
            self._judge(source)
            self.progress(ImportStep("headers", done, len(self._order)))

    def take(self) -> None:
        """Decode and de-identify every candidate into the staging folder."""
        listed = read_images(self.folder)
        slots = ExamSlots(listed, LinkFile.read(self.folder))
        sha256 = {image.image: image.sha256 for image in listed}
        slots.name_exams(self._candidates)
        for done, candidate in enumerate(self._candidates, start=1):
            placed = slots.place(candidate)
            if not isinstance(placed, Placement):
                self._report(candidate, placed.verdict, placed.reason)
            elif self._take(placed, sha256):
                slots.fill(placed)
            self.progress(ImportStep("pixels", done, len(self._candidates)))

    def stop_if_refused(self, keep_going: bool, guesses: tuple[str, ...]) -> None:
        """End the import where a file was refused and that was not allowed."""
        reports = self.file_reports()
        if keep_going or not any(report.verdict is Verdict.REFUSED for report in reports):
            return
        unkept = tuple(
            replace(report, reason="not kept: another file was refused")
            if report.verdict is Verdict.ACCEPTED
            else report
            for report in reports
        )
        raise RefusedFilesError(ImportReport(unkept, guesses=guesses))

    def keep(self) -> None:
        """Make the staged images part of the study."""
        for staged, final in (
            (self.staging.images, self.folder.images),
            (self.staging.cache, self.folder.cache),
        ):
            final.mkdir(exist_ok=True)
            for path in sorted(staged.glob("*")):
                path.replace(final / path.name)
        images = (*read_images(self.folder), *self._images)
        names = frozenset(image.image for image in images)
        LinkFile.read(self.folder).with_rows(self._links, images=names).write(self.folder)
        note_found_text(self.folder, self._texts)
        write_images(self.folder, images)

    def file_reports(self) -> tuple[FileReport, ...]:
        """Return the reports in the order of the files; candidates as accepted until taken."""
        waiting = {candidate.source: candidate for candidate in self._candidates}
        return tuple(
            self._reports.get(source)
            or FileReport(source.shown, Verdict.ACCEPTED, view=waiting[source].view)
            for source in self._order
        )

    def exam_reports(self) -> tuple[ExamReport, ...]:
        """Return the exams that the import touched, problems first."""
        touched = {report.exam for report in self._reports.values()}
        reports = [
            ExamReport(
                entry.case,
                entry.patient,
                tuple(
                    Slot(view, image.image if (image := entry.image_of(view)) else None)
                    for view in View
                ),
                (*entry.problems, *self._conflicts.get(entry.case, ())),
            )
            for entry in cases_of(self.folder)
            if entry.case in touched
        ]
        return tuple(sorted(reports, key=lambda report: (not report.problems, report.case)))

    def _judge(self, source: Source) -> None:
        """Look at one header."""
        if source.problem:
            self._reports[source] = FileReport(source.shown, Verdict.REFUSED, source.problem)
            return
        claimed = source.claim.view if source.claim else None
        try:
            inspection = self.worker.inspect(InspectRequest(source.path.absolute(), claimed))
        except FileRefusedError as error:
            if not source.named and is_plain_text(source.path):
                report = FileReport(source.shown, Verdict.EXTRA, "a text file, left aside")
            else:
                report = FileReport(source.shown, Verdict.REFUSED, str(error))
            self._reports[source] = report
            return
        judgement = inspection.judgement
        if judgement.verdict is Verdict.ACCEPTED and judgement.view is not None:
            self._candidates.append(
                Candidate(source, inspection.identity, judgement.view, inspection.megapixels)
            )
        else:
            self._reports[source] = FileReport(source.shown, judgement.verdict, judgement.reason)

    def _take(self, placement: Placement, sha256: dict[str, str]) -> bool:
        """Decode one file and settle what becomes of it; tell whether it now fills its slot."""
        candidate, names = placement.candidate, placement.names
        claim = candidate.source.claim
        request = TakeRequest(
            candidate.source.path.absolute(),
            self.staging.path.absolute(),
            names,
            claim.spacing_mm if claim else None,
            claim.mirrored if claim else None,
        )
        try:
            taken = self.worker.take(request, candidate.megapixels)
        except FileRefusedError as error:
            self._drop(names.image)
            self._report(candidate, Verdict.REFUSED, str(error), names.case)
            return False
        mammogram = taken.mammogram
        if placement.rival_of:
            self._drop(names.image)
            if sha256.get(placement.rival_of) == mammogram.sha256:
                reason = f"the same pixels as {placement.rival_of}"
                self._report(candidate, Verdict.DUPLICATE, reason, names.case)
                return False
            reason = f"a second {names.view} of exam {names.case}; an exam has one"
            self._conflicts.setdefault(names.case, []).append(f"a second {names.view} was refused")
            self._report(candidate, Verdict.REFUSED, reason, names.case)
            return False
        twins = [image for image, known in sha256.items() if known == mammogram.sha256]
        notes = (*taken.notes, *(f"shows the same pixels as {image}" for image in twins[:1]))
        sha256[names.image] = mammogram.sha256
        self._accept(placement, taken)
        self._report(candidate, Verdict.ACCEPTED, "; ".join(notes), names.case)
        return True

    def _accept(self, placement: Placement, taken: Taken) -> None:
        """Note the rows that a taken file adds to cases.csv and the link file."""
        mammogram, names, candidate = taken.mammogram, placement.names, placement.candidate
        self._images.append(
            CaseImage(
                case=names.case,
                patient=names.patient,
                view=names.view,
                image=names.image,
                sha256=mammogram.sha256,
                rows=mammogram.rows,
                columns=mammogram.columns,
                exam=names.case,
                spacing_mm=mammogram.spacing_mm,
                mirrored=mammogram.mirrored,
                vendor=mammogram.vendor,
            )
        )
        self._texts[names.image] = taken.text
        identity = candidate.identity
        self._links.append(
            LinkRow(
                case=names.case,
                patient=names.patient,
                image=names.image,
                view=names.view or "",
                study_uid=names.study_uid,
                sop_uid=names.sop_uid,
                original_patient=identity.patient,
                original_accession=identity.accession,
                original_study_uid=identity.study,
                original_sop_uid=identity.sop,
                original_path=str(candidate.source.shown),
                days_shifted=str(names.days_shifted) if identity.sop else "",
            )
        )

    def _report(self, candidate: Candidate, verdict: Verdict, reason: str, exam: str = "") -> None:
        """Note what became of a candidate."""
        self._reports[candidate.source] = FileReport(
            candidate.source.shown, verdict, reason, exam, candidate.view
        )

    def _drop(self, image: str) -> None:
        """Remove the staged files of an image."""
        for path in self.staging.path.rglob(f"{image}.*"):
            path.unlink()
