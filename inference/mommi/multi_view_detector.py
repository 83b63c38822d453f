"""The detection model: every view is in turn the main view, judged beside its two other views.

One trunk sees all views. IDVN adds what the same breast's other view says, BDVN what the other
breast says; IFN joins both maps, and the heads of a Faster R-CNN find lesions on what comes out.
Where an other view is missing, its network leaves the main view as it is and IFN is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from inference.detectors.faster_rcnn import PYRAMID_STRIDES, FasterRcnn
from inference.detectors.pictures import PictureDetections
from inference.detectors.rpn import Objectness
from inference.mommi.bilateral import BilateralNetwork
from inference.mommi.exam_batch import ExamBatch, LesionTruths
from inference.mommi.integrated import FusionNetwork, NetworkMaps
from inference.mommi.ipsilateral import IpsilateralNetwork, Regions, nipple_distances
from inference.mommi.nipple import NippleHead, nipple_loss, nipples_on
from inference.mommi.probability_map import ProbabilityHead, probability_loss

# Below this confidence the outline of the breast knows better where the nipple is.
NIPPLE_CONFIDENCE = 0.3
# What is learned on the way weighs so much beside what is reported: its losses are sums of many
# cells, and the trunk is there for the lesions.
_ASIDE = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class DetectionLosses:
    """The losses of a batch by name, and the places (N, K, 4) that looked like lesions."""

    losses: dict[str, Tensor]
    proposals: Sequence[Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """The views that have an other view, by number, and which it is; `present` (N,) says so."""

    main: Tensor
    other: Tensor
    present: Tensor


class MultiViewDetector(nn.Module):
    """Nipple detector, IDVN, BDVN and IFN around a Faster R-CNN.

    Parameters
    ----------
    rcnn
        Its trunk, pyramid and heads serve all views.
    regions
        How many places of a view its breast's other view may ask about.
    spacing_mm
        Distance of pixel centres.
    """

    def __init__(self, rcnn: FasterRcnn, *, regions: int, spacing_mm: float) -> None:
        super().__init__()
        channels = rcnn.settings.channels
        self.rcnn = rcnn
        self.nipple = NippleHead(channels)
        self.idvn = IpsilateralNetwork(channels, rcnn.settings.box_head_width)
        self.bdvn = BilateralNetwork(channels)
        self.idvn_probability = ProbabilityHead(channels)
        self.bdvn_probability = ProbabilityHead(channels)
        self.ifn = FusionNetwork(channels)
        self._regions = regions
        self._spacing_mm = spacing_mm

    def losses(self, batch: ExamBatch, truths: LesionTruths) -> DetectionLosses:
        """Return the losses of a batch, in which nipples are where the outline has them."""
        targets = truths.by_picture(len(batch.views))
        single = self.rcnn.features(batch.pictures)
        objectness = self.rcnn.rpn(single)
        # IDVN asks about regions that the single view proposes: the first stage learns on it too.
        alone = self.rcnn.rpn.losses(objectness, targets)
        proposals = self._proposals(objectness, batch)
        ipsilateral = self._ipsilateral(single, proposals, batch, batch.nipples)
        bilateral = self._bilateral(single, batch, batch.nipples)
        joined = self.ifn(ipsilateral, bilateral)
        aside = {
            "idvn_map": probability_loss(ipsilateral.logits, targets, PYRAMID_STRIDES),
            "bdvn_map": probability_loss(bilateral.logits, targets, PYRAMID_STRIDES),
            "nipple": nipple_loss(self.nipple(single[0]), batch.nipples),
        }
        losses = {
            **self.rcnn.losses(joined, batch.picture_size, targets),
            **{f"single_{name}": loss for name, loss in alone.items()},
            **{name: _ASIDE * loss for name, loss in aside.items()},
        }
        return DetectionLosses(losses, proposals)

    def detections(self, batch: ExamBatch) -> list[PictureDetections]:
        """Return what stands on each view, boxes in pixels of the batch."""
        single = self.rcnn.features(batch.pictures)
        proposals = self._proposals(self.rcnn.rpn(single), batch)
        nipples = self.nipples(single[0], batch)
        joined = self.ifn(
            self._ipsilateral(single, proposals, batch, nipples),
            self._bilateral(single, batch, nipples),
        )
        return self.rcnn.detections(joined, batch.picture_size)

    def nipples(self, finest: Tensor, batch: ExamBatch) -> Tensor:
        """Return the nipples (N, 2) as found on the finest maps, by the outline where unsure."""
        found = nipples_on(self.nipple(finest))
        sure = found.confidence >= NIPPLE_CONFIDENCE
        return torch.where(sure[:, None], found.points, batch.nipples)

    def _proposals(self, objectness: Objectness, batch: ExamBatch) -> list[Tensor]:
        return self.rcnn.rpn.proposals(
            objectness,
            batch.picture_size,
            count=self._regions,
            candidates=self.rcnn.settings.candidates,
        )

    def _ipsilateral(
        self,
        single: Sequence[Tensor],
        proposals: Sequence[Tensor],
        batch: ExamBatch,
        nipples: Tensor,
    ) -> NetworkMaps:
        """Return what IDVN makes of the single views' maps."""
        pairs = _pairs(batch.same_breast, nipples)
        features = list(single)
        if len(pairs.main):
            main = [level[pairs.main] for level in single]
            distances = [
                nipple_distances(nipples[pairs.main], level, stride, self._spacing_mm)
                for level, stride in zip(main, PYRAMID_STRIDES, strict=True)
            ]
            regions = self._looked_up(single, proposals, nipples).of(pairs.other)
            features = _put(single, pairs.main, self.idvn(main, distances, regions))
        return NetworkMaps(features, self.idvn_probability(features), pairs.present)

    def _bilateral(
        self, single: Sequence[Tensor], batch: ExamBatch, nipples: Tensor
    ) -> NetworkMaps:
        """Return what BDVN makes of the single views' maps."""
        pairs = _pairs(batch.other_breast, nipples)
        features = list(single)
        if len(pairs.main):
            main, other = ([level[side] for level in single] for side in (pairs.main, pairs.other))
            shift_px = nipples[pairs.main] - nipples[pairs.other]
            compared = self.bdvn(main, other, shift_px, PYRAMID_STRIDES)
            features = _put(single, pairs.main, compared)
        return NetworkMaps(features, self.bdvn_probability(features), pairs.present)

    def _looked_up(
        self, single: Sequence[Tensor], proposals: Sequence[Tensor], nipples: Tensor
    ) -> Regions:
        """Return how the proposed places look and how far they lie from the nipple."""
        embedding = self.rcnn.embed(single, proposals)
        counts = [len(boxes) for boxes in proposals]
        centre = [(boxes[:, :2] + boxes[:, 2:]) / 2 for boxes in proposals]
        distance = [
            self._spacing_mm * torch.linalg.vector_norm(places - nipple, dim=1)
            for places, nipple in zip(centre, nipples, strict=True)
        ]
        filled = torch.tensor(counts, device=nipples.device)[:, None]
        return Regions(
            pad_sequence(list(torch.split(embedding, counts)), batch_first=True),
            pad_sequence(distance, batch_first=True),
            torch.arange(max(counts), device=nipples.device) < filled,
        )


def _pairs(other: Tensor, nipples: Tensor) -> _Pairs:
    """Return the views whose other view is there, with the nipple known on both."""
    known = nipples.isfinite().all(dim=1)
    present = (other >= 0) & known & known[other.clamp_min(0)]
    main = torch.where(present)[0]
    return _Pairs(main, other[main], present.float())


def _put(levels: Sequence[Tensor], numbers: Tensor, changed: Sequence[Tensor]) -> list[Tensor]:
    """Return the maps of all views with some of them replaced."""
    return [
        level.index_copy(0, numbers, new.to(level))
        for level, new in zip(levels, changed, strict=True)
    ]
