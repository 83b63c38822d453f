"""RetinaNet: one stage, every anchor named and trimmed at once. Lin et al. 2017 (focal loss).

Layer names are torchvision's (`retinanet_resnet50_fpn`), so its checkpoints load; deltas are five
times theirs, because the box loss turns from square to straight at 1/9 of that scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, smooth_l1_loss

from inference.detectors.candidates import best_of_levels
from inference.detectors.faster_rcnn import Backbone
from inference.detectors.matching import BETWEEN, MatchRule, matched
from inference.detectors.pictures import PictureDetections, PictureTargets, normalised
from inference.layers.fpn import FeaturePyramid
from inference.layers.resnet import ResNet
from inference.ops.anchors import RATIOS, pyramid_anchors
from inference.ops.boxes import clipped, decode, encode
from inference.ops.nms import class_nms

STRIDES = (8, 16, 32, 64, 128)
"""Pixels per feature of P3..P7."""
SCALES = (1.0, 2 ** (1 / 3), 2 ** (2 / 3))
CODING = (5.0, 5.0, 5.0, 5.0)
SMOOTH = 1 / 9
"""Sigma 3: where the box loss turns from square to straight is 1 / sigma squared."""
ALPHA = 0.25
GAMMA = 2.0
PRIOR = 0.01
"""What an untrained head says of every anchor, so that background does not swamp the start."""
TOWER = 4
CANDIDATES = 1000
PAPER_RULE = MatchRule(positive=0.5, negative=0.4, keep_best=False)


@dataclass(frozen=True, slots=True)
class RetinaNetSettings:
    """The numbers of a detector.

    Attributes
    ----------
    n_classes
        Kinds of lesions, background not counted.
    channels
        Of the pyramid's maps and of the heads.
    smallest_anchor
        Root of the area of the smallest anchor of P3, in pixels; doubles with every level.
    match
        Which anchors stand for a lesion.
    score_threshold, nms_threshold, per_picture
        What is dropped: lower scores, overlaps above, all after so many.
    """

    n_classes: int
    channels: int = 256
    smallest_anchor: float = 32.0
    match: MatchRule = PAPER_RULE
    score_threshold: float = 0.05
    nms_threshold: float = 0.5
    per_picture: int = 300


@dataclass(frozen=True, slots=True, eq=False)
class DenseOutput:
    """What the heads say of every anchor: logits (N, A, classes), deltas (N, A, 4), (A, 4)."""

    logits: Tensor
    deltas: Tensor
    anchors: Tensor
    per_level: tuple[int, ...]


class ClassificationHead(nn.Module):
    """Four 3x3 convolutions, then the classes of each anchor."""

    def __init__(self, channels: int, anchors: int, n_classes: int) -> None:
        super().__init__()
        self.n_classes = n_classes
        self.conv = _tower(channels)
        self.cls_logits = nn.Conv2d(channels, anchors * n_classes, 3, padding=1)
        nn.init.normal_(self.cls_logits.weight, std=0.01)
        nn.init.constant_(_bias(self.cls_logits), -log((1 - PRIOR) / PRIOR))

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Return (N, A, classes) over all levels."""
        return _of_all_levels(self.conv, self.cls_logits, maps, self.n_classes)


class RegressionHead(nn.Module):
    """Four 3x3 convolutions, then the box of each anchor."""

    def __init__(self, channels: int, anchors: int) -> None:
        super().__init__()
        self.conv = _tower(channels)
        self.bbox_reg = nn.Conv2d(channels, anchors * 4, 3, padding=1)
        nn.init.normal_(self.bbox_reg.weight, std=0.01)
        nn.init.zeros_(_bias(self.bbox_reg))

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Return (N, A, 4) over all levels."""
        return _of_all_levels(self.conv, self.bbox_reg, maps, 4)


class Heads(nn.Module):
    """Both heads under torchvision's names."""

    def __init__(self, channels: int, anchors: int, n_classes: int) -> None:
        super().__init__()
        self.classification_head = ClassificationHead(channels, anchors, n_classes)
        self.regression_head = RegressionHead(channels, anchors)


class RetinaNet(nn.Module):
    """The one-stage detector.

    Parameters
    ----------
    trunk
        Gives C2..C5; C2 is not used.
    settings
        Its numbers.
    """

    def __init__(self, trunk: ResNet, settings: RetinaNetSettings) -> None:
        super().__init__()
        self.settings = settings
        pyramid = FeaturePyramid(trunk.channels[1:], settings.channels, "p6p7")
        self.backbone = Backbone(trunk, pyramid)
        self.head = Heads(settings.channels, len(RATIOS) * len(SCALES), settings.n_classes)

    def features(self, pictures: Tensor) -> list[Tensor]:
        """Return P3..P7 of a batch of `pictures.batched`."""
        maps = self.backbone.body(normalised(pictures))
        out: list[Tensor] = self.backbone.fpn(maps[1:])
        return out

    def forward(self, features: Sequence[Tensor]) -> DenseOutput:
        """Return what the heads say of every anchor of P3..P7."""
        first = self.settings.smallest_anchor
        sizes = [[first * 2**level * scale for scale in SCALES] for level in range(len(STRIDES))]
        anchors = pyramid_anchors(features, sizes, STRIDES)
        return DenseOutput(
            self.head.classification_head(features).float(),
            self.head.regression_head(features).float(),
            torch.cat(anchors),
            tuple(len(level) for level in anchors),
        )

    def losses(
        self, features: Sequence[Tensor], targets: Sequence[PictureTargets]
    ) -> dict[str, Tensor]:
        """Return `class` (focal) and `box`, each by positive anchors, then the mean of pictures."""
        output: DenseOutput = self(features)
        classes, boxes = [], []
        for logits, deltas, target in zip(output.logits, output.deltas, targets, strict=True):
            match = matched(output.anchors, target.boxes, self.settings.match)
            positive = torch.where(match >= 0)[0]
            lesion = match[positive]
            truth = torch.zeros_like(logits)
            truth[positive, target.labels[lesion] - 1] = 1
            counted = match != BETWEEN
            anchors = output.anchors[positive]
            wanted = encode(target.boxes[lesion], anchors, CODING)
            got = deltas[positive]
            share = max(1, len(positive))
            classes.append(focal_loss(logits[counted], truth[counted]) / share)
            boxes.append(smooth_l1_loss(got, wanted, beta=SMOOTH, reduction="sum") / share)
        return {"class": torch.stack(classes).mean(), "box": torch.stack(boxes).mean()}

    @torch.no_grad()
    def detections(
        self, features: Sequence[Tensor], picture_size: tuple[int, int]
    ) -> list[PictureDetections]:
        """Return what stands on each picture; boxes are cut to `picture_size`, height and width.

        There is no embedding of a box here: it has no columns.
        """
        output: DenseOutput = self(features)
        n_classes = self.settings.n_classes
        flat = output.logits.flatten(1)
        per_level = [count * n_classes for count in output.per_level]
        best = best_of_levels(flat, per_level, CANDIDATES).index
        found = []
        for row, index in enumerate(best):
            score = flat[row, index].sigmoid()
            likely = score > self.settings.score_threshold
            score, index = score[likely], index[likely]
            anchor, label = index // n_classes, index % n_classes + 1
            boxes = decode(output.deltas[row, anchor], output.anchors[anchor], CODING)
            boxes = clipped(boxes, *picture_size)
            kept = class_nms(boxes, score, label, self.settings.nms_threshold)
            kept = kept[: self.settings.per_picture]
            embedding = score.new_zeros(len(kept), 0)
            found.append(PictureDetections(boxes[kept], label[kept], score[kept], embedding))
        return found


def focal_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Return the sum of the focal loss; `truth` is 0 or 1 of the logits' shape. Lin 2017, eq. 5."""
    cross_entropy = binary_cross_entropy_with_logits(logits, truth, reduction="none")
    miss = torch.where(truth > 0, 1 - logits.sigmoid(), logits.sigmoid())
    balance = torch.where(truth > 0, ALPHA, 1 - ALPHA)
    return (balance * miss**GAMMA * cross_entropy).sum()


def _tower(channels: int) -> nn.Sequential:
    """Return the convolutions before a head's output."""
    layers = []
    for _ in range(TOWER):
        conv = nn.Conv2d(channels, channels, 3, padding=1)
        # The paper's spread of .01 suits 256 channels; with few, nothing would come through.
        nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
        nn.init.zeros_(_bias(conv))
        layers.append(nn.Sequential(conv, nn.ReLU(inplace=True)))
    return nn.Sequential(*layers)


def _of_all_levels(
    tower: nn.Module, last: nn.Module, maps: Sequence[Tensor], values: int
) -> Tensor:
    """Return (N, A, values): `values` numbers of every anchor of all levels, finest first."""
    return torch.cat(
        [last(tower(each)).permute(0, 2, 3, 1).reshape(len(each), -1, values) for each in maps],
        dim=1,
    )


def _bias(conv: nn.Conv2d) -> Tensor:
    """Return the bias of a convolution that has one."""
    assert conv.bias is not None
    return conv.bias
