"""The empirical ROC curve, the area under it, and comparisons of such areas after DeLong.

Higher rating = more suspicious; a tie between a positive and a negative case counts one half; the
direction is never flipped. An AUC of 0 or 1 has DeLong variance 0: its interval and test are not
estimable and are not given.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.estimators.intervals import Inference, logit_interval, normal_inference
from analysis.estimators.structural_components import Contrast, CorrelatedValues, auc_values
from analysis.result import FloatArray, Interval

FRACTION = Interval(0.0, 1.0)
DIFFERENCE = Interval(-1.0, 1.0)


@dataclass(frozen=True, slots=True)
class AucEstimate:
    """An empirical AUC with its DeLong variance; `inference` tests it against one half."""

    auc: float
    variance: float
    inference: Inference


@dataclass(frozen=True, slots=True)
class AucDifference:
    """The first AUC minus the second; `df` is that of Welch's t, None for the normal test."""

    difference: float
    inference: Inference
    df: float | None = None


@dataclass(frozen=True, slots=True)
class EqualAucsTest:
    """Chi-square test that all AUCs are equal."""

    chi_square: float
    df: int
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class RocCurve:
    """The operating points of a set of ratings, from all cases positive to none.

    Attributes
    ----------
    threshold
        (u + 1,) ascending observed ratings; a rating of at least this is positive. Last: inf.
    midpoint
        (u + 1,) half way between a threshold and the observed rating below it. First: -inf.
    tp, fp
        (u + 1,) positive and negative cases called positive.
    """

    threshold: FloatArray
    midpoint: FloatArray
    tp: npt.NDArray[np.int64]
    fp: npt.NDArray[np.int64]
    n_positive: int
    n_negative: int

    @property
    def sensitivity(self) -> FloatArray:
        """The share of positive cases called positive."""
        return self.tp / self.n_positive

    @property
    def false_positive_fraction(self) -> FloatArray:
        """The share of negative cases called positive: 1 - specificity."""
        return self.fp / self.n_negative


@dataclass(frozen=True, slots=True, eq=False)
class MeanRocCurve:
    """The vertical average of several curves, from (1, 1) to (0, 0)."""

    false_positive_fraction: FloatArray
    sensitivity: FloatArray


def empirical_auc(truth: npt.ArrayLike, rating: npt.ArrayLike) -> float:
    """Return the chance that a positive case is rated above a negative one, ties one half.

    Raises
    ------
    ValueError
        Where there is no positive or no negative case, or a rating is not a number.
    """
    return float(_checked_values(truth, np.atleast_2d(np.asarray(rating))).values[0])


def delong_auc(
    truth: npt.ArrayLike,
    rating: npt.ArrayLike,
    *,
    level: float = 0.95,
    interval: Literal["normal", "logit"] = "normal",
) -> AucEstimate:
    """Return the empirical AUC with DeLong variance, interval, and test against one half."""
    values = _checked_values(truth, np.atleast_2d(np.asarray(rating)))
    auc, variance = float(values.values[0]), float(values.covariance[0, 0])
    return AucEstimate(
        auc, variance, auc_inference(Contrast(auc, variance), level=level, interval=interval)
    )


def delong_covariance(truth: npt.ArrayLike, ratings: npt.ArrayLike) -> CorrelatedValues:
    """Return the AUCs of k curves (k, n) on the same n cases, with their DeLong covariance."""
    return _checked_values(truth, ratings)


def paired_delong(
    truth: npt.ArrayLike, first: npt.ArrayLike, second: npt.ArrayLike, *, level: float = 0.95
) -> AucDifference:
    """Compare two AUCs on the same cases: first minus second (DeLong 1988).

    Identical ratings have a difference of 0 with variance 0, so no interval and no p.
    """
    contrast = _checked_values(truth, np.stack([np.asarray(first), np.asarray(second)])).contrast(
        np.array([1.0, -1.0])
    )
    return AucDifference(contrast.value, difference_inference(contrast, level=level))


def unpaired_delong(
    first: AucEstimate,
    second: AucEstimate,
    *,
    level: float = 0.95,
    welch_sizes: tuple[int, int] | None = None,
) -> AucDifference:
    """Compare two AUCs of different cases: first minus second.

    Parameters
    ----------
    first, second
        Estimates of `delong_auc`.
    level
        Confidence level.
    welch_sizes
        The two numbers of cases: Welch's t as pROC does it. None: the normal z.
    """
    contrast = Contrast(first.auc - second.auc, first.variance + second.variance)
    inference = difference_inference(contrast, level=level)
    if welch_sizes is None or inference.z is None or inference.se is None:
        return AucDifference(contrast.value, inference)
    parts = zip((first.variance, second.variance), welch_sizes, strict=True)
    df = contrast.variance**2 / sum(variance**2 / (size - 1) for variance, size in parts)
    half = float(stats.t.ppf((1 + level) / 2, df)) * inference.se
    ci = Interval(max(contrast.value - half, -1.0), min(contrast.value + half, 1.0))
    p = float(2 * stats.t.sf(abs(inference.z), df))
    return AucDifference(contrast.value, Inference(inference.se, ci, inference.z, p), df)


def equal_aucs_test(values: CorrelatedValues) -> EqualAucsTest:
    """Test whether k correlated AUCs are all equal: chi-square with k - 1 degrees of freedom.

    Raises
    ------
    ValueError
        Where the contrasts' covariance is singular, as with two identical curves.
    """
    k = len(values.values)
    contrasts = np.hstack([np.ones((k - 1, 1)), -np.eye(k - 1)])
    matrix = contrasts @ values.covariance @ contrasts.T
    if np.linalg.matrix_rank(matrix, hermitian=True) < k - 1:
        raise ValueError("expected curves that differ, got a singular covariance")
    difference = contrasts @ values.values
    chi_square = float(difference @ np.linalg.solve(matrix, difference))
    return EqualAucsTest(chi_square, k - 1, float(stats.chi2.sf(chi_square, k - 1)))


def hanley_mcneil_se(auc: float, n_positive: int, n_negative: int) -> float:
    """Return the standard error that an AUC has under exponential ratings (Hanley, McNeil 1982)."""
    q1, q2 = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    spread = (n_positive - 1) * (q1 - auc**2) + (n_negative - 1) * (q2 - auc**2)
    return math.sqrt((auc * (1 - auc) + spread) / (n_positive * n_negative))


def auc_inference(
    auc: Contrast, *, level: float, interval: Literal["normal", "logit"] = "normal"
) -> Inference:
    """Return interval and test against one half of an AUC, or of a mean of AUCs."""
    refusal = _refusal(auc)
    if refusal is not None:
        return refusal
    inference = normal_inference(auc.value, auc.variance, null=0.5, level=level, bounds=FRACTION)
    if interval == "normal":
        return inference
    ci = logit_interval(auc.value, auc.variance, level=level)
    return Inference(inference.se, ci, inference.z, inference.p)


def difference_inference(difference: Contrast, *, level: float) -> Inference:
    """Return interval and test against 0 of a difference between two fractions."""
    if difference.variance == 0 and difference.value == 0:
        return Inference.impossible(
            "not estimable: difference 0 with variance 0 (the same on both sides)"
        )
    refusal = _refusal(difference)
    if refusal is not None:
        return refusal
    return normal_inference(
        difference.value, difference.variance, null=0.0, level=level, bounds=DIFFERENCE
    )


def roc_curve(truth: npt.ArrayLike, rating: npt.ArrayLike) -> RocCurve:
    """Return the operating points of ratings; both classes must be there.

    Raises
    ------
    ValueError
        Where there is no positive or no negative case, or a rating is not a number.
    """
    truth_values, ratings = _checked(truth, np.atleast_2d(np.asarray(rating)))
    observed, place = np.unique(ratings[0], return_inverse=True)
    tp = np.bincount(place[truth_values == 1], minlength=len(observed))
    fp = np.bincount(place[truth_values == 0], minlength=len(observed))
    middles = (observed[:-1] + observed[1:]) / 2
    return RocCurve(
        np.append(observed, np.inf),
        np.concatenate([[-np.inf], middles, [np.inf]]),
        np.append(tp[::-1].cumsum()[::-1], 0),
        np.append(fp[::-1].cumsum()[::-1], 0),
        int(tp.sum()),
        int(fp.sum()),
    )


def mean_roc_curve(curves: Sequence[RocCurve]) -> MeanRocCurve:
    """Return the curve whose sensitivity is the mean of the curves' at each fraction.

    Its area is the mean of their areas: both sides of every vertical step are kept.
    """
    fractions = np.unique(np.concatenate([curve.false_positive_fraction for curve in curves]))
    sides = [_step_sides(curve, fractions) for curve in curves]
    both = np.mean(sides, axis=0)  # (2, n): below and above the step at each fraction
    return MeanRocCurve(
        np.repeat(fractions, 2)[::-1].copy(), both.T.reshape(-1)[::-1].astype(np.float64)
    )


def _step_sides(curve: RocCurve, fractions: FloatArray) -> FloatArray:
    """Return the lower and upper end (2, n) of a curve's vertical step at each fraction."""
    own = curve.false_positive_fraction[::-1]
    height = curve.sensitivity[::-1]
    between = np.interp(fractions, own, height)
    first = np.searchsorted(own, fractions, side="left")
    last = np.searchsorted(own, fractions, side="right") - 1
    at_step = last >= first
    low = np.where(at_step, height[np.minimum(first, len(own) - 1)], between)
    high = np.where(at_step, height[last], between)
    return np.stack([low, high])


def _refusal(contrast: Contrast) -> Inference | None:
    """Return why a value has no interval; None where it has one."""
    if math.isnan(contrast.variance):
        return Inference.impossible("not estimable: one case of a class has no variance")
    if contrast.variance > 0:
        return None
    return Inference.impossible(
        "not estimable: the variance is 0 (the cases are separated perfectly, or not at all)"
    )


def _checked(truth: npt.ArrayLike, ratings: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return truth (n,) and ratings (k, n) as numbers, both classes present."""
    truth_values = np.asarray(truth, dtype=np.float64)
    rating_values = np.asarray(ratings, dtype=np.float64)
    if rating_values.shape[-1] != len(truth_values) or np.isnan(rating_values).any():
        raise ValueError("expected one rating, a number, for each case")
    is_positive = truth_values == 1
    if not (is_positive | (truth_values == 0)).all() or is_positive.all() or not is_positive.any():
        raise ValueError("expected positive (1) and negative (0) cases, both")
    return truth_values, rating_values


def _checked_values(truth: npt.ArrayLike, ratings: npt.ArrayLike) -> CorrelatedValues:
    """Return the AUCs of complete ratings with their covariance."""
    return auc_values(*_checked(truth, ratings))
