"""The LROC curve: each case gets one rating and one place, and a hit needs the right place.

Swensson (1996). The abscissa is the fraction of normal cases rated at least the threshold, the
ordinate the fraction of diseased cases so rated whose place is right.
"""

from dataclasses import dataclass

import numpy as np

from analysis.froc.froc_data import FrocError
from analysis.mrmc.ratings import BoolArray
from analysis.result import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class LrocRatings:
    """One reader's ratings of normal cases (n0,) and of diseased ones (n1,), higher = suspicious.

    `localised` (n1,) tells whether the place named in a diseased case is right.
    """

    normal: FloatArray
    diseased: FloatArray
    localised: BoolArray

    def __post_init__(self) -> None:
        if min(len(self.normal), len(self.diseased)) == 0:
            raise FrocError("expected normal and diseased cases, got one class only")
        if self.localised.shape != self.diseased.shape:
            raise FrocError("expected for each diseased case whether its place is right")
        if not np.isfinite(self.normal).all() or not np.isfinite(self.diseased).all():
            raise FrocError("expected a rating of every case, got one that is no number")


@dataclass(frozen=True, slots=True, eq=False)
class LrocCurve:
    """Points from 0, 0 on, one for each rating from the highest down; the last has fraction 1."""

    false_positive_fraction: FloatArray
    correct_localisations: FloatArray


def lroc_curve(ratings: LrocRatings) -> LrocCurve:
    """Return the empirical LROC curve."""
    correct = ratings.diseased[ratings.localised]
    thresholds = np.unique(np.concatenate((ratings.normal, correct)))[::-1]
    return LrocCurve(
        np.concatenate(([0.0], _share_from(ratings.normal, thresholds, len(ratings.normal)))),
        np.concatenate(([0.0], _share_from(correct, thresholds, len(ratings.diseased)))),
    )


def correct_localisation_at(curve: LrocCurve, fraction: float) -> float:
    """Return the fraction of correct localisations (PCL) at a false positive fraction.

    Linear between points; where the curve rises straight up, its lower end: the strictest threshold
    that reaches the fraction, as in RJafroc.
    """
    _check(fraction)
    x, y = curve.false_positive_fraction, curve.correct_localisations
    reached = int(np.searchsorted(x, fraction, side="left"))
    slope = (y[reached] - y[reached - 1]) / (x[reached] - x[reached - 1])
    return float(y[reached - 1] + slope * (fraction - x[reached - 1]))


def lroc_area(curve: LrocCurve, up_to: float = 1.0) -> float:
    """Return the area under the LROC curve (ALROC) from 0 to a false positive fraction."""
    _check(up_to)
    x, y = curve.false_positive_fraction, curve.correct_localisations
    inside = x < up_to
    along = np.concatenate((x[inside], [up_to]))
    height = np.concatenate((y[inside], [correct_localisation_at(curve, up_to)]))
    return float(np.trapezoid(height, along))


def _check(fraction: float) -> None:
    """Refuse what is no fraction."""
    if not 0 < fraction <= 1:
        raise FrocError(f"expected a false positive fraction above 0 and up to 1, got {fraction}")


def _share_from(rating: FloatArray, thresholds: FloatArray, count: int) -> FloatArray:
    """Return which share of `count` is rated at least each threshold."""
    below = np.searchsorted(np.sort(rating), thresholds, side="left")
    share: FloatArray = (len(rating) - below) / count
    return share
