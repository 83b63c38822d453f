"""How Lin 2025 reads boxes: which of two stays, what image and breast are, which box is whose.

A status is malignant or benign; a score is the probability of malignancy, 0 to 1, so the
confidence of a benign reading is 1 - score.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from study_design.geometry import Box, iou

SAME_PLACE = 0.5
"""Boxes that overlap by more mean the same lesion."""
MALIGNANT_FROM = 0.5
"""Where two views disagree, the malignant one must say more than this."""


@dataclass(frozen=True, slots=True)
class CalcificationBox:
    """A detected cluster; `score` is the confidence in its own status."""

    where: Box
    malignant: bool
    score: float

    @property
    def malignancy(self) -> float:
        """The probability of malignancy, 0 to 1."""
        return self.score if self.malignant else 1.0 - self.score


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture or a breast is said to be."""

    malignant: bool
    score: float


@dataclass(frozen=True, slots=True)
class LesionMatch:
    """A lesion of the reference standard and the box that overlaps it most; None where none does.

    Attributes
    ----------
    lesion, box
        Places in the sequences compared.
    """

    lesion: int
    box: int | None
    iou: float


def malignant_stays(boxes: Sequence[CalcificationBox]) -> list[CalcificationBox]:
    """Return the boxes without those benign ones that lie where a malignant one does.

    After a suppression across classes at `SAME_PLACE` or less no such pair is left.
    """
    malignant = [box for box in boxes if box.malignant]
    return [
        box
        for box in boxes
        if box.malignant or all(iou(box.where, other.where) <= SAME_PLACE for other in malignant)
    ]


def image_reading(boxes: Sequence[CalcificationBox]) -> Reading:
    """Return what a picture is: malignant if any box is.

    The score is that of the most malignant box; else 1 - that of the surest benign one; 0 without
    boxes.
    """
    malignant = [box.score for box in boxes if box.malignant]
    if malignant:
        return Reading(malignant=True, score=max(malignant))
    return Reading(malignant=False, score=1.0 - max((box.score for box in boxes), default=1.0))


def breast_reading(views: Sequence[Reading]) -> Reading:
    """Return what a breast is, of which one or two views were read.

    Views that agree give their status and the higher confidence in it. Where they disagree the
    malignant view decides if it says more than `MALIGNANT_FROM`, otherwise the benign one.
    """
    malignant = [view.score for view in views if view.malignant]
    benign = [view.score for view in views if not view.malignant]
    if not benign or (malignant and max(malignant) > MALIGNANT_FROM):
        return Reading(malignant=True, score=max(malignant))
    return Reading(malignant=False, score=min(benign))


def lesion_matches(
    lesions: Sequence[Box], boxes: Sequence[CalcificationBox]
) -> tuple[LesionMatch, ...]:
    """Return for each lesion the box of highest overlap; of equals the first.

    One box may be that of several lesions, as in the paper; a lesion that no box touches is
    reported with none.
    """
    matches = []
    for number, lesion in enumerate(lesions):
        overlaps = [iou(lesion, box.where) for box in boxes]
        best = max(overlaps, default=0.0)
        matches.append(LesionMatch(number, overlaps.index(best) if best > 0 else None, best))
    return tuple(matches)
