"""IFN, the integrated fusion network: one map from those of IDVN and BDVN."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class FusionNetwork(nn.Module):
    """A 1x1 convolution over both maps and two planes that say which network had its other view."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.join = nn.Conv2d(2 * channels + 2, channels, 1)
        # Before training the mean of both maps, which is the single view where both are that.
        half = torch.eye(channels) / 2
        weight = torch.cat([half, half, torch.zeros(channels, 2)], dim=1)
        self.join.weight = nn.Parameter(weight[:, :, None, None])
        self.join.bias = nn.Parameter(torch.zeros(channels))

    def forward(
        self,
        ipsilateral: Sequence[Tensor],
        bilateral: Sequence[Tensor],
        present: Tensor,
    ) -> list[Tensor]:
        """Return the joined maps.

        Parameters
        ----------
        ipsilateral, bilateral
            Maps (N, channels, h, w) of each level by IDVN and by BDVN.
        present
            (N, 2), 1 where IDVN, where BDVN had an other view.
        """
        return [self._joined(*maps, present) for maps in zip(ipsilateral, bilateral, strict=True)]

    def _joined(self, ipsilateral: Tensor, bilateral: Tensor, present: Tensor) -> Tensor:
        flags = present[:, :, None, None].expand(-1, -1, *ipsilateral.shape[2:])
        joined: Tensor = self.join(torch.cat([ipsilateral, bilateral, flags], dim=1))
        return joined
