"""Exams as one batch of pictures that know their sister views."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from inference.detectors.pictures import PictureTargets, batched
from inference.prepared import LesionTarget, PreparedExam, PreparedView
from inference.zhou.landmarks import Landmarks, landmarks
from study_design.errors import BadInputError
from study_design.vocabulary import AbnormalityType, Side, View

TYPES = tuple(AbnormalityType)
"""The classes of the detector; a label is the place in this order, counted from 1."""

ALONE = -1
"""Instead of the index of a sister view: there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class ViewBatch:
    """N pictures of some exams, exam by exam.

    Attributes
    ----------
    pictures
        (N, 3, H, W), padded with air on the right and below.
    breast
        (N, 1, H, W), 1 where there is breast.
    landmarks
        Of each picture.
    other_side, other_projection
        (N,): the picture of the other breast's same view and of the same breast's other view, or
        ALONE.
    views
        The prepared views, in the order of the pictures.
    """

    pictures: Tensor
    breast: Tensor
    landmarks: Landmarks
    other_side: Tensor
    other_projection: Tensor
    views: tuple[PreparedView, ...]

    @property
    def picture_size(self) -> tuple[int, int]:
        """Height and width of the padded pictures."""
        return self.pictures.shape[2], self.pictures.shape[3]


def view_batch(exams: Sequence[PreparedExam], *, shuffled: bool, device: torch.device) -> ViewBatch:
    """Return the views of exams as one batch.

    Parameters
    ----------
    exams
        Each with at least one view.
    shuffled
        Sister views are taken from the next exam of the batch (the last one's from the first): the
        control of whether it matters whose they are.

    Raises
    ------
    BadInputError
        For shuffled sister views with a single exam, or exams without views.
    """
    views = tuple(view for exam in exams for view in exam.views)
    if not views:
        raise BadInputError("Expected exams with views, got none. Import their images.")
    if shuffled and len(exams) < 2:
        raise BadInputError(
            "Shuffled sister views: expected two exams or more at a time, got one. Use a larger "
            "batch, or give a partner exam."
        )
    place = {
        (number, view.view): index
        for index, (number, view) in enumerate(
            (number, view) for number, exam in enumerate(exams) for view in exam.views
        )
    }
    step = 1 if shuffled else 0
    wanted = [((number + step) % len(exams), view) for number, view in place]
    other_side = [place.get((number, _other_breast(view)), ALONE) for number, view in wanted]
    other_projection = [
        place.get((number, view.same_breast_other_projection), ALONE) for number, view in wanted
    ]
    return ViewBatch(
        batched([view.pixels for view in views]).to(device),
        batched([view.breast.astype(np.float32) for view in views])[:, :1].to(device),
        landmarks(views).to(device),
        torch.tensor(other_side, device=device),
        torch.tensor(other_projection, device=device),
        views,
    )


def picture_targets(
    exams: Sequence[PreparedExam], device: torch.device
) -> tuple[PictureTargets, ...]:
    """Return what the detector learns of each picture; a lesion of unknown type teaches nothing."""
    return tuple(
        PictureTargets(
            box_tensor(typed_targets(exam, view)).to(device),
            torch.tensor(
                [label_of(target) for target in typed_targets(exam, view)],
                dtype=torch.int64,
                device=device,
            ),
        )
        for exam in exams
        for view in exam.views
    )


def typed_targets(exam: PreparedExam, view: PreparedView) -> list[LesionTarget]:
    """Return the lesions on a view whose type is known and that have a size."""
    return [
        target
        for target in exam.targets_on(view.view)
        if target.type is not None and target.where.area_px2 > 0
    ]


def label_of(target: LesionTarget) -> int:
    """Return the detector's label of a lesion of known type."""
    assert target.type is not None
    return TYPES.index(target.type) + 1


def box_tensor(targets: Sequence[LesionTarget]) -> Tensor:
    """Return boxes (M, 4) as x0 y0 x1 y1; M may be 0."""
    corners = [
        (
            target.where.x_px,
            target.where.y_px,
            target.where.x_px + target.where.width_px,
            target.where.y_px + target.where.height_px,
        )
        for target in targets
    ]
    return torch.tensor(corners, dtype=torch.float32).reshape(-1, 4)


def _other_breast(view: View) -> View:
    """Return the same projection of the other breast."""
    other = Side.LEFT if view.side is Side.RIGHT else Side.RIGHT
    return View.of(other, view.projection)
