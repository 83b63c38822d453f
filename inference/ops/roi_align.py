"""RoIAlign: each box's part of the feature maps, resampled to cells of one size.

He et al. 2017, with torchvision's `aligned=False`: feature (i, j) stands at picture position
j x stride, i x stride, which is where a ResNet of odd kernels centres it. A side of less than one
feature counts as one. Samples are bilinear; more than one feature outside the map they are 0.

One sparse product does it all: a cell is a weighted sum of few rows of a table that holds the
features of all places of all maps, which `embedding_bag` forms without intermediate samples (here
about twenty times as fast as `grid_sample`). No gradient flows to the boxes.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

CANONICAL_PX = 224.0
"""A box of this size (root of its area) is read from the map of stride 16. Lin et al. 2017."""


def roi_align(
    features: Tensor,
    boxes: Tensor,
    image_index: Tensor,
    output_size: int,
    spatial_scale: float,
    sampling_ratio: int = 2,
) -> Tensor:
    """Return the features of boxes of one map.

    Parameters
    ----------
    features
        (N, C, H, W).
    boxes
        (K, 4), in pixels of the picture.
    image_index
        (K,), which of the N pictures a box lies on.
    output_size
        Cells along each side.
    spatial_scale
        Features per pixel: 1 / stride.
    sampling_ratio
        Samples of a cell along each side; a cell is their mean.

    Returns
    -------
    Tensor
        (K, C, output_size, output_size).
    """
    strides = boxes.new_full((len(boxes),), 1.0 / spatial_scale)
    level = torch.zeros_like(image_index)
    return _pooled([features], level, boxes, image_index, output_size, strides, sampling_ratio)


def multi_level_roi_align(
    features: Sequence[Tensor],
    boxes: Tensor,
    image_index: Tensor,
    output_size: int,
    strides: Sequence[int],
    *,
    canonical_px: float = CANONICAL_PX,
    sampling_ratio: int = 2,
) -> Tensor:
    """Return the features of boxes, each from the pyramid level that fits its size.

    The arguments are `roi_align`'s, with a map and a stride a level, finest first. Equation 1 of
    Lin et al. 2017: a box twice `canonical_px` is read one level above the map of stride 16.
    """
    level = box_levels(boxes, strides, canonical_px)
    stride = boxes.new_tensor(strides)[level]
    return _pooled(features, level, boxes, image_index, output_size, stride, sampling_ratio)


def box_levels(boxes: Tensor, strides: Sequence[int], canonical_px: float) -> Tensor:
    """Return (K,) which of the levels a box is read from."""
    size = (boxes[:, 2:] - boxes[:, :2]).clamp(min=0).prod(dim=1).sqrt()
    wanted = torch.floor(4 + torch.log2(size / canonical_px + 1e-6))
    finest = torch.tensor(strides[0], device=boxes.device).log2()
    return (wanted - finest).clamp(0, len(strides) - 1).long()


def _pooled(
    features: Sequence[Tensor],
    level: Tensor,
    boxes: Tensor,
    image_index: Tensor,
    cells: int,
    stride: Tensor,
    ratio: int,
) -> Tensor:
    """Return the boxes' cells from a table of all features, a row a place."""
    channels = features[0].shape[1]
    table = torch.cat([each.permute(0, 2, 3, 1).reshape(-1, channels) for each in features])
    shapes = [(each.shape[0], each.shape[2], each.shape[3]) for each in features]
    starts = torch.tensor([n * h * w for n, h, w in shapes], device=level.device).cumsum(0)
    height, width = (
        torch.tensor([shape[axis] for shape in shapes], device=level.device)[level]
        for axis in (1, 2)
    )
    first = torch.cat((starts.new_zeros(1), starts))[level] + image_index * height * width

    scaled = boxes.detach() / stride[:, None]
    row, row_weight = _samples(scaled[:, 1], scaled[:, 3], cells, ratio, height)
    column, column_weight = _samples(scaled[:, 0], scaled[:, 2], cells, ratio, width)
    place = row[:, :, None, :, None] * width[:, None, None, None, None]
    place = place + column[:, None, :, None, :] + first[:, None, None, None, None]
    weight = row_weight[:, :, None, :, None] * column_weight[:, None, :, None, :]
    bags = (len(boxes) * cells * cells, 4 * ratio * ratio)
    pooled = embedding_bag(
        place.reshape(bags), table, mode="sum", per_sample_weights=weight.reshape(bags).to(table)
    )
    return pooled.reshape(len(boxes), cells, cells, channels).permute(0, 3, 1, 2)


def _samples(
    low: Tensor, high: Tensor, cells: int, ratio: int, limit: Tensor
) -> tuple[Tensor, Tensor]:
    """Return, along one axis, the features each cell reads and their weights.

    Both (K, cells, 2 x ratio): every sample lies between two features.
    """
    step = (high - low).clamp(min=1) / cells
    offsets = (torch.arange(cells * ratio, device=low.device, dtype=low.dtype) + 0.5) / ratio
    at = (low[:, None] + offsets * step[:, None]).reshape(-1, cells, ratio)
    last = (limit - 1)[:, None, None]
    inside = (at >= -1) & (at <= limit[:, None, None])
    at = torch.minimum(at.clamp(min=0), last.to(at))
    before = at.floor().long()
    after = torch.minimum(before + 1, last)
    share = at - before
    weight = torch.cat((1 - share, share), dim=2) * inside.repeat(1, 1, 2) / ratio
    return torch.cat((before, after), dim=2), weight
