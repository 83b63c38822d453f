"""BI-RADS as an ordered rating: one scale of suspicion, cut by thresholds that rise.

Proportional odds (McCullagh 1980): P(worse than category k) = sigmoid(suspicion - threshold k).
Rising thresholds make these probabilities fall with k whatever the weights are.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

CATEGORIES = ("2", "3", "4A", "4B", "4C", "5")
# The papers call 4A and worse positive.
FIRST_POSITIVE = CATEGORIES.index("4A")


@dataclass(frozen=True, slots=True)
class CategoryRange:
    """The categories, as positions in `CATEGORIES`, that an assessment may mean."""

    lowest: int
    highest: int


def category_range(birads: str | None) -> CategoryRange | None:
    """Return what an assessment means: 4 may be 4A, 4B or 4C; None for 0, 1 and not known."""
    if birads == "4":
        return CategoryRange(CATEGORIES.index("4A"), CATEGORIES.index("4C"))
    if birads not in CATEGORIES:
        return None
    position = CATEGORIES.index(birads)
    return CategoryRange(position, position)


class OrdinalHead(nn.Module):
    """From an embedding (N, width) to the logits (N, 5) of being worse than 2, 3, 4A, 4B, 4C."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.suspicion = nn.Linear(width, 1, bias=False)
        self.first_threshold = nn.Parameter(torch.tensor(-1.5))
        self.gaps = nn.Parameter(torch.zeros(len(CATEGORIES) - 2))

    def forward(self, embedding: Tensor) -> Tensor:
        """Return the logits, which never rise from a category to the next."""
        suspicion: Tensor = self.suspicion(embedding)
        rises = torch.cat([self.first_threshold[None], functional.softplus(self.gaps)])
        return suspicion - rises.cumsum(0)


def category_positions(logits: Tensor) -> Tensor:
    """Return the median category of each row of logits (N, 5), as positions in `CATEGORIES`."""
    return (logits > 0).sum(dim=1)


def ordinal_loss(logits: Tensor, lowest: Tensor, highest: Tensor) -> Tensor:
    """Return the mean of -log P(lowest <= category <= highest).

    Parameters
    ----------
    logits
        (N, 5) of `OrdinalHead`; N at least 1.
    lowest, highest
        (N,) positions in `CATEGORIES`, both included.
    """
    infinite = torch.full_like(logits[:, :1], torch.inf)
    padded = torch.cat([infinite, logits, -infinite], dim=1)
    above = padded.gather(1, lowest[:, None]).squeeze(1)
    beyond = padded.gather(1, highest[:, None] + 1).squeeze(1)
    # sigmoid(a) - sigmoid(b) = sigmoid(a) sigmoid(-b) (1 - exp(b - a)): no difference of two
    # numbers near each other is taken.
    gap = torch.log(-torch.expm1((beyond - above).clamp_max(-1e-6)))
    return (functional.softplus(-above) + functional.softplus(beyond) - gap).mean()
