"""Several tests at once: p values adjusted so that each may be compared with alpha.

Bonferroni, Holm, Hochberg and Hommel bound the chance of any false rejection; BH and BY the share
of false ones among rejections. A fixed sequence and serial gatekeeping spend nothing on order.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from analysis.result import FloatArray


class Adjustment(StrEnum):
    """Whose adjustment; Hochberg and Hommel need tests that are not negatively dependent."""

    BONFERRONI = "bonferroni"
    HOLM = "holm"
    HOCHBERG = "hochberg"
    HOMMEL = "hommel"
    BH = "BH"
    BY = "BY"


def adjusted_p(p: npt.ArrayLike, *, method: Adjustment = Adjustment.HOLM) -> FloatArray:
    """Return adjusted p values (n,) in the order given.

    Parameters
    ----------
    p
        (n,) p values; NaN is no test, stays NaN and does not count.
    method
        Holm 1979, Hochberg 1988, Hommel 1988, Benjamini and Hochberg 1995 (BH), Benjamini and
        Yekutieli 2001 (BY), or Bonferroni.

    Raises
    ------
    ValueError
        Where a value is outside 0 to 1.
    """
    values = _checked(p)
    known = ~np.isnan(values)
    adjusted = values.copy()
    ordered = np.sort(values[known])
    back = np.argsort(np.argsort(values[known], kind="stable"), kind="stable")
    if len(ordered):
        adjusted[known] = np.minimum(_ADJUSTED[method](ordered), 1.0)[back]
    return adjusted


def fixed_sequence_p(p: npt.ArrayLike) -> FloatArray:
    """Return adjusted p values (n,) of tests made in order until one fails (Maurer et al. 1995).

    A test stands only where all before it stand: its p is the greatest up to it. NaN is a test that
    could not be made: it and what comes after cannot stand, and have 1.
    """
    values = np.where(np.isnan(checked := _checked(p)), 1.0, checked)
    greatest: FloatArray = np.maximum.accumulate(values)
    return greatest


def serial_gatekeeping_p(
    families: Sequence[npt.ArrayLike], *, method: Adjustment = Adjustment.HOLM
) -> tuple[FloatArray, ...]:
    """Return adjusted p values of families of tests, each opened by all of the one before.

    Within a family p is adjusted by `method`; no test may have a lower p than the greatest of the
    families before (Bauer et al. 1998; Dmitrienko and Tamhane 2007, serial).
    """
    gate = 0.0
    found = []
    for family in families:
        own = adjusted_p(family, method=method)
        behind: FloatArray = np.maximum(np.where(np.isnan(own), 1.0, own), gate)
        gate = float(behind.max(initial=gate))
        found.append(behind)
    return tuple(found)


def _bonferroni(p: FloatArray) -> FloatArray:
    """Each p times their number."""
    return p * len(p)


def _holm(p: FloatArray) -> FloatArray:
    """Step down: times how many are left, never falling."""
    stepped: FloatArray = np.maximum.accumulate(p * np.arange(len(p), 0, -1))
    return stepped


def _hochberg(p: FloatArray) -> FloatArray:
    """Step up: times how many are left, never rising towards smaller p."""
    return _step_up(p * np.arange(len(p), 0, -1))


def _bh(p: FloatArray) -> FloatArray:
    """Step up: times their number over rank."""
    return _step_up(p * len(p) / np.arange(1, len(p) + 1))


def _by(p: FloatArray) -> FloatArray:
    """BH times the harmonic sum, for any dependence."""
    return _bh(p) * float((1 / np.arange(1, len(p) + 1)).sum())


def _step_up(p: FloatArray) -> FloatArray:
    """Return the least of each value and all after it."""
    stepped: FloatArray = np.minimum.accumulate(p[::-1])[::-1]
    return stepped


def _hommel(p: FloatArray) -> FloatArray:
    """Close Simes' test over all intersections (algorithm of Wright 1992, appendix)."""
    n = len(p)
    simes = float((n * p / np.arange(1, n + 1)).min())
    adjusted = np.full(n, simes)
    for size in range(n - 1, 1, -1):
        rest, last = p[: n - size + 1], p[n - size + 1 :]
        bound = float((size * last / np.arange(2, size + 1)).min())
        step = np.minimum(size * rest, bound)
        adjusted = np.maximum(adjusted, np.append(step, np.full(size - 1, step[-1])))
    greatest: FloatArray = np.maximum(adjusted, p)
    return greatest


_ADJUSTED = {
    Adjustment.BONFERRONI: _bonferroni,
    Adjustment.HOLM: _holm,
    Adjustment.HOCHBERG: _hochberg,
    Adjustment.HOMMEL: _hommel,
    Adjustment.BH: _bh,
    Adjustment.BY: _by,
}


def _checked(p: npt.ArrayLike) -> FloatArray:
    """Return p values as numbers."""
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1 or ((values < 0) | (values > 1)).any():
        raise ValueError("expected p values between 0 and 1 in a row")
    return values
