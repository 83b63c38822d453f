"""Where a network sees a lesion: what IDVN and BDVN each answer for, cell by cell."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.detectors.pictures import PictureTargets

_PRIOR_LOGIT = -3.0


class ProbabilityHead(nn.Module):
    """From maps (N, channels, h, w) to the logits (N, 1, h, w) of a lesion, level by level."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.logit = nn.Conv2d(channels, 1, 1)
        self.logit.bias = nn.Parameter(torch.full((1,), _PRIOR_LOGIT))

    def forward(self, maps: Sequence[Tensor]) -> list[Tensor]:
        """Return the logits of each level."""
        return [self.logit(torch.relu(level)).float() for level in maps]


def probability_loss(
    logits: Sequence[Tensor], targets: Sequence[PictureTargets], strides: Sequence[int]
) -> Tensor:
    """Return the mean cross entropy of all levels, lesions weighing as much as the rest.

    A cell shows a lesion where its centre lies in the ellipse inside a lesion's box.

    Parameters
    ----------
    logits
        (N, 1, h, w) of each level.
    targets
        The lesions of each of the N pictures.
    strides
        Pixels per cell of each level.
    """
    given: list[Tensor] = []
    shown: list[Tensor] = []
    for level, stride in zip(logits, strides, strict=True):
        given.append(level.flatten())
        shown.extend(_shown(target.boxes, level, stride).flatten() for target in targets)
    values, truth = torch.cat(given), torch.cat(shown)
    loss = functional.binary_cross_entropy_with_logits(values, truth, reduction="none")
    lesions = (loss * truth).sum() / truth.sum().clamp_min(1.0)
    rest = (loss * (1 - truth)).sum() / (1 - truth).sum().clamp_min(1.0)
    return lesions + rest


def _shown(boxes: Tensor, level: Tensor, stride: int) -> Tensor:
    """Return (h, w), 1 in the ellipses of the boxes."""
    height, width = level.shape[2:]
    y = ((torch.arange(height, device=boxes.device) + 0.5) * stride)[None, :, None]
    x = ((torch.arange(width, device=boxes.device) + 0.5) * stride)[None, None, :]
    centre = (boxes[:, :2] + boxes[:, 2:])[:, :, None, None] / 2
    half = ((boxes[:, 2:] - boxes[:, :2])[:, :, None, None] / 2).clamp_min(1e-3)
    inside = ((x - centre[:, 0]) / half[:, 0]) ** 2 + ((y - centre[:, 1]) / half[:, 1]) ** 2 <= 1
    return inside.any(dim=0).float()
