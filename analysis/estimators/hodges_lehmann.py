"""The Hodges-Lehmann estimate of a paired difference with the interval of the signed-rank test.

The estimate is the shift at which the positive and the negative ranks balance. Where a whole
stretch of shifts balances, its middle is the median of the Walsh averages; R reports whichever
point of it its root finder meets first. Both are given, each by its name.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.result import FloatArray, Interval

# The tolerance of R's uniroot within wilcox.test.
ROOT_TOLERANCE = 1e-4
MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class HodgesLehmann:
    """Shift of the first against the second of paired values.

    `balance` is R's (pseudo)median; `ci` inverts the normal signed-rank test with continuity
    correction, as R does, and is None where all differences are the same. `level` is what the data
    allow where they are too few for the level asked for.
    """

    median_of_walsh_averages: float
    balance: float
    ci: Interval | None
    level: float


def hodges_lehmann(
    first: npt.ArrayLike, second: npt.ArrayLike, *, level: float = 0.95
) -> HodgesLehmann:
    """Return the shift with its interval; pairs without a difference, or with one value, drop out.

    Raises
    ------
    ValueError
        Where no pair differs.
    """
    differences = np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)
    moved = differences[~np.isnan(differences) & (differences != 0)]
    if len(moved) == 0:
        raise ValueError("expected pairs that differ, got none")
    if len(np.unique(moved)) == 1:
        return HodgesLehmann(float(moved[0]), float(moved[0]), None, 0.0)
    walsh = np.add.outer(moved, moved)[np.triu_indices(len(moved))] / 2

    def corrected(shift: float) -> float:
        return _balance(moved - shift, continuity=True)

    def uncorrected(shift: float) -> float:
        return _balance(moved - shift, continuity=False)

    low, high = float(moved.min()), float(moved.max())
    alpha = 1 - level
    while alpha < 1 and not _reaches(corrected, low, high, float(stats.norm.isf(alpha / 2))):
        alpha *= 2
    if alpha < 1:
        quantile = float(stats.norm.isf(alpha / 2))
        ci = Interval(
            _root(lambda shift: corrected(shift) - quantile, low, high),
            _root(lambda shift: corrected(shift) + quantile, low, high),
        )
    else:
        ci = Interval(float(np.median(moved)), float(np.median(moved)))
    return HodgesLehmann(
        float(np.median(walsh)), _root(uncorrected, low, high), ci, max(0.0, 1 - alpha)
    )


def _reaches(function: Callable[[float], float], low: float, high: float, quantile: float) -> bool:
    """Tell whether the statistic is as extreme as a quantile at both ends."""
    return function(low) >= quantile and function(high) <= -quantile


def _balance(shifted: FloatArray, *, continuity: bool) -> float:
    """Return the normalised signed-rank statistic of shifted differences."""
    left = shifted[shifted != 0]
    ranks = stats.rankdata(np.abs(left))
    off = float(ranks[left > 0].sum() - ranks.sum() / 2)
    correction = 0.5 * float(np.sign(off)) if continuity else 0.0
    return (off - correction) / math.sqrt(float((ranks**2).sum()) / 4)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Return where a falling function changes its sign (Brent 1973, chapter 4, as R's uniroot).

    On a step function the point that is met depends on the search itself, which is why it is
    written out here.
    """
    a, b = low, high
    f_a, f_b = function(a), function(b)
    c, f_c = a, f_a
    for _ in range(MOST_STEPS):
        before = b - a
        if abs(f_c) < abs(f_b):
            a, b, c = b, c, b
            f_a, f_b, f_c = f_b, f_c, f_b
        tolerance = 2 * math.ulp(1.0) * abs(b) + ROOT_TOLERANCE / 2
        middle = (c - b) / 2
        if abs(middle) <= tolerance or f_b == 0:
            break
        step = middle
        if abs(before) >= tolerance and abs(f_a) > abs(f_b):
            step = _interpolated(_Bracket(a, b, c, f_a, f_b, f_c), before, tolerance)
        if abs(step) < tolerance:
            step = math.copysign(tolerance, step)
        a, f_a = b, f_b
        b += step
        f_b = function(b)
        if (f_b > 0) == (f_c > 0) and f_b != 0:
            c, f_c = a, f_a
    return b


@dataclass(frozen=True, slots=True)
class _Bracket:
    """The last two guesses and the point on the other side of the root, with their values."""

    a: float
    b: float
    c: float
    f_a: float
    f_b: float
    f_c: float


def _interpolated(at: _Bracket, before: float, tolerance: float) -> float:
    """Return the step by secant or inverse parabola, or half the bracket where that is safer."""
    width = at.c - at.b
    over_a = at.f_b / at.f_a
    if at.a == at.c:
        p, q = width * over_a, 1 - over_a
    else:
        ratio, over_c = at.f_a / at.f_c, at.f_b / at.f_c
        p = over_a * (width * ratio * (ratio - over_c) - (at.b - at.a) * (over_c - 1))
        q = (ratio - 1) * (over_c - 1) * (over_a - 1)
    p, q = (p, -q) if p > 0 else (-p, q)
    if p < 0.75 * width * q - abs(tolerance * q) / 2 and p < abs(before * q / 2):
        return p / q
    return width / 2
