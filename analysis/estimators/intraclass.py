"""The intraclass correlation of readers who all rated the same units: agreement of one reader."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.result import Interval


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """ICC(2,1), its interval, and the F test that it is 0."""

    icc: float
    ci: Interval
    f: float
    df1: int
    df2: float
    p: float


def intraclass_agreement(ratings: npt.ArrayLike, *, level: float = 0.95) -> IntraclassCorrelation:
    """Return ICC(2,1): two-way, random readers, absolute agreement, of a single rating.

    Parameters
    ----------
    ratings
        (n, m) numbers, n units and m readers, none missing.
    level
        Confidence level.

    Notes
    -----
    McGraw and Wong (1996), case 2: the interval has Satterthwaite's degrees of freedom, as in R's
    irr.
    """
    values = np.asarray(ratings, dtype=np.float64)
    n, m = values.shape
    grand = values.mean()
    units = float(m * ((values.mean(axis=1) - grand) ** 2).sum() / (n - 1))
    readers = float(n * ((values.mean(axis=0) - grand) ** 2).sum() / (m - 1))
    rest = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + grand
    error = float((rest**2).sum() / ((n - 1) * (m - 1)))
    icc = (units - error) / (units + (m - 1) * error + m * (readers - error) / n)
    share = m * icc / (n * (1 - icc))
    part_readers, part_error = share * readers, (1 + share * (n - 1)) * error
    df2 = (part_readers + part_error) ** 2 / (
        part_readers**2 / (m - 1) + part_error**2 / ((n - 1) * (m - 1))
    )
    f = units / error
    upper = (1 + level) / 2
    f_low = float(stats.f.ppf(upper, n - 1, df2))
    f_high = float(stats.f.ppf(upper, df2, n - 1))
    spread = m * readers + (n * m - n - m) * error
    ci = Interval(
        n * (units - f_low * error) / (f_low * spread + n * units),
        n * (f_high * units - error) / (spread + n * f_high * units),
    )
    return IntraclassCorrelation(icc, ci, f, n - 1, df2, float(stats.f.sf(f, n - 1, df2)))
