"""Which anchors or proposals stand for which lesion in training, and which of them are drawn."""

from dataclasses import dataclass

import torch
from torch import Tensor

from inference.ops.boxes import pairwise_iou

BACKGROUND = -1
BETWEEN = -2
"""Neither lesion nor background: too much overlap for one, too little for the other."""


@dataclass(frozen=True, slots=True)
class MatchRule:
    """From which IoU a box stands for a lesion, and below which for background.

    Attributes
    ----------
    positive, negative
        IoU >= `positive` is a lesion, < `negative` background.
    keep_best
        The boxes that overlap a lesion best stand for it however small the overlap, so that no
        lesion goes without (Ren et al. 2015, 3.1.2).
    """

    positive: float
    negative: float
    keep_best: bool


def matched(references: Tensor, boxes: Tensor, rule: MatchRule) -> Tensor:
    """Return (N,), for each of N >= 1 references its lesion's index, BACKGROUND or BETWEEN.

    Of lesions of equal overlap the first is taken; a reference kept as some lesion's best stands
    for the lesion that it overlaps most itself.
    """
    if len(boxes) == 0:
        return torch.full((len(references),), BACKGROUND, device=references.device)
    overlap = pairwise_iou(references, boxes)
    best, lesion = overlap.max(dim=1)
    match = lesion.clone()
    match[best < rule.positive] = BETWEEN
    match[best < rule.negative] = BACKGROUND
    if rule.keep_best:
        highest = overlap.max(dim=0).values
        kept = ((overlap == highest) & (overlap > 0)).any(dim=1)
        match[kept] = lesion[kept]
    return match


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Indices of the reference boxes that a loss is taken over."""

    positive: Tensor
    negative: Tensor

    @property
    def all(self) -> Tensor:
        """Positive ones first."""
        return torch.cat((self.positive, self.negative))


def drawn(match: Tensor, count: int, positive_share: float) -> Drawn:
    """Return at most `count` reference boxes at random, at most `positive_share` of them lesions.

    Where lesions are few, background fills up. The draw follows torch's generator.
    """
    lesions = torch.where(match >= 0)[0]
    background = torch.where(match == BACKGROUND)[0]
    n_lesions = min(len(lesions), int(count * positive_share))
    n_background = min(len(background), count - n_lesions)
    return Drawn(_some(lesions, n_lesions), _some(background, n_background))


def _some(indices: Tensor, count: int) -> Tensor:
    """Return `count` of the indices at random."""
    return indices[torch.randperm(len(indices), device=indices.device)[:count]]
