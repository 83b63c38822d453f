"""Reading times: what is printed of them, and how two arms are compared on the same cases."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.estimators.intervals import ROUNDING
from analysis.result import FloatArray, Interval


@dataclass(frozen=True, slots=True)
class TimeSummary:
    """Times of one reader, or of a group's reads, in seconds; quartiles as R's type 7."""

    n: int
    median_s: float
    q1_s: float
    q3_s: float
    minimum_s: float
    maximum_s: float
    mean_s: float


@dataclass(frozen=True, slots=True)
class TimeComparison:
    """Three different answers to "how much longer": first minus second, on the same cases.

    The interval and p of the mean are Student's t with `n_pairs` - 1 degrees of freedom.
    """

    n_pairs: int
    median_of_differences_s: float
    difference_of_medians_s: float
    mean_difference_s: float
    mean_se_s: float | None
    mean_ci_s: Interval | None
    mean_p: float | None


def summarise_times(times_s: npt.ArrayLike) -> TimeSummary:
    """Return n, median, quartiles, range and mean.

    Raises
    ------
    ValueError
        Where there is no time.
    """
    times = np.asarray(times_s, dtype=np.float64)
    if len(times) == 0:
        raise ValueError("expected at least one reading time, got none")
    q1, median, q3 = (float(value) for value in np.quantile(times, (0.25, 0.5, 0.75)))
    low, high = float(times.min()), float(times.max())
    return TimeSummary(len(times), median, q1, q3, low, high, float(times.mean()))


def compare_times(
    first_s: npt.ArrayLike, second_s: npt.ArrayLike, *, level: float = 0.95
) -> TimeComparison:
    """Return the paired difference of two arms as median, as difference of medians and as mean.

    Raises
    ------
    ValueError
        Where there is no pair.
    """
    first, second = _pairs(first_s, second_s)
    differences = first - second
    n = len(differences)
    if n == 0:
        raise ValueError("expected at least one pair of reading times, got none")
    mean = float(differences.mean())
    spread = float(differences.std(ddof=1)) if n > 1 else 0.0
    # Times of unlike length leave equal differences a last digit apart, which is no spread.
    size = float(max(np.abs(first).max(), np.abs(second).max()))
    se = spread / math.sqrt(n) if spread > ROUNDING * size else None
    ci = p = None
    if se is not None:
        half = float(stats.t.ppf((1 + level) / 2, n - 1)) * se
        ci, p = Interval(mean - half, mean + half), float(2 * stats.t.sf(abs(mean / se), n - 1))
    return TimeComparison(
        n,
        float(np.median(differences)),
        float(np.median(first) - np.median(second)),
        mean,
        se,
        ci,
        p,
    )


def _pairs(first: npt.ArrayLike, second: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return the pairs of which both values are there."""
    left = np.asarray(first, dtype=np.float64)
    right = np.asarray(second, dtype=np.float64)
    both = ~(np.isnan(left) | np.isnan(right))
    return left[both], right[both]
