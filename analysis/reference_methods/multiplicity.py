"""Adjusted p values, as R's p.adjust answers them."""

from analysis.estimators.multiplicity import Adjustment, adjusted_p
from analysis.reference_methods.reference_case import Part, ReferenceCase, vector


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    if name not in set(Adjustment):
        return None
    return vector(adjusted_p(case.table.numbers("p"), method=Adjustment(name)).tolist())
