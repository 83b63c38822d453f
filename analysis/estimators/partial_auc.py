"""Area under a part of the empirical ROC curve, and McClish's standardisation of it.

The part is a range of specificities or of sensitivities. Between two points the curve is straight,
as ties count one half. Higher rating = more suspicious.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from analysis.estimators.intervals import ROUNDING, Inference, normal_inference
from analysis.estimators.roc import roc_curve
from analysis.result import FloatArray, Interval

LEVEL = 0.95


class Focus(StrEnum):
    """Which axis the range is on."""

    SPECIFICITY = "specificity"
    SENSITIVITY = "sensitivity"


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the curve: a range of one axis, within 0 to 1 and wider than 0."""

    focus: Focus
    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse what is no range."""
        if not 0 <= self.low < self.high <= 1:
            raise ValueError(
                f"expected a range of {self.focus} within 0 to 1, got {self.low} to {self.high}"
            )

    def __str__(self) -> str:
        """Return the part in words."""
        return f"{self.focus} {self.low:g} to {self.high:g}"

    @property
    def greatest(self) -> float:
        """The area under a perfect curve."""
        return self.high - self.low

    @property
    def by_chance(self) -> float:
        """The area under the diagonal."""
        return self.greatest * (2 - self.low - self.high) / 2


@dataclass(frozen=True, slots=True)
class PartialAuc:
    """A partial area, as it is (0 to `part.greatest`) and standardised (.5 chance, 1 perfect).

    `variance` and `inference` are those of the area as it is; the test is against chance.
    `standardised` is None where the area lies below the diagonal's: McClish's has no meaning there.
    """

    part: Part
    area: float
    standardised: float | None
    variance: float
    inference: Inference

    @property
    def standardised_variance(self) -> float | None:
        """Variance of the standardised area; None without one."""
        if self.standardised is None:
            return None
        return self.variance * _slope(self.part) ** 2


def partial_auc(
    truth: npt.ArrayLike, rating: npt.ArrayLike, part: Part, *, level: float = LEVEL
) -> PartialAuc:
    """Return the area under a part of the ROC curve.

    Parameters
    ----------
    truth, rating
        (n,) 1 positive, 0 negative; both must be there.
    part
        Over which specificities, or beside which sensitivities.
    level
        Confidence level of the normal interval, truncated to what an area can be.

    Notes
    -----
    McClish 1989, eq. 3, as pROC's `partial.auc.correct` has it: (1 + (area - chance) / (greatest -
    chance)) / 2. The variance is the jackknife's, each class left out by itself (Arvesen 1969): on
    the whole curve it is DeLong's.

    Raises
    ------
    ValueError
        Where a class is missing or a rating is not a number.
    """
    truth_values = np.asarray(truth, dtype=np.float64)
    ratings = np.asarray(rating, dtype=np.float64)
    area = _area(truth_values, ratings, part)
    variance = _jackknife_variance(truth_values, ratings, part)
    inference = _inference(area, variance, part, level=level)
    return PartialAuc(part, area, standardised_area(area, part), variance, inference)


def partial_area(truth: npt.ArrayLike, rating: npt.ArrayLike, part: Part) -> float:
    """Return the area under a part of the curve alone; parameters as `partial_auc` has them."""
    return _area(np.asarray(truth, dtype=np.float64), np.asarray(rating, dtype=np.float64), part)


def standardised_area(area: float, part: Part) -> float | None:
    """Return McClish's standardised area; None below the diagonal."""
    above = area - part.by_chance
    if above < -ROUNDING:
        return None
    return 0.5 + above * _slope(part)


def _slope(part: Part) -> float:
    """Return by how much the standardised area rises with the area."""
    return 1 / (2 * (part.greatest - part.by_chance))


def _area(truth: FloatArray, rating: FloatArray, part: Part) -> float:
    """Return the area; of sensitivities it is the one to the right of the curve."""
    curve = roc_curve(truth, rating)
    false, true = curve.false_positive_fraction[::-1], curve.sensitivity[::-1]
    if part.focus is Focus.SPECIFICITY:
        return _integral(false, true, 1 - part.high, 1 - part.low)
    return _integral(true, 1 - false, part.low, part.high)


def _integral(x: FloatArray, y: FloatArray, low: float, high: float) -> float:
    """Return the integral of a piecewise straight line from low to high; x never falls."""
    steps = np.diff(x)
    flat = np.where(steps > 0, steps, 1.0)
    start, end = np.clip(x[:-1], low, high), np.clip(x[1:], low, high)
    slope = np.diff(y) / flat
    middle = y[:-1] + slope * ((start + end) / 2 - x[:-1])
    return float(np.where(steps > 0, middle * (end - start), 0.0).sum())


def _jackknife_variance(truth: FloatArray, rating: FloatArray, part: Part) -> float:
    """Return the sum of both classes' jackknife variances; NaN where a class has one case."""
    total = 0.0
    for one_class in (0.0, 1.0):
        places = np.flatnonzero(truth == one_class)
        n = len(places)
        if n < 2:
            return float("nan")
        without = np.array(
            [_area(np.delete(truth, at), np.delete(rating, at), part) for at in places]
        )
        total += (n - 1) / n * float(((without - without.mean()) ** 2).sum())
    return total


def _inference(area: float, variance: float, part: Part, *, level: float) -> Inference:
    """Return interval and test against chance; none where the variance is 0 or not known."""
    if np.isnan(variance):
        return Inference.impossible("not estimable: one case of a class has no variance")
    if variance <= 1e-24:
        return Inference.impossible(
            "not estimable: the variance is 0 (no case changes this part of the curve)"
        )
    return normal_inference(
        area, variance, null=part.by_chance, level=level, bounds=Interval(0.0, part.greatest)
    )
