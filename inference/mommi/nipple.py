"""The nipple detector: a heat map at a quarter of the picture's size, and the nipple read off it.

IDVN measures from the nipple and BDVN lays two breasts on each other by it. The heat map is trained
as in Zhou 2019 (Objects as Points): a Gaussian around the nipple, focal loss.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE = 4
_SPREAD_CELLS = 2.0  # of the Gaussian
_PRIOR_LOGIT = -4.6  # one cell in a hundred


@dataclass(frozen=True, slots=True, eq=False)
class Nipples:
    """The nipples of N pictures: `points` (N, 2) as x y in pixels, `confidence` (N,) 0 to 1."""

    points: Tensor
    confidence: Tensor


class NippleHead(nn.Module):
    """From a map (N, channels, H / 4, W / 4) to the logits (N, H / 4, W / 4) of the heat map."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.heat = nn.Conv2d(channels, 1, 1)
        self.heat.bias = nn.Parameter(torch.full((1,), _PRIOR_LOGIT))

    def forward(self, features: Tensor) -> Tensor:
        """Return the logits of the heat map."""
        heat: Tensor = self.heat(torch.relu(self.conv(features)))
        # Losses and the peak need float32, also where the maps are half precision.
        return heat.squeeze(1).float()


def heat_of(points: Tensor, height: int, width: int) -> Tensor:
    """Return heat maps (N, height, width) of nipples (N, 2) in pixels: 1 at a nipple, 0 far off."""
    rows, columns = (torch.arange(size, device=points.device) + 0.5 for size in (height, width))
    x, y = (points / STRIDE).unbind(1)
    squared = (columns - x[:, None])[:, None, :] ** 2 + (rows - y[:, None])[:, :, None] ** 2
    return torch.exp(-squared / (2 * _SPREAD_CELLS**2))


def nipple_loss(logits: Tensor, points: Tensor) -> Tensor:
    """Return the focal loss of heat maps (N, h, w) for nipples (N, 2) in pixels.

    Pictures without a nipple are those whose point is not a number; they count as all background.
    """
    heat = heat_of(points, *logits.shape[1:]).nan_to_num(0.0)
    at_nipple = (heat == heat.amax(dim=(1, 2), keepdim=True)) & (heat > 0)
    probability = logits.sigmoid()
    hit = at_nipple * (1 - probability) ** 2 * functional.logsigmoid(logits)
    miss = ~at_nipple * (1 - heat) ** 4 * probability**2 * functional.logsigmoid(-logits)
    return -(hit + miss).sum() / max(len(logits), 1)


def nipples_on(logits: Tensor) -> Nipples:
    """Return the place of the highest heat of each map (N, h, w).

    Between the cells the nipple lies where the parabola through the logarithms of the peak and its
    neighbours is highest, which is exact for the Gaussian that is trained. A peak on the outermost
    cells, as where a picture is cut to the breast, lies on the picture's edge at the farthest.
    """
    log_heat = functional.logsigmoid(logits)
    peak, flat = log_heat.flatten(1).max(dim=1)
    row = torch.div(flat, logits.shape[2], rounding_mode="floor")
    column = flat % logits.shape[2]
    ringed = functional.pad(log_heat[:, None], (1, 1, 1, 1), mode="replicate").squeeze(1)
    which = torch.arange(len(logits), device=logits.device)
    x = _vertex(*(ringed[which, row + 1, column + step] for step in (0, 1, 2)))
    y = _vertex(*(ringed[which, row + step, column + 1] for step in (0, 1, 2)))
    points = torch.stack([column + 0.5 + x, row + 0.5 + y], dim=1) * STRIDE
    return Nipples(points, peak.exp())


def _vertex(before: Tensor, at: Tensor, after: Tensor) -> Tensor:
    """Return where, -1 to 1 from the middle one, the parabola through three heights is highest."""
    bend = (before - 2 * at + after).clamp_max(-1e-6)
    return ((before - after) / (2 * bend)).clamp(-1.0, 1.0)
