"""The system of Ueda 2022: RetinaNet on a ResNet-152, which finds lesions of one class.

The score of a box is the likelihood that it is one; that of a breast or an exam is its highest
box's. The paper's mammograms hold no benign lesions; here every lesion of the reference standard
is one, or with `malignant_only` every lesion that is not known to be benign.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from inference.detectors.pictures import PictureDetections, PictureTargets
from inference.detectors.retina_net import RetinaNet
from inference.layers.norm import Norm
from inference.layers.resnet import resnet
from inference.prepared import LesionTarget, PreparedExam, PreparedView
from inference.single_view import (
    boxes_on,
    case_result,
    corners_of,
    pictures_of,
    sides_of,
    stored_box,
)
from inference.system import Size
from inference.system_module import SystemModule
from inference.ueda.augmentation import augmented
from inference.ueda.settings import build_of
from study_design.detections import CaseResult, Detection


class UedaRetinaNet(SystemModule):
    """A `DetectionSystem`; scores are 0 to 1.

    Parameters
    ----------
    size
        Full or lite.
    malignant_only
        Benign lesions are background, as in the paper.
    norm
        `group` to train from scratch, `batch` to go on from public weights.
    """

    name = "ueda"
    scale = "0-1"

    def __init__(self, size: Size, *, malignant_only: bool = False, norm: Norm = "group") -> None:
        build = build_of(size)
        super().__init__(size, build)
        self.malignant_only = malignant_only
        self._multiple = build.multiple
        self.detector = RetinaNet(resnet(build.depth, norm, build.width), build.retina)

    def losses(self, exams: Sequence[PreparedExam]) -> Mapping[str, Tensor]:
        """Return the focal and the box loss of a batch.

        Raises
        ------
        BadInputError
            For exams without views.
        """
        pictures = pictures_of(exams, self.device, multiple=self._multiple)
        targets = [self._targets(each) for each in pictures.targets]
        losses: Mapping[str, Tensor] = self.detector.losses(
            self.detector.features(pictures.pixels), targets
        )
        return losses

    def varied(self, exam: PreparedExam, rng: np.random.Generator) -> PreparedExam:
        """Return a variation of a training exam."""
        return augmented(exam, rng)

    @torch.inference_mode()
    def detect(self, exam: PreparedExam) -> CaseResult:
        """Return the detections of an exam of at least one view, boxes in stored pixels.

        Raises
        ------
        BadInputError
            For an exam without views.
        """
        self.eval()
        # All views at once, as in training: normalisation by group sees what they are padded with.
        pictures = pictures_of([exam], self.device, multiple=self._multiple)
        features = self.detector.features(pictures.pixels)
        found = self.detector.detections(features, pictures.size)
        detections = [
            detection
            for view, on_view in zip(pictures.views, found, strict=True)
            for detection in _detections(view, on_view)
        ]
        breasts = {
            side: max(
                (each.score for each in detections if each.boxes[0].view.side is side), default=0.0
            )
            for side in sides_of(exam)
        }
        return case_result(exam.case, detections, breasts)

    def _targets(self, lesions: Sequence[LesionTarget]) -> PictureTargets:
        """Return what the detector learns of a view."""
        learned = [
            lesion
            for lesion in lesions
            if lesion.where.area_px2 > 0 and not (self.malignant_only and lesion.malignant is False)
        ]
        boxes = corners_of(learned, self.device)
        return PictureTargets(boxes, torch.ones(len(boxes), dtype=torch.int64, device=self.device))


def _detections(view: PreparedView, found: PictureDetections) -> list[Detection]:
    """Return the detections of one view, not yet named."""
    return [
        Detection("", (), score, (stored_box(view, box),))
        for box, score in zip(boxes_on(view, found.boxes), found.scores.tolist(), strict=True)
        if box.area_px2 > 0
    ]
