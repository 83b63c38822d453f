"""How Ueda 2022 counts: images called from one score on, all and by density of the breast.

An image is called from its highest mark on; one that shows a lesion is called rightly only by a
mark that hits a lesion. No system settles this score in training, so it is chosen by Youden's
index on the very images that are counted: the rates are optimistic, and a sentence says so.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.estimators.operating_point import OperatingPoint, youden_points
from analysis.froc.detector_froc import Bootstrapped, FloatArray, bootstrapped_mean, patient_weights
from inference.data.exam_set import KnownExam
from reader_app.evaluation.detector_marks import HIT_IOU
from reader_app.evaluation.metrics import Measure
from study_design.detections import CaseResult
from study_design.geometry import Box, iou
from study_design.vocabulary import DENSITIES, View

# Part of every name: model cards and means of folds show names without the sentence.
_THERE = "at own Youden threshold"


@dataclass(frozen=True, slots=True)
class RatedImage:
    """What a system says of an image, and what it shows.

    Attributes
    ----------
    score
        Of the highest mark that hits a lesion where the image shows one, of the highest mark
        otherwise; -inf without such a mark.
    positive
        Whether it shows a lesion.
    density
        Of the exam, `a` to `d`; empty where it is not known.
    """

    patient: str
    score: float
    positive: bool
    density: str


@dataclass(frozen=True, slots=True)
class ImageLevel:
    """The rates by image, and a sentence on where their threshold comes from."""

    measures: tuple[Measure, ...]
    line: str


def rated_images(
    exams: Sequence[KnownExam], results: Mapping[str, CaseResult]
) -> tuple[RatedImage, ...]:
    """Return score and truth of every image of which it is known where its lesions are.

    Parameters
    ----------
    results
        By case; a case without a result counts as one in which nothing was found.

    Notes
    -----
    A mark hits from an IoU of .3 on (Ueda 2022). Images that may show a lesion of unknown place,
    and none of known place, are left out: what a mark on them is worth cannot be told.
    """
    rated = [
        _rated(exam, source.view, results.get(exam.case)) for exam in exams for source in exam.views
    ]
    return tuple(image for image in rated if image is not None)


def image_level(
    images: Sequence[RatedImage], exams: Sequence[KnownExam], *, seed: int = 0
) -> ImageLevel:
    """Return the rates that Ueda 2022 reports, with the bootstrap draws of the other measures.

    The threshold is the same in all draws. Of several scores at which Youden's index is highest
    it is the lowest, as where a study is analysed.

    Parameters
    ----------
    exams
        All that were looked at; patients are numbered in their order.
    """
    point = _youden_point(images)
    if point is None:
        return ImageLevel(
            (),
            "No rates by image: Youden's index needs images with and without a lesion, "
            "and a mark that hits one.",
        )
    patients = tuple(dict.fromkeys(exam.patient for exam in exams))
    weights = patient_weights(len(patients), seed=seed)
    place = {patient: number for number, patient in enumerate(patients)}
    found = [
        Measure(f"{name} {_THERE}, {stratum}", _share_right(kept, point.threshold, place, weights))
        for stratum, among in _strata(images)
        for name, kept in (
            ("image sensitivity", [image for image in among if image.positive]),
            ("image specificity", [image for image in among if not image.positive]),
            ("image accuracy", among),
        )
    ]
    return ImageLevel(tuple(found), _line(point, len(images)))


def _rated(exam: KnownExam, view: View, result: CaseResult | None) -> RatedImage | None:
    """Return an image with its score; None where a lesion may lie anywhere on it."""
    here = [known.lesion for known in exam.lesions if known.lesion.view in (view, None)]
    lesions = [lesion.where for lesion in here if lesion.view is view and lesion.where is not None]
    if here and not lesions:
        return None
    scores = [
        detection.score
        for detection in (result.detections if result else ())
        for box in detection.boxes
        if box.view is view and (not lesions or _hits(box.where, lesions))
    ]
    density = exam.truth.density if exam.truth else ""
    return RatedImage(exam.patient, max(scores, default=-math.inf), bool(lesions), density)


def _hits(mark: Box, lesions: Sequence[Box]) -> bool:
    """Tell whether a mark hits any lesion."""
    return any(iou(mark, lesion) >= HIT_IOU for lesion in lesions)


def _youden_point(images: Sequence[RatedImage]) -> OperatingPoint | None:
    """Return where Youden's index is highest; None where no score is better than a coin."""
    truth = [image.positive for image in images]
    if all(truth) or not any(truth):
        return None
    points = youden_points(truth, [image.score for image in images])
    # -inf would call images without a mark.
    return next((one for one in points if math.isfinite(one.threshold) and one.youden_j > 0), None)


def _strata(images: Sequence[RatedImage]) -> list[tuple[str, Sequence[RatedImage]]]:
    """Return all images, then those of each density that there is."""
    strata: list[tuple[str, Sequence[RatedImage]]] = [("all", images)]
    for density in DENSITIES:
        among = [image for image in images if image.density == density]
        if among:
            strata.append((f"density {density}", among))
    return strata


def _share_right(
    images: Sequence[RatedImage], threshold: float, place: Mapping[str, int], weights: FloatArray
) -> Bootstrapped:
    """Return the share of images that are called what they are."""
    right = [(image.score >= threshold) is image.positive for image in images]
    patients = np.array([place[image.patient] for image in images], dtype=np.int64)
    return bootstrapped_mean(np.array(right, dtype=np.float64), patients, weights)


def _line(point: OperatingPoint, images: int) -> str:
    """Return from which score on images are called, and what that means for the rates."""
    return (
        f"Images are called from a score of {point.threshold:.4g} on, by Youden's index over these "
        f"very {images} images: sensitivity, specificity and accuracy by image are optimistic."
    )
