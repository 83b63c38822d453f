"""AUC, DeLong variance and comparisons, as pROC answers them.

Where a variance is 0 Crossread says "not estimable"; pROC gives limits equal to the estimate,
no logit limits, and z = 0 for a difference of 0. Compared is what pROC's convention makes of our
estimate and variance.
"""

import math
import re
from dataclasses import dataclass

import numpy as np

from analysis.estimators.roc import (
    AucDifference,
    AucEstimate,
    delong_auc,
    delong_covariance,
    equal_aucs_test,
    hanley_mcneil_se,
    paired_delong,
    unpaired_delong,
)
from analysis.reference_methods.reference_case import (
    Part,
    ReferenceCase,
    ReferenceTable,
    named,
    number,
    vector,
)
from analysis.result import FloatArray

NOTE = (
    "delong: where a variance is 0 Crossread reports 'not estimable'; compared is pROC's "
    "convention (limits equal to the AUC, z 0 and p 1 for a difference of 0, no logit limits)."
)
# `d$truth,d$a` in a call: the table, and the column that holds the ratings.
CURVE = re.compile(r"(\w+)\$truth\s*,\s*(\w+)\$(\w+)")


@dataclass(frozen=True, slots=True)
class _Curve:
    """One set of ratings with truth."""

    truth: FloatArray
    rating: FloatArray

    @property
    def estimate(self) -> AucEstimate:
        """Its AUC."""
        return delong_auc(self.truth, self.rating)

    @property
    def sizes(self) -> tuple[int, int]:
        """Positive and negative cases."""
        positive = int(self.truth.sum())
        return positive, len(self.truth) - positive


FEWEST_CASES = 2
_NOT_KNOWN = {
    "paired_test": named(z=math.nan, p=math.nan),
    "unpaired_z_normal": named(z=math.nan, p=math.nan),
    "unpaired_test": named(D=math.nan, df=math.nan, p=math.nan),
}


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    if name in ("aucs", "covmat", "chisq_all_equal"):
        return _several(case, name)
    curves = _curves(case, name)
    # One case of a class has no variance: NaN throughout in pROC.
    if len(curves) > 1 and min(min(curve.sizes) for curve in curves) < FEWEST_CASES:
        return _NOT_KNOWN.get(name, number(math.nan) if name.startswith("cov_") else None)
    kind = next((prefix for prefix in _OF_ONE if name.startswith(prefix)), None)
    if kind is not None:
        return _OF_ONE[kind](curves[0])
    if name.startswith("cov_"):
        both = delong_covariance(curves[0].truth, [curve.rating for curve in curves[:2]])
        return number(float(both.covariance[0, 1]))
    if name == "paired_test":
        return _z_and_p(paired_delong(curves[0].truth, curves[0].rating, curves[1].rating))
    if name == "unpaired_z_normal":
        return _z_and_p(unpaired_delong(curves[0].estimate, curves[1].estimate))
    return _welch(curves[0], curves[1]) if name == "unpaired_test" else None


def _several(case: ReferenceCase, name: str) -> tuple[Part, ...]:
    """Return AUCs, covariance matrix or global test of the curves that a call quotes."""
    table = case.table
    quoted = [column for column in table.columns if f"'{column}'" in case.calls[name]]
    values = delong_covariance(table.numbers("truth"), [table.numbers(one) for one in quoted])
    if name == "aucs":
        return named(**dict(zip(quoted, values.values.tolist(), strict=True)))
    if name == "covmat":
        return vector(values.covariance.ravel(order="F").tolist())
    test = equal_aucs_test(values)
    return named(chisq=test.chi_square, df=test.df, p=test.p)


def _curves(case: ReferenceCase, name: str) -> tuple[_Curve, ...]:
    """Return the curves of which a call speaks, each once, in its order."""
    found = dict.fromkeys((one[1], one[3]) for one in CURVE.finditer(case.calls[name]))
    return tuple(_curve(case.tables[table], column) for table, column in found)


def _curve(table: ReferenceTable, column: str) -> _Curve:
    """Return the ratings of a column."""
    return _Curve(table.numbers("truth"), table.numbers(column))


def _auc(curve: _Curve) -> tuple[Part, ...]:
    """Return the area."""
    return number(curve.estimate.auc)


def _variance(curve: _Curve) -> tuple[Part, ...]:
    """Return the DeLong variance."""
    return number(curve.estimate.variance)


def _normal_interval(curve: _Curve) -> tuple[Part, ...]:
    """Return limits and estimate."""
    found = curve.estimate
    ci = found.inference.ci
    if math.isnan(found.variance):
        return vector((math.nan,) * 3)
    return vector((found.auc,) * 3 if ci is None else (ci.low, found.auc, ci.high))


def _logit_interval(curve: _Curve) -> tuple[Part, ...]:
    """Return the limits on the logit scale."""
    found = delong_auc(curve.truth, curve.rating, interval="logit")
    ci = found.inference.ci
    if ci is None:
        degenerate = found.variance == 0 and 0 < found.auc < 1
        return vector((found.auc if degenerate else math.nan,) * 2)
    return vector((ci.low, ci.high))


def _hanley_mcneil(curve: _Curve) -> tuple[Part, ...]:
    """Return the standard error of Hanley and McNeil."""
    return number(hanley_mcneil_se(curve.estimate.auc, *curve.sizes))


_OF_ONE = {
    "auc_": _auc,
    "var_": _variance,
    "ci_delong_": _normal_interval,
    "ci_logit_": _logit_interval,
    "se_hanley_mcneil_": _hanley_mcneil,
}


def _z_and_p(found: AucDifference) -> tuple[Part, ...]:
    """Return the normal test; no difference at all is z = 0."""
    z, p = found.inference.z, found.inference.p
    if z is None or p is None:
        same = found.difference == 0
        return named(z=0.0 if same else math.copysign(math.inf, found.difference), p=float(same))
    return named(z=z, p=p)


def _welch(first: _Curve, second: _Curve) -> tuple[Part, ...]:
    """Return the test of unpaired curves with Welch's degrees of freedom."""
    sizes = len(first.truth), len(second.truth)
    found = unpaired_delong(first.estimate, second.estimate, welch_sizes=sizes)
    d, p = found.inference.z, found.inference.p
    known = np.array([d, found.df, p], dtype=np.float64)  # None becomes NaN
    return named(D=known[0], df=known[1], p=known[2])
