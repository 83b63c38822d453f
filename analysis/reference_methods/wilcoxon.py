"""Wilcoxon's signed-rank test in the conventions of R, exactRankTests and coin."""

from collections.abc import Callable
from functools import partial

import numpy as np

from analysis.estimators.hodges_lehmann import hodges_lehmann
from analysis.estimators.signed_rank import (
    EXACT_BELOW,
    SignedRankTest,
    wilcoxon_as_r,
    wilcoxon_signed_rank,
)
from analysis.reference_methods.reference_case import Part, ReferenceCase, named, number
from analysis.result import FloatArray

Test = Callable[[FloatArray, FloatArray], SignedRankTest]

_SUMS: dict[str, Test] = {
    "default": wilcoxon_as_r,
    "approx_cc": partial(wilcoxon_signed_rank, continuity=True),
    "approx_nocc": wilcoxon_signed_rank,
}
_NORMAL: dict[str, Test] = {
    "coin_wilcoxon_asymptotic": wilcoxon_signed_rank,
    "coin_pratt_asymptotic": partial(wilcoxon_signed_rank, zeros="pratt"),
}
_EXACT: dict[str, Test] = {
    "coin_wilcoxon_exact": partial(wilcoxon_signed_rank, exact=True),
    "coin_pratt_exact": partial(wilcoxon_signed_rank, zeros="pratt", exact=True),
}


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    x, y = case.table.numbers("x"), case.table.numbers("y")
    if name == "n_zero":
        return number(wilcoxon_signed_rank(x, y).n_zero)
    if name == "exact_permutation":
        # exactRankTests counts signs below 50 pairs only, but with ties too.
        few = int((x != y).sum()) < EXACT_BELOW
        return sum_and_p(wilcoxon_signed_rank(x, y, exact=few))
    if name == "hodges_lehmann":
        return _shift(x, y)
    if name in _SUMS:
        return sum_and_p(_SUMS[name](x, y))
    if name in _NORMAL:
        test = _NORMAL[name](x, y)
        return named(Z=_known(test.z), p=_known(test.p))
    return named(p=_known(_EXACT[name](x, y).p)) if name in _EXACT else None


def _shift(x: FloatArray, y: FloatArray) -> tuple[Part, ...]:
    """Return the shift between its limits; NaN where no pair differs, as in R."""
    if not (x != y).any():
        return named(est=np.nan, lo=np.nan, hi=np.nan)
    found = hodges_lehmann(x, y)
    low, high = (np.nan, np.nan) if found.ci is None else (found.ci.low, found.ci.high)
    return named(est=found.balance, lo=low, hi=high)


def sum_and_p(test: SignedRankTest) -> tuple[Part, ...]:
    """Return the sum of the positive ranks and p, named as R names them."""
    return (Part(".statistic.V", test.statistic), Part(".p.value", _known(test.p)))


def _known(value: float | None) -> float:
    """Return a number that may not be estimable."""
    return np.nan if value is None else value
