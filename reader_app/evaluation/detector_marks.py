"""Detections laid beside lesions, image by image: which mark hits what, and what it says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.froc.detector_froc import LocatedScores
from inference.data.exam_set import KnownExam, KnownLesion
from study_design.detections import CaseResult, Detection
from study_design.geometry import Box, iou
from study_design.vocabulary import AbnormalityType, AiStatus, BreastTruth, Projection, Side, View

# A mark hits a lesion from this overlap on (Ueda 2022).
HIT_IOU = 0.3


@dataclass(frozen=True, slots=True)
class LesionHit:
    """A lesion on one image, and the best mark that hits it; without one `detection` is None."""

    patient: int
    lesion: str
    type: AbnormalityType | None
    score: float
    detection: str | None
    depth_error: float | None


@dataclass(frozen=True, slots=True)
class FalseMark:
    """A mark that hits no lesion, and where it lies, in stored pixels."""

    patient: int
    score: float
    case: str
    view: View
    where: Box


@dataclass(frozen=True, slots=True)
class UnitScore:
    """Score and truth of a breast or an image."""

    patient: int
    score: float
    positive: bool


@dataclass(frozen=True, slots=True)
class LesionMatch:
    """A lesion found on both views of its breast, and whether one detection names both."""

    patient: int
    joined: bool


@dataclass(frozen=True, slots=True)
class DetectorMarks:
    """All marks of a system on a set of exams.

    Attributes
    ----------
    images
        Number of images of each patient, in the order of `patients`.
    breasts
        One for each breast whose truth is known: is it malignant?
    image_scores
        One for each image: does it show a lesion?
    matches
        Lesions found on two views; none of a system that never names two views at once.
    failed
        Cases without a result; they count as images on which nothing was found.
    """

    patients: tuple[str, ...]
    images: tuple[int, ...]
    hits: tuple[LesionHit, ...]
    false: tuple[FalseMark, ...]
    breasts: tuple[UnitScore, ...]
    image_scores: tuple[UnitScore, ...]
    matches: tuple[LesionMatch, ...]
    seconds: tuple[float, ...]
    failed: int

    def located(self) -> LocatedScores:
        """Return the scores in the form of the analysis."""
        return LocatedScores(
            np.array([hit.score for hit in self.hits], dtype=np.float64),
            np.array([hit.patient for hit in self.hits], dtype=np.int64),
            np.array([mark.score for mark in self.false], dtype=np.float64),
            np.array([mark.patient for mark in self.false], dtype=np.int64),
            np.array(self.images, dtype=np.float64),
        )


def detector_marks(exams: Sequence[KnownExam], results: Mapping[str, CaseResult]) -> DetectorMarks:
    """Lay the results of a system beside the truth of exams.

    A mark hits the lesion of its image with which it overlaps most, from an IoU of .3 on; further
    marks on a lesion are neither hits nor false positives.
    """
    patients = tuple(dict.fromkeys(exam.patient for exam in exams))
    place = {patient: number for number, patient in enumerate(patients)}
    images = [0] * len(patients)
    found = [_of_exam(exam, results[exam.case], place[exam.patient]) for exam in exams]
    for exam in exams:
        images[place[exam.patient]] += len(exam.views)
    done = [results[exam.case] for exam in exams]
    # A system that never names two views does no matching, right or wrong.
    joins = any(len(one.boxes) > 1 for result in done for one in result.detections)
    return DetectorMarks(
        patients,
        tuple(images),
        tuple(hit for each in found for hit in each.hits),
        tuple(mark for each in found for mark in each.false),
        tuple(unit for each in found for unit in each.breasts),
        tuple(unit for each in found for unit in each.images),
        tuple(match for each in found for match in each.matches if joins),
        tuple(result.seconds for result in done if result.seconds is not None),
        sum(result.status is AiStatus.FAILED for result in done),
    )


@dataclass(frozen=True, slots=True)
class _ExamMarks:
    hits: tuple[LesionHit, ...]
    false: tuple[FalseMark, ...]
    breasts: tuple[UnitScore, ...]
    images: tuple[UnitScore, ...]
    matches: tuple[LesionMatch, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    detection: Detection
    where: Box


def _of_exam(exam: KnownExam, result: CaseResult, patient: int) -> _ExamMarks:
    """Return the marks of one exam."""
    hits: list[LesionHit] = []
    false: list[FalseMark] = []
    images = []
    for source in exam.views:
        lesions = [
            known
            for known in exam.lesions
            if known.lesion.view is source.view and known.lesion.where is not None
        ]
        marks = [
            _Mark(detection, box.where)
            for detection in result.detections
            for box in detection.boxes
            if box.view is source.view
        ]
        met = [_met(mark, lesions) for mark in marks]
        for number, known in enumerate(lesions):
            on_it = [mark for mark, at in zip(marks, met, strict=True) if at == number]
            hits.append(_hit(known, on_it, patient))
        missed = [mark for mark, at in zip(marks, met, strict=True) if at is None]
        false += [
            FalseMark(patient, mark.detection.score, exam.case, source.view, mark.where)
            for mark in missed
        ]
        highest = max((mark.detection.score for mark in marks), default=0.0)
        images.append(UnitScore(patient, highest, bool(lesions)))
    return _ExamMarks(
        tuple(hits), tuple(false), _breasts(exam, result, patient), tuple(images), _matches(hits)
    )


def _met(mark: _Mark, lesions: Sequence[KnownLesion]) -> int | None:
    """Return which lesion a mark hits; None for none."""
    overlaps = [
        iou(mark.where, known.lesion.where) if known.lesion.where else 0.0 for known in lesions
    ]
    best = max(range(len(overlaps)), key=overlaps.__getitem__, default=None)
    return best if best is not None and overlaps[best] >= HIT_IOU else None


def _hit(known: KnownLesion, marks: Sequence[_Mark], patient: int) -> LesionHit:
    """Return a lesion with the best of the marks on it."""
    lesion = known.lesion
    kind = lesion.types[0] if lesion.types else None
    name = f"{lesion.case}/{lesion.lesion}"
    if not marks:
        return LesionHit(patient, name, kind, float("-inf"), None, None)
    best = max(marks, key=lambda mark: mark.detection.score).detection
    error = None
    if best.depth is not None and known.depth is not None:
        error = abs(best.depth - known.depth)
    return LesionHit(patient, name, kind, best.score, best.detection, error)


def _matches(hits: Sequence[LesionHit]) -> tuple[LesionMatch, ...]:
    """Return the lesions that were found on two views."""
    by_lesion: dict[str, list[LesionHit]] = {}
    for hit in hits:
        if hit.detection is not None:
            by_lesion.setdefault(hit.lesion, []).append(hit)
    return tuple(
        LesionMatch(pair[0].patient, pair[0].detection == pair[1].detection)
        for pair in by_lesion.values()
        if len(pair) == len(Projection)
    )


def _breasts(exam: KnownExam, result: CaseResult, patient: int) -> tuple[UnitScore, ...]:
    """Return score and truth of both breasts, where the truth is known."""
    if exam.truth is None:
        return ()
    units = []
    for side, truth, said in (
        (Side.RIGHT, exam.truth.breast_right, result.score_right),
        (Side.LEFT, exam.truth.breast_left, result.score_left),
    ):
        if truth is BreastTruth.UNKNOWN or not any(v.view.side is side for v in exam.views):
            continue
        highest = max(
            (
                detection.score
                for detection in result.detections
                for box in detection.boxes
                if box.view.side is side
            ),
            default=0.0,
        )
        score = highest if said is None else said
        units.append(UnitScore(patient, score, truth is BreastTruth.MALIGNANT))
    return tuple(units)
