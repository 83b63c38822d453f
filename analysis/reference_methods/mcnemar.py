"""McNemar's test, one table a row, as R's mcnemar.test, binom.test and pbinom answer it.

Without a disagreement R's statistic is NaN; Crossread says "not estimable".
"""

import math

from analysis.estimators.mcnemar import McNemarMethod, McNemarTest, mcnemar_test
from analysis.reference_methods.reference_case import Part, ReferenceCase, matrix, vector

_ASYMPTOTIC = {"nocc": McNemarMethod.ASYMPTOTIC, "cc": McNemarMethod.CONTINUITY}
_EXACT = {"exact": McNemarMethod.EXACT, "midp": McNemarMethod.MID_P}
COLUMNS = ("McNemar's chi-squared", "")


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    method = _ASYMPTOTIC.get(name) or _EXACT.get(name)
    if method is None:
        return None
    _, first, second, *_ = case.table.columns  # the calls count columns: a b, c d
    tests = [
        mcnemar_test(b, c, method=method)
        for b, c in zip(case.table.whole(first), case.table.whole(second), strict=True)
    ]
    if name in _EXACT:
        return vector(_numbers(one)[1] for one in tests)
    rows = [str(place) for place in range(1, len(tests) + 1)]
    return matrix(rows, COLUMNS, [_numbers(one) for one in tests])


def _numbers(test: McNemarTest) -> tuple[float, float]:
    """Return statistic and p; what is not estimable is NaN in R."""
    return (
        math.nan if test.statistic is None else test.statistic,
        math.nan if test.p is None else test.p,
    )
