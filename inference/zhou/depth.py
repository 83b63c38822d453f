"""How deep in the breast a lesion lies, told from the view and the lesion's mask.

0 is the nipple and 1 the pectoral muscle (chest wall on CC), as in the paper.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import smooth_l1_loss

from inference.zhou.lesion_mask import MaskNet

_SMOOTH = 0.05


class DepthRegressor(nn.Module):
    """A net that gives one number between 0 and 1."""

    def __init__(self) -> None:
        super().__init__()
        self.net = MaskNet(1)

    def forward(self, masked: Tensor) -> Tensor:
        """Return (K,) from `masked_views`."""
        depth: Tensor = self.net(masked)[:, 0].sigmoid()
        return depth


def depth_loss(depths: Tensor, truth: Sequence[float | None]) -> Tensor:
    """Return the mean smooth L1 error of the lesions whose depth is known; 0 without any."""
    rows = [row for row, depth in enumerate(truth) if depth is not None]
    wanted = depths.new_tensor([depth for depth in truth if depth is not None])
    total = smooth_l1_loss(depths[rows], wanted, beta=_SMOOTH, reduction="sum")
    return total / max(len(rows), 1)


def mean_depth(depths: Sequence[float]) -> float | None:
    """Return the depth of a detection from its boxes; None without any."""
    return float(torch.tensor(depths).mean()) if depths else None
