"""FPNNet of Lin 2025: Faster R-CNN that finds clusters of calcifications, benign or malignant.

Picture, breast and lesion are read from its boxes by `rules`; the exam's score is its higher
breast's.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from inference.detectors.faster_rcnn import FasterRcnn
from inference.detectors.pictures import PictureDetections, PictureTargets
from inference.layers.norm import Norm
from inference.layers.resnet import resnet
from inference.lin.rules import CalcificationBox, breast_reading, image_reading, malignant_stays
from inference.lin.settings import build_of
from inference.lin.subtypes import Subtypes
from inference.lin.truth import calcifications
from inference.prepared import LesionTarget, PreparedExam, PreparedView
from inference.single_view import (
    Pictures,
    boxes_on,
    case_result,
    corners_of,
    pictures_of,
    sides_of,
    stored_box,
)
from inference.system import Size
from inference.system_module import SystemModule
from study_design.detections import CaseResult, Detection
from study_design.vocabulary import AbnormalityType, View

BENIGN, MALIGNANT = 1, 2
"""Labels of the detector."""


class FpnNet(SystemModule):
    """A `DetectionSystem`; scores are 0 to 1, of a box the confidence in its status.

    Parameters
    ----------
    size
        Full or lite.
    research
        Whether pathotype and ER status of malignant clusters are learned and said.
    norm
        `group` to train from scratch, `batch` to go on from public weights.
    """

    name = "lin"
    scale = "0-1"

    def __init__(self, size: Size, *, research: bool = False, norm: Norm = "group") -> None:
        build = build_of(size)
        super().__init__(size, build)
        self.detector = FasterRcnn(resnet(build.depth, norm, build.width), build.rcnn)
        self.subtypes = Subtypes(build.width, build.crop_px, norm) if research else None

    def losses(self, exams: Sequence[PreparedExam]) -> Mapping[str, Tensor]:
        """Return the losses of the detector, and of the subtypes where they are on.

        Raises
        ------
        BadInputError
            For exams without views.
        """
        pictures = pictures_of(exams, self.device)
        targets = [self._targets(each) for each in pictures.targets]
        features = self.detector.features(pictures.pixels)
        found = self.detector.losses(features, pictures.size, targets)
        if self.subtypes is None:
            return found
        return {**found, **self._subtype_losses(self.subtypes, pictures)}

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
        pictures = pictures_of([exam], self.device)
        found = self.detector.detections(self.detector.features(pictures.pixels), pictures.size)
        boxes: dict[View, list[CalcificationBox]] = {}
        detections = []
        for row, view in enumerate(pictures.views):
            boxes[view.view] = _clusters(view, found[row])
            pixels = pictures.pixels[row : row + 1]
            detections += self._detections(view, pixels, boxes[view.view])
        breasts = {
            side: breast_reading(
                [image_reading(each) for view, each in boxes.items() if view.side is side]
            ).score
            for side in sides_of(exam)
        }
        return case_result(exam.case, detections, breasts)

    def _detections(
        self, view: PreparedView, pixels: Tensor, boxes: Sequence[CalcificationBox]
    ) -> list[Detection]:
        """Return the clusters of a view as detections, not yet named."""
        said = self._subtype_words(pixels, boxes)
        return [
            Detection(
                "",
                (AbnormalityType.CALCIFICATION,),
                box.score,
                (stored_box(view, box.where),),
                malignancy=box.malignancy,
                morphology=words,
            )
            for box, words in zip(boxes, said, strict=True)
        ]

    def _targets(self, lesions: Sequence[LesionTarget]) -> PictureTargets:
        """Return what the detector learns of a view."""
        learned = calcifications(lesions)
        labels = [MALIGNANT if lesion.malignant else BENIGN for lesion in learned]
        return PictureTargets(
            corners_of(learned, self.device),
            torch.tensor(labels, dtype=torch.int64, device=self.device),
        )

    def _subtype_losses(self, subtypes: Subtypes, pictures: Pictures) -> dict[str, Tensor]:
        """Return the losses of the subtypes over all malignant clusters of a batch."""
        placed = [
            (row, lesion)
            for row, lesions in enumerate(pictures.targets)
            for lesion in calcifications(lesions)
            if lesion.malignant
        ]
        lesions = [lesion for _, lesion in placed]
        index = torch.tensor([row for row, _ in placed], dtype=torch.int64, device=self.device)
        boxes = corners_of(lesions, self.device)
        return subtypes.losses(pictures.pixels, boxes, index, lesions)

    def _subtype_words(self, pixels: Tensor, boxes: Sequence[CalcificationBox]) -> list[str]:
        """Return what is said of each box beyond its status; nothing where subtypes are off."""
        said = [""] * len(boxes)
        if self.subtypes is None:
            return said
        malignant = [row for row, box in enumerate(boxes) if box.malignant]
        corners = [
            (
                box.where.x_px,
                box.where.y_px,
                box.where.x_px + box.where.width_px,
                box.where.y_px + box.where.height_px,
            )
            for box in (boxes[row] for row in malignant)
        ]
        where = pixels.new_tensor(corners).reshape(-1, 4)
        for row, words in zip(malignant, self.subtypes.words(pixels, where), strict=True):
            said[row] = words
        return said


def _clusters(view: PreparedView, found: PictureDetections) -> list[CalcificationBox]:
    """Return the clusters of a view, in prepared pixels."""
    rows = zip(
        boxes_on(view, found.boxes), found.labels.tolist(), found.scores.tolist(), strict=True
    )
    return malignant_stays(
        [
            CalcificationBox(where, malignant=label == MALIGNANT, score=score)
            for where, label, score in rows
            if where.area_px2 > 0
        ]
    )
