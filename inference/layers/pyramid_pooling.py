"""Pyramid pooling: a map of any size as a vector of one length. He et al. 2014.

Cells are means, so that what follows linearly can be traced back to places exactly.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class PyramidPooling(nn.Module):
    """Means of a map over 1, 2 x 2, 4 x 4, ... cells.

    Parameters
    ----------
    channels
        Of the map.
    cells
        Along each side, one number a level.

    Attributes
    ----------
    length
        Of the vector: channels x all cells.
    """

    def __init__(self, channels: int, cells: Sequence[int]) -> None:
        super().__init__()
        self.cells = tuple(cells)
        self.channels = channels
        self.length = channels * sum(each * each for each in cells)

    def forward(self, maps: Tensor) -> Tensor:
        """Return (N, length) from (N, channels, H, W): level by level, channel by channel."""
        pooled = [
            torch.einsum("ih,jw,nchw->ncij", down, across, maps).flatten(1)
            for down, across in self._shares(maps)
        ]
        return torch.cat(pooled, dim=1)

    def weight_of_places(self, weight: Tensor, maps: Tensor) -> Tensor:
        """Return how much each place counts where `weight` (length,) multiplies the vector.

        (channels, H, W); its product with a map, summed, is that of `weight` with the vector.
        """
        places = torch.zeros_like(maps[0])
        parts = torch.split(weight, [self.channels * each * each for each in self.cells])
        for (down, across), each, part in zip(self._shares(maps), self.cells, parts, strict=True):
            of_cells = part.reshape(self.channels, each, each)
            places = places + torch.einsum("ih,jw,cij->chw", down, across, of_cells)
        return places

    def _shares(self, maps: Tensor) -> list[tuple[Tensor, Tensor]]:
        """Return for each level the share of every row, and of every column, in every cell."""
        return [
            (_shares(each, maps.shape[2], maps), _shares(each, maps.shape[3], maps))
            for each in self.cells
        ]


def _shares(cells: int, size: int, like: Tensor) -> Tensor:
    """Return (cells, size): evenly spread cells, which may share an edge; each row sums to 1."""
    place = torch.arange(size, device=like.device)
    cell = torch.arange(cells, device=like.device)[:, None]
    first = cell * size // cells
    last = -(-(cell + 1) * size // cells)
    inside = ((place >= first) & (place < last)).to(like.dtype)
    return inside / inside.sum(dim=1, keepdim=True)
