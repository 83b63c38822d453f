"""The views of several exams as one batch, and which view is whose other view.

Frame: pixels of the batch, which are prepared pixels; the padding lies right of and below a view.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from inference.detectors.pictures import PictureTargets, batched
from inference.mommi.ordinal import category_range
from inference.prepared import LesionTarget, PreparedExam, PreparedView
from study_design.geometry import Box, Point
from study_design.vocabulary import AbnormalityType, Side, View

_UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class ExamBatch:
    """N views of one or several exams.

    Attributes
    ----------
    pictures
        (N, 3, H, W).
    views
        The views in the order of the batch.
    same_breast, other_breast
        (N,): for each view the number of the same breast's other view, and of the other breast's
        same view; -1 where the exam lacks it.
    nipples
        (N, 2), x y by the outline of the breast; not a number where there is no breast.
    """

    pictures: Tensor
    views: tuple[PreparedView, ...]
    same_breast: Tensor
    other_breast: Tensor
    nipples: Tensor

    @property
    def picture_size(self) -> tuple[int, int]:
        """Height and width of the batch."""
        return self.pictures.shape[2], self.pictures.shape[3]


@dataclass(frozen=True, slots=True, eq=False)
class LesionTruths:
    """K lesions on the views of a batch.

    Attributes
    ----------
    boxes
        (K, 4).
    view
        (K,), which view of the batch each lies on.
    label
        (K,), 1.. in the order of the types asked for, 0 for other types.
    malignant
        (K,), 1 or 0, -1 where not known.
    lowest, highest
        (K,), what the BI-RADS assessment may mean, -1 where not known.
    """

    boxes: Tensor
    view: Tensor
    label: Tensor
    malignant: Tensor
    lowest: Tensor
    highest: Tensor

    def some(self, chosen: Tensor) -> "LesionTruths":
        """Return the lesions chosen by a mask (K,)."""
        return LesionTruths(
            self.boxes[chosen],
            self.view[chosen],
            self.label[chosen],
            self.malignant[chosen],
            self.lowest[chosen],
            self.highest[chosen],
        )

    def by_picture(self, count: int) -> list[PictureTargets]:
        """Return the lesions of the types asked for, as targets of each of `count` pictures."""
        wanted = [(self.view == number) & (self.label > 0) for number in range(count)]
        return [PictureTargets(self.boxes[mask], self.label[mask]) for mask in wanted]


def exam_batch(exams: Sequence[PreparedExam], device: torch.device) -> ExamBatch:
    """Return the views of exams as a batch; the exams hold at least one view."""
    same_breast: list[int] = []
    other_breast: list[int] = []
    first = 0
    for exam in exams:
        number = {view.view: first + place for place, view in enumerate(exam.views)}
        for view in number:
            same_breast.append(number.get(view.same_breast_other_projection, _UNKNOWN))
            other_breast.append(number.get(_other_breast(view), _UNKNOWN))
        first += len(exam.views)
    views = tuple(view for exam in exams for view in exam.views)
    nipples = [view.nipple or Point(np.nan, np.nan) for view in views]
    return ExamBatch(
        batched([view.pixels for view in views]).to(device),
        views,
        torch.tensor(same_breast, device=device),
        torch.tensor(other_breast, device=device),
        torch.tensor([(each.x_px, each.y_px) for each in nipples], device=device).float(),
    )


def lesion_truths(
    exams: Sequence[PreparedExam], types: Sequence[AbnormalityType], device: torch.device
) -> LesionTruths:
    """Return what is known of the lesions of exams, on their views in the order of the batch."""
    located = [
        (number, target)
        for number, (exam, view) in enumerate(
            (exam, view.view) for exam in exams for view in exam.views
        )
        for target in exam.targets_on(view)
    ]
    targets = [target for _, target in located]
    ranges = [category_range(target.birads) for target in targets]

    def column(values: Sequence[int]) -> Tensor:
        return torch.tensor(values, dtype=torch.long, device=device)

    return LesionTruths(
        torch.tensor([_corners(target.where) for target in targets], device=device).reshape(-1, 4),
        column([number for number, _ in located]),
        column([_label(target, types) for target in targets]),
        column([_UNKNOWN if each.malignant is None else int(each.malignant) for each in targets]),
        column([_UNKNOWN if meant is None else meant.lowest for meant in ranges]),
        column([_UNKNOWN if meant is None else meant.highest for meant in ranges]),
    )


def _other_breast(view: View) -> View:
    other = Side.LEFT if view.side is Side.RIGHT else Side.RIGHT
    return View.of(other, view.projection)


def _label(target: LesionTarget, types: Sequence[AbnormalityType]) -> int:
    return types.index(target.type) + 1 if target.type in types else 0


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.x_px, box.y_px, box.x_px + box.width_px, box.y_px + box.height_px
