"""The system of Liao 2023 (name `liao`) and Li 2023 (`li`): find lesions, then judge each.

`MultiViewDetector` finds them, `LesionClassifier` gives malignancy 0-100 and BI-RADS 2 to 5. The
score of a breast or an exam is the highest of confidence x malignancy, the chance that a malignant
lesion is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from inference.detectors.faster_rcnn import FasterRcnn
from inference.detectors.pictures import PictureDetections
from inference.layers.densenet import DenseNet
from inference.layers.resnet import resnet
from inference.mommi.exam_batch import ExamBatch, exam_batch, lesion_truths
from inference.mommi.lesion_classifier import LesionClassifier, category_loss, malignancy_loss
from inference.mommi.multi_view_detector import MultiViewDetector
from inference.mommi.operating_point import youden_threshold
from inference.mommi.ordinal import CATEGORIES
from inference.mommi.settings import Paper, build_of
from inference.mommi.training_crops import training_crops
from inference.prepared import PreparedExam, PreparedView
from inference.system import Size
from inference.system_module import SystemModule
from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.geometry import Box
from study_design.vocabulary import AbnormalityType, AiStatus, Side

# The rest of a view's detections, by falling confidence, is not worth judging.
_MOST_ON_A_VIEW = 20


class MammoAi(SystemModule):
    """A `DetectionSystem`; its detections' scores are confidences, 0 to 100 as malignancy is.

    Parameters
    ----------
    paper
        Whose system it is: `LIAO` or `LI`.
    size
        How large it is built.

    Attributes
    ----------
    schedule
        How it is trained.
    """

    scale = "0-100"

    def __init__(self, paper: Paper, size: Size) -> None:
        build = build_of(size, paper)
        super().__init__(size, build)
        self.name = paper.name
        self._paper = paper
        trunk = resnet(build.depth, build.norm, build.width)
        self.detector = MultiViewDetector(
            FasterRcnn(trunk, build.rcnn), regions=build.regions, spacing_mm=build.spacing_mm
        )
        self.classifier = LesionClassifier(
            DenseNet(build.densenet, build.norm), crop_px=build.crop_px, context=paper.context
        )
        self.threshold: Tensor
        self.register_buffer("threshold", torch.tensor(50.0))

    @property
    def malignancy_threshold(self) -> float:
        """From this malignancy on, 0 to 100, a lesion counts as malignant."""
        return float(self.threshold)

    def losses(self, exams: Sequence[PreparedExam]) -> Mapping[str, Tensor]:
        """Return the losses of the detection and of the classification model by name."""
        batch = exam_batch(exams, self.threshold.device)
        truths = lesion_truths(exams, self._paper.learned, self.threshold.device)
        found = self.detector.losses(batch, truths)
        crops = training_crops(truths, found.proposals)
        judged = self.classifier(batch.pictures, crops.boxes, crops.view)
        return {
            **found.losses,
            "malignancy": malignancy_loss(judged, crops.malignant),
            "birads": category_loss(judged, crops.lowest, crops.highest),
        }

    @property
    def reported(self) -> tuple[AbnormalityType, ...]:
        """The types of lesions that are detections of the system."""
        return self._paper.reported

    def settle(self, exams: Sequence[PreparedExam]) -> None:
        """Set the threshold of malignancy on training exams."""
        self.settle_threshold(exams)

    @torch.inference_mode()
    def settle_threshold(self, exams: Sequence[PreparedExam]) -> int:
        """Set the threshold of malignancy by Youden's index over the lesions of exams.

        Returns
        -------
        int
            How many lesions it rests on, one a view; 0 where the exams hold no lesions of both
            kinds and the threshold stays as it is.
        """
        self.eval()
        scores: list[float] = []
        malignant: list[bool] = []
        for exam in exams:
            truths = lesion_truths([exam], self._paper.reported, self.threshold.device)
            lesions = truths.some((truths.label > 0) & (truths.malignant >= 0))
            if len(lesions.boxes):
                batch = exam_batch([exam], self.threshold.device)
                judged = self.classifier(batch.pictures, lesions.boxes, lesions.view)
                scores += (100 * judged.malignancy).tolist()
                malignant += (lesions.malignant == 1).tolist()
        threshold = youden_threshold(scores, malignant)
        if threshold is None:
            return 0
        self.threshold.fill_(threshold)
        return len(scores)

    @torch.inference_mode()
    def detect(self, exam: PreparedExam) -> CaseResult:
        """Return the detections of an exam of at least one view, boxes in stored pixels."""
        self.eval()
        batch = exam_batch([exam], self.threshold.device)
        detections = [
            detection
            for number, found in enumerate(self.detector.detections(batch))
            for detection in self._judged(batch, number, found)
        ]
        detections.sort(key=lambda detection: -detection.score)
        named = tuple(_named(exam.case, n, each) for n, each in enumerate(detections, start=1))
        right, left = (_score(exam, named, side) for side in Side)
        return CaseResult(
            exam.case,
            AiStatus.FINDING if named else AiStatus.NONE,
            named,
            score_exam=max(score for score in (right, left) if score is not None),
            score_right=right,
            score_left=left,
        )

    def _judged(self, batch: ExamBatch, number: int, found: PictureDetections) -> list[Detection]:
        """Return the detections of one view that the system reports, not yet named."""
        view = batch.views[number]
        wanted = [self._paper.learned.index(kind) + 1 for kind in self._paper.reported]
        reported = torch.isin(found.labels, found.labels.new_tensor(wanted))
        rows = torch.where(reported)[0][:_MOST_ON_A_VIEW]
        boxes = found.boxes[rows]
        judged = self.classifier(batch.pictures, boxes, torch.full_like(rows, number))
        columns = zip(
            found.labels[rows].tolist(),
            boxes.tolist(),
            (100 * found.scores[rows]).tolist(),
            (100 * judged.malignancy).tolist(),
            judged.categories.tolist(),
            strict=True,
        )
        return [
            Detection(
                "",
                (self._paper.learned[label - 1],),
                score,
                (DetectionBox("", view.view, view.image, where),),
                malignancy=malignancy,
                birads=CATEGORIES[category],
            )
            for label, corners, score, malignancy, category in columns
            if (where := view.frame.to_stored(_inside(corners, view))).area_px2 > 0
        ]


def _inside(corners: Sequence[float], view: PreparedView) -> Box:
    """Return the part of a box that lies on the view, not on the padding beside it."""
    height, width = view.pixels.shape
    left, right = (min(x, float(width)) for x in (corners[0], corners[2]))
    top, bottom = (min(y, float(height)) for y in (corners[1], corners[3]))
    return Box(left, top, right - left, bottom - top)


def _named(case: str, number: int, detection: Detection) -> Detection:
    """Return a detection with names for itself and its boxes."""
    name = f"{case}-D{number}"
    boxes = tuple(replace(box, box=f"{name}-{box.view}") for box in detection.boxes)
    return replace(detection, detection=name, boxes=boxes)


def _score(exam: PreparedExam, detections: Sequence[Detection], side: Side) -> float | None:
    """Return the score of a breast: 0 where nothing was found, None where no view shows it."""
    if all(view.view.side is not side for view in exam.views):
        return None
    found = [each for each in detections if each.boxes[0].view.side is side]
    return max((each.score * (each.malignancy or 0.0) / 100 for each in found), default=0.0)
