"""Degrees of freedom of reader-averaged AUCs: from components of variance, and Hillis'."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.result import FloatArray
from analysis.ustatistics.moments import D, Moments, N, R

NORMAL_FROM_DF = 50
_UNITS = (N, D, R)


@dataclass(frozen=True, slots=True, eq=False)
class SatterthwaitePart:
    """A squared component of variance that the degrees of freedom rest on, and its own number."""

    component: float
    df: float

    @property
    def share(self) -> float:
        """What it adds to the denominator of Satterthwaite's formula; nothing without variance."""
        if self.component == 0:
            return 0.0
        return self.component**2 / self.df**3 if self.df > 0 else math.inf


def _unit_df(moments: Moments) -> tuple[float, ...]:
    """Return the degrees of freedom of negative cases, positive cases and readers."""
    coefficients = moments.component_coefficients
    return tuple(float(round(1 / coefficients[unit] - 1)) for unit in _UNITS)


def parts_of_arm(moments: Moments) -> tuple[SatterthwaitePart, ...]:
    """Return the parts of one arm: negative cases, positive cases, readers."""
    components = moments.components(biased=True)
    return tuple(
        SatterthwaitePart(float(components[unit]), df)
        for unit, df in zip(_UNITS, _unit_df(moments), strict=True)
    )


def parts_of_difference(
    first: Moments, second: Moments, both: Moments
) -> tuple[SatterthwaitePart, ...]:
    """Return the parts of a difference; arms that share no such unit count apart."""
    one, two, shared = (found.components(biased=True) for found in (first, second, both))
    is_shared = both.component_coefficients != 0
    parts: list[SatterthwaitePart] = []
    for unit, df_1, df_2 in zip(_UNITS, _unit_df(first), _unit_df(second), strict=True):
        if is_shared[unit]:
            together = float(one[unit] + two[unit] - 2 * shared[unit])
            parts.append(SatterthwaitePart(together, min(df_1, df_2)))
        else:
            parts.append(SatterthwaitePart(float(one[unit]), df_1))
            parts.append(SatterthwaitePart(float(two[unit]), df_2))
    return tuple(parts)


def hillis_df_of_arm(aucs: FloatArray, moments: Moments) -> float:
    """Return Hillis' degrees of freedom of one arm (Hillis 2014, Statistics in Medicine 33:333)."""
    if len(aucs) < 2:
        return math.nan
    square = float(aucs.var(ddof=1))
    return _hillis_df(square, len(aucs) * _covariance_of_readers(moments), len(aucs))


def hillis_df_of_difference(aucs: FloatArray, moments: tuple[Moments, Moments, Moments]) -> float:
    """Return Hillis' degrees of freedom of two arms (Hillis 2014, Statistics in Medicine 33:332).

    `aucs` (2, readers); `moments`: of the first arm, of the second, of both together.
    """
    readers = aucs.shape[1]
    if readers < 2:
        return math.nan
    square = float((aucs[0] - aucs[1]).var(ddof=1)) / 2
    first, second, both = (_covariance_of_readers(one) for one in moments)
    return _hillis_df(square, readers * ((first + second) / 2 - both), readers)


def _hillis_df(square: float, covariances: float, readers: int) -> float:
    """Return the degrees of freedom; covariances below 0 count as 0."""
    if square == 0:
        return math.inf
    return (readers - 1) * ((square + max(covariances, 0.0)) / square) ** 2


def _covariance_of_readers(moments: Moments) -> float:
    """Return the covariance of two different readers of a crossed design (OR: Cov2 or Cov3)."""
    n, d, nd = moments.components(biased=False)[:3]
    c_n, c_d, c_nd = moments.component_coefficients[:3]
    return float(n * c_n + d * c_d + nd * c_nd)


def table_df(df: float) -> float:
    """Return whole degrees of freedom as iMRMC looks them up; above 50 the normal's."""
    if math.isnan(df) or df >= NORMAL_FROM_DF:
        return math.inf
    return float(math.floor(df))


def bdg_df(variance: float, parts: Sequence[SatterthwaitePart], *, least: float) -> float:
    """Return Satterthwaite's degrees of freedom of a variance; NaN where nothing varies.

    Never below those of the scarcest unit (Gaylor and Hopper 1969), nor below `least`.
    """
    denominator = sum(part.share for part in parts)
    if denominator == 0:
        return math.nan
    return max(variance**2 / denominator, min(part.df for part in parts), least)
