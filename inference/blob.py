"""A detector without training, the yardstick of every other: bright blobs brighter than their ring.

Differences of Gaussians over a range of sizes, their local maxima, non-maximum suppression. It
knows nothing of types, malignancy or other views.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor

from inference.prepared import PreparedExam, PreparedView
from inference.system import Preparation, Size
from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.geometry import Box, iou
from study_design.vocabulary import AiStatus, Side

# Standard deviations of the inner Gaussian; a blob's radius is 1.4 times as much.
_SIGMAS_MM = (1.5, 2.1, 3.0, 4.2, 6.0, 8.4)
_RATIO = 1.6
_SPACING_MM = 0.5
_PER_VIEW = 20
_NMS_IOU = 0.2


class BlobDetector:
    """A `DetectionSystem` without weights; scores are 0 to 1 and rank only."""

    name = "blob"
    size = Size.LITE
    preparation = Preparation(_SPACING_MM)
    scale = "0-1"

    def losses(self, exams: Sequence[PreparedExam]) -> Mapping[str, Tensor]:  # noqa: ARG002
        """Return nothing: there is nothing to descend."""
        return {}

    def settle(self, exams: Sequence[PreparedExam]) -> None:
        """Leave everything as it is."""

    def detect(self, exam: PreparedExam) -> CaseResult:
        """Return the blobs of each view, boxes in stored pixels."""
        detections: list[Detection] = []
        for view in exam.views:
            for blob in _blobs(view):
                name = f"{exam.case}-{len(detections) + 1}"
                where = view.frame.to_stored(blob.where)
                box = DetectionBox(name, view.view, view.image, where)
                detections.append(Detection(name, (), blob.score, (box,)))
        highest = {
            side: max((d.score for d in detections if d.boxes[0].view.side is side), default=0.0)
            for side in Side
        }
        return CaseResult(
            exam.case,
            AiStatus.FINDING if detections else AiStatus.NONE,
            tuple(detections),
            max(highest.values()),
            highest[Side.RIGHT],
            highest[Side.LEFT],
        )


@dataclass(frozen=True, slots=True)
class _Blob:
    """A bright place, in prepared pixels."""

    where: Box
    score: float


def _blobs(view: PreparedView) -> list[_Blob]:
    """Return the blobs of a view by falling score, none upon another."""
    responses = [_response(view, sigma / _SPACING_MM) for sigma in _SIGMAS_MM]
    found = [blob for scale in range(len(responses)) for blob in _of_size(view, responses, scale)]
    kept: list[_Blob] = []
    for blob in sorted(found, key=lambda one: -one.score):
        if all(iou(blob.where, other.where) < _NMS_IOU for other in kept):
            kept.append(blob)
        if len(kept) == _PER_VIEW:
            break
    return kept


def _of_size(
    view: PreparedView, responses: Sequence[NDArray[np.float32]], scale: int
) -> list[_Blob]:
    """Return the maxima of a scale, over places and over the scales beside it (Lindeberg 1998)."""
    response, sigma_px = responses[scale], _SIGMAS_MM[scale] / _SPACING_MM
    # Tissue varies more on large scales; contrast is measured against it.
    spread = float(response[view.breast].std()) if view.breast.any() else 1.0
    neighbours = 2 * max(1, round(sigma_px)) + 1
    peaks = view.breast & (response > 0)
    for beside in responses[max(0, scale - 1) : scale + 2]:
        peaks &= response >= ndimage.maximum_filter(beside, neighbours)
    rows, columns = np.nonzero(peaks)
    radius = math.sqrt(2.0) * sigma_px
    return [
        _Blob(
            Box(column + 0.5 - radius, row + 0.5 - radius, 2 * radius, 2 * radius),
            _score(float(response[row, column]) / max(spread, 1e-6)),
        )
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]


def _response(view: PreparedView, sigma_px: float) -> NDArray[np.float32]:
    """Return how much brighter each place is than its ring."""
    return _within(view, sigma_px) - _within(view, _RATIO * sigma_px)


def _within(view: PreparedView, sigma_px: float) -> NDArray[np.float32]:
    """Return the picture smoothed over the breast alone, so that its edge is no blob."""
    weight = ndimage.gaussian_filter(view.breast.astype(np.float32), sigma_px)
    smooth = ndimage.gaussian_filter(view.pixels * view.breast, sigma_px)
    result: NDArray[np.float32] = np.where(view.breast, smooth / np.maximum(weight, 1e-6), 0.0)
    return result


def _score(contrast: float) -> float:
    """Return contrast in standard deviations of tissue on a scale from 0 to 1."""
    return contrast / (contrast + 5.0)
