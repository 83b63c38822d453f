"""The unbiased covariance of empirical AUCs, from the moments of their two-sample U-statistics.

Gallas (2006), one-shot estimates for one reader; Gallas, Pennello and Myers (2007). Four moments
of the kernel (positive above negative, ties one half) over pairs of pairs: both cases shared, the
positive one only, the negative one only, none. Unlike DeLong's and the jackknife's it has no bias
in small samples, and so it need not be positive.
"""

import numpy as np

from analysis.estimators.structural_components import CorrelatedValues
from analysis.mrmc.ratings import MrmcError
from analysis.result import FloatArray
from analysis.ustatistics.pair_sums import pair_sums

# Kernel values held at a time: positive x negative x curves.
MOST_KERNEL = 4_000_000


def unbiased_auc_values(truth: FloatArray, ratings: FloatArray) -> CorrelatedValues:
    """Return the empirical AUCs of k curves with their unbiased covariance (k, k).

    Parameters
    ----------
    truth
        (n,) 1 = positive, 0 = negative.
    ratings
        (k, n); NaN where not rated. Curves that share cases in part have the covariance of the
        shared ones; without a shared case it is 0.

    Raises
    ------
    MrmcError
        Where a curve has fewer than two positive or two negative cases.
    """
    sets, place = np.unique(~np.isnan(ratings), axis=0, return_inverse=True)
    if (sets.sum(axis=0) > 1).any():
        return _overlapping(truth, ratings)
    values, covariance = np.empty(len(ratings)), np.zeros((len(ratings), len(ratings)))
    for one, rated in enumerate(sets):
        curves = np.flatnonzero(place == one)
        part = ratings[np.ix_(curves, np.flatnonzero(rated))]
        found = _complete(part[:, truth[rated] == 1], part[:, truth[rated] == 0])
        values[curves], covariance[np.ix_(curves, curves)] = found.values, found.covariance
    return CorrelatedValues(values, covariance)


def _overlapping(truth: FloatArray, ratings: FloatArray) -> CorrelatedValues:
    """Return AUCs and covariance of curves of which some share a part of their cases."""
    has = ~np.isnan(ratings)
    fewest = min(int(has[:, truth == one].sum(axis=1).min()) for one in (0, 1))
    if fewest < 2:
        raise MrmcError(
            f"expected two positive and two negative cases of each curve at least, got {fewest}"
        )
    sums = pair_sums(truth, ratings)
    values = sums.total / sums.comparisons
    # Of all pairs of comparisons those stay that share no case; they estimate the product.
    apart, count = (one[3] - one[1] - one[2] + one[0] for one in (sums.success, sums.count))
    covariance: FloatArray = np.outer(values, values) - apart / count
    covariance[(sums.n_positive == 0) & (sums.n_negative == 0)] = 0.0
    return CorrelatedValues(values, covariance)


def _complete(positive: FloatArray, negative: FloatArray) -> CorrelatedValues:
    """Return AUCs and covariance of curves with the same cases."""
    (k, n1), n0 = positive.shape, negative.shape[1]
    if min(n1, n0) < 2:
        raise MrmcError(f"expected two positive and two negative cases at least, got {n1} and {n0}")
    by_positive, by_negative = np.empty((k, n1)), np.zeros((k, n0))
    same_pair = np.zeros((k, k))
    step = max(1, MOST_KERNEL // (k * n0))
    for start in range(0, n1, step):
        part = positive[:, start : start + step, None]
        kernel = 0.5 * (
            (part > negative[:, None, :]).astype(np.float64) + (part >= negative[:, None, :])
        )
        by_positive[:, start : start + step] = kernel.sum(axis=2)
        by_negative += kernel.sum(axis=1)
        flat = kernel.reshape(k, -1)
        same_pair += flat @ flat.T
    total = by_positive.sum(axis=1)
    same_positive = by_positive @ by_positive.T - same_pair
    same_negative = by_negative @ by_negative.T - same_pair
    nothing_shared = np.outer(total, total) - same_positive - same_negative - same_pair
    pairs = n1 * n0
    # The mean over distinct pairs estimates the product of the two AUCs without bias.
    product = nothing_shared / (pairs * (n1 - 1) * (n0 - 1))
    covariance: FloatArray = np.outer(total, total) / pairs**2 - product
    return CorrelatedValues(total / pairs, covariance)
