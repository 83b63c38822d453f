"""Predictive values at a prevalence that is not the study's.

A reader study is enriched with cancers, so that its own predictive values say nothing of practice.
"""

import math
from dataclasses import dataclass

from scipy import stats

from analysis.estimators.diagnostic import TwoByTwo
from analysis.result import Interval


@dataclass(frozen=True, slots=True)
class PredictiveValue:
    """A predictive value; None, with a reason, where a cell of the table is empty."""

    estimate: float | None = None
    ci: Interval | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PredictiveValues:
    """Positive and negative predictive value at a stated prevalence."""

    prevalence: float
    positive: PredictiveValue
    negative: PredictiveValue


def predictive_values(
    table: TwoByTwo, *, prevalence: float, level: float = 0.95
) -> PredictiveValues:
    """Return the predictive values that sensitivity and specificity have at a prevalence.

    Parameters
    ----------
    table
        Calls of positive and of negative cases, both there.
    prevalence
        The share of positive cases in practice, taken as known; between 0 and 1, neither.
    level
        Confidence level of the interval, normal on the logit scale.

    Notes
    -----
    Bayes' theorem; variance of the logit by the delta method (Mercaldo, Lau and Zhou 2007,
    section 2). With an empty cell the interval is not estimable, and with no call of a kind
    neither is the value.

    Raises
    ------
    ValueError
        Where a class is empty or the prevalence is not between 0 and 1.
    """
    if not 0 < prevalence < 1:
        raise ValueError(f"expected a prevalence between 0 and 1, got {prevalence}")
    n_positive, n_negative = table.tp + table.fn, table.fp + table.tn
    if n_positive == 0 or n_negative == 0:
        raise ValueError("expected positive and negative cases, both")
    odds = prevalence / (1 - prevalence)
    z = float(stats.norm.ppf((1 + level) / 2))
    positive = _value(odds, _Share(table.tp, n_positive), _Share(table.fp, n_negative), z)
    negative = _value(1 / odds, _Share(table.tn, n_negative), _Share(table.fn, n_positive), z)
    return PredictiveValues(prevalence, positive, negative)


@dataclass(frozen=True, slots=True)
class _Share:
    """Calls of a kind among the cases of a class."""

    calls: int
    cases: int

    @property
    def fraction(self) -> float:
        """The share."""
        return self.calls / self.cases

    @property
    def log_variance(self) -> float:
        """Variance of the share's logarithm, by the delta method."""
        return (1 - self.fraction) / self.calls


def _value(odds: float, right: _Share, wrong: _Share, z: float) -> PredictiveValue:
    """Return the share of right calls among all of a kind, by the odds of the class before."""
    before = odds * right.fraction
    if before + wrong.fraction == 0:
        return PredictiveValue(reason="not estimable: no call of this kind")
    estimate = before / (before + wrong.fraction)
    if right.calls == 0 or wrong.calls == 0:
        return PredictiveValue(estimate, reason="interval not estimable: all or none are right")
    centre = math.log(before / wrong.fraction)
    half = z * math.sqrt(right.log_variance + wrong.log_variance)
    ci = Interval(1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre)))
    return PredictiveValue(estimate, ci)
