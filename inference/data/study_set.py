"""A study as a training set: its images and its reference standard."""

from inference.data.exam_set import ExamSet, KnownExam, KnownLesion
from inference.data.view_sources import StudyView
from study_design.exchange.reference_sheet import read_lesions, read_reference
from study_design.images.case_list import CaseEntry, cases_of
from study_design.reference_standard import CaseTruth, Lesion
from study_design.study_folder import StudyFolder


def read_study_set(folder: StudyFolder) -> ExamSet:
    """Return the exams of a study that are not excluded; a study may have no truth yet."""
    has_truth = (folder.reference_standard / "reference.csv").is_file()
    truths = {truth.case: truth for truth in read_reference(folder)} if has_truth else {}
    lesions: dict[str, list[Lesion]] = {}
    for lesion in read_lesions(folder) if has_truth else ():
        lesions.setdefault(lesion.case, []).append(lesion)
    exams = tuple(
        _exam(folder, entry, truths.get(entry.case), lesions.get(entry.case, []))
        for entry in cases_of(folder)
        if not entry.excluded
    )
    return ExamSet(folder.path.resolve().name, exams)


def _exam(
    folder: StudyFolder, entry: CaseEntry, truth: CaseTruth | None, lesions: list[Lesion]
) -> KnownExam:
    """Return one case; images that fill no slot are left out."""
    views = tuple(
        StudyView(folder, entry.case, image.image, image.view, image.sha256)
        for image in entry.images
        if image.view is not None
    )
    return KnownExam(
        entry.case, entry.patient, views, truth, tuple(KnownLesion(lesion) for lesion in lesions)
    )
