"""AUCs of cases drawn anew: what bootstrap intervals are read off.

Cases are drawn with replacement within their class; where cases belong to clusters whole clusters
are drawn, so that the numbers of positive and negative cases vary too. All curves share each draw,
so differences keep their pairing. Readers are fixed.
"""

import numpy as np

from analysis.estimators.clustered_components import IntArray
from analysis.result import FloatArray, Interval


def resampled_aucs(
    truth: FloatArray,
    ratings: FloatArray,
    cluster: IntArray | None = None,
    *,
    samples: int,
    seed: int,
) -> FloatArray:
    """Return the empirical AUCs (samples, k) of k curves in each bootstrap sample.

    Parameters
    ----------
    truth
        (n,) 1 positive, 0 negative.
    ratings
        (k, n) higher = more suspicious, ties one half; NaN where a case was not rated.
    cluster
        (n,) the number of each case's cluster, from 0 on; None: cases are independent.
    samples, seed
        How many samples, and from which seed they are drawn.

    Notes
    -----
    Efron and Tibshirani 1993, section 8.3; clusters as Rutter 2000. NaN where a curve has no
    positive or no negative case in a sample.
    """
    generator = np.random.default_rng(seed)
    if cluster is None:
        drawn = np.zeros((samples, len(truth)))
        for one_class in (0, 1):
            members = truth == one_class
            drawn[:, members] = _drawn(int(members.sum()), samples, generator)
    else:
        drawn = _drawn(int(cluster.max()) + 1, samples, generator)[:, cluster]
    return np.stack([_weighted_aucs(truth, rating, drawn) for rating in ratings], axis=1)


def percentile_interval(values: FloatArray, *, level: float) -> Interval | None:
    """Return the percentile interval of resampled values (samples,); None without any."""
    known = values[~np.isnan(values)]
    if len(known) == 0:
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2]).tolist()
    return Interval(low, high)


def _drawn(units: int, samples: int, generator: np.random.Generator) -> FloatArray:
    """Return how often each unit is drawn (samples, units)."""
    if units == 0:
        return np.zeros((samples, 0))
    return generator.multinomial(units, np.full(units, 1 / units), size=samples).astype(np.float64)


def _weighted_aucs(truth: FloatArray, rating: FloatArray, drawn: FloatArray) -> FloatArray:
    """Return the AUC (samples,) of one curve by how often each case was drawn."""
    rated = np.flatnonzero(~np.isnan(rating))
    order = rated[np.argsort(rating[rated], kind="stable")]
    starts = np.flatnonzero(np.diff(rating[order], prepend=-np.inf))
    weights, positive = drawn[:, order], truth[order] == 1
    # One column a distinct rating; a tie counts one half.
    above = np.add.reduceat(weights * positive, starts, axis=1)
    below = np.add.reduceat(weights * ~positive, starts, axis=1)
    won = (above * (below.cumsum(axis=1) - below / 2)).sum(axis=1)
    pairs = above.sum(axis=1) * below.sum(axis=1)
    areas = np.full(len(pairs), np.nan)
    np.divide(won, pairs, out=areas, where=pairs > 0)
    return areas
