"""RJafroc's figures of merit of LROC data: PCL, ALROC, and the AUC without regard to place.

And an AI (the first reader) against the others by these figures, in `against_readers`.

RJafroc keeps the rating of a wrong place apart from that of a right one and has the lowest rating
where there is none, so a case rated lowest counts as not localised. The AUC needs the ratings of
wrong places; a table without them has none.
"""

import numpy as np

from analysis.froc.lroc import LrocRatings, correct_localisation_at, lroc_area, lroc_curve
from analysis.mrmc.figures_of_merit import EmpiricalAuc
from analysis.mrmc.ratings import BoolArray
from analysis.mrmc.reader_foms import foms_from_jackknife
from analysis.reference_methods.against_readers import against_readers
from analysis.reference_methods.r_calls import RCall, r_call
from analysis.reference_methods.reference_case import Part, ReferenceCase, matrix
from analysis.result import FloatArray

# Up to which false positive fraction RJafroc compares an AI with readers, unless told otherwise.
USUAL_FRACTION = 0.2
NOTE = (
    "lroc: the Wilcoxon statistic takes the rating of each diseased case wherever its place; where "
    "the reference's table leaves out the ratings of wrong places it cannot be computed from it."
)


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    text = case.calls[name]
    call = r_call(text, "UtilFigureOfMerit")
    if call is None:
        compared = r_call(text, "StCadVsRad")
        return None if compared is None else _against_readers(case, compared, case.expected[name])
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


def _against_readers(
    case: ReferenceCase, call: RCall, expected: tuple[Part, ...]
) -> tuple[Part, ...]:
    """Return the first reader, which is the AI, against the others."""
    table = case.table
    reader, place = table.categories("reader"), table.categories("case")
    truth, rating = table.numbers("truth"), table.numbers("rating")
    localised = np.array([cell == "1" for cell in table.texts("localized")])
    readers, cases = np.unique(reader), np.unique(place)
    values, without = np.empty(len(readers)), np.empty((len(readers), len(cases)))
    for row, one in enumerate(readers):
        own = np.flatnonzero(reader == one)
        own = own[np.argsort(place[own], kind="stable")]
        if len(own) != len(cases):
            raise ValueError("expected a rating of every case by every reader, got gaps")
        right = _really_localised(call, truth[own], rating[own], localised[own])
        values[row] = _value(call, truth[own], rating[own], right)
        for left in range(len(cases)):
            kept = np.delete(np.arange(len(cases)), left)
            without[row, left] = _value(call, truth[own][kept], rating[own][kept], right[kept])
    names = tuple(str(one) for one in readers)
    foms = foms_from_jackknife(("",), names, values[None], without[None], name=call.argument("FOM"))
    return against_readers(call, expected, foms, names[0])


def _figure(call: RCall, truth: FloatArray, rating: FloatArray, localised: BoolArray) -> float:
    """Return the figure of merit of one reader's cases (n,)."""
    return _value(call, truth, rating, _really_localised(call, truth, rating, localised))


def _really_localised(
    call: RCall, truth: FloatArray, rating: FloatArray, localised: BoolArray
) -> BoolArray:
    """Return where (n,) a place is right; a case rated lowest of all has none."""
    blank = (truth == 1) & localised & (rating == rating.min())
    if call.argument("FOM") == "Wilcoxon" and blank.any():
        raise ValueError("expected the ratings of wrong places, got a table without them")
    really: BoolArray = localised & ~blank
    return really


def _value(call: RCall, truth: FloatArray, rating: FloatArray, localised: BoolArray) -> float:
    """Return the figure of merit of cases (n,) whose places are known to be right or not."""
    asked, positive = call.argument("FOM"), truth == 1
    if asked == "Wilcoxon":
        return EmpiricalAuc().value(truth, rating)
    curve = lroc_curve(LrocRatings(rating[~positive], rating[positive], localised[positive]))
    fraction = call.number("FPFValue", USUAL_FRACTION if call.function == "StCadVsRad" else 1.0)
    if asked == "PCL":
        return correct_localisation_at(curve, fraction)
    if asked == "ALROC":
        return lroc_area(curve, fraction)
    raise ValueError(f"expected PCL, ALROC or Wilcoxon, got {asked}")
