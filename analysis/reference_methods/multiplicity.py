"""Adjusted p values, as R's p.adjust answers them."""

from analysis.multiplicity import Adjustment, adjusted_p
from analysis.reference_case import SPELLED, Part, ReferenceCase, vector


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    if name not in set(Adjustment):
        return None
    p = [SPELLED[text] if text in SPELLED else float(text) for text in case.table.texts("p")]
    return vector(adjusted_p(p, method=Adjustment(name)).tolist())
