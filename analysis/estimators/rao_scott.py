"""Shares of cases that belong to clusters: counts made as small as the clusters make them worth.

The design effect tells by how much clusters widen the variance of a share; counts divided by it
are used as if cases were independent (Rao and Scott 1992).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.estimators.chi_square import SMALL_EXPECTED, ChiSquareTest
from analysis.result import FloatArray, Interval


@dataclass(frozen=True, slots=True)
class EffectiveCounts:
    """Successes and trials divided by the design effect, which is 1 or more."""

    successes: float
    trials: float
    design_effect: float


def effective_counts(hits: npt.ArrayLike, clusters: npt.ArrayLike) -> EffectiveCounts:
    """Return what a share's counts are worth.

    Parameters
    ----------
    hits
        (n,) 1 success, 0 none; one case at least.
    clusters
        (n,) the cluster of each case, numbers or names.

    Notes
    -----
    Rao and Scott 1992, section 2: the variance of a ratio estimate over clusters, divided by that
    of a binomial share. A design effect below 1 is taken as 1, and so is that of a share of 0 or 1
    and of a single cluster, which tell nothing of it.

    Raises
    ------
    ValueError
        Where there is no case, or lengths differ.
    """
    success = np.asarray(hits, dtype=np.float64)
    place = np.unique(np.asarray(clusters), return_inverse=True)[1]
    if len(success) == 0 or success.shape != place.shape:
        raise ValueError("expected one case at least, and a cluster for each")
    n, share = len(success), float(success.mean())
    deviation = np.bincount(place, success - share)
    m = len(deviation)
    effect = 1.0
    if m > 1 and 0 < share < 1:
        variance = m / (m - 1) * float(deviation @ deviation) / n**2
        effect = max(variance * n / (share * (1 - share)), 1.0)
    return EffectiveCounts(share * n / effect, n / effect, effect)


def effective_interval(counts: EffectiveCounts, *, level: float) -> Interval:
    """Return the Clopper-Pearson interval of effective counts, which need not be whole."""
    tail = (1 - level) / 2
    hits, misses = counts.successes, counts.trials - counts.successes
    low = float(stats.beta.ppf(tail, hits, misses + 1)) if hits > 0 else 0.0
    high = float(stats.beta.ppf(1 - tail, hits + 1, misses)) if misses > 0 else 1.0
    return Interval(low, high)


def rao_scott_chi_square(groups: Sequence[EffectiveCounts]) -> ChiSquareTest:
    """Test whether groups of cases have the same share (Rao and Scott 1992, section 3).

    Pearson's chi-square of the effective counts; groups share no cluster.

    Raises
    ------
    ValueError
        Where there are fewer than two groups.
    """
    if len(groups) < 2:
        raise ValueError(f"expected two groups or more, got {len(groups)}")
    table: FloatArray = np.array([[one.successes, one.trials - one.successes] for one in groups])
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    least, small = float(expected.min()), int((expected < SMALL_EXPECTED).sum())
    df = len(groups) - 1
    if least == 0:
        reason = "not estimable: all cases are successes, or none is"
        return ChiSquareTest(None, df, None, None, least, small, reason)
    statistic = float(((table - expected) ** 2 / expected).sum())
    cramers_v = float(np.sqrt(statistic / table.sum()))
    p = float(stats.chi2.sf(statistic, df))
    return ChiSquareTest(statistic, df, p, cramers_v, least, small)
