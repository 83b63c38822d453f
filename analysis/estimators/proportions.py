"""Intervals of a proportion: seven ways, each by its name.

All are two-sided and take `successes` of `trials`. Agresti-Coull and Wald limits can lie beyond
[0, 1] and are given as they are; whoever prints them truncates and says so.
"""

import math
from collections.abc import Callable
from typing import Literal

from scipy import stats

from analysis.estimators.intervals import clopper_pearson
from analysis.result import Interval

ProportionMethod = Literal[
    "clopper_pearson", "wilson", "wilson_cc", "agresti_coull", "wald", "jeffreys"
]


def proportion_interval(
    successes: int,
    trials: int,
    *,
    method: ProportionMethod = "clopper_pearson",
    level: float = 0.95,
) -> Interval:
    """Return the interval of a proportion.

    Parameters
    ----------
    successes, trials
        Counts, 0 <= successes <= trials and at least one trial.
    method
        `clopper_pearson` (exact), `wilson` (score), `wilson_cc` (with continuity correction),
        `agresti_coull`, `wald`, or `jeffreys` (Beta(1/2, 1/2) prior, see `jeffreys`).
    level
        Confidence level.

    Raises
    ------
    ValueError
        Where the counts contradict each other.
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"expected 0 <= successes <= trials, got {successes} of {trials}")
    return _METHODS[method](successes, trials, level)


def _exact(successes: int, trials: int, level: float) -> Interval:
    """Return the interval of Clopper and Pearson 1934."""
    return clopper_pearson(successes, trials, level=level)


def _wilson(successes: int, trials: int, level: float) -> Interval:
    """Return the score interval (Wilson 1927)."""
    return _score(successes, trials, level, 0.0)


def _wilson_corrected(successes: int, trials: int, level: float) -> Interval:
    """Return the score interval with continuity correction (Newcombe 1998, method 4).

    As R's prop.test the correction is at most the distance from half of the trials.
    """
    return _score(successes, trials, level, min(0.5, abs(successes - trials / 2)))


def _score(successes: int, trials: int, level: float, correction: float) -> Interval:
    """Return the score interval around the proportion moved outwards by a correction."""
    z = _z(level)
    centre, tail = successes / trials, z**2 / (2 * trials)
    moved = correction / trials

    def limit(proportion: float, side: float) -> float:
        spread = math.sqrt(proportion * (1 - proportion) / trials + tail / (2 * trials))
        return (proportion + tail + side * z * spread) / (1 + 2 * tail)

    low, high = centre - moved, centre + moved
    return Interval(
        0.0 if low <= 0 else limit(low, -1.0),
        1.0 if high >= 1 else limit(high, 1.0),
    )


def _agresti_coull(successes: int, trials: int, level: float) -> Interval:
    """Return the interval of Agresti and Coull 1998, which may reach beyond [0, 1]."""
    z = _z(level)
    added = trials + z**2
    centre = (successes + z**2 / 2) / added
    half = z * math.sqrt(centre * (1 - centre) / added)
    return Interval(centre - half, centre + half)


def _wald(successes: int, trials: int, level: float) -> Interval:
    """Return the normal interval, which may reach beyond [0, 1] and has width 0 at 0 and 1."""
    centre = successes / trials
    half = _z(level) * math.sqrt(centre * (1 - centre) / trials)
    return Interval(centre - half, centre + half)


def _jeffreys(successes: int, trials: int, level: float) -> Interval:
    """Return the equal-tailed posterior interval under a Beta(1/2, 1/2) prior.

    Without a success, or without a failure, the whole tail lies on the open side (R's
    binom.confint).
    """
    tail = (1 - level) / 2
    first, second = successes + 0.5, trials - successes + 0.5
    if successes == 0:
        return Interval(0.0, float(stats.beta.ppf(level, first, second)))
    if successes == trials:
        return Interval(float(stats.beta.ppf(1 - level, first, second)), 1.0)
    return Interval(
        float(stats.beta.ppf(tail, first, second)), float(stats.beta.ppf(1 - tail, first, second))
    )


def _z(level: float) -> float:
    """Return the normal quantile of a two-sided interval."""
    return float(stats.norm.ppf((1 + level) / 2))


_METHODS: dict[ProportionMethod, Callable[[int, int, float], Interval]] = {
    "clopper_pearson": _exact,
    "wilson": _wilson,
    "wilson_cc": _wilson_corrected,
    "agresti_coull": _agresti_coull,
    "wald": _wald,
    "jeffreys": _jeffreys,
}
