"""What systems that look at one view at a time share: pictures in, detections of a case out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from inference.detectors.pictures import batched
from inference.prepared import LesionTarget, PreparedExam, PreparedView
from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.vocabulary import AiStatus, Side


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """N views as one batch.

    Attributes
    ----------
    pixels
        (N, 3, H, W), padded with air on the right and below.
    views
        The prepared views, in the order of the pictures.
    targets
        The lesions on each.
    """

    pixels: Tensor
    views: tuple[PreparedView, ...]
    targets: tuple[tuple[LesionTarget, ...], ...]

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the padded pictures."""
        return self.pixels.shape[2], self.pixels.shape[3]


def pictures_of(
    exams: Sequence[PreparedExam], device: torch.device, *, multiple: int = 32
) -> Pictures:
    """Return all views of exams, padded to a multiple of `multiple` pixels.

    Raises
    ------
    BadInputError
        For exams without views.
    """
    views = tuple(view for exam in exams for view in exam.views)
    if not views:
        raise BadInputError("Expected exams with views, got none. Import their images.")
    pixels = batched([view.pixels for view in views], multiple).to(device)
    targets = tuple(tuple(exam.targets_on(view.view)) for exam in exams for view in exam.views)
    return Pictures(pixels, views, targets)


def corners_of(targets: Sequence[LesionTarget], device: torch.device) -> Tensor:
    """Return the boxes of lesions (M, 4) as x0 y0 x1 y1; M may be 0."""
    corners = [
        (box.x_px, box.y_px, box.x_px + box.width_px, box.y_px + box.height_px)
        for box in (target.where for target in targets)
    ]
    return torch.tensor(corners, dtype=torch.float32, device=device).reshape(-1, 4)


def boxes_on(view: PreparedView, corners: Tensor) -> list[Box]:
    """Return boxes (N, 4) as values, cut to the view without what was padded."""
    height, width = view.pixels.shape
    limit = corners.new_tensor((width, height, width, height))
    return [
        Box(x0, y0, x1 - x0, y1 - y0)
        for x0, y0, x1, y1 in torch.minimum(corners, limit).double().tolist()
    ]


def stored_box(view: PreparedView, where: Box) -> DetectionBox:
    """Return a box of a prepared view in stored pixels, not yet named."""
    return DetectionBox("", view.view, view.image, view.frame.to_stored(where))


def case_result(
    case: str, detections: Sequence[Detection], breasts: Mapping[Side, float]
) -> CaseResult:
    """Return what is found in a case, strongest first and named D1, D2, ...

    Parameters
    ----------
    detections
        Each with one box.
    breasts
        The score of every breast of which there is a view; the exam's is the highest.
    """
    ordered = sorted(detections, key=lambda detection: -detection.score)
    named = tuple(
        replace(
            each,
            detection=f"D{number}",
            boxes=tuple(replace(box, box=f"D{number}.1") for box in each.boxes),
        )
        for number, each in enumerate(ordered, start=1)
    )
    return CaseResult(
        case,
        AiStatus.FINDING if named else AiStatus.NONE,
        named,
        score_exam=max(breasts.values()),
        score_right=breasts.get(Side.RIGHT),
        score_left=breasts.get(Side.LEFT),
    )


def sides_of(exam: PreparedExam) -> tuple[Side, ...]:
    """Return the breasts of which an exam has views."""
    return tuple(side for side in Side if any(view.view.side is side for view in exam.views))
