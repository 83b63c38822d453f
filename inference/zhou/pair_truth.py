"""Pairs of detections of CC and MLO with what the reference standard says: one lesion or not."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.ops.boxes import pairwise_iou
from inference.prepared import PreparedExam
from inference.zhou.lesion_heads import ViewFindings
from inference.zhou.matching import PAIR_FEATURES, pair_features
from inference.zhou.view_batch import box_tensor
from study_design.vocabulary import Projection, Side, View

# A detection shows a lesion that it overlaps so much, whatever type it calls it.
HIT_IOU = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class PairTruth:
    """Features (P, 8) of pairs, and (P,) whether both boxes show the same lesion."""

    features: NDArray[np.float64]
    same: NDArray[np.bool_]


def pair_truth(exam: PreparedExam, findings: Sequence[ViewFindings]) -> PairTruth:
    """Return all pairs of the exam's breasts of which both views are there."""
    by_view = {each.view.view: each for each in findings}
    parts = [
        _of_breast(exam, by_view[cc], by_view[cc.same_breast_other_projection])
        for side in Side
        if (cc := View.of(side, Projection.CC)) in by_view
        and cc.same_breast_other_projection in by_view
    ]
    return joined(parts)


def joined(parts: Sequence[PairTruth]) -> PairTruth:
    """Return pairs of several breasts or exams as one set, in their order."""
    return PairTruth(
        np.concatenate([np.empty((0, PAIR_FEATURES)), *(part.features for part in parts)]),
        np.concatenate([np.empty(0, np.bool_), *(part.same for part in parts)]),
    )


def _of_breast(exam: PreparedExam, cc: ViewFindings, mlo: ViewFindings) -> PairTruth:
    features = pair_features(cc.candidates, mlo.candidates).flatten(0, 1)
    on_cc, on_mlo = _lesions(exam, cc), _lesions(exam, mlo)
    same = [bool(first & second) for first in on_cc for second in on_mlo]
    return PairTruth(features.cpu().numpy(), np.array(same, np.bool_))


def _lesions(exam: PreparedExam, findings: ViewFindings) -> list[frozenset[str]]:
    """Return which lesions each detection of a view hits."""
    targets = exam.targets_on(findings.view.view)
    overlap = pairwise_iou(findings.found.boxes.cpu(), box_tensor(targets))
    return [
        frozenset(targets[index].lesion for index in np.flatnonzero(row >= HIT_IOU).tolist())
        for row in overlap.numpy()
    ]
