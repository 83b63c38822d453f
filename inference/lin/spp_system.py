"""SPPNet of Lin 2025 as a system: is the picture's calcification malignant, and where from.

It learns from the picture's status alone. A picture that it calls malignant has one detection, the
part of its activation map around the peak; rough, for a place of the map is 32 pixels wide.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import ndimage
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from inference.layers.norm import Norm
from inference.lin.rules import Reading, breast_reading
from inference.lin.settings import build_of
from inference.lin.spp_net import SppNet
from inference.lin.truth import image_malignant
from inference.prepared import PreparedExam, PreparedView
from inference.single_view import (
    boxes_on,
    case_result,
    pictures_of,
    sides_of,
    stored_box,
)
from inference.system import Size
from inference.system_module import SystemModule
from study_design.detections import CaseResult, Detection
from study_design.geometry import Box
from study_design.vocabulary import AbnormalityType, View

STRIDE_PX = 32
"""Pixels per place of the activation map."""
_MALIGNANT_FROM = 0.5
_OF_PEAK = 0.5


class SppSystem(SystemModule):
    """A `DetectionSystem`; scores are 0 to 1, the probability that a picture is malignant."""

    name = "lin-spp"
    scale = "0-1"

    def __init__(self, size: Size, *, norm: Norm = "group") -> None:
        build = build_of(size)
        super().__init__(size, build)
        self.net = SppNet(build.width, norm)

    def losses(self, exams: Sequence[PreparedExam]) -> Mapping[str, Tensor]:
        """Return the loss over the views of which the status is known; 0 where none is.

        Raises
        ------
        BadInputError
            For exams without views.
        """
        pictures = pictures_of(exams, self.device)
        statuses = [image_malignant(each) for each in pictures.targets]
        known = [row for row, status in enumerate(statuses) if status is not None]
        truth = torch.tensor([float(bool(statuses[row])) for row in known], device=self.device)
        logits = self.net(pictures.pixels)[known]
        loss = binary_cross_entropy_with_logits(logits, truth, reduction="sum")
        return {"malignant": loss / max(1, len(known))}

    @torch.inference_mode()
    def detect(self, exam: PreparedExam) -> CaseResult:
        """Return what the pictures of an exam are, boxes in stored pixels.

        Raises
        ------
        BadInputError
            For an exam without views.
        """
        self.eval()
        readings: dict[View, Reading] = {}
        detections = []
        # All views at once, as in training: normalisation by group sees what they are padded with.
        pictures = pictures_of([exam], self.device)
        scores = self.net(pictures.pixels).sigmoid().tolist()
        for row, (view, score) in enumerate(zip(pictures.views, scores, strict=True)):
            readings[view.view] = Reading(malignant=score > _MALIGNANT_FROM, score=score)
            if readings[view.view].malignant:
                pixels = pictures.pixels[row : row + 1]
                detections.append(self._detection(view, pixels, score))
        breasts = {
            side: breast_reading(
                [reading for view, reading in readings.items() if view.side is side]
            ).score
            for side in sides_of(exam)
        }
        return case_result(exam.case, detections, breasts)

    def _detection(self, view: PreparedView, pixels: Tensor, score: float) -> Detection:
        """Return the detection of a malignant picture, not yet named."""
        box = region_of_peak(self.net.activation_map(pixels).cpu().numpy())
        corners = (box.x_px, box.y_px, box.x_px + box.width_px, box.y_px + box.height_px)
        (where,) = boxes_on(view, torch.tensor([corners]))
        types = (AbnormalityType.CALCIFICATION,)
        return Detection("", types, score, (stored_box(view, where),), malignancy=score)


def region_of_peak(activation: NDArray[np.float32]) -> Box:
    """Return the box, in pixels of the picture, of what hangs together around the peak.

    It ends half-way between the map's highest and lowest value.
    """
    peak = np.unravel_index(int(np.argmax(activation)), activation.shape)
    lowest = float(activation.min())
    parts, _ = ndimage.label(activation >= lowest + _OF_PEAK * (activation[peak] - lowest))
    rows, columns = np.nonzero(parts == parts[peak])
    top, left = float(rows.min() * STRIDE_PX), float(columns.min() * STRIDE_PX)
    return Box(
        left,
        top,
        float((columns.max() + 1) * STRIDE_PX) - left,
        float((rows.max() + 1) * STRIDE_PX) - top,
    )
