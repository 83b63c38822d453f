"""What a table of two tests against truth says: accuracy, likelihood ratios, odds ratio.

Intervals of proportions are exact or Wilson's; those of the ratios are normal on the log scale.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.estimators.proportions import ProportionMethod, proportion_interval
from analysis.result import Interval


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its interval; not a number, or infinite, where an empty cell makes it so."""

    estimate: float
    ci: Interval


@dataclass(frozen=True, slots=True)
class TwoByTwo:
    """Positive and negative calls of positive and negative cases."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def n(self) -> int:
        """All cases."""
        return self.tp + self.fp + self.fn + self.tn

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and sensitivity; NaN where nothing is positive."""
        either = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / either if either else math.nan

    @property
    def turned(self) -> "TwoByTwo":
        """The counts with negative as the class looked for."""
        return TwoByTwo(tp=self.tn, fp=self.fn, fn=self.fp, tn=self.tp)


@dataclass(frozen=True, slots=True)
class DiagnosticAccuracy:
    """Everything that is commonly printed of a 2 x 2 table.

    `number_needed_to_diagnose` is 1 / J; where the limits of J lie on both sides of 0, what agrees
    with the data lies outside its own. `positive_calls` is the apparent prevalence.
    """

    positive_calls: Measure
    negative_calls: Measure
    prevalence: Measure
    sensitivity: Measure
    specificity: Measure
    accuracy: Measure
    odds_ratio: Measure
    number_needed_to_diagnose: Measure
    youden_j: Measure
    positive_predictive_value: Measure
    negative_predictive_value: Measure
    positive_likelihood_ratio: Measure
    negative_likelihood_ratio: Measure
    false_positive_fraction: Measure
    false_negative_fraction: Measure
    false_discovery_fraction: Measure
    false_omission_fraction: Measure


def diagnostic_accuracy(
    table: TwoByTwo, *, method: ProportionMethod = "clopper_pearson", level: float = 0.95
) -> DiagnosticAccuracy:
    """Return accuracy with intervals.

    Parameters
    ----------
    table
        The counts; positive and negative cases are needed, and positive and negative calls.
    method
        Interval of the proportions.
    level
        Confidence level.

    Notes
    -----
    J and 1 / J have the limits that follow from those of sensitivity and specificity (as epiR's
    epi.tests); likelihood ratios after Simel et al. 1991, the odds ratio after Woolf 1955.

    Raises
    ------
    ValueError
        Where a margin of the table is empty.
    """
    tp, fp, fn, tn = table.tp, table.fp, table.fn, table.tn

    def share(successes: int, trials: int) -> Measure:
        ci = proportion_interval(successes, trials, method=method, level=level)
        return Measure(successes / trials, ci)

    sensitivity, specificity = share(tp, tp + fn), share(tn, fp + tn)
    j = Measure(
        sensitivity.estimate + specificity.estimate - 1,
        Interval(
            sensitivity.ci.low + specificity.ci.low - 1,
            sensitivity.ci.high + specificity.ci.high - 1,
        ),
    )
    ratio = _LogRatio(float(stats.norm.ppf((1 + level) / 2)))
    return DiagnosticAccuracy(
        positive_calls=share(tp + fp, table.n),
        negative_calls=share(fn + tn, table.n),
        prevalence=share(tp + fn, table.n),
        sensitivity=sensitivity,
        specificity=specificity,
        accuracy=share(tp + tn, table.n),
        odds_ratio=ratio.of(tp * tn, fp * fn, (tp, fp, fn, tn), ()),
        number_needed_to_diagnose=_inverse(j),
        youden_j=j,
        positive_predictive_value=share(tp, tp + fp),
        negative_predictive_value=share(tn, fn + tn),
        positive_likelihood_ratio=ratio.of(
            tp * (fp + tn), fp * (tp + fn), (tp, fp), (tp + fn, fp + tn)
        ),
        negative_likelihood_ratio=ratio.of(
            fn * (fp + tn), tn * (tp + fn), (fn, tn), (tp + fn, fp + tn)
        ),
        false_positive_fraction=share(fp, fp + tn),
        false_negative_fraction=share(fn, tp + fn),
        false_discovery_fraction=share(fp, tp + fp),
        false_omission_fraction=share(fn, fn + tn),
    )


@dataclass(frozen=True, slots=True)
class _LogRatio:
    """A ratio with its normal interval on the log scale; `z` is the normal quantile."""

    z: float

    def of(
        self, over: int, under: int, added: tuple[int, ...], removed: tuple[int, ...]
    ) -> Measure:
        """Return over / under; the variance of its log is the sum of the reciprocals of counts."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.float64(over) / np.float64(under)
            reciprocals = 1 / np.array(added, dtype=np.float64)
            variance = reciprocals.sum() - sum(1 / count for count in removed)
            half = self.z * np.sqrt(variance)
            centre = np.log(ratio)
            return Measure(
                float(ratio), Interval(float(np.exp(centre - half)), float(np.exp(centre + half)))
            )


def _inverse(measure: Measure) -> Measure:
    """Return 1 / a measure, between the reciprocals of its limits, the lower one first."""

    def over(value: float) -> float:
        return math.inf if value == 0 else 1 / value

    limits = sorted((over(measure.ci.high), over(measure.ci.low)))
    return Measure(over(measure.estimate), Interval(*limits))
