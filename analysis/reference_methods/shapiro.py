"""The Shapiro-Wilk test, as R's shapiro.test answers it."""

import numpy as np

from analysis.estimators.shapiro_wilk import shapiro_wilk
from analysis.reference_methods.reference_case import Part, ReferenceCase


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    if name != "shapiro":
        return None
    test = shapiro_wilk(case.table.numbers("x"))
    known = np.array([test.statistic, test.p], dtype=np.float64)  # None becomes NaN
    return (Part(".statistic.W", float(known[0])), Part(".p.value", float(known[1])))
