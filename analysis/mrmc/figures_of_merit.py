"""The figures of merit that a reader study compares, and their values with one case left out.

A figure of merit is a function of truth and ratings of one curve. AUC, sensitivity and specificity
have closed forms with a case left out; any other function is computed anew for every case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from analysis.mrmc.ratings import BoolArray, IntArray, MrmcError, StudyRatings
from analysis.result import FloatArray
from analysis.roc import roc_curve
from analysis.structural_components import auc_placements

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

    def without_each(self, truth: FloatArray, rating: FloatArray) -> FloatArray:
        """Return the AUC (n,) without each case, from the placements in O(n log n)."""
        positive, negative = truth == 1, truth == 0
        placed = auc_placements(rating[positive], rating[negative])
        auc = placed.above.mean()
        without = np.empty(len(truth))
        for members, part in ((positive, placed.above), (negative, placed.below)):
            without[members] = (len(part) * auc - part) / (len(part) - 1)
        return without


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

    def without_each(self, truth: FloatArray, rating: FloatArray) -> FloatArray:
        """Return the share (n,) without each case."""
        return _share_without_each(truth == 1, rating >= self.threshold)


@dataclass(frozen=True, slots=True)
class Specificity:
    """The share of negative cases with a rating below the threshold."""

    threshold: float
    name: str = "specificity"
    uses: tuple[int, ...] = (0,)

    def value(self, truth: FloatArray, rating: FloatArray) -> float:
        """Return the share."""
        return float((rating[truth == 0] < self.threshold).mean())

    def without_each(self, truth: FloatArray, rating: FloatArray) -> FloatArray:
        """Return the share (n,) without each case."""
        return _share_without_each(truth == 0, rating < self.threshold)


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
        has = ~np.isnan(rating)
        truth, unit = study.truth[has], study.unit[has]
        counted = np.isin(truth, figure.uses)
        own = np.unique(unit[counted])
        with np.errstate(invalid="ignore", divide="ignore"):
            left = (
                figure.without_each(truth, rating[has])[counted][np.argsort(unit[counted])]
                if isinstance(figure, EmpiricalAuc | Sensitivity | Specificity)
                and not study.clustered
                else _each_anew(figure, truth, rating[has], unit, own)
            )
        without[curve, np.searchsorted(units, own)] = left
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
    figure: FigureOfMerit,
    truth: FloatArray,
    rating: FloatArray,
    unit: IntArray,
    own: IntArray,
) -> FloatArray:
    """Return the figure without each unit, computed anew."""
    found = np.full(len(own), np.nan)
    for place, one in enumerate(own):
        kept = unit != one
        if all((truth[kept] == used).any() for used in figure.uses):
            found[place] = figure.value(truth[kept], rating[kept])
    return found


def _share_without_each(members: BoolArray, hit: BoolArray) -> FloatArray:
    """Return a share of the members without each case; the share itself without another case."""
    total, hits = members.sum(), (members & hit).sum()
    without: FloatArray = np.full(len(members), hits / total)
    without[members] = (hits - hit[members]) / (total - 1)
    return without
