"""The first look at an import's files, by their headers alone: what each is, and of which exam.

It takes milliseconds a file, so hundreds of exams can be listed with their problems before a single
picture is decoded.
"""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from study_design.images.arriving.exam_orientation import against_each_other
from study_design.images.arriving.exam_slots import Candidate, ExamSlots
from study_design.images.arriving.guarded_worker import FileRefusedError, GuardedWorker
from study_design.images.arriving.import_report import ALONE, ERASED_EXAM, FileReport, ImportStep
from study_design.images.arriving.sources import Source, is_plain_text
from study_design.images.case_list import CaseImage
from study_design.images.link_file import LinkFile
from study_design.images.messages import Identity, Inspection, InspectRequest, Verdict


@dataclass(slots=True)
class HeaderScan:
    """The files of an import as far as their headers tell.

    Attributes
    ----------
    slots
        The slots of the exams, all named.
    candidates
        The mammograms among the files, exam by exam.
    reports
        What became of every other file.
    not_reached
        How many files nobody looked at, because the scan was stopped.
    """

    slots: ExamSlots
    candidates: tuple[Candidate, ...] = ()
    reports: dict[Source, FileReport] = field(default_factory=dict)
    not_reached: int = 0


def scan_headers(
    sources: Iterable[Source],
    listed: Iterable[CaseImage],
    link: LinkFile,
    *,
    worker: GuardedWorker,
    progress: Callable[[ImportStep], None],
    stop: Callable[[], bool],
) -> HeaderScan:
    """Look at the header of every file and name the exams of the mammograms among them."""
    scan = HeaderScan(ExamSlots(listed, link))
    files = tuple(sources)
    candidates: list[Candidate] = []
    asides: list[tuple[Source, Inspection]] = []
    for done, source in enumerate(files, start=1):
        if stop():
            scan.not_reached = len(files) - done + 1
            break
        found = _look(source, worker)
        if isinstance(found, FileReport):
            scan.reports[source] = found
        elif link.is_of_erased_exam(found.identity.patient, found.identity.study):
            scan.reports[source] = FileReport(source.shown, Verdict.EXTRA, ERASED_EXAM)
        elif found.judgement.verdict is Verdict.ACCEPTED:
            candidates.append(Candidate(source, found.identity, found.judgement, found.megapixels))
        else:
            asides.append((source, found))
        progress(ImportStep("headers", done, len(files)))
    scan.slots.name_exams(candidates)
    # A stop then leaves one exam at most in part.
    # Those without a doubt come first: of two images for a slot they fill it.
    by_exam = sorted(candidates, key=lambda one: (scan.slots.exam_of(one), one.is_doubted))
    for _, exam in itertools.groupby(by_exam, key=scan.slots.exam_of):
        scan.candidates += against_each_other(tuple(exam))
    for source, inspection in asides:
        scan.reports[source] = _aside(source, inspection, scan.slots)
    return scan


def _look(source: Source, worker: GuardedWorker) -> Inspection | FileReport:
    """Return what a header says; a report where there is none."""
    if source.problem:
        return FileReport(source.shown, Verdict.REFUSED, source.problem)
    claimed = source.claim.view if source.claim else None
    try:
        return worker.inspect(InspectRequest(source.path.absolute(), claimed))
    except FileRefusedError as error:
        if not is_plain_text(source.path):
            return FileReport(source.shown, Verdict.REFUSED, str(error))
        if source.named:
            reason = "a text file or table, not an image; a table of images is given by --manifest"
            return FileReport(source.shown, Verdict.REFUSED, reason)
        return FileReport(source.shown, Verdict.EXTRA, "a text file, left aside")


def _aside(source: Source, inspection: Inspection, slots: ExamSlots) -> FileReport:
    """Return the report of an object that is no candidate, with the exam that it belongs to."""
    judgement, identity = inspection.judgement, inspection.identity
    case = "" if identity == Identity() else slots.exam_of_study(identity)
    report = FileReport(
        source.shown, judgement.verdict, judgement.reason, case, None, judgement.evidence
    )
    if not case:
        report = replace(report, patient_id=identity.patient)
    if judgement.verdict is Verdict.EXTRA and identity.study and not case:
        return replace(report, reason=judgement.reason + ALONE, study_uid=identity.study)
    return report
