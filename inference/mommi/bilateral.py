"""BDVN, the bilateral dual-view network: what a breast shows that the other one does not.

Both breasts of a projection share one geometry (right breasts are mirrored), so laying one on the
other is a shift that brings their nipples together.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class BilateralNetwork(nn.Module):
    """From the maps of two breasts to a map of the main one; the same weights on every level."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.compare = nn.Conv2d(3 * channels, channels // 2, 1)
        self.contrast = nn.Conv2d(channels // 2, channels, 3, padding=1)
        # A network that was trained on single views goes on from exactly what it was.
        for parameter in self.contrast.parameters():
            nn.init.zeros_(parameter)

    def forward(
        self,
        main: Sequence[Tensor],
        other: Sequence[Tensor],
        shift_px: Tensor,
        strides: Sequence[int],
    ) -> list[Tensor]:
        """Return the main views' maps with what the comparison adds.

        Parameters
        ----------
        main, other
            Maps (N, channels, h, w) of each level, of the main views and of the same views of the
            other breasts.
        shift_px
            (N, 2): main nipple less other nipple, x y in pixels of the pictures.
        strides
            Pixels per cell of each level.
        """
        return [
            here + self._contrast(here, there, shift_px / stride)
            for here, there, stride in zip(main, other, strides, strict=True)
        ]

    def _contrast(self, here: Tensor, there: Tensor, shift_cells: Tensor) -> Tensor:
        laid = registered(there, shift_cells)
        # Where the other picture ends nothing is known of it, which is no asymmetry.
        seen = registered(torch.ones_like(there[:, :1]), shift_cells)
        pair = torch.cat([here, laid, seen * (here - laid).abs()], dim=1)
        added: Tensor = self.contrast(torch.relu(self.compare(pair)))
        return added


def registered(maps: Tensor, shift_cells: Tensor) -> Tensor:
    """Return maps (N, C, h, w) moved by shifts (N, 2), x y in cells; 0 where nothing comes to lie.

    Between cells values are interpolated linearly.
    """
    height, width = maps.shape[2:]
    size = shift_cells.new_tensor([width, height])
    identity = torch.eye(2, 3, dtype=shift_cells.dtype, device=maps.device)
    transform = identity.repeat(len(maps), 1, 1)
    transform[:, :, 2] = -2 * shift_cells / size
    grid = functional.affine_grid(transform, list(maps.shape), align_corners=False)
    return functional.grid_sample(maps, grid, padding_mode="zeros", align_corners=False)
