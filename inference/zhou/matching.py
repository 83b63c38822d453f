"""Which detection on CC and which on MLO are one lesion.

Boosted trees give every pair of one breast a probability from what the two have in common; pairs
are then taken greedily, the likeliest first, and whoever is left over stays single (Zhou 2023).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity

from inference.zhou.boosted_trees import BoostedTrees
from inference.zhou.quadrants import compatibility

LEAST_PROBABILITY = 0.5
PAIR_FEATURES = 8
# With fewer pairs of either kind than this, trees would learn the accidents of the exams.
_LEAST_PAIRS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """K detections on one view, as matching sees them.

    Attributes
    ----------
    depth
        (K,), 0 nipple to 1 pectoral muscle.
    label
        (K,), the type.
    size_px
        (K,), root of the box's area.
    score
        (K,), 0 to 1.
    quadrant
        (K, words of the projection), probabilities.
    embedding
        (K, width).
    grey
        (K,), mean grey of the box.
    """

    depth: Tensor
    label: Tensor
    size_px: Tensor
    score: Tensor
    quadrant: Tensor
    embedding: Tensor
    grey: Tensor

    def __len__(self) -> int:
        return len(self.label)


@dataclass(frozen=True, slots=True)
class Match:
    """A detection on CC and one on MLO, by their places among the candidates."""

    cc: int
    mlo: int
    probability: float


def pair_features(cc: Candidates, mlo: Candidates) -> Tensor:
    """Return (A, B, 8), float64: what each pair of a CC and an MLO detection has in common.

    In order: difference of depth, whether the type is the same, logarithm of the ratio of sizes,
    score on CC, score on MLO, compatibility of the quadrants, cosine of the embeddings, difference
    of grey.
    """
    shape = (len(cc), len(mlo))
    features = [
        (cc.depth[:, None] - mlo.depth[None, :]).abs(),
        (cc.label[:, None] == mlo.label[None, :]).float(),
        (cc.size_px.log()[:, None] - mlo.size_px.log()[None, :]).abs(),
        cc.score[:, None].expand(shape),
        mlo.score[None, :].expand(shape),
        compatibility(cc.quadrant, mlo.quadrant),
        cosine_similarity(cc.embedding[:, None, :], mlo.embedding[None, :, :], dim=2),
        (cc.grey[:, None] - mlo.grey[None, :]).abs(),
    ]
    return torch.stack(features, dim=2).double()


class Matcher(nn.Module):
    """The trees and the rule by which pairs are taken; before it is fitted it matches nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.trees = BoostedTrees()

    def fit(self, features: NDArray[np.float64], same: NDArray[np.bool_], *, seed: int = 0) -> None:
        """Fit the trees on pairs (P, 8), `same` (P,) where both show one lesion; few are ignored.

        The trees learn the pairs in the order in which they are given, so the same exams give the
        same trees.
        """
        if min(same.sum(), (~same).sum()) >= _LEAST_PAIRS:
            self.trees.fit(features, same, seed=seed)

    def matches(self, cc: Candidates, mlo: Candidates) -> list[Match]:
        """Return the pairs of one breast, the likeliest first."""
        if not len(cc) or not len(mlo) or not bool(self.trees.fitted):
            return []
        features = pair_features(cc, mlo)
        probability = self.trees(features.flatten(0, 1)).reshape(len(cc), len(mlo))
        return greedy(probability.cpu().numpy())


def greedy(probability: NDArray[np.float64]) -> list[Match]:
    """Return pairs by falling probability, no row and no column twice, none below .5.

    Of equal probabilities the earlier row, then the earlier column comes first.
    """
    taken: list[Match] = []
    rows: set[int] = set()
    columns: set[int] = set()
    for place in np.argsort(-probability, axis=None, kind="stable").tolist():
        row, column = divmod(place, probability.shape[1])
        if probability[row, column] < LEAST_PROBABILITY:
            break
        if row not in rows and column not in columns:
            taken.append(Match(row, column, float(probability[row, column])))
            rows.add(row)
            columns.add(column)
    return taken


def left_over(count: int, used: Sequence[int]) -> list[int]:
    """Return the places that no match uses, in order."""
    return [place for place in range(count) if place not in set(used)]
