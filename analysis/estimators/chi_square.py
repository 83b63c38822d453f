"""Tests of a table of counts: whether the share of the first column is the same in all rows.

Rows are groups or strata; Pearson's test takes any number of columns, Fisher's and the trend's two.
Expected counts below 5 make Pearson's p doubtful: the test counts them, and Fisher's stands beside.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from analysis.result import FloatArray

SMALL_EXPECTED = 5.0
# Tables as likely as the observed one count with it; their probabilities differ by rounding.
SAME_LOG_PROBABILITY = 1e-7
MOST_TABLES = 20_000_000


@dataclass(frozen=True, slots=True)
class ChiSquareTest:
    """A chi-square test; statistic and p None, with a reason, where an expected count is 0.

    `cramers_v` is the association between 0 and 1; `n_small_expected` counts expected counts
    below 5.
    """

    statistic: float | None
    df: int
    p: float | None
    cramers_v: float | None
    min_expected: float
    n_small_expected: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TrendTest:
    """Chi-square with one degree of freedom; None, with a reason, where all counts are alike."""

    statistic: float | None = None
    p: float | None = None
    reason: str | None = None


def pearson_chi_square(
    counts: npt.ArrayLike, *, yates: bool = False, n_minus_1: bool = False
) -> ChiSquareTest:
    """Test whether the rows of a table share their proportions (Pearson 1900).

    Parameters
    ----------
    counts
        (rows, columns), at least 2 x 2.
    yates
        Continuity correction of a 2 x 2 table, never by more than the deviation (Yates 1934);
        larger tables have none.
    n_minus_1
        Times (N - 1) / N (Campbell 2007), as MedCalc prints it.

    Raises
    ------
    ValueError
        Where the table is smaller than 2 x 2 or holds what is no count.
    """
    table = _checked(counts)
    n = table.sum()
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / max(n, 1.0)
    least, n_small = float(expected.min()), int((expected < SMALL_EXPECTED).sum())
    if least == 0:
        reason = "not estimable: a row or a column of the table is empty"
        return ChiSquareTest(None, df, None, None, least, n_small, reason)
    deviation = np.abs(table - expected)
    if yates and df == 1:
        deviation = deviation - min(0.5, float(deviation.min()))
    statistic = float((deviation**2 / expected).sum())
    cramers_v = math.sqrt(statistic / n / (min(table.shape) - 1))
    if n_minus_1:
        statistic *= (n - 1) / n
    p = float(stats.chi2.sf(statistic, df))
    return ChiSquareTest(statistic, df, p, cramers_v, least, n_small)


def trend_test(counts: npt.ArrayLike) -> TrendTest:
    """Test for a linear trend of proportions over ordered rows (Cochran 1954, Armitage 1955).

    Parameters
    ----------
    counts
        (rows, 2); rows have the scores 1, 2, 3, ... in their order.

    Raises
    ------
    ValueError
        Where the table has not two columns or holds what is no count.
    """
    table = _two_columns(counts)
    size = table.sum(axis=1)
    n, successes = size.sum(), table[:, 0].sum()
    if not 0 < successes < n:
        return TrendTest(reason="not estimable: all cases are in one column")
    share = successes / n
    scores = np.arange(1.0, len(table) + 1)
    centred = scores - (size @ scores) / n
    spread = float(size @ centred**2) * share * (1 - share)
    if spread == 0:
        return TrendTest(reason="not estimable: all cases are in one row")
    statistic = float(centred @ table[:, 0]) ** 2 / spread
    return TrendTest(statistic, float(stats.chi2.sf(statistic, 1)))


def fisher_exact_p(counts: npt.ArrayLike) -> float:
    """Return the two-sided p of Fisher's exact test of rows by two columns.

    The sum of the probabilities of all tables with these margins that are no likelier than the
    observed one (Freeman and Halton 1951). Tables are built row by row; what is decided by the
    likeliest and the unlikeliest way to go on is not looked into (Mehta and Patel 1983).

    Raises
    ------
    ValueError
        Where the table has not two columns, holds what is no count, or is too large to go through:
        Pearson's test serves there.
    """
    table = _two_columns(counts)
    table = table[np.argsort(table.sum(axis=1), kind="stable")].astype(np.int64)
    sizes, total = table.sum(axis=1), int(table[:, 0].sum())
    log_ways = [_log_choose(int(size), np.arange(size + 1)) for size in sizes]
    observed = sum(float(ways[x]) for ways, x in zip(log_ways, table[:, 0].tolist(), strict=True))
    limit = observed + SAME_LOG_PROBABILITY
    ahead = _ways_ahead(log_ways, total)
    used, so_far, mass = np.zeros(1, dtype=np.int64), np.zeros(1), 0.0
    scale = float(_log_choose(int(sizes.sum()), np.array([total]))[0])
    for row, ways in enumerate(log_ways):
        used, so_far = _extended(used, so_far, ways, total)
        rest = ahead[row + 1]
        inside = so_far + rest.likeliest[used] <= limit
        mass += float(np.exp(so_far[inside] + rest.all_ways[used[inside]] - scale).sum())
        open_still = ~inside & (so_far + rest.unlikeliest[used] <= limit)
        used, so_far = used[open_still], so_far[open_still]
    return min(mass, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Ahead:
    """Log ways (total + 1,) to fill the rows still to come, by how many successes are used."""

    likeliest: FloatArray
    unlikeliest: FloatArray
    all_ways: FloatArray


def _ways_ahead(log_ways: list[FloatArray], total: int) -> list[_Ahead]:
    """Return the ways ahead before each row and after the last; impossible ones are -inf."""
    end = np.full(total + 1, -np.inf)
    end[total] = 0.0
    worst = np.where(np.isneginf(end), np.inf, end)
    ahead = [_Ahead(end, worst, end)]
    n_left = 0
    for ways in reversed(log_ways):
        n_left += len(ways) - 1
        best, least = np.full(total + 1, -np.inf), np.full(total + 1, np.inf)
        for x, way in enumerate(ways[: total + 1].tolist()):
            here = slice(0, total + 1 - x)
            best[here] = np.maximum(best[here], way + ahead[0].likeliest[x:])
            least[here] = np.minimum(least[here], way + ahead[0].unlikeliest[x:])
        missing = total - np.arange(total + 1)
        ahead.insert(0, _Ahead(best, least, _log_choose(n_left, missing)))
    return ahead


def _extended(
    used: npt.NDArray[np.int64], so_far: FloatArray, ways: FloatArray, total: int
) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Return every table begun with one more row, as successes used and log ways."""
    if len(used) * len(ways) > MOST_TABLES:
        raise ValueError(
            "expected a table that Fisher's test can go through, got too many cases in too many "
            "rows; use Pearson's test"
        )
    more = (used[:, None] + np.arange(len(ways))).ravel()
    log_ways = (so_far[:, None] + ways).ravel()
    possible = more <= total
    return more[possible], log_ways[possible]


def _log_choose(n: int, k: npt.NDArray[np.int64]) -> FloatArray:
    """Return the log of n over k; -inf where k is beyond n."""
    inside = np.clip(k, 0, n)
    log = special.gammaln(n + 1) - special.gammaln(inside + 1) - special.gammaln(n - inside + 1)
    found: FloatArray = np.where(inside == k, log, -np.inf)
    return found


def _two_columns(counts: npt.ArrayLike) -> FloatArray:
    """Return a table of counts with two columns."""
    table = _checked(counts)
    if table.shape[1] != 2:
        raise ValueError(f"expected a table of two columns, got {table.shape[1]}")
    return table


def _checked(counts: npt.ArrayLike) -> FloatArray:
    """Return a table of counts, at least 2 x 2."""
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2 or min(table.shape) < 2:
        raise ValueError(f"expected a table of at least 2 x 2 counts, got shape {table.shape}")
    if not (np.isfinite(table).all() and (table >= 0).all() and (table == np.rint(table)).all()):
        raise ValueError("expected whole counts of 0 or more")
    return table
