"""Intervals and tests of one number: normal, logit, and exact for a proportion."""

import math
from dataclasses import dataclass

from scipy import special, stats

from analysis.result import Interval

# A variance this small beside its parts is rounding: the two ratings are the same.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Inference:
    """Standard error, interval and two-sided test; None, with a reason, where not estimable."""

    se: float | None = None
    ci: Interval | None = None
    z: float | None = None
    p: float | None = None
    reason: str | None = None

    @staticmethod
    def impossible(reason: str) -> "Inference":
        """Return an inference that could not be made."""
        return Inference(reason=reason)


def normal_inference(
    value: float,
    variance: float,
    *,
    null: float,
    level: float,
    bounds: Interval,
) -> Inference:
    """Return the normal interval and the test against `null`.

    Parameters
    ----------
    value, variance
        The estimate and its variance, which must be greater than 0.
    null
        Value under the null hypothesis.
    level
        Confidence level.
    bounds
        Where the quantity can lie; limits beyond are truncated.
    """
    se = math.sqrt(variance)
    half = float(special.ndtri((1 + level) / 2)) * se
    z = (value - null) / se
    ci = Interval(max(value - half, bounds.low), min(value + half, bounds.high))
    return Inference(se, ci, z, float(2 * special.ndtr(-abs(z))))


def logit_interval(
    value: float, variance: float, *, level: float, df: float = math.inf
) -> Interval:
    """Return the interval of a fraction on the logit scale (Pepe 2003, section 5.2.4).

    `value` lies strictly between 0 and 1, and so do the limits. `df` are the degrees of freedom of
    Student's t; inf: the normal distribution.
    """
    centre = math.log(value / (1 - value))
    half = float(stats.t.ppf((1 + level) / 2, df)) * math.sqrt(variance) / (value * (1 - value))
    return Interval(1 / (1 + math.exp(half - centre)), 1 / (1 + math.exp(-half - centre)))


def clopper_pearson(successes: int, trials: int, *, level: float) -> Interval:
    """Return the exact binomial interval of a proportion (Clopper and Pearson 1934).

    Raises
    ------
    ValueError
        Where there are no trials, or more successes than trials.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"expected 0 <= successes <= trials, got {successes} of {trials}")
    tail = (1 - level) / 2
    failures = trials - successes
    low = float(stats.beta.ppf(tail, successes, failures + 1)) if successes else 0.0
    high = float(stats.beta.ppf(1 - tail, successes + 1, failures)) if failures else 1.0
    return Interval(low, high)


def area_interval(area: float, n: int, *, level: float) -> Interval:
    """Return the interval that MedCalc calls binomial exact: Clopper-Pearson of area x n in n.

    `area` x `n` is no whole number in general, which the Beta quantiles allow.
    """
    tail = (1 - level) / 2
    hits = area * n
    low = float(stats.beta.ppf(tail, hits, n - hits + 1)) if hits > 0 else 0.0
    high = float(stats.beta.ppf(1 - tail, hits + 1, n - hits)) if hits < n else 1.0
    return Interval(low, high)
