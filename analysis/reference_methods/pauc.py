"""Partial areas, as pROC's auc with partial.auc answers them.

A corrected area below the diagonal is NA in pROC; Crossread gives none.
"""

import math
import re

from analysis.estimators.partial_auc import Focus, Part, partial_area, standardised_area
from analysis.reference_methods.r_calls import RCall, r_call
from analysis.reference_methods.reference_case import Part as Number
from analysis.reference_methods.reference_case import ReferenceCase, number

COLUMN = re.compile(r"\w+\$([\w.]+)")
RANGE = re.compile(r"c\(\s*([\d.]+)\s*,\s*([\d.]+)\s*\)")


def answer(case: ReferenceCase, name: str) -> tuple[Number, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    area, curve = (r_call(case.calls[name], function) for function in ("auc", "roc"))
    if area is None or curve is None:
        return None
    part = _part(area)
    truth, rating = (case.table.numbers(column) for column in _columns(curve))
    if curve.argument("direction", "<") == ">":
        rating = -rating
    found = partial_area(truth, rating, part)
    if area.argument("partial.auc.correct", "FALSE") not in ("TRUE", "T"):
        return number(found)
    standardised = standardised_area(found, part)
    return number(math.nan if standardised is None else standardised)


def _part(call: RCall) -> Part:
    """Return the part that partial.auc names, in either order."""
    limits = RANGE.search(call.argument("partial.auc"))
    if limits is None:
        raise ValueError("expected partial.auc=c(FROM, TO) in the call")
    low, high = sorted(float(one) for one in limits.groups())
    focus = call.argument("partial.auc.focus", "specificity")
    return Part(Focus.SENSITIVITY if focus.startswith("sens") else Focus.SPECIFICITY, low, high)


def _columns(call: RCall) -> list[str]:
    """Return the columns of truth and rating."""
    named = [call.argument(one) for one in ("response", "predictor")]
    return COLUMN.findall(" ".join([*named, *call.plain]))[:2]
