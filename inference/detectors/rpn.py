"""The region proposal network: where on the picture something might be. Ren et al. 2015.

Layer names are torchvision's. All levels of the pyramid are handled as one list of anchors.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, smooth_l1_loss

from inference.detectors.candidates import best_of_levels
from inference.detectors.matching import MatchRule, drawn, matched
from inference.detectors.pictures import PictureTargets
from inference.ops.anchors import RATIOS, pyramid_anchors
from inference.ops.boxes import clipped, decode, encode, large_enough
from inference.ops.nms import class_nms

CODING = (1.0, 1.0, 1.0, 1.0)
RULE = MatchRule(positive=0.7, negative=0.3, keep_best=True)
POSITIVE_SHARE = 0.5
NMS_IOU = 0.7
SMALLEST_PX = 1e-3
SMOOTH = 1 / 9
"""Where the box loss turns from square to straight."""


@dataclass(frozen=True, slots=True)
class RpnSettings:
    """How the proposals are made.

    Attributes
    ----------
    anchor_sizes
        Root of the area of the anchors of each level, in pixels, finest first.
    samples
        Anchors of a picture that the losses are taken over.
    """

    anchor_sizes: tuple[float, ...]
    samples: int


@dataclass(frozen=True, slots=True, eq=False)
class Objectness:
    """What the head says of every anchor; A anchors over all levels.

    Attributes
    ----------
    logits, deltas
        (N, A) and (N, A, 4).
    anchors
        (A, 4), in pixels.
    per_level
        How many of the A are of each level, finest first.
    """

    logits: Tensor
    deltas: Tensor
    anchors: Tensor
    per_level: tuple[int, ...]


class RpnHead(nn.Module):
    """A 3x3 convolution, then objectness and box of each anchor, the same on all levels."""

    def __init__(self, channels: int, anchors: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(
            nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1), nn.ReLU(inplace=True))
        )
        self.cls_logits = nn.Conv2d(channels, anchors, 1)
        self.bbox_pred = nn.Conv2d(channels, 4 * anchors, 1)
        for module in self.modules():
            if isinstance(module, nn.Conv2d) and module.bias is not None:
                nn.init.normal_(module.weight, std=0.01)
                nn.init.zeros_(module.bias)

    def forward(self, maps: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Return logits (N, A) and deltas (N, A, 4) of all anchors, level by level."""
        logits, deltas = [], []
        for each in maps:
            hidden = self.conv(each)
            logits.append(self.cls_logits(hidden).permute(0, 2, 3, 1).flatten(1))
            boxes = self.bbox_pred(hidden).permute(0, 2, 3, 1)
            deltas.append(boxes.reshape(len(each), -1, 4))
        return torch.cat(logits, dim=1), torch.cat(deltas, dim=1)


class Rpn(nn.Module):
    """Proposes boxes, and learns to.

    Parameters
    ----------
    channels
        Of the pyramid's maps.
    strides
        Pixels per feature of each level.
    """

    def __init__(self, channels: int, strides: Sequence[int], settings: RpnSettings) -> None:
        super().__init__()
        self.strides = tuple(strides)
        self.settings = settings
        self.head = RpnHead(channels, len(RATIOS))

    def forward(self, maps: Sequence[Tensor]) -> Objectness:
        """Return what the head says of every anchor of the pyramid's maps."""
        logits, deltas = self.head(maps)
        sizes = [(size,) for size in self.settings.anchor_sizes]
        anchors = pyramid_anchors(maps, sizes, self.strides)
        counts = tuple(len(level) for level in anchors)
        # Decoding and losses are cheap and need float32, also where the maps are half precision.
        return Objectness(logits.float(), deltas.float(), torch.cat(anchors), counts)

    def losses(
        self, objectness: Objectness, targets: Sequence[PictureTargets]
    ) -> dict[str, Tensor]:
        """Return `rpn_objectness` and `rpn_box`, means over the anchors drawn."""
        logits, truths, box_losses = [], [], []
        for row, target in enumerate(targets):
            match = matched(objectness.anchors, target.boxes, RULE)
            draw = drawn(match, self.settings.samples, POSITIVE_SHARE)
            logits.append(objectness.logits[row, draw.all])
            truths.append((match[draw.all] >= 0).to(objectness.logits))
            anchors = objectness.anchors[draw.positive]
            wanted = encode(target.boxes[match[draw.positive]], anchors, CODING)
            got = objectness.deltas[row, draw.positive]
            box_losses.append(smooth_l1_loss(got, wanted, beta=SMOOTH, reduction="sum"))
        given, truth = torch.cat(logits), torch.cat(truths)
        return {
            "rpn_objectness": binary_cross_entropy_with_logits(given, truth),
            "rpn_box": torch.stack(box_losses).sum() / len(given),
        }

    @torch.no_grad()
    def proposals(
        self,
        objectness: Objectness,
        picture_size: tuple[int, int],
        *,
        count: int,
        candidates: int,
    ) -> list[Tensor]:
        """Return for each picture at most `count` boxes (P, 4) by falling objectness.

        Parameters
        ----------
        picture_size
            Height and width of the batch; boxes are cut to it.
        candidates
            Of each level so many anchors of highest objectness go into suppression.
        """
        best = best_of_levels(objectness.logits, objectness.per_level, candidates)
        proposals = []
        for row, indices in enumerate(best.index):
            boxes = decode(objectness.deltas[row, indices], objectness.anchors[indices], CODING)
            boxes = clipped(boxes, *picture_size)
            logits = objectness.logits[row, indices]
            large = torch.where(large_enough(boxes, SMALLEST_PX))[0]
            kept = class_nms(boxes[large], logits[large], best.level[large], NMS_IOU)[:count]
            proposals.append(boxes[large[kept]])
        return proposals
