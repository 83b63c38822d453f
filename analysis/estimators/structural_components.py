"""What each case contributes to a quantity, and from that how the quantities vary together.

An AUC, a sensitivity or a specificity is a mean over cases. The covariance of two such means, of
two readers or of one reader in two arms, is that of the cases' contributions, positive and
negative cases apart (DeLong, DeLong and Clarke-Pearson 1988; for cases that only some have rated,
Zhou and Gatsonis 1996). Cases are random and independent, readers are fixed. Where cases belong to
clusters, whole clusters are independent (`clustered_components`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.estimators.clustered_components import (
    ClassContributions,
    IntArray,
    clustered_covariance,
)
from analysis.estimators.intervals import ROUNDING
from analysis.result import FloatArray

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """A weighted sum of quantities and its variance; NaN where one of them has none."""

    value: float
    variance: float


@dataclass(frozen=True, slots=True, eq=False)
class CorrelatedValues:
    """The same quantity of k curves, and its covariance (k, k)."""

    values: FloatArray
    covariance: FloatArray

    def contrast(self, weights: FloatArray) -> Contrast:
        """Return a weighted sum; value and variance that are only rounding become exactly 0.

        The last digits of sums hang on the processor, and equal ratings must be equal on any.
        """
        used = weights != 0
        weight, matrix = weights[used], self.covariance[np.ix_(used, used)]
        value = float(weight @ self.values[used])
        size = float(np.abs(weight) @ np.abs(self.values[used]))
        variance = float(weight @ matrix @ weight)
        scale = float(weight**2 @ np.diag(matrix))
        return Contrast(
            0.0 if abs(value) <= ROUNDING * size else value,
            0.0 if variance <= ROUNDING * scale else variance,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Placements:
    """Per positive case the share of negatives below it, per negative that of positives above."""

    above: FloatArray
    below: FloatArray


def auc_values(
    truth: FloatArray, ratings: FloatArray, cluster: IntArray | None = None
) -> CorrelatedValues:
    """Return the empirical AUCs of k curves with their DeLong covariance.

    Parameters
    ----------
    truth
        (n,) 1 = positive, 0 = negative.
    ratings
        (k, n), higher = more suspicious, ties count one half; NaN where a case has no rating.
    cluster
        (n,) the number of each case's cluster, from 0 on: then the covariance is Obuchowski's
        (1997). None: cases are independent.

    Notes
    -----
    One sort gives the contributions in O(n log n) (Sun and Xu 2014). An AUC without positive or
    without negative cases is NaN, and so is a variance with only one of them.
    """
    positive, negative = ratings[:, truth == 1], ratings[:, truth == 0]
    above, below = np.full_like(positive, np.nan), np.full_like(negative, np.nan)
    for curve in range(len(ratings)):
        has_positive, has_negative = ~np.isnan(positive[curve]), ~np.isnan(negative[curve])
        placed = auc_placements(positive[curve, has_positive], negative[curve, has_negative])
        above[curve, has_positive], below[curve, has_negative] = placed.above, placed.below
    return _means(truth, above, below, cluster)


def sensitivity_values(
    truth: FloatArray,
    ratings: FloatArray,
    thresholds: FloatArray,
    cluster: IntArray | None = None,
) -> CorrelatedValues:
    """Return the sensitivities of k curves, each at its own threshold, with their covariance.

    A rating of at least the threshold is positive. Shapes as in `auc_values`; `thresholds` (k,).
    """
    return _means(truth, _called(ratings, thresholds)[:, truth == 1], None, cluster)


def specificity_values(
    truth: FloatArray,
    ratings: FloatArray,
    thresholds: FloatArray,
    cluster: IntArray | None = None,
) -> CorrelatedValues:
    """Return the specificities of k curves, each at its own threshold, with their covariance."""
    return _means(truth, None, 1 - _called(ratings, thresholds)[:, truth == 0], cluster)


def accuracy_sums(
    truth: FloatArray,
    ratings: FloatArray,
    thresholds: FloatArray,
    cluster: IntArray | None = None,
) -> CorrelatedValues:
    """Return sensitivity + specificity of k curves, each at its own threshold, with covariance."""
    called = _called(ratings, thresholds)
    hits, passed = called[:, truth == 1], 1 - called[:, truth == 0]
    found = _means(truth, hits, passed, cluster)
    return CorrelatedValues(_row_means(hits) + _row_means(passed), found.covariance)


def placed_values(curves: Sequence[Placements]) -> CorrelatedValues:
    """Return the AUCs of curves that are placed already, all on the same cases, with covariance."""
    above = np.stack([one.above for one in curves])
    below = np.stack([one.below for one in curves])
    return CorrelatedValues(_row_means(above), _covariance(above) + _covariance(below))


def auc_placements(positive: FloatArray, negative: FloatArray) -> Placements:
    """Return the placements of the ratings of positive and of negative cases, ties one half."""
    n_positive, n_negative = len(positive), len(negative)
    if n_positive == 0 or n_negative == 0:
        return Placements(np.full(n_positive, np.nan), np.full(n_negative, np.nan))
    ratings = np.concatenate([positive, negative])
    order = np.argsort(ratings)
    ordered = ratings[order]
    is_negative = order >= n_positive
    at_positive, at_negative = np.flatnonzero(~is_negative), np.flatnonzero(is_negative)
    if (ordered[1:] != ordered[:-1]).all():
        # Before the j-th positive stand as many negatives as its place is beyond j.
        lower: FloatArray = at_positive - np.arange(float(n_positive))
        higher: FloatArray = at_negative - np.arange(float(n_negative))
    else:
        lower = _before(is_negative, ordered)[at_positive]
        higher = _before(~is_negative, ordered)[at_negative]
    above, below = np.empty(n_positive), np.empty(n_negative)
    above[order[at_positive]] = lower / n_negative
    below[order[at_negative] - n_positive] = 1 - higher / n_positive
    return Placements(above, below)


def _before(counted: BoolArray, ordered: FloatArray) -> FloatArray:
    """Return how many counted cases lie below each of some sorted ratings, ties one half."""
    starts = np.concatenate([[0], np.flatnonzero(ordered[1:] != ordered[:-1]) + 1])
    size = np.diff(starts, append=len(ordered))
    total = np.concatenate([[0], np.cumsum(counted)])
    middle: FloatArray = np.repeat((total[starts] + total[starts + size]) / 2, size)
    return middle


def _means(
    truth: FloatArray,
    positive: FloatArray | None,
    negative: FloatArray | None,
    cluster: IntArray | None,
) -> CorrelatedValues:
    """Return the means of the first class given, with the covariance over the cases of both."""
    given = [(1, positive), (0, negative)]
    parts = [(which, values) for which, values in given if values is not None]
    means = _row_means(parts[0][1])
    if cluster is None:
        return CorrelatedValues(means, sum((_covariance(one) for _, one in parts), np.zeros(1)))
    classes = tuple(ClassContributions(one, cluster[truth == which]) for which, one in parts)
    clusters = int(cluster.max(initial=-1)) + 1
    return CorrelatedValues(means, clustered_covariance(classes, clusters=clusters))


def _called(ratings: FloatArray, thresholds: FloatArray) -> FloatArray:
    """Return 1 where a rating reaches its curve's threshold, 0 where not, NaN without either."""
    unknown = np.isnan(ratings) | np.isnan(thresholds)[:, None]
    called: FloatArray = np.where(unknown, np.nan, ratings >= thresholds[:, None])
    return called


def _row_means(contributions: FloatArray) -> FloatArray:
    """Return each curve's mean over the cases that it has; NaN without any."""
    has = ~np.isnan(contributions)
    total = np.where(has, contributions, 0.0).sum(axis=1)
    count = has.sum(axis=1)
    means = np.full(len(total), np.nan)
    np.divide(total, count, out=means, where=count > 0)
    return means


def _covariance(contributions: FloatArray) -> FloatArray:
    """Return the covariance (k, k) of the curves' means; 0 between curves without a shared case.

    With the same cases in all curves this is the sample covariance divided by their number.
    """
    has = ~np.isnan(contributions)
    if has.all() and has.shape[1] > 1:
        n = has.shape[1]
        centred = contributions - contributions.mean(axis=1, keepdims=True)
        whole: FloatArray = centred @ centred.T / (n * (n - 1))
        return whole
    deviations = np.where(has, contributions - _row_means(contributions)[:, None], 0.0)
    rated = has.astype(np.float64)
    shared = rated @ rated.T
    count = np.diag(shared)
    correction = np.divide(shared, shared - 1, out=np.ones_like(shared), where=shared > 1)
    pairs = np.outer(count, count)
    covariance: FloatArray = np.zeros_like(shared)
    np.divide(correction * (deviations @ deviations.T), pairs, out=covariance, where=pairs > 0)
    # One case, or none, says nothing of how cases vary.
    covariance[np.diag_indices_from(covariance)] += np.where(count > 1, 0.0, np.nan)
    return covariance
