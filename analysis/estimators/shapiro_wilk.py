"""The Shapiro-Wilk test for a normal distribution, after Royston 1995 (algorithm AS R94).

Written out because libraries approximate the normal quantiles within it, which shows in small p.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.result import FloatArray

FEWEST, MOST = 3, 5000
# Royston's polynomials, lowest power first: the two outer weights, then mean and log standard
# deviation of the transformed statistic, for samples up to 11 and above.
_OUTER = (0.0, 0.221157, -0.147981, -2.07119, 4.434685, -2.706056)
_SECOND = (0.0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633)
_SMALL_MEAN = (0.544, -0.39978, 0.025054, -6.714e-4)
_SMALL_LOG_SD = (1.3822, -0.77857, 0.062767, -0.0020322)
_LARGE_MEAN = (-1.5861, -0.31082, -0.083751, 0.0038915)
_LARGE_LOG_SD = (-0.4803, -0.082676, 0.0030302)
_SMALL_LIMIT = (-2.273, 0.459)
_SMALL = 11


@dataclass(frozen=True, slots=True)
class NormalityTest:
    """W and p; None, with a reason, where the test cannot be made."""

    statistic: float | None = None
    p: float | None = None
    reason: str | None = None


def shapiro_wilk(values: npt.ArrayLike) -> NormalityTest:
    """Test 3 to 5000 values, as R's shapiro.test; NaN is a missing value and left out."""
    given = np.asarray(values, dtype=np.float64)
    sample = np.sort(given[~np.isnan(given)])
    n = len(sample)
    if not FEWEST <= n <= MOST:
        return NormalityTest(reason=f"not estimable: needs {FEWEST} to {MOST} values, got {n}")
    if sample[0] == sample[-1]:
        return NormalityTest(reason="not estimable: all values are equal")
    weights = _weights(n)
    scaled = sample / (sample[-1] - sample[0])
    off_weights, off = weights - weights.mean(), scaled - scaled.mean()
    spread = math.sqrt(float((off_weights**2).sum() * (off**2).sum()))
    shared = float((off_weights * off).sum())
    lacking = (spread - shared) * (spread + shared) / spread**2  # 1 - W, without cancellation
    return NormalityTest(1 - lacking, _p(lacking, n))


def _weights(n: int) -> FloatArray:
    """Return the weights (n,) of the ordered values."""
    if n == FEWEST:
        return np.array([-math.sqrt(0.5), 0.0, math.sqrt(0.5)])
    expected = stats.norm.ppf((np.arange(1, n + 1) - 0.375) / (n + 0.25))
    total = float((expected**2).sum())
    root = 1 / math.sqrt(n)
    outer = [_polynomial(_OUTER, root) + expected[-1] / math.sqrt(total)]
    if n > 5:
        outer.append(_polynomial(_SECOND, root) + expected[-2] / math.sqrt(total))
    k = len(outer)
    rest = total - 2 * float((expected[-k:] ** 2).sum())
    weights: FloatArray = expected / math.sqrt(rest / (1 - 2 * sum(one**2 for one in outer)))
    weights[n - k :] = outer[::-1]
    weights[:k] = [-one for one in outer]
    return weights


def _p(lacking: float, n: int) -> float:
    """Return p from 1 - W."""
    if n == FEWEST:
        w = 1 - lacking
        return max(0.0, 6 / math.pi * (math.asin(math.sqrt(w)) - math.asin(math.sqrt(0.75))))
    if lacking <= 0:
        return 1.0
    moved = math.log(lacking)
    if n <= _SMALL:
        # Of 4 to 11 values W cannot be so small that the logarithm below has no value.
        moved = -math.log(_polynomial(_SMALL_LIMIT, n) - moved)
        mean, log_sd = _polynomial(_SMALL_MEAN, n), _polynomial(_SMALL_LOG_SD, n)
    else:
        mean = _polynomial(_LARGE_MEAN, math.log(n))
        log_sd = _polynomial(_LARGE_LOG_SD, math.log(n))
    return float(stats.norm.sf(moved, mean, math.exp(log_sd)))


def _polynomial(coefficients: tuple[float, ...], x: float) -> float:
    """Return a polynomial, lowest power first."""
    value = 0.0
    for coefficient in reversed(coefficients):
        value = value * x + coefficient
    return value
