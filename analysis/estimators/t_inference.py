"""Interval and test of one number with Student's t; infinite degrees of freedom are the normal."""

import math
from dataclasses import dataclass

from scipy import stats

from analysis.result import Interval


@dataclass(frozen=True, slots=True)
class TInference:
    """A number with standard error, degrees of freedom, interval and two-sided test.

    Attributes
    ----------
    se
        Standard error; NaN where the variance is below 0 or not a number.
    df
        Degrees of freedom; inf: the normal distribution.
    statistic, p, ci
        t (z where df is infinite), its p, and the interval, not truncated; None, with a reason,
        where the variance is 0.
    """

    estimate: float
    se: float
    df: float
    statistic: float | None = None
    p: float | None = None
    ci: Interval | None = None
    reason: str | None = None

    @property
    def finite_df(self) -> float | None:
        """The degrees of freedom of a t; None where it is the normal, or there is no test."""
        return self.df if self.ci is not None and math.isfinite(self.df) else None

    def words(self, whose: str) -> str:
        """Return by which distribution interval and test are, with whose degrees of freedom."""
        if self.finite_df is not None:
            return f"interval and p by t, degrees of freedom after {whose}"
        return f"interval and p by the normal, degrees of freedom after {whose} being infinite"


def t_inference(
    estimate: float, variance: float, df: float, *, level: float, null: float = 0.0
) -> TInference:
    """Return interval and test against `null` of a number with a variance.

    A variance of 0, or one that is not a number, gives neither interval nor test.
    """
    if not variance > 0:
        se = 0.0 if variance == 0 else math.nan
        reason = "not estimable: the variance is not above 0"
        return TInference(estimate, se, df, reason=reason)
    se = math.sqrt(variance)
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    statistic = (estimate - null) / se
    return TInference(
        estimate,
        se,
        df,
        statistic,
        float(2 * stats.t.sf(abs(statistic), df)),
        Interval(estimate - half, estimate + half),
    )
