"""IFN, the integrated fusion network: one map from those of IDVN and BDVN."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True, eq=False)
class NetworkMaps:
    """What IDVN or BDVN says of N main views.

    Attributes
    ----------
    features
        (N, channels, h, w) of each level.
    logits
        (N, 1, h, w) of each level: a lesion lies there.
    present
        (N,), 1 where the network had its other view.
    """

    features: Sequence[Tensor]
    logits: Sequence[Tensor]
    present: Tensor


class FusionNetwork(nn.Module):
    """A 1x1 convolution over both maps and two planes that say which network had its other view."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.join = nn.Conv2d(2 * channels + 4, channels, 1)
        # Before training the mean of both maps, which is the single view where both are that.
        half = torch.eye(channels) / 2
        weight = torch.cat([half, half, torch.zeros(channels, 4)], dim=1)
        self.join.weight = nn.Parameter(weight[:, :, None, None])
        self.join.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, ipsilateral: NetworkMaps, bilateral: NetworkMaps) -> list[Tensor]:
        """Return the joined maps (N, channels, h, w) of each level."""
        present = torch.stack([ipsilateral.present, bilateral.present], dim=1)
        levels = zip(
            ipsilateral.features,
            bilateral.features,
            ipsilateral.logits,
            bilateral.logits,
            strict=True,
        )
        return [self._joined(level, present) for level in levels]

    def _joined(self, level: Sequence[Tensor], present: Tensor) -> Tensor:
        first, second, first_logit, second_logit = level
        flags = present[:, :, None, None].expand(-1, -1, *first.shape[2:])
        probabilities = [first_logit.sigmoid(), second_logit.sigmoid()]
        joined: Tensor = self.join(torch.cat([first, second, *probabilities, flags], dim=1))
        return joined
