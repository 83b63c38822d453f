"""McNemar's test: do two methods differ in how often they are right about the same cases.

Only the cases on which they disagree count. The asymptotic tests are a chi-square with one degree
of freedom; exact and mid-p look at the disagreements as tosses of a coin.
"""

from dataclasses import dataclass
from enum import StrEnum

from scipy import stats


class McNemarMethod(StrEnum):
    """How p is got; mid-p is the one to prefer with few disagreements (Fagerland et al. 2013)."""

    ASYMPTOTIC = "asymptotic"
    CONTINUITY = "continuity"
    EXACT = "exact"
    MID_P = "mid_p"


@dataclass(frozen=True, slots=True)
class McNemarTest:
    """The test; `statistic` is None where p is exact, both are None, with a reason, without one."""

    statistic: float | None
    p: float | None
    method: McNemarMethod
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
        return McNemarTest(None, _coin_p(first_only, second_only, method), method)
    n = first_only + second_only
    if n == 0:
        return McNemarTest(None, None, method, "not estimable: the two agree on all cases")
    difference = abs(first_only - second_only)
    if method is McNemarMethod.CONTINUITY and difference:
        difference -= 1
    statistic = difference**2 / n
    return McNemarTest(statistic, float(stats.chi2.sf(statistic, 1)), method)


def _coin_p(first_only: int, second_only: int, method: McNemarMethod) -> float:
    """Return twice the chance of the rarer side, at most 1."""
    rarer, n = min(first_only, second_only), first_only + second_only
    p = 2 * float(stats.binom.cdf(rarer, n, 0.5))
    if method is McNemarMethod.MID_P:
        p -= float(stats.binom.pmf(rarer, n, 0.5))
    return min(p, 1.0)
