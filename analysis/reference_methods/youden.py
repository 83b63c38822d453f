"""Operating points, as pROC's coords answers them: thresholds are midpoints, ties are all listed.

pROC looks for the best point in floating-point fractions, so ties can be lost to rounding, and
counts calling every case or no case positive as points of their own (thresholds -inf and inf);
Crossread compares whole numbers, at observed thresholds only. Compared is pROC's choice among the
points of our curve. Its column `youden` is sensitivity + specificity: J + 1.
"""

import re

import numpy as np

from analysis.estimators.roc import RocCurve, roc_curve
from analysis.reference_methods.reference_case import Part, ReferenceCase, vector
from analysis.result import FloatArray

# `roc(d$truth,d$a` in a call: the column that holds the ratings.
CURVE = re.compile(r"\w+\$truth\s*,\s*\w+\$([\w.]+)")


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    if name not in ("best_youden", "best_topleft", "all_points"):
        return None
    found = CURVE.search(case.calls[name])
    if found is None:
        raise ValueError(f"expected roc(d$truth, d$COLUMN) in the call, got {case.calls[name]}")
    curve = roc_curve(case.table.numbers("truth"), case.table.numbers(found[1]))
    sensitivity = curve.sensitivity
    specificity: FloatArray = (curve.n_negative - curve.fp) / curve.n_negative
    everything = np.ones(len(sensitivity), dtype=bool)
    if name == "all_points":
        return _points(curve, specificity, everything)
    if name == "best_topleft":
        distance = (1 - sensitivity) ** 2 + (1 - specificity) ** 2
        return _points(curve, specificity, distance == distance.min())
    accuracy = sensitivity + specificity
    best = accuracy == accuracy.max()
    tp, fp = curve.tp[best], curve.fp[best]
    return (
        *_points(curve, specificity, best),
        *vector(accuracy[best].tolist(), "youden"),
        *vector(tp.tolist(), "tp"),
        *vector(fp.tolist(), "fp"),
        *vector((curve.n_negative - fp).tolist(), "tn"),
        *vector((curve.n_positive - tp).tolist(), "fn"),
    )


def _points(
    curve: RocCurve, specificity: FloatArray, chosen: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[Part, ...]:
    """Return threshold, sensitivity and specificity of chosen points, column by column."""
    return (
        *vector(curve.midpoint[chosen].tolist(), "threshold"),
        *vector(curve.sensitivity[chosen].tolist(), "sensitivity"),
        *vector(specificity[chosen].tolist(), "specificity"),
    )
