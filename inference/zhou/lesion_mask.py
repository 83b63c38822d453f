"""A view and the mask of one lesion on it, side by side: what quadrants and depth are told from.

The view is brought to one size, whatever its own, so that a place in the net's maps is a place in
the breast.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, relu

from inference.layers.norm import norm_layer

HEIGHT, WIDTH = 96, 48
_CELLS = (6, 3)
_WIDTHS = (16, 32, 32, 64)


class MaskNet(nn.Module):
    """Four convolutions of stride 2 and a small map that keeps where things lie.

    Parameters
    ----------
    outputs
        Numbers that it gives for each lesion.
    """

    def __init__(self, outputs: int) -> None:
        super().__init__()
        norm = norm_layer("group")
        layers: list[nn.Module] = []
        for before, after in pairwise((2, *_WIDTHS)):
            layers += [nn.Conv2d(before, after, 3, stride=2, padding=1), norm(after), nn.ReLU()]
        self.convolutions = nn.Sequential(*layers)
        self.hidden = nn.Linear(_WIDTHS[-1] * _CELLS[0] * _CELLS[1], 64)
        self.out = nn.Linear(64, outputs)

    def forward(self, masked: Tensor) -> Tensor:
        """Return (K, outputs) from `masked_views`."""
        found: Tensor = self.out(relu(self.hidden(self.convolutions(masked).flatten(1))))
        return found


def masked_views(pictures: Tensor, breast: Tensor, boxes: Sequence[Tensor]) -> Tensor:
    """Return (K, 2, HEIGHT, WIDTH): for each box its view, and the share of each pixel in the box.

    Parameters
    ----------
    pictures
        (N, 3, H, W), grey.
    breast
        (N, 4), x0 y0 x1 y1: the part of the picture that is looked at.
    boxes
        (M, 4) of each picture; K is the sum of M.
    """
    views = []
    for picture, rectangle, each in zip(pictures, breast, boxes, strict=True):
        left, top, right, bottom = (round(edge) for edge in rectangle.tolist())
        cut = picture[None, :1, max(top, 0) : max(bottom, 1), max(left, 0) : max(right, 1)]
        small = interpolate(cut, size=(HEIGHT, WIDTH), mode="bilinear", antialias=True)
        size = rectangle[2:] - rectangle[:2]
        scale = each.new_tensor((WIDTH, HEIGHT)) / size.clamp(min=1)
        corners = (each - rectangle[:2].repeat(2)) * scale.repeat(2)
        views.append(torch.cat((small.expand(len(each), -1, -1, -1), _mask(corners)), dim=1))
    return torch.cat(views)


def _mask(corners: Tensor) -> Tensor:
    """Return (M, 1, HEIGHT, WIDTH): the share of each pixel that boxes in its frame cover."""
    across = _covered(corners[:, 0], corners[:, 2], WIDTH)
    down = _covered(corners[:, 1], corners[:, 3], HEIGHT)
    return (down[:, :, None] * across[:, None, :])[:, None]


def _covered(low: Tensor, high: Tensor, cells: int) -> Tensor:
    """Return (M, cells): how much of each unit cell an interval covers."""
    start = torch.arange(cells, device=low.device)
    shared = torch.minimum(high[:, None], start + 1.0) - torch.maximum(low[:, None], start + 0.0)
    return shared.clamp(0, 1)
