"""Anchors: the reference boxes that stand at every place of every feature map."""

from collections.abc import Sequence

import torch
from torch import Tensor

RATIOS = (0.5, 1.0, 2.0)
"""Height by width of the anchors of a place."""


def cell_anchors(sizes: Sequence[float], ratios: Sequence[float] = RATIOS) -> Tensor:
    """Return the anchors of one place, centred on 0, 0: every size at every ratio.

    Parameters
    ----------
    sizes
        Square roots of the areas, in pixels.
    ratios
        Height by width.

    Returns
    -------
    Tensor
        (ratios x sizes, 4); all sizes of the first ratio come first.
    """
    roots = torch.tensor(ratios, dtype=torch.float32).sqrt()
    spread = torch.tensor(sizes, dtype=torch.float32)
    height = (roots[:, None] * spread[None, :]).flatten() / 2
    width = (spread[None, :] / roots[:, None]).flatten() / 2
    return torch.stack((-width, -height, width, height), dim=1)


def grid_anchors(cell: Tensor, rows: int, columns: int, stride: int) -> Tensor:
    """Return the anchors of a whole map, (rows x columns x A, 4), place by place, row by row.

    Place (i, j) is centred at j x stride, i x stride: with odd kernels and padding the middle of
    what a ResNet sees there is that pixel.
    """
    y = torch.arange(rows, device=cell.device, dtype=cell.dtype) * stride
    x = torch.arange(columns, device=cell.device, dtype=cell.dtype) * stride
    across, down = x.expand(rows, columns), y[:, None].expand(rows, columns)
    centres = torch.stack((across, down, across, down), dim=-1).reshape(-1, 1, 4)
    return (centres + cell).reshape(-1, 4)


def pyramid_anchors(
    maps: Sequence[Tensor], sizes: Sequence[Sequence[float]], strides: Sequence[int]
) -> list[Tensor]:
    """Return the anchors of each map (N, C, H, W) of a pyramid, given its sizes and stride."""
    return [
        grid_anchors(cell_anchors(each).to(level.device), level.shape[2], level.shape[3], stride)
        for level, each, stride in zip(maps, sizes, strides, strict=True)
    ]
