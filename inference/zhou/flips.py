"""Exams seen in a mirror, and what was found in the mirrors brought together.

The paper expands its test pictures by horizontal and vertical flips and does not say how results
are joined. Ours: boxes of one type that overlap are one; its score is the mean over all flips, a
flip that missed it counting 0, and its box their mean weighted by score.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from inference.detectors.pictures import PictureDetections
from inference.ops.boxes import pairwise_iou
from inference.ops.nms import class_nms
from inference.prepared import Frame, LesionTarget, PreparedExam, PreparedView
from study_design.geometry import Box, Point
from study_design.vocabulary import View

SAME_IOU = 0.5


@dataclass(frozen=True, slots=True)
class Flip:
    """A mirror: left to right, upside down, both or none."""

    horizontal: bool = False
    vertical: bool = False


AS_IT_IS = Flip()
ALL_FLIPS = (AS_IT_IS, Flip(horizontal=True), Flip(vertical=True))
"""What the paper looks at."""


def flipped(exam: PreparedExam, flip: Flip) -> PreparedExam:
    """Return an exam in a mirror: pixels, breast, nipple, lesions and frames of every view."""
    if flip == AS_IT_IS:
        return exam
    sizes = {view.view: view.pixels.shape for view in exam.views}
    targets = tuple(_flipped_target(target, sizes, flip) for target in exam.targets)
    views = tuple(_flipped_view(view, flip) for view in exam.views)
    return replace(exam, views=views, targets=targets)


def boxes_back(boxes: Tensor, view: PreparedView, flip: Flip) -> Tensor:
    """Return boxes (N, 4) found on the mirrored view as they lie on the view itself."""
    height, width = view.pixels.shape
    x0, y0, x1, y1 = boxes.unbind(1)
    if flip.horizontal:
        x0, x1 = width - x1, width - x0
    if flip.vertical:
        y0, y1 = height - y1, height - y0
    return torch.stack((x0, y0, x1, y1), dim=1)


def merged(found: Sequence[PictureDetections]) -> PictureDetections:
    """Return one view's detections of several flips as one set, boxes in one frame.

    Embeddings are those of the highest score. A single set returns as it is.
    """
    if len(found) == 1:
        return found[0]
    boxes, labels, scores, embedding = (
        torch.cat([getattr(each, name) for each in found])
        for name in ("boxes", "labels", "scores", "embedding")
    )
    source = torch.cat([torch.full_like(each.labels, n) for n, each in enumerate(found)])
    kept = class_nms(boxes, scores, labels, SAME_IOU)
    alike = pairwise_iou(boxes[kept], boxes) * (labels[kept][:, None] == labels[None, :])
    alike[torch.arange(len(kept), device=kept.device), kept] = 2.0  # a kept box is its own
    weights = torch.stack(
        [_best_of(alike, scores, source == number) for number in range(len(found))]
    ).sum(dim=0)
    total = weights.sum(dim=1)
    mean_boxes = weights @ boxes / total[:, None].clamp(min=1e-12)
    mean_scores = total / len(found)
    order = torch.argsort(mean_scores, descending=True, stable=True)
    return PictureDetections(
        mean_boxes[order], labels[kept][order], mean_scores[order], embedding[kept][order]
    )


def _best_of(alike: Tensor, scores: Tensor, of_flip: Tensor) -> Tensor:
    """Return (K, N): for each kept box the score of the flip's best box that is the same, once."""
    # A box belongs to the kept box that it overlaps most, so none counts twice.
    owner = alike.argmax(dim=0) if len(alike) else alike.new_zeros(alike.shape[1]).long()
    own = torch.arange(len(alike), device=alike.device)[:, None] == owner[None, :]
    member = own & (alike > SAME_IOU) & of_flip[None, :]
    weights = torch.where(member, scores[None, :], 0.0)
    if not weights.numel():
        return weights
    best = weights.argmax(dim=1, keepdim=True)
    return torch.zeros_like(weights).scatter(1, best, weights.gather(1, best))


def _flipped_view(view: PreparedView, flip: Flip) -> PreparedView:
    height, width = view.pixels.shape
    down, across = -1 if flip.vertical else 1, -1 if flip.horizontal else 1
    nipple = view.nipple
    if nipple is not None:
        nipple = Point(
            width - nipple.x_px if flip.horizontal else nipple.x_px,
            height - nipple.y_px if flip.vertical else nipple.y_px,
        )
    return replace(
        view,
        pixels=np.ascontiguousarray(view.pixels[::down, ::across]),
        breast=np.ascontiguousarray(view.breast[::down, ::across]),
        nipple=nipple,
        frame=_flipped_frame(view.frame, height, width, flip),
    )


def _flipped_frame(frame: Frame, height: int, width: int, flip: Flip) -> Frame:
    """Return the frame of the mirrored picture, whose crop begins at the other edge."""
    left, top = frame.left_px, frame.top_px
    if flip.horizontal:
        left = frame.columns - left - width / frame.scale
    if flip.vertical:
        top = frame.rows - top - height / frame.scale
    return replace(
        frame,
        flip_horizontal=frame.flip_horizontal != flip.horizontal,
        flip_vertical=frame.flip_vertical != flip.vertical,
        left_px=left,
        top_px=top,
    )


def _flipped_target(
    target: LesionTarget, sizes: dict[View, tuple[int, ...]], flip: Flip
) -> LesionTarget:
    if target.view not in sizes:
        return target
    height, width = sizes[target.view]
    box = target.where
    x = width - box.x_px - box.width_px if flip.horizontal else box.x_px
    y = height - box.y_px - box.height_px if flip.vertical else box.y_px
    return replace(target, where=Box(x, y, box.width_px, box.height_px))
