"""RJafroc's figures of merit of LROC data: PCL, ALROC, and the AUC without regard to place.

RJafroc keeps the rating of a wrong place apart from that of a right one and has the lowest rating
where there is none, so a case rated lowest counts as not localised. The AUC needs the ratings of
wrong places; a table without them has none.
"""

import numpy as np

from analysis.froc.lroc import LrocRatings, correct_localisation_at, lroc_area, lroc_curve
from analysis.mrmc.figures_of_merit import EmpiricalAuc
from analysis.mrmc.ratings import BoolArray
from analysis.reference_case import Part, ReferenceCase, matrix
from analysis.reference_methods.r_calls import RCall, r_call
from analysis.result import FloatArray

NOTE = (
    "lroc: the Wilcoxon statistic takes the rating of each diseased case wherever its place; where "
    "the reference's table leaves out the ratings of wrong places it cannot be computed from it."
)


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    call = r_call(case.calls[name], "UtilFigureOfMerit")
    if call is None:
        return None
    table = case.table
    reader = table.categories("reader")
    truth, rating = table.numbers("truth"), table.numbers("rating")
    localised = np.array([cell == "1" for cell in table.texts("localized")])
    readers = np.unique(reader)
    values = []
    for one in readers:
        own = reader == one
        values.append(_figure(call, truth[own], rating[own], localised[own]))
    names = [f"rdr{one:g}" if isinstance(one, float) else f"rdr{one}" for one in readers]
    return matrix(["trt1"], names, [values])


def _figure(call: RCall, truth: FloatArray, rating: FloatArray, localised: BoolArray) -> float:
    """Return the figure of merit of one reader's cases (n,)."""
    asked = call.argument("FOM")
    positive = truth == 1
    blank = positive & localised & (rating == rating.min())
    if asked == "Wilcoxon":
        if blank.any():
            raise ValueError("expected the ratings of wrong places, got a table without them")
        return EmpiricalAuc().value(truth, rating)
    localised = localised & ~blank
    curve = lroc_curve(LrocRatings(rating[~positive], rating[positive], localised[positive]))
    fraction = call.number("FPFValue", 1.0)
    if asked == "PCL":
        return correct_localisation_at(curve, fraction)
    if asked == "ALROC":
        return lroc_area(curve, fraction)
    raise ValueError(f"expected PCL, ALROC or Wilcoxon, got {asked}")
