"""The figures of merit that a reader study compares, and their values with one case left out.

A figure of merit is a function of truth and ratings of one curve. AUC, sensitivity and specificity
have closed forms with a case left out; any other function is computed anew for every case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from analysis.estimators.roc import roc_curve
from analysis.estimators.structural_components import auc_placements
from analysis.mrmc.ratings import BoolArray, IntArray, MrmcError, StudyRatings
from analysis.result import FloatArray

FigureFunction = Callable[[FloatArray, FloatArray], float]
Axis = Literal["sensitivity", "specificity"]


class FigureOfMerit(Protocol):
    """A quantity of one curve: positive cases are told by `truth` 1, ratings have no gaps."""

    @property
    def name(self) -> str:
        """The quantity, as it is printed."""

    @property
    def uses(self) -> tuple[int, ...]:
        """The truth classes whose cases count; the jackknife leaves out these only."""

    def value(self, truth: FloatArray, rating: FloatArray) -> float:
        """Return the figure of merit of ratings (n,)."""


@dataclass(frozen=True, slots=True)
class EmpiricalAuc:
    """The area under the empirical ROC curve, ties one half."""

    name: str = "auc"
    uses: tuple[int, ...] = (0, 1)

    def value(self, truth: FloatArray, rating: FloatArray) -> float:
        """Return the mean placement of the positive cases."""
        placed = auc_placements(rating[truth == 1], rating[truth == 0])
        return float(placed.above.mean())

    def without_each(self, truth: FloatArray, rating: FloatArray, unit: IntArray) -> FloatArray:
        """Return the AUC without each unit (m,), from the placements in O(n log n).

        `unit` (n,) numbers the sampling units from 0 on. What a unit takes away are the pairs of
        its positive and of its negative cases; pairs within it would be taken twice.
        """
        positive, negative = truth == 1, truth == 0
        placed = auc_placements(rating[positive], rating[negative])
        n1, n0 = len(placed.above), len(placed.below)
        m = int(unit.max()) + 1
        own1, own0 = unit[positive], unit[negative]
        taken = np.bincount(own1, placed.above * n0, m) + np.bincount(own0, placed.below * n1, m)
        count1, count0 = np.bincount(own1, minlength=m), np.bincount(own0, minlength=m)
        for both in np.flatnonzero((count1 > 0) & (count0 > 0)):
            within = rating[positive][own1 == both, None], rating[negative][own0 == both]
            taken[both] -= 0.5 * float(
                (np.greater(*within) + 1.0 * np.greater_equal(*within)).sum()
            )
        left: FloatArray = (placed.above.sum() * n0 - taken) / ((n1 - count1) * (n0 - count0))
        return left


@dataclass(frozen=True, slots=True)
class PartialAuc:
    """The area under the empirical ROC curve where one axis lies between two values.

    Over specificity it is the area under the curve, over sensitivity that to the right of the
    curve above the axis; it is not divided by the width (Obuchowski 2003).
    """

    over: Axis
    low: float
    high: float
    uses: tuple[int, ...] = (0, 1)

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high <= 1:
            raise MrmcError(f"expected 0 <= low < high <= 1, got {self.low} and {self.high}")

    @property
    def name(self) -> str:
        """The quantity, as it is printed."""
        return f"partial AUC ({self.over} {self.low:g} to {self.high:g})"

    def value(self, truth: FloatArray, rating: FloatArray) -> float:
        """Return the area of the curve's pieces, each cut to the range."""
        curve = roc_curve(truth, rating)
        specificity, sensitivity = 1 - curve.false_positive_fraction, curve.sensitivity
        if self.over == "specificity":
            # From all called positive to none specificity rises and sensitivity falls.
            along, height = specificity, sensitivity
        else:
            along, height = sensitivity[::-1], specificity[::-1]
        start, end = along[:-1], along[1:]
        rising = end > start
        start, end = start[rising], end[rising]
        left, right = height[:-1][rising], height[1:][rising]
        slope = (right - left) / (end - start)
        low, high = np.clip(start, self.low, self.high), np.clip(end, self.low, self.high)
        middle = left + slope * ((low + high) / 2 - start)
        return float(((high - low) * middle).sum())


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """The share of positive cases with a rating of at least the threshold."""

    threshold: float
    name: str = "sensitivity"
    uses: tuple[int, ...] = (1,)

    def value(self, truth: FloatArray, rating: FloatArray) -> float:
        """Return the share."""
        return float((rating[truth == 1] >= self.threshold).mean())

    def without_each(self, truth: FloatArray, rating: FloatArray, unit: IntArray) -> FloatArray:
        """Return the share without each unit (m,); `unit` (n,) numbers them from 0 on."""
        return _share_without_each(rating[truth == 1] >= self.threshold, unit[truth == 1])


@dataclass(frozen=True, slots=True)
class Specificity:
    """The share of negative cases with a rating below the threshold."""

    threshold: float
    name: str = "specificity"
    uses: tuple[int, ...] = (0,)

    def value(self, truth: FloatArray, rating: FloatArray) -> float:
        """Return the share."""
        return float((rating[truth == 0] < self.threshold).mean())

    def without_each(self, truth: FloatArray, rating: FloatArray, unit: IntArray) -> FloatArray:
        """Return the share without each unit (m,); `unit` (n,) numbers them from 0 on."""
        return _share_without_each(rating[truth == 0] < self.threshold, unit[truth == 0])


@dataclass(frozen=True, slots=True)
class AnyFigure:
    """A figure of merit given as a function of truth and ratings."""

    name: str
    function: FigureFunction
    uses: tuple[int, ...] = (0, 1)

    def value(self, truth: FloatArray, rating: FloatArray) -> float:
        """Return the function's value."""
        return self.function(truth, rating)


@dataclass(frozen=True, slots=True, eq=False)
class Jackknifed:
    """Figures of merit (k,) and their values (k, m) with each of m sampling units left out."""

    values: FloatArray
    without: FloatArray


def jackknifed(study: StudyRatings, figure: FigureOfMerit) -> Jackknifed:
    """Return a figure of merit of every curve, whole and with each sampling unit left out.

    A unit that a curve has not rated leaves its figure as it is. Units without a case of the
    classes that the figure uses are not left out and not counted.

    Raises
    ------
    MrmcError
        Where a figure cannot be computed without some unit, as with one case of a class.
    """
    used = np.isin(study.truth, figure.uses)
    units = np.unique(study.unit[used])
    values = np.array([_whole(study, figure, curve) for curve in range(len(study.ratings))])
    without = np.repeat(values[:, None], len(units), axis=1)
    for curve, rating in enumerate(study.ratings):
        counted = used & ~np.isnan(rating)
        own, unit = np.unique(study.unit[counted], return_inverse=True)
        parts = study.truth[counted], rating[counted], unit
        with np.errstate(invalid="ignore", divide="ignore"):
            without[curve, np.searchsorted(units, own)] = (
                figure.without_each(*parts)
                if isinstance(figure, EmpiricalAuc | Sensitivity | Specificity)
                else _each_anew(figure, *parts)
            )
    if not np.isfinite(without).all() or not np.isfinite(values).all():
        raise MrmcError(
            f"expected a {figure.name} that can be computed without any one case, got one that "
            "cannot; at least two cases of each class are needed"
        )
    return Jackknifed(values, without)


def _whole(study: StudyRatings, figure: FigureOfMerit, curve: int) -> float:
    """Return the figure of all cases of a curve."""
    has = ~np.isnan(study.ratings[curve])
    return figure.value(study.truth[has], study.ratings[curve, has])


def _each_anew(
    figure: FigureOfMerit, truth: FloatArray, rating: FloatArray, unit: IntArray
) -> FloatArray:
    """Return the figure without each unit, computed anew; NaN where a class would be lacking."""
    found = np.full(int(unit.max()) + 1, np.nan)
    for one in range(len(found)):
        kept = unit != one
        if all((truth[kept] == used).any() for used in figure.uses):
            found[one] = figure.value(truth[kept], rating[kept])
    return found


def _share_without_each(hit: BoolArray, unit: IntArray) -> FloatArray:
    """Return a share of the cases without each unit; NaN where none is left."""
    members, hits = np.bincount(unit), np.bincount(unit, hit)
    without: FloatArray = (hits.sum() - hits) / (len(hit) - members)
    return without
