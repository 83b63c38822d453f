"""Intervals of proportions, one per row of the table, as R and its package binom answer them."""

from analysis.estimators.proportions import ProportionMethod, proportion_interval
from analysis.reference_methods.reference_case import Part, ReferenceCase, matrix, vector

# R's own tests answer with a bare matrix, column by column; binom with named rows and columns.
_BARE: dict[str, ProportionMethod] = {
    "clopper_pearson": "clopper_pearson",
    "wilson": "wilson",
    "wilson_cc": "wilson_cc",
}
_NAMED: dict[str, ProportionMethod] = {
    "agresti_coull": "agresti_coull",
    "wald": "wald",
    "jeffreys": "jeffreys",
    "binom_wilson": "wilson",
}


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    method = _BARE.get(name) or _NAMED.get(name)
    if method is None:
        return None
    counts = zip(case.table.whole("x"), case.table.whole("n"), strict=True)
    found = [proportion_interval(x, n, method=method) for x, n in counts]
    if name in _BARE:
        return vector([*(one.low for one in found), *(one.high for one in found)])
    rows = [str(place) for place in range(1, len(found) + 1)]
    return matrix(rows, ("lower", "upper"), [(one.low, one.high) for one in found])
