"""What the speed of inference is measured on: the full detectors, made fast and written plainly.

Both forms have the same weights and find the same. The plain form is the net as it was trained,
with heads as one writes them first: suppression one box after another, RoIAlign by `grid_sample`
level by level. Weights are random, and every head says "perhaps" everywhere, so that suppression
and pooling have as much to do as they ever have.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, grid_sample

from inference.detectors.candidates import best_of_levels
from inference.detectors.faster_rcnn import FasterRcnn, FasterRcnnSettings
from inference.detectors.pictures import PictureDetections
from inference.detectors.retina_net import CANDIDATES, CODING, RetinaNet, RetinaNetSettings
from inference.detectors.roi_heads import CELLS
from inference.detectors.roi_heads import CODING as ROI_CODING
from inference.detectors.rpn import CODING as RPN_CODING
from inference.detectors.rpn import NMS_IOU
from inference.layers.folding import folded
from inference.layers.resnet import STRIDES, Depth, resnet
from inference.ops.boxes import clipped, decode, pairwise_iou
from inference.ops.roi_align import box_levels
from study_design.errors import CrossreadError

THREADS = 2
RCNN_PIXELS = (1344, 640)
"""A view at .15 mm, cut to the breast."""
RETINA_PIXELS = (800, 800)
SMALL_PIXELS = (128, 96)
_TOLERANCE = 1e-2


class SpeedError(CrossreadError):
    """The two forms of a detector do not find the same, so their times say nothing."""


@dataclass(frozen=True, slots=True)
class Contest:
    """A detector in both forms, each called once for a view; and its trunk and pyramid alone."""

    fast: Callable[[], PictureDetections]
    plain: Callable[[], PictureDetections]
    fast_maps: Callable[[], Sequence[Tensor]]
    plain_maps: Callable[[], Sequence[Tensor]]

    def check(self) -> None:
        """Compare what both forms find.

        Raises
        ------
        SpeedError
            Where they differ.
        """
        fast, plain = self.fast(), self.plain()
        # Rounding may turn a close decision of a suppression; the strongest boxes must agree.
        top = min(10, len(fast.scores), len(plain.scores))
        gap = (fast.scores[:top] - plain.scores[:top]).abs().max().item() if top else 1.0
        if gap > _TOLERANCE:
            raise SpeedError(
                f"Expected both forms of a detector to find the same, got scores {gap:.3f} apart. "
                "Report it: the fast form is wrong."
            )


def rcnn_contest(depth: Depth, size: tuple[int, int]) -> Contest:
    """Return Faster R-CNN with four classes on a picture of random grey."""
    picture = _picture(size)
    net = FasterRcnn(resnet(depth, "batch"), FasterRcnnSettings(4))
    _settle_normalisation(net, lambda: net.features(picture))
    quick = folded(net)
    return Contest(
        torch.inference_mode()(lambda: quick.detections(quick.features(picture), size)[0]),
        torch.inference_mode()(lambda: _plain_rcnn(net, picture, size)),
        torch.inference_mode()(lambda: quick.features(picture)),
        torch.inference_mode()(lambda: net.features(picture)),
    )


def retina_contest(depth: Depth, size: tuple[int, int]) -> Contest:
    """Return RetinaNet with one class on a picture of random grey."""
    picture = _picture(size)
    net = RetinaNet(resnet(depth, "batch"), RetinaNetSettings(1))
    nn.init.zeros_(net.head.classification_head.get_parameter("cls_logits.bias"))
    _settle_normalisation(net, lambda: net.features(picture))
    quick = folded(net)
    return Contest(
        torch.inference_mode()(lambda: quick.detections(quick.features(picture), size)[0]),
        torch.inference_mode()(lambda: _plain_retina(net, picture, size)),
        torch.inference_mode()(lambda: quick.features(picture)),
        torch.inference_mode()(lambda: net.features(picture)),
    )


def use_threads() -> None:
    """Let torch work on as many threads as the goals are for, from one seed."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(1)


def _picture(size: tuple[int, int]) -> Tensor:
    return torch.rand(1, 1, *size, generator=torch.Generator().manual_seed(2)).expand(-1, 3, -1, -1)


def _settle_normalisation(net: nn.Module, see: Callable[[], object]) -> None:
    """Let normalisation by batch take its numbers from one picture, as training would."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        see()
    net.eval()


def _plain_rcnn(net: FasterRcnn, picture: Tensor, size: tuple[int, int]) -> PictureDetections:
    """Return what Faster R-CNN finds, its heads written plainly."""
    settings, features = net.settings, net.features(picture)
    said = net.rpn(features)
    best = best_of_levels(said.logits, said.per_level, settings.candidates)
    index = best.index[0]
    proposed = clipped(decode(said.deltas[0, index], said.anchors[index], RPN_CODING), *size)
    kept = _plain_nms(proposed, said.logits[0, index], best.level, NMS_IOU)
    boxes = proposed[kept[: settings.proposals]]
    cells = _plain_roi_align(features[: len(STRIDES)], boxes, settings.canonical_px)
    embedding = net.roi_heads.box_head(cells)
    logits, deltas = net.roi_heads.box_predictor(embedding)
    scores = logits.softmax(dim=1)
    row, label = torch.where(scores[:, 1:] > settings.score_threshold)
    label = label + 1
    found = clipped(decode(deltas[row, label], boxes[row], ROI_CODING), *size)
    score = scores[row, label]
    kept = _plain_nms(found, score, label, settings.nms_threshold)[: settings.per_picture]
    return PictureDetections(found[kept], label[kept], score[kept], embedding[row[kept]])


def _plain_retina(net: RetinaNet, picture: Tensor, size: tuple[int, int]) -> PictureDetections:
    """Return what RetinaNet of one class finds, its head written plainly."""
    settings = net.settings
    output = net(net.features(picture))
    index = best_of_levels(output.logits[..., 0], output.per_level, CANDIDATES).index[0]
    scores = output.logits[0, index, 0].sigmoid()
    index, scores = (
        index[scores > settings.score_threshold],
        scores[scores > settings.score_threshold],
    )
    boxes = clipped(decode(output.deltas[0, index], output.anchors[index], CODING), *size)
    label = torch.ones_like(index)
    kept = _plain_nms(boxes, scores, label, settings.nms_threshold)[: settings.per_picture]
    return PictureDetections(boxes[kept], label[kept], scores[kept], boxes.new_zeros(len(kept), 0))


def _plain_nms(boxes: Tensor, scores: Tensor, labels: Tensor, threshold: float) -> Tensor:
    """Return which boxes stay, by falling score, one after another within each label."""
    waiting = torch.argsort(scores, descending=True, stable=True)
    kept = []
    while len(waiting):
        first, waiting = waiting[0], waiting[1:]
        kept.append(first)
        overlap = pairwise_iou(boxes[first][None], boxes[waiting])[0]
        waiting = waiting[(overlap <= threshold) | (labels[waiting] != labels[first])]
    return torch.stack(kept) if kept else waiting


def _plain_roi_align(features: Sequence[Tensor], boxes: Tensor, canonical_px: float) -> Tensor:
    """Return the cells of the boxes of one picture, level by level, two samples a side."""
    level = box_levels(boxes, STRIDES, canonical_px)
    cells = boxes.new_zeros(len(boxes), features[0].shape[1], CELLS, CELLS)
    for number, (each, stride) in enumerate(zip(features, STRIDES, strict=True)):
        mine = torch.where(level == number)[0]
        scaled = boxes[mine] / stride
        side = (scaled[:, 2:] - scaled[:, :2]).clamp(min=1)
        steps = (torch.arange(2 * CELLS, dtype=boxes.dtype) + 0.5) / (2 * CELLS)
        x = scaled[:, 0, None] + steps * side[:, 0, None]
        y = scaled[:, 1, None] + steps * side[:, 1, None]
        # grid_sample counts from -1 to 1 over the outermost centres.
        across = (2 * x / (each.shape[3] - 1) - 1)[:, None, :].expand(-1, 2 * CELLS, -1)
        down = (2 * y / (each.shape[2] - 1) - 1)[:, :, None].expand(-1, -1, 2 * CELLS)
        grid = torch.stack((across, down), dim=-1)
        samples = grid_sample(
            each.expand(len(mine), -1, -1, -1), grid, padding_mode="border", align_corners=True
        )
        cells[mine] = avg_pool2d(samples, 2)
    return cells
