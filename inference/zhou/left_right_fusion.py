"""Left beside right: what one breast shows and the other does not.

The paper names the network and no more. Ours: all views have the chest wall at the same side, so
the other breast needs no further mirroring; it is registered on nipple and breast outline, and
[F, F other, |F - F other|] goes through a gated 1x1 convolution.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import grid_sample

from inference.zhou.gated_residual import GatedResidual
from inference.zhou.landmarks import Landmarks

# Stretches shorter than this (pixels) say nothing of how much larger the other breast is ...
_SHORTEST_PX = 8.0
# ... and no breast is taken to be so many times as large as its sister.
_LARGEST_RATIO = 2.0


class LeftRightFusion(nn.Module):
    """One gated comparison for each level of the pyramid that is fused."""

    def __init__(self, channels: int, levels: int) -> None:
        super().__init__()
        self.levels = nn.ModuleList(GatedResidual(3 * channels, channels) for _ in range(levels))

    def forward(
        self, maps: Sequence[Tensor], strides: Sequence[int], landmarks: Landmarks, other: Tensor
    ) -> list[Tensor]:
        """Return what the other breast adds to each level.

        Parameters
        ----------
        maps
            (N, C, h, w) of each level.
        strides
            Pixels per feature of each level.
        other
            (N,): the picture of the other breast, negative where there is none.
        """
        present, chosen = other >= 0, other.clamp(min=0)
        return [
            self._added(level, each, registered(each, stride, landmarks, chosen), present)
            for level, each, stride in zip(self.levels, maps, strides, strict=True)
        ]

    def _added(self, level: nn.Module, own: Tensor, other: Tensor, present: Tensor) -> Tensor:
        evidence = torch.cat((own, other, (own - other).abs()), dim=1)
        added: Tensor = level(evidence, present)
        return added


def registered(maps: Tensor, stride: int, landmarks: Landmarks, other: Tensor) -> Tensor:
    """Return the maps of the other pictures as they lie on one's own, nipple on nipple.

    Along each axis the stretches between breast edge, nipple and breast edge are mapped onto each
    other; beyond the breast a pixel is a pixel. Places outside the other picture are 0.
    """
    height, width = maps.shape[2:]
    axes = []
    for axis, cells in ((0, width), (1, height)):
        own = _knots(landmarks, axis)
        at = torch.arange(cells, device=maps.device) * float(stride)
        mapped = _mapped(at.expand(len(maps), -1), own, own[other])
        # -1 and 1 are the centres of the first and the last feature.
        axes.append(mapped / stride * (2.0 / max(cells - 1, 1)) - 1.0)
    across, down = axes
    grid = torch.stack(
        (
            across[:, None, :].expand(-1, height, -1),
            down[:, :, None].expand(-1, -1, width),
        ),
        dim=3,
    )
    return grid_sample(maps[other], grid.to(maps), padding_mode="zeros", align_corners=True)


def _knots(landmarks: Landmarks, axis: int) -> Tensor:
    """Return (N, 3): breast edge, nipple and breast edge along an axis, rising."""
    low, high = landmarks.breast[:, axis], landmarks.breast[:, axis + 2]
    nipple = landmarks.nipple[:, axis]
    return torch.stack((low, nipple.clamp(low, high), high), dim=1)


def _mapped(at: Tensor, own: Tensor, other: Tensor) -> Tensor:
    """Return where places (N, M) between own knots (N, 3) lie between the other picture's."""
    before, after = own.diff(dim=1).unbind(1)
    ratio = other.diff(dim=1) / own.diff(dim=1).clamp(min=1e-6)
    known = torch.minimum(own.diff(dim=1), other.diff(dim=1)) >= _SHORTEST_PX
    ratio = torch.where(known, ratio.clamp(1 / _LARGEST_RATIO, _LARGEST_RATIO), 1.0)
    from_nipple = at - own[:, 1:2]
    ahead = _stretched(from_nipple.clamp(min=0), after[:, None], ratio[:, 1:])
    behind = _stretched((-from_nipple).clamp(min=0), before[:, None], ratio[:, :1])
    return other[:, 1:2] + ahead - behind


def _stretched(distance: Tensor, length: Tensor, ratio: Tensor) -> Tensor:
    """Return distances, stretched by a ratio as far as a length reaches."""
    return torch.minimum(distance, length) * ratio + (distance - length).clamp(min=0)
