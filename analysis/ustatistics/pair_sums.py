"""Sums of products of two curves' comparisons: all that the moments of an AUC are made of.

A curve is one reader in one arm. Of every negative and positive case it says whether the positive
is rated higher (1), the same (one half) or lower (0). Products of two such numbers are summed over
pairs of comparisons that may share the negative case, the positive case, both or neither.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.result import FloatArray

# Products are multiples of 1/4, so single precision adds up this many of them without rounding.
BLOCK = 2**21


@dataclass(frozen=True, slots=True, eq=False)
class PairSums:
    """Sums of products of comparisons (`success`), and how many there are (`count`).

    Attributes
    ----------
    success, count
        (4, k, k), for every two curves: both comparisons of the same negative and positive case;
        of the same positive; of the same negative; any two. Each includes those before it.
    total, comparisons
        (k,) each curve's own sum of comparisons, and their number.
    n_negative, n_positive
        (k, k) cases that both curves have rated.
    """

    success: FloatArray
    count: FloatArray
    total: FloatArray
    comparisons: FloatArray
    n_negative: FloatArray
    n_positive: FloatArray


def pair_sums(truth: FloatArray, ratings: FloatArray) -> PairSums:
    """Return the sums of every two of k curves.

    Parameters
    ----------
    truth
        (n,) 1 = positive, 0 = negative.
    ratings
        (k, n), higher = more suspicious; NaN where a curve has no rating.

    Notes
    -----
    What is summed over one class for each case of the other comes from ranks, in O(k n log n). Only
    the first sum needs both cases of a comparison: one matrix product for all curves, in blocks of
    negative cases, so that memory does not grow with the study.
    """
    negative, positive = ratings[:, truth == 0], ratings[:, truth == 1]
    has_negative = (~np.isnan(negative)).astype(np.float64)
    has_positive = (~np.isnan(positive)).astype(np.float64)
    below, above = _wins(negative, positive)
    total = above.sum(axis=1)
    n_0, n_1 = has_negative.sum(axis=1), has_positive.sum(axis=1)
    both_negative = has_negative @ has_negative.T
    both_positive = has_positive @ has_positive.T
    comparisons = n_0 * n_1
    return PairSums(
        np.stack(
            [
                _same_comparison(negative, positive),
                above @ above.T,
                below @ below.T,
                np.outer(total, total),
            ]
        ),
        np.stack(
            [
                both_negative * both_positive,
                np.outer(n_0, n_0) * both_positive,
                np.outer(n_1, n_1) * both_negative,
                np.outer(comparisons, comparisons),
            ]
        ),
        total,
        comparisons,
        both_negative,
        both_positive,
    )


def _wins(negative: FloatArray, positive: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return per negative case how many positives beat it, per positive how many it beats."""
    below, above = np.zeros_like(negative), np.zeros_like(positive)
    for curve in range(len(negative)):
        has_0, has_1 = ~np.isnan(negative[curve]), ~np.isnan(positive[curve])
        zero, one = negative[curve, has_0], positive[curve, has_1]
        ranks = stats.rankdata(np.concatenate([zero, one]))
        above[curve, has_1] = ranks[len(zero) :] - stats.rankdata(one)
        below[curve, has_0] = len(one) - (ranks[: len(zero)] - stats.rankdata(zero))
    return below, above


def _same_comparison(negative: FloatArray, positive: FloatArray) -> FloatArray:
    """Return the sum of products over the comparisons that two curves share."""
    k, n_positive = positive.shape
    sums = np.zeros((k, k))
    step = max(1, BLOCK // max(1, n_positive))
    for start in range(0, negative.shape[1], step):
        zero, one = negative[:, start : start + step, None], positive[:, None, :]
        # NaN is neither greater nor equal, so what was not rated adds nothing.
        success: npt.NDArray[np.float32] = (one > zero).astype(np.float32)
        success += np.float32(0.5) * (one == zero)
        flat = success.reshape(k, -1)
        sums += flat @ flat.T
    return sums
