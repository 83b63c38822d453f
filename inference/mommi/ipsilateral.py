"""IDVN, the ipsilateral dual-view network: what the breast's other view says of a place.

CC and MLO have no common pixels, but a lesion lies about as far from the nipple on both and looks
alike. So every place of the main view asks the regions that were found on the other view: attention
by likeness (relation networks, Hu 2018), weighed down by the difference of the nipple distances.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

# What a difference of nipple distances is measured by, head by head, before training.
_SPREADS_MM = (5.0, 10.0, 20.0, 40.0)


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """K regions of each of N views that may hold a lesion.

    Attributes
    ----------
    embedding
        (N, K, width): how they look.
    distance_mm
        (N, K): from their centres to the nipple.
    valid
        (N, K): False for those that only fill up to K.
    """

    embedding: Tensor
    distance_mm: Tensor
    valid: Tensor

    def of(self, index: Tensor) -> "Regions":
        """Return the regions of some of the views."""
        return Regions(self.embedding[index], self.distance_mm[index], self.valid[index])


class IpsilateralNetwork(nn.Module):
    """From the main views' maps and the other views' regions to maps of the main views."""

    def __init__(self, channels: int, region_width: int) -> None:
        super().__init__()
        heads = len(_SPREADS_MM)
        self.query = nn.Conv2d(channels, channels, 1)
        self.key = nn.Linear(region_width, channels)
        self.value = nn.Linear(region_width, channels)
        self.log_spread = nn.Parameter(torch.tensor(_SPREADS_MM).log())
        # How much speaks for it that the lesion does not show on the other view.
        self.nowhere = nn.Parameter(torch.zeros(heads))
        self.answer = nn.Conv2d(channels + heads, channels, 1)
        # A network that was trained on single views goes on from exactly what it was.
        for parameter in self.answer.parameters():
            nn.init.zeros_(parameter)

    def forward(
        self, main: Sequence[Tensor], distance_mm: Sequence[Tensor], regions: Regions
    ) -> list[Tensor]:
        """Return the main views' maps with what their other views add.

        Parameters
        ----------
        main
            Maps (N, channels, h, w) of each level.
        distance_mm
            (N, h, w) of each level: from every cell's centre to the nipple.
        regions
            Of the other view of each main view.
        """
        heads = len(self.log_spread)
        key = _split(self.key(regions.embedding), heads)
        value = _split(self.value(regions.embedding), heads)
        return [
            level + self.answer(self._asked(level, distance, regions, key, value))
            for level, distance in zip(main, distance_mm, strict=True)
        ]

    def _asked(
        self, level: Tensor, distance_mm: Tensor, regions: Regions, key: Tensor, value: Tensor
    ) -> Tensor:
        """Return what the regions answer to each cell, and per head how sure it is of a partner."""
        n, _, height, width = level.shape
        heads = len(self.log_spread)
        query = _split(self.query(level).flatten(2).transpose(1, 2), heads)
        likeness = query @ key.transpose(2, 3) / query.shape[3] ** 0.5
        farther = distance_mm.flatten(1)[:, None, :, None] - regions.distance_mm[:, None, None, :]
        logits = likeness - (farther / self.log_spread.exp()[:, None, None]) ** 2 / 2
        logits = logits.masked_fill(~regions.valid[:, None, None, :], -torch.inf)
        nowhere = self.nowhere[None, :, None, None].expand(n, heads, height * width, 1)
        share = torch.cat([logits, nowhere], dim=3).softmax(dim=3)[..., :-1]
        answers = (share @ value).transpose(2, 3).reshape(n, -1, height, width)
        partner = share.sum(dim=3).reshape(n, heads, height, width)
        return torch.cat([answers, partner], dim=1)


def _split(values: Tensor, heads: int) -> Tensor:
    """Return (N, K, heads x width) as (N, heads, K, width)."""
    n, k, _ = values.shape
    return values.reshape(n, k, heads, -1).transpose(1, 2)


def nipple_distances(nipples: Tensor, level: Tensor, stride: int, spacing_mm: float) -> Tensor:
    """Return (N, h, w): how far the centre of each cell of a map lies from the nipple, in mm.

    Parameters
    ----------
    nipples
        (N, 2), x y in pixels.
    level, stride
        The map (N, channels, h, w), and pixels per cell.
    spacing_mm
        Distance of pixel centres.
    """
    height, width = level.shape[2:]
    down = (torch.arange(height, device=nipples.device) + 0.5) * stride - nipples[:, 1, None]
    right = (torch.arange(width, device=nipples.device) + 0.5) * stride - nipples[:, 0, None]
    return spacing_mm * torch.hypot(right[:, None, :], down[:, :, None])
