"""Which anchors go into suppression: of each level of the pyramid those of highest logit."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The best anchors of N pictures, the same number C on each.

    Attributes
    ----------
    index
        (N, C), into the list of all anchors.
    level
        (C,), the level that column is of, 0 finest.
    """

    index: Tensor
    level: Tensor


def best_of_levels(logits: Tensor, per_level: Sequence[int], most: int) -> Candidates:
    """Return at most `most` anchors of each level.

    Parameters
    ----------
    logits
        (N, A) of the anchors of all levels, finest level first.
    per_level
        How many of the A are of each level.
    """
    chosen, levels, start = [], [], 0
    for level, count in enumerate(per_level):
        top = logits[:, start : start + count].topk(min(most, count), dim=1).indices
        chosen.append(top + start)
        levels.append(torch.full((top.shape[1],), level, device=top.device))
        start += count
    return Candidates(torch.cat(chosen, dim=1), torch.cat(levels))
