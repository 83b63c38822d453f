"""McNemar's test: do two methods differ in how often they are right about the same cases.

Only the cases on which they disagree count. The asymptotic tests are a chi-square with one degree
of freedom; exact and mid-p look at the disagreements as tosses of a coin. Where cases belong to
clusters, a cluster's disagreements fall together: whole clusters are tossed.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.result import FloatArray


class McNemarMethod(StrEnum):
    """How p is got; mid-p is the one to prefer with few disagreements (Fagerland et al. 2013)."""

    ASYMPTOTIC = "asymptotic"
    CONTINUITY = "continuity"
    EXACT = "exact"
    MID_P = "mid_p"


@dataclass(frozen=True, slots=True)
class McNemarTest:
    """The test; `statistic` is None where p is exact, both are None, with a reason, without one."""

    method: McNemarMethod
    statistic: float | None = None
    p: float | None = None
    reason: str | None = None


def mcnemar_test(
    first_only: int, second_only: int, *, method: McNemarMethod = McNemarMethod.ASYMPTOTIC
) -> McNemarTest:
    """Test whether two methods are right equally often on the same cases (McNemar 1947).

    Parameters
    ----------
    first_only, second_only
        Cases on which only the first, only the second method is right (or positive).
    method
        `asymptotic`; `continuity`: Edwards 1948, the difference one smaller, but not where it is 0;
        `exact`: binomial, two-sided; `mid_p`: exact less half the chance of what was observed.

    Notes
    -----
    Without a disagreement nothing speaks against equality: exact p and mid-p are 1, and the
    asymptotic tests are not estimable.

    Raises
    ------
    ValueError
        Where a count is negative.
    """
    if min(first_only, second_only) < 0:
        raise ValueError(f"expected counts of 0 or more, got {first_only} and {second_only}")
    if method in (McNemarMethod.EXACT, McNemarMethod.MID_P):
        return McNemarTest(method, p=_coin_p(first_only, second_only, method))
    n = first_only + second_only
    if n == 0:
        return McNemarTest(method, reason="not estimable: the two agree on all cases")
    difference = abs(first_only - second_only)
    if method is McNemarMethod.CONTINUITY and difference:
        difference -= 1
    statistic = difference**2 / n
    return McNemarTest(method, statistic, float(stats.chi2.sf(statistic, 1)))


def clustered_mcnemar_test(
    differences: npt.NDArray[np.int64], *, method: McNemarMethod = McNemarMethod.ASYMPTOTIC
) -> McNemarTest:
    """Test whether two methods are right equally often on cases that come in clusters.

    With one case a cluster it is `mcnemar_test`.

    Parameters
    ----------
    differences
        (m,) of every cluster how many more cases only the first method is right on than only the
        second.
    method
        `asymptotic`: the squared sum over the sum of squares (Yang, Sun and Hardin 2010);
        `continuity`: the sum one smaller; `exact`: how many of all ways to change the methods of
        whole clusters give a sum as far from 0; `mid_p`: less half the chance of what was observed.
    """
    own = np.abs(differences[differences != 0])
    total = abs(int(differences.sum()))
    if method in (McNemarMethod.EXACT, McNemarMethod.MID_P):
        return McNemarTest(method, p=_signs_p(own, total, method))
    if len(own) == 0:
        return McNemarTest(method, reason="not estimable: the two agree in all clusters")
    if method is McNemarMethod.CONTINUITY and total:
        total -= 1
    statistic = total**2 / int((own**2).sum())
    return McNemarTest(method, statistic, float(stats.chi2.sf(statistic, 1)))


def _signs_p(sizes: npt.NDArray[np.int64], total: int, method: McNemarMethod) -> float:
    """Return the chance that sizes (m,) with signs by coins add up to `total` or farther from 0."""
    if total == 0:
        return 1.0
    chance = np.ones(1)
    for size, count in zip(*np.unique(sizes, return_counts=True), strict=True):
        ways: FloatArray = np.zeros(2 * size * count + 1)
        ways[:: 2 * size] = stats.binom.pmf(np.arange(count + 1), count, 0.5)
        # Sums of products above 0 only, so that far tails keep their digits.
        chance = np.convolve(chance, ways)
    tail = float(chance[: len(chance) // 2 - total + 1].sum())
    if method is McNemarMethod.MID_P:
        tail -= float(chance[len(chance) // 2 - total]) / 2
    return min(2 * tail, 1.0)


def _coin_p(first_only: int, second_only: int, method: McNemarMethod) -> float:
    """Return twice the chance of the rarer side, at most 1."""
    rarer, n = min(first_only, second_only), first_only + second_only
    p = 2 * float(stats.binom.cdf(rarer, n, 0.5))
    if method is McNemarMethod.MID_P:
        p -= float(stats.binom.pmf(rarer, n, 0.5))
    return min(p, 1.0)
