"""How Li 2023 counts: images on which a lesion was found, and what the found lesions are called.

The paper counts detection by image with a mass and does not say how near a mark must be; here it
hits as everywhere else, by IoU. A found lesion is called malignant from a malignancy on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inference.data.exam_set import KnownExam, KnownLesion
from reader_app.evaluation.detector_marks import HIT_IOU
from study_design.detections import CaseResult, Detection
from study_design.geometry import iou
from study_design.vocabulary import AbnormalityType, View


@dataclass(frozen=True, slots=True)
class Share:
    """So many out of so many; `value` is None where there are none."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class JudgedImages:
    """The rates that Li 2023 reports.

    Attributes
    ----------
    detected
        Images with a lesion on which one was hit.
    sensitivity, specificity
        Of the lesions hit, malignant ones called so, others not called so.
    """

    detected: Share
    sensitivity: Share
    specificity: Share


def judged_images(
    exams: Sequence[KnownExam],
    results: Mapping[str, CaseResult],
    *,
    types: Sequence[AbnormalityType],
    threshold: float,
) -> JudgedImages:
    """Return the rates of a system on lesions of some types.

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
    images: list[bool] = []
    calls: list[tuple[bool, bool]] = []
    for exam in exams:
        result = results.get(exam.case)
        for source in exam.views:
            lesions = [known for known in exam.lesions if _is_meant(known, source.view, types)]
            best = [_best(known, result) for known in lesions]
            if lesions:
                images.append(any(detection is not None for detection in best))
            calls += [
                (known.lesion.malignant, (detection.malignancy or 0.0) >= threshold)
                for known, detection in zip(lesions, best, strict=True)
                if detection is not None
            ]
    return JudgedImages(
        Share(sum(images), len(images)),
        Share(calls.count((True, True)), sum(malignant for malignant, _ in calls)),
        Share(calls.count((False, False)), sum(not malignant for malignant, _ in calls)),
    )


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
