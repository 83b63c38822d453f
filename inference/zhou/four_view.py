"""The four-view system of Zhou 2023: Faster R-CNN whose views tell each other what they show.

One trunk sees all views; left meets right and CC meets MLO on the pyramid; the heads find lesions
of four types. Then, lesion by lesion: quadrant, depth, malignancy and morphology, and which
detections of CC and MLO are one. What training gave no truth for stays unsaid.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from inference.detectors.faster_rcnn import PYRAMID_STRIDES, FasterRcnn
from inference.detectors.pictures import PictureDetections
from inference.layers.norm import Norm
from inference.layers.resnet import resnet
from inference.prepared import PreparedExam
from inference.system import Size
from inference.system_module import SystemModule
from inference.zhou.augmentation import augmented
from inference.zhou.cc_mlo_fusion import CcMloFusion
from inference.zhou.findings import reported
from inference.zhou.flips import AS_IT_IS, Flip, boxes_back, flipped, merged
from inference.zhou.left_right_fusion import LeftRightFusion
from inference.zhou.lesion_heads import LesionHeads, ViewFindings
from inference.zhou.matching import Matcher
from inference.zhou.pair_truth import joined, pair_truth
from inference.zhou.settings import FOUR_VIEW, Fusion, build_of
from inference.zhou.view_batch import (
    ViewBatch,
    box_tensor,
    picture_targets,
    typed_targets,
    view_batch,
)
from study_design.detections import CaseResult

# The trees need no more exams than this to learn what one lesion looks like on two views.
_EXAMS_TO_MATCH = 200


class FourView(SystemModule):
    """A `DetectionSystem`; scores are 0 to 1.

    Parameters
    ----------
    size
        Full or lite.
    fusion
        Which views meet. Any of these models loads the weights of any other: layers that are not
        used keep the values they started with, and gates that start at zero change nothing.
    norm
        `group` to train from scratch, `batch` to go on from public weights.

    Attributes
    ----------
    flips
        Looked at in detection; the results are merged.
    schedule
        How it is trained.
    """

    name = "zhou"
    scale = "0-1"

    def __init__(self, size: Size, fusion: Fusion = FOUR_VIEW, *, norm: Norm = "group") -> None:
        build = build_of(size)
        super().__init__(size, build)
        self.fusion = fusion
        self.flips: tuple[Flip, ...] = build.flips
        self.detector = FasterRcnn(resnet(build.depth, norm, build.width), build.rcnn)
        channels, levels = build.rcnn.channels, len(build.fused_levels)
        self._fused_levels = build.fused_levels
        self.left_right = LeftRightFusion(channels, levels)
        self.cc_mlo = CcMloFusion(channels, levels)
        self.heads = LesionHeads(build.rcnn.box_head_width)
        self.matcher = Matcher()

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return self.heads.known.taught.device

    def losses(self, exams: Sequence[PreparedExam]) -> Mapping[str, Tensor]:
        """Return the losses of detector and heads by name.

        Raises
        ------
        BadInputError
            For exams without views, or a single exam where sister views are shuffled.
        """
        batch = self._batch(exams)
        maps = self.features(batch)
        found = self.detector.losses(maps, batch.picture_size, picture_targets(exams, self.device))
        targets = [typed_targets(exam, view) for exam in exams for view in exam.views]
        boxes = [box_tensor(each).to(self.device) for each in targets]
        embedding = self.detector.embed(maps, boxes)
        return {**found, **self.heads.losses(batch, targets, embedding)}

    def varied(self, exam: PreparedExam, rng: np.random.Generator) -> PreparedExam:
        """Return a variation of a training exam: another window, perhaps mirrored."""
        return augmented(exam, rng)

    @torch.inference_mode()
    def settle(self, exams: Sequence[PreparedExam]) -> None:
        """Note which truths the exams hold, and fit the matching trees on what is found in them."""
        self.eval()
        self.heads.known.settle([target for exam in exams for target in exam.targets])
        with_both = exams[:_EXAMS_TO_MATCH]
        pairs = joined(
            [
                pair_truth(exam, self._findings(exam, with_both[number - 1], (AS_IT_IS,)))
                for number, exam in enumerate(with_both)
            ]
        )
        self.matcher.fit(pairs.features, pairs.same)

    @torch.inference_mode()
    def detect(self, exam: PreparedExam, partner: PreparedExam | None = None) -> CaseResult:
        """Return the detections of an exam of at least one view, boxes in stored pixels.

        Parameters
        ----------
        partner
            Where sister views are shuffled: the exam that they are taken from.

        Raises
        ------
        BadInputError
            For an exam without views, or without a partner where sister views are shuffled.
        """
        self.eval()
        findings = self._findings(exam, partner, self.flips)
        return reported(exam.case, findings, self.matcher, self.heads.known)

    def features(self, batch: ViewBatch) -> list[Tensor]:
        """Return P2..P6 of a batch, the fused levels with what sister views add."""
        return self.fused(self.detector.features(batch.pictures), batch)

    def fused(self, maps: Sequence[Tensor], batch: ViewBatch) -> list[Tensor]:
        """Return P2..P6 with what sister views add, from those that each view gives alone."""
        fused = [maps[level] for level in self._fused_levels]
        strides = [PYRAMID_STRIDES[level] for level in self._fused_levels]
        added: list[list[Tensor]] = []
        if self.fusion.left_right:
            added.append(self.left_right(fused, strides, batch.landmarks, batch.other_side))
        if self.fusion.cc_mlo:
            other = batch.other_projection
            added.append(self.cc_mlo(fused, strides, batch.landmarks, other, batch.breast))
        told = list(maps)
        for each in added:
            for level, more in zip(self._fused_levels, each, strict=True):
                told[level] = told[level] + more
        return told

    def _batch(self, exams: Sequence[PreparedExam]) -> ViewBatch:
        return view_batch(exams, shuffled=self.fusion.shuffled, device=self.device)

    def _findings(
        self, exam: PreparedExam, partner: PreparedExam | None, flips: Sequence[Flip]
    ) -> list[ViewFindings]:
        """Return what is found on each view of an exam, over some flips."""
        exams = [exam, partner] if self.fusion.shuffled and partner is not None else [exam]
        found = [self._found_in(exams, flip) for flip in flips]
        of_view = [merged(each) for each in zip(*found, strict=True)]
        return self.heads.described(self._batch(exams), of_view)

    def _found_in(self, exams: Sequence[PreparedExam], flip: Flip) -> list[PictureDetections]:
        """Return what is found on each view of the first exam in a mirror, boxes as it is."""
        batch = self._batch([flipped(exam, flip) for exam in exams])
        found = self.detector.detections(self.features(batch), batch.picture_size)
        return [
            PictureDetections(
                boxes_back(each.boxes, view, flip), each.labels, each.scores, each.embedding
            )
            for each, view in zip(found, exams[0].views, strict=False)
        ]
