"""The second stage: what a proposal shows, and its exact box. Girshick 2015; Lin et al. 2017.

Layer names are torchvision's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, relu, smooth_l1_loss

from inference.detectors.matching import MatchRule, drawn, matched
from inference.detectors.pictures import PictureDetections, PictureTargets
from inference.ops.boxes import clipped, decode, encode, large_enough
from inference.ops.nms import class_nms, nms
from inference.ops.roi_align import multi_level_roi_align

CELLS = 7
CODING = (10.0, 10.0, 5.0, 5.0)
RULE = MatchRule(positive=0.5, negative=0.5, keep_best=False)
POSITIVE_SHARE = 0.25
SMALLEST_PX = 1e-2
SMOOTH = 1 / 9


@dataclass(frozen=True, slots=True)
class RoiSettings:
    """How proposals become detections.

    Attributes
    ----------
    n_classes
        Kinds of lesions, background not counted.
    width
        Of the two fully connected layers, and so of the embedding.
    samples
        Proposals of a picture that the losses are taken over.
    score_threshold, nms_threshold, per_picture
        What is dropped: lower scores, overlaps above, all after so many.
    class_agnostic
        Whether boxes of different classes suppress each other.
    canonical_px
        Size of a box that is read from the map of stride 16.
    """

    n_classes: int
    width: int
    samples: int
    score_threshold: float
    nms_threshold: float
    per_picture: int
    class_agnostic: bool
    canonical_px: float


class BoxHead(nn.Module):
    """Two fully connected layers over the cells of a box; gives its embedding."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.fc6 = nn.Linear(inputs, width)
        self.fc7 = nn.Linear(width, width)

    def forward(self, cells: Tensor) -> Tensor:
        """Return (K, width) from (K, C, 7, 7)."""
        return relu(self.fc7(relu(self.fc6(cells.flatten(1)))))


class BoxPredictor(nn.Module):
    """Class scores and, for every class, a box; class 0 is background."""

    def __init__(self, width: int, n_classes: int) -> None:
        super().__init__()
        self.cls_score = nn.Linear(width, n_classes + 1)
        self.bbox_pred = nn.Linear(width, 4 * (n_classes + 1))

    def forward(self, embedding: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (K, classes + 1) and deltas (K, classes + 1, 4)."""
        deltas = self.bbox_pred(embedding).float()
        return self.cls_score(embedding).float(), deltas.reshape(len(embedding), -1, 4)


class RoiHeads(nn.Module):
    """Names and trims proposals, and learns to.

    Parameters
    ----------
    channels
        Of the pyramid's maps.
    strides
        Pixels per feature of the levels that boxes are read from.
    """

    def __init__(self, channels: int, strides: Sequence[int], settings: RoiSettings) -> None:
        super().__init__()
        self.strides = tuple(strides)
        self.settings = settings
        self.box_head = BoxHead(channels * CELLS * CELLS, settings.width)
        self.box_predictor = BoxPredictor(settings.width, settings.n_classes)

    def embed(self, maps: Sequence[Tensor], boxes: Sequence[Tensor]) -> Tensor:
        """Return the embedding (K, width) of boxes, given picture by picture, in their order."""
        index = [torch.full((len(each),), row) for row, each in enumerate(boxes)]
        cells = multi_level_roi_align(
            maps[: len(self.strides)],
            torch.cat(list(boxes)),
            torch.cat(index).to(maps[0].device),
            CELLS,
            self.strides,
            canonical_px=self.settings.canonical_px,
        )
        embedding: Tensor = self.box_head(cells)
        return embedding

    def losses(
        self,
        maps: Sequence[Tensor],
        proposals: Sequence[Tensor],
        targets: Sequence[PictureTargets],
    ) -> dict[str, Tensor]:
        """Return `roi_class` and `roi_box`, means over the proposals drawn.

        The lesions' own boxes are proposals too, so that there is always a positive one.
        """
        boxes, labels, wanted = [], [], []
        for proposed, target in zip(proposals, targets, strict=True):
            candidates = torch.cat((proposed, target.boxes))
            match = matched(candidates, target.boxes, RULE)
            draw = drawn(match, self.settings.samples, POSITIVE_SHARE)
            lesion = match[draw.positive]
            boxes.append(candidates[draw.all])
            background = lesion.new_zeros(len(draw.negative))
            labels.append(torch.cat((target.labels[lesion], background)))
            wanted.append(encode(target.boxes[lesion], candidates[draw.positive], CODING))
        logits, deltas = self.box_predictor(self.embed(maps, boxes))
        label, wanted_deltas = torch.cat(labels), torch.cat(wanted)
        positive = torch.where(label > 0)[0]
        got = deltas[positive, label[positive]]
        box_loss = smooth_l1_loss(got, wanted_deltas, beta=SMOOTH, reduction="sum")
        return {"roi_class": cross_entropy(logits, label), "roi_box": box_loss / len(label)}

    @torch.no_grad()
    def detections(
        self, maps: Sequence[Tensor], proposals: Sequence[Tensor], picture_size: tuple[int, int]
    ) -> list[PictureDetections]:
        """Return what stands on each picture; boxes are cut to `picture_size`, height and width."""
        embedding = self.embed(maps, proposals)
        logits, deltas = self.box_predictor(embedding)
        scores = logits.softmax(dim=1)
        counts = [len(each) for each in proposals]
        return [
            self._of_picture(*parts, picture_size)
            for parts in zip(
                proposals,
                torch.split(scores, counts),
                torch.split(deltas, counts),
                torch.split(embedding, counts),
                strict=True,
            )
        ]

    def _of_picture(
        self,
        proposals: Tensor,
        scores: Tensor,
        deltas: Tensor,
        embedding: Tensor,
        picture_size: tuple[int, int],
    ) -> PictureDetections:
        """Return the detections of one picture from what the predictor says of its proposals."""
        row, label = torch.where(scores[:, 1:] > self.settings.score_threshold)
        label = label + 1
        boxes = clipped(decode(deltas[row, label], proposals[row], CODING), *picture_size)
        large = large_enough(boxes, SMALLEST_PX)
        row, label, boxes = row[large], label[large], boxes[large]
        score = scores[row, label]
        threshold = self.settings.nms_threshold
        if self.settings.class_agnostic:
            kept = nms(boxes, score, threshold)
        else:
            kept = class_nms(boxes, score, label, threshold)
        kept = kept[: self.settings.per_picture]
        return PictureDetections(boxes[kept], label[kept], score[kept], embedding[row[kept]])
