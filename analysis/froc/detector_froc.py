"""How well a detector finds lesions on images: FROC without readers, patients bootstrapped.

A lesion counts once, at the highest score of a mark that hits it; a mark that hits no lesion is a
false positive, and rates are means over ALL images, normal ones included. Each quantity is had for
all bootstrap draws at once, so that two detectors can be compared on the same draws.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.estimators.roc import empirical_auc
from analysis.result import Interval

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

DRAWS = 1000
LEVEL = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class LocatedScores:
    """What a detector's marks met on a set of images; patients are numbered from 0.

    Attributes
    ----------
    lesion
        (l,) highest score of a mark that hits the lesion, -inf where none does.
    lesion_patient
        (l,) whose lesion it is.
    false_positive, false_positive_patient
        (f,) the scores of marks that hit nothing, and whose images they are on.
    images
        (p,) number of images of each patient.
    """

    lesion: FloatArray
    lesion_patient: IntArray
    false_positive: FloatArray
    false_positive_patient: IntArray
    images: FloatArray

    def of(self, kept: BoolArray) -> "LocatedScores":
        """Return the same marks with some of the lesions; the others are no false positives."""
        return LocatedScores(
            self.lesion[kept],
            self.lesion_patient[kept],
            self.false_positive,
            self.false_positive_patient,
            self.images,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Bootstrapped:
    """A quantity with its bootstrap draws; NaN where it cannot be had, as without lesions.

    `n` counts what it is a mean or an area of.
    """

    estimate: float
    draws: FloatArray
    n: int

    @property
    def is_known(self) -> bool:
        """Whether there is an estimate."""
        return bool(np.isfinite(self.estimate))

    @property
    def interval(self) -> Interval | None:
        """The percentile interval; None where more than a tenth of the draws has no value."""
        whole = self.draws[np.isfinite(self.draws)]
        if whole.size < 0.9 * self.draws.size or not self.is_known:
            return None
        low, high = np.quantile(whole, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
        return Interval(float(low), float(high))

    def minus(self, other: "Bootstrapped") -> "Bootstrapped":
        """Return the paired difference; both must come from the same weights."""
        return Bootstrapped(
            self.estimate - other.estimate, self.draws - other.draws, min(self.n, other.n)
        )


def patient_weights(patients: int, *, seed: int, draws: int = DRAWS) -> FloatArray:
    """Return how often each patient counts: once in row 0, then as drawn with replacement.

    Returns
    -------
    (draws + 1, patients)
    """
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(patients, np.full(patients, 1 / patients), size=draws)
    return np.vstack([np.ones(patients), drawn]).astype(np.float64)


def rate_when_found(scores: LocatedScores, weights: FloatArray) -> FloatArray:
    """Return the false positives an image that must be borne until a lesion is found.

    A false positive of the lesion's own score counts before it. Infinite for a lesion that no mark
    hits, NaN in draws without images.

    Returns
    -------
    (draws + 1, l)
    """
    order = np.argsort(-scores.false_positive, kind="stable")
    falling = scores.false_positive[order]
    of_mark = weights[:, scores.false_positive_patient[order]]
    counts = np.zeros((len(weights), falling.size + 1))
    np.cumsum(of_mark, axis=1, out=counts[:, 1:])
    before = np.searchsorted(-falling, -scores.lesion, side="right")
    images = np.broadcast_to((weights @ scores.images)[:, None], (len(weights), before.size))
    rates = np.full(images.shape, np.nan)
    np.divide(counts[:, before], images, out=rates, where=images > 0)
    rates[:, np.isneginf(scores.lesion)] = np.inf
    return rates


def sensitivity_at(
    scores: LocatedScores, weights: FloatArray, *, false_positives: float
) -> Bootstrapped:
    """Return the share of lesions found at so many false positives an image, or fewer."""
    found = rate_when_found(scores, weights) <= false_positives
    return _mean(found.astype(np.float64), scores, weights)


def partial_area(scores: LocatedScores, weights: FloatArray, *, up_to: float = 1.0) -> Bootstrapped:
    """Return the area under the FROC curve from 0 to some false positives an image, over `up_to`.

    It is the mean sensitivity over that range, between 0 and 1.
    """
    gained = np.clip(up_to - rate_when_found(scores, weights), 0.0, None) / up_to
    return _mean(gained, scores, weights)


def bootstrapped_auc(
    truth: BoolArray, rating: FloatArray, patient: IntArray, weights: FloatArray
) -> Bootstrapped:
    """Return the AUC of units (breasts, images) that cluster in patients."""

    def auc(weight: FloatArray) -> float:
        times = weight[patient].astype(int)
        drawn = np.repeat(truth, times)
        if drawn.all() or not drawn.any():
            return float("nan")
        return empirical_auc(drawn, np.repeat(rating, times))

    return _over_draws(auc, weights, truth.size)


def bootstrapped_mean(values: FloatArray, patient: IntArray, weights: FloatArray) -> Bootstrapped:
    """Return the mean of some values that cluster in patients."""
    of_value = weights[:, patient]
    totals = of_value.sum(axis=1)
    means = np.full(len(weights), np.nan)
    np.divide(of_value @ values, totals, out=means, where=totals > 0)
    return Bootstrapped(float(means[0]), means[1:], values.size)


def _mean(values: FloatArray, scores: LocatedScores, weights: FloatArray) -> Bootstrapped:
    """Return the mean over lesions of values that depend on the draw."""
    of_lesion = weights[:, scores.lesion_patient]
    totals = of_lesion.sum(axis=1)
    means = np.full(len(weights), np.nan)
    np.divide((of_lesion * values).sum(axis=1), totals, out=means, where=totals > 0)
    return Bootstrapped(float(means[0]), means[1:], scores.lesion.size)


def _over_draws(
    quantity: Callable[[FloatArray], float], weights: FloatArray, n: int
) -> Bootstrapped:
    """Return a quantity in every draw."""
    values = np.array([quantity(weight) for weight in weights])
    return Bootstrapped(float(values[0]), values[1:], n)
