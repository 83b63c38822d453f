"""Wilcoxon's signed-rank test of paired values, in every convention that programs use.

Pairs without a difference are dropped (Wilcoxon), or ranked with the others and then dropped
(Pratt 1959). Equal differences share their mean rank. p is normal, with or without continuity
correction, or exact: from all ways to give the ranks their signs, ties included.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.result import FloatArray

ZeroRule = Literal["drop", "pratt"]
# R counts the signs of fewer pairs than this, where there is no tie and no zero.
EXACT_BELOW = 50


@dataclass(frozen=True, slots=True)
class SignedRankTest:
    """Wilcoxon's signed-rank test; `statistic` is the sum of the positive ranks.

    `z` is None for an exact test. None, with a reason, where no pair differs.
    """

    statistic: float
    z: float | None
    p: float | None
    n_pairs: int
    n_zero: int
    reason: str | None = None


def wilcoxon_signed_rank(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    zeros: ZeroRule = "drop",
    continuity: bool = False,
    exact: bool = False,
) -> SignedRankTest:
    """Test whether paired values differ; two-sided.

    The default is SPSS's: zeros dropped, tie-corrected, normal, no continuity correction.

    Parameters
    ----------
    first, second
        (n,) values; pairs of which one is NaN are left out. Ranks are those of |first - second|.
    zeros
        What becomes of pairs without a difference.
    continuity
        Whether the normal test moves the statistic half a rank towards its mean.
    exact
        Whether p is counted instead: the chance, over all signs, of a sum at least as far from
        its mean.
    """
    left, right = _pairs(first, second)
    differences = left - right
    n_zero = int((differences == 0).sum())
    ranked = differences if zeros == "pratt" else differences[differences != 0]
    ranks = stats.rankdata(np.abs(ranked))[ranked != 0]
    statistic = float(ranks[ranked[ranked != 0] > 0].sum())
    if len(ranks) == 0:
        return SignedRankTest(
            statistic, None, None, len(differences), n_zero, "not estimable: no pair differs"
        )
    if exact:
        return SignedRankTest(statistic, None, _exact_p(ranks, statistic), len(differences), n_zero)
    off = statistic - float(ranks.sum()) / 2
    correction = 0.5 * float(np.sign(off)) if continuity else 0.0
    # The sum of squared ranks holds the correction for ties and, after Pratt, that for zeros.
    z = (off - correction) / math.sqrt(float((ranks**2).sum()) / 4)
    return SignedRankTest(statistic, z, float(2 * stats.norm.sf(abs(z))), len(differences), n_zero)


def wilcoxon_as_r(first: npt.ArrayLike, second: npt.ArrayLike) -> SignedRankTest:
    """Test as R's wilcox.test chooses: exact for few pairs without tie or zero, else corrected."""
    left, right = _pairs(first, second)
    differences = left - right
    moved = np.abs(differences[differences != 0])
    plain = len(moved) == len(differences) == len(np.unique(moved))
    if plain and len(moved) < EXACT_BELOW:
        return wilcoxon_signed_rank(left, right, exact=True)
    return wilcoxon_signed_rank(left, right, continuity=True)


def _exact_p(ranks: FloatArray, statistic: float) -> float:
    """Return the share of all signs whose positive ranks lie as far from the mean or farther."""
    doubled = np.rint(2 * ranks).astype(int)  # mean ranks are halves at most
    total = int(doubled.sum())
    chance = np.zeros(total + 1)
    chance[0] = 1.0
    for rank in doubled.tolist():
        moved = np.zeros_like(chance)
        moved[rank:] = chance[: total + 1 - rank]
        chance = (chance + moved) / 2
    distance = np.abs(2 * np.arange(total + 1) - total)
    found = abs(2 * round(2 * statistic) - total)
    return float(min(1.0, chance[distance >= found].sum()))


def _pairs(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the pairs of which both values are there."""
    left = np.asarray(first, dtype=np.float64)
    right = np.asarray(second, dtype=np.float64)
    both = ~(np.isnan(left) | np.isnan(right))
    return left[both], right[both]
