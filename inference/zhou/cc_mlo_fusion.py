"""CC beside MLO: what the same breast's other view shows at the same distance from the nipple.

The paper names the network and no more. Ours: pixels of the two projections do not correspond, but
what lies in a band across the posterior nipple line on one view lies in the band of equal distance
on the other. So the other view is pooled band by band, the bands are projected (with their
neighbours, for the correspondence is good to some millimetres), and each place of one's own view is
told what its band holds, through a gated 1x1 convolution.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import grid_sample, max_pool2d

from inference.zhou.gated_residual import GatedResidual
from inference.zhou.landmarks import Landmarks

_NEIGHBOURS = 5  # bands that are projected together


class CcMloFusion(nn.Module):
    """Bands and gate for each level of the pyramid that is fused."""

    def __init__(self, channels: int, levels: int) -> None:
        super().__init__()
        self.levels = nn.ModuleList(GatedResidual(2 * channels, channels) for _ in range(levels))
        self.bands = nn.ModuleList(_projection(channels) for _ in range(levels))

    def forward(
        self,
        maps: Sequence[Tensor],
        strides: Sequence[int],
        landmarks: Landmarks,
        other: Tensor,
        breast: Tensor,
    ) -> list[Tensor]:
        """Return what the other projection adds to each level.

        Parameters
        ----------
        maps
            (N, C, h, w) of each level.
        strides
            Pixels per feature of each level.
        other
            (N,): the picture of the other projection, negative where there is none.
        breast
            (N, 1, H, W), 1 where there is breast.
        """
        present, chosen = other >= 0, other.clamp(min=0)
        added = []
        for number, (own, stride) in enumerate(zip(maps, strides, strict=True)):
            distance = distance_cells(own, stride, landmarks)
            tissue = max_pool2d(breast, stride, ceil_mode=True) if stride > 1 else breast
            pooled = pooled_bands(own, distance, tissue > 0)
            told = at_distance(self.bands[number](pooled)[chosen], distance)
            added.append(self.levels[number](torch.cat((own, told), dim=1), present))
        return added


def _projection(channels: int) -> nn.Conv1d:
    """Return what projects mean and maximum of bands and their neighbours onto a map's channels."""
    projection = nn.Conv1d(2 * channels, channels, _NEIGHBOURS, padding=_NEIGHBOURS // 2)
    # torch's own start is a third of this, too faint beside the view's own features.
    nn.init.kaiming_uniform_(projection.weight)
    return projection


def distance_cells(maps: Tensor, stride: int, landmarks: Landmarks) -> Tensor:
    """Return (N, h, w): how many features behind the nipple each place lies; 0 in front of it."""
    height, width = maps.shape[2:]
    x = torch.arange(width, device=maps.device) * float(stride)
    y = torch.arange(height, device=maps.device) * float(stride)
    across = (x[None, :] - landmarks.nipple[:, :1]) * landmarks.axis[:, :1]
    down = (y[None, :] - landmarks.nipple[:, 1:]) * landmarks.axis[:, 1:]
    return ((across[:, None, :] + down[:, :, None]) / stride).clamp(min=0)


def pooled_bands(maps: Tensor, distance: Tensor, tissue: Tensor) -> Tensor:
    """Return (N, 2 C, bands): mean and maximum of each band's features; 0 in empty bands.

    Parameters
    ----------
    maps
        (N, C, h, w).
    distance
        (N, h, w): a band holds the places between two whole distances.
    tissue
        (N, 1, h, w), True where there is breast; air is in no band.
    """
    n, channels, height, width = maps.shape
    bands = height + width
    band = distance.floor().long().clamp(max=bands - 1)
    band = torch.where(tissue[:, 0], band, bands)  # air falls into a band that is dropped
    index = band.flatten(1)[:, None, :].expand(-1, channels, -1)
    values = maps.flatten(2)
    empty = maps.new_zeros(n, channels, bands + 1)
    counts = maps.new_zeros(n, bands + 1).scatter_add(
        1, band.flatten(1), maps.new_ones(n, height * width)
    )
    mean = empty.scatter_add(2, index, values) / counts.clamp(min=1)[:, None, :]
    largest = empty.scatter_reduce(2, index, values, "amax", include_self=False)
    return torch.cat((mean, largest), dim=1)[:, :, :bands]


def at_distance(bands: Tensor, distance: Tensor) -> Tensor:
    """Return (N, C, h, w): the bands (N, C, B) at each place's distance, linear between centres."""
    last = bands.shape[2] - 1
    along = (distance - 0.5).clamp(0, last) * (2.0 / last) - 1.0
    grid = torch.stack((along, torch.zeros_like(along)), dim=3)
    return grid_sample(
        bands[:, :, None, :], grid.to(bands), padding_mode="border", align_corners=True
    )
