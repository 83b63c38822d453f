"""How Li 2023 counts: images on which a lesion was found, and what the found lesions are called.

The paper counts detection by image with a mass and does not say how near a mark must be; here it
hits as everywhere else, by IoU. A found lesion is called malignant from a malignancy on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.froc.detector_froc import bootstrapped_mean, patient_weights
from inference.data.exam_set import KnownExam, KnownLesion
from reader_app.evaluation.detector_marks import HIT_IOU
from reader_app.evaluation.metrics import Measure
from study_design.detections import CaseResult, Detection
from study_design.geometry import iou
from study_design.vocabulary import AbnormalityType, View


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an image with a lesion, or a lesion that was found, came out as it should."""

    patient: str
    right: bool


@dataclass(frozen=True, slots=True)
class JudgedImages:
    """What the rates of Li 2023 are shares of.

    Attributes
    ----------
    images
        With a lesion; right where one was hit.
    malignant, benign
        Lesions that were hit; right where called what they are.
    """

    images: tuple[Verdict, ...]
    malignant: tuple[Verdict, ...]
    benign: tuple[Verdict, ...]


def judged_images(
    exams: Sequence[KnownExam],
    results: Mapping[str, CaseResult],
    *,
    types: Sequence[AbnormalityType],
    threshold: float,
) -> JudgedImages:
    """Return how a system did on lesions of some types.

    Parameters
    ----------
    results
        By case; a case without a result counts as one in which nothing was found.
    types
        The lesions that the system is about, a mass for Li, an asymmetry for Liao.
    threshold
        From this malignancy on, in the system's own scale, a lesion is called malignant.

    Notes
    -----
    Of several marks on a lesion the one of highest score speaks for it; of equal ones the first.
    """
    images: list[Verdict] = []
    calls: dict[bool, list[Verdict]] = {True: [], False: []}
    for exam in exams:
        result = results.get(exam.case)
        for source in exam.views:
            lesions = [known for known in exam.lesions if _is_meant(known, source.view, types)]
            best = [_best(known, result) for known in lesions]
            if lesions:
                found = any(detection is not None for detection in best)
                images.append(Verdict(exam.patient, found))
            for known, detection in zip(lesions, best, strict=True):
                if detection is not None:
                    malignant = known.lesion.malignant
                    called = (detection.malignancy or 0.0) >= threshold
                    calls[malignant].append(Verdict(exam.patient, called is malignant))
    return JudgedImages(tuple(images), tuple(calls[True]), tuple(calls[False]))


def judged_measures(
    judged: JudgedImages, exams: Sequence[KnownExam], *, seed: int = 0
) -> tuple[Measure, ...]:
    """Return the rates that Li 2023 reports, with the bootstrap draws of the other measures.

    Parameters
    ----------
    exams
        All that were looked at; patients are numbered in their order.
    """
    patients = tuple(dict.fromkeys(exam.patient for exam in exams))
    weights = patient_weights(len(patients), seed=seed)
    place = {patient: number for number, patient in enumerate(patients)}
    found = []
    for name, verdicts in (
        ("images with a lesion found", judged.images),
        ("found malignant lesions called malignant", judged.malignant),
        ("found benign lesions called benign", judged.benign),
    ):
        right = np.array([verdict.right for verdict in verdicts], dtype=np.float64)
        whose = np.array([place[verdict.patient] for verdict in verdicts], dtype=np.int64)
        found.append(Measure(name, bootstrapped_mean(right, whose, weights)))
    return tuple(found)


def _is_meant(known: KnownLesion, view: View, types: Sequence[AbnormalityType]) -> bool:
    """Tell whether a lesion lies on a view, has a place and is of one of the types."""
    lesion = known.lesion
    return (
        lesion.view is view and lesion.where is not None and not set(types).isdisjoint(lesion.types)
    )


def _best(known: KnownLesion, result: CaseResult | None) -> Detection | None:
    """Return the detection of highest score that hits a lesion."""
    where, view = known.lesion.where, known.lesion.view
    hits = [
        detection
        for detection in (result.detections if result else ())
        for box in detection.boxes
        if where is not None and box.view is view and iou(box.where, where) >= HIT_IOU
    ]
    return max(hits, key=lambda detection: detection.score, default=None)
