"""The figures of merit of marks: FROC, AFROC, wAFROC and their kin, as Chakraborty defines them.

Chakraborty (2017), Observer Performance Methods for Diagnostic Imaging, chapters 12 to 14; the
weighted AFROC is that of Chakraborty and Zhai (2016). AFROC is the JAFROC figure of merit of
Chakraborty and Berbaum (2004), AFROC1 that of JAFROC1. An unmarked lesion and an unmarked case
have the rating -inf, and two of them tie.
"""

from enum import StrEnum

import numpy as np

from analysis.froc.froc_data import UNMARKED, CurveMarks
from analysis.froc.leave_one_out import Comparison, Share, Side
from analysis.mrmc.ratings import BoolArray, IntArray
from analysis.result import FloatArray


class FrocFigure(StrEnum):
    """A figure of merit, as it is printed.

    FROC is the area under the raw FROC curve up to the reader's last mark, which rewards whoever
    marks more; the others lie between 0 and 1, but for the mean numbers of false marks MaxNLF (per
    case without lesion) and MaxNLFAllCases (per case).
    """

    WAFROC = "wAFROC"
    AFROC = "AFROC"
    WAFROC1 = "wAFROC1"
    AFROC1 = "AFROC1"
    HR_AUC = "HrAuc"
    HR_SE = "HrSe"
    HR_SP = "HrSp"
    MAX_LLF = "MaxLLF"
    MAX_NLF = "MaxNLF"
    MAX_NLF_ALL_CASES = "MaxNLFAllCases"
    FROC = "FROC"


ON_ALL_CASES = (FrocFigure.WAFROC1, FrocFigure.AFROC1)
WEIGHTED = (FrocFigure.WAFROC, FrocFigure.WAFROC1)
# Figures that only one class of cases decides; the jackknife leaves out these cases only.
DISEASED_ONLY = (FrocFigure.HR_SE, FrocFigure.MAX_LLF)
NORMAL_ONLY = (FrocFigure.HR_SP, FrocFigure.MAX_NLF)
Quotient = Comparison | Share


def quotient_of(marks: CurveMarks, figure: FrocFigure, *, units: int) -> Quotient:
    """Return a figure of merit of one curve as the quotient that it is.

    Parameters
    ----------
    marks
        The marks of the curve.
    figure
        Which one.
    units
        How many sampling units there are; a unit without a case here puts nothing in.
    """
    counter = _Counter(marks, units)
    if figure in (
        FrocFigure.HR_SE,
        FrocFigure.HR_SP,
        FrocFigure.MAX_LLF,
        FrocFigure.MAX_NLF,
        FrocFigure.MAX_NLF_ALL_CASES,
    ):
        return counter.share(figure)
    return Comparison(counter.above(figure), counter.below(figure))


def cases_used(diseased: BoolArray, figure: FrocFigure) -> BoolArray:
    """Return which cases (n,) decide a figure of merit."""
    if figure in DISEASED_ONLY:
        return diseased
    return ~diseased if figure in NORMAL_ONLY else np.ones_like(diseased)


class _Counter:
    """Counts the marks of one curve by sampling unit."""

    def __init__(self, marks: CurveMarks, units: int) -> None:
        self.marks, self.units = marks, units

    def by_unit(self, case: IntArray) -> FloatArray:
        """Return how many of some cases each unit has."""
        count = np.bincount(self.marks.unit[case], minlength=self.units)
        return count.astype(np.float64)

    def above(self, figure: FrocFigure) -> Side:
        """Return the ratings that ought to be high: those of lesions, or of diseased cases."""
        marks = self.marks
        diseased = np.flatnonzero(marks.diseased)
        if figure is FrocFigure.HR_AUC:
            return self._cases(diseased, marks.highest)
        unit = marks.unit[marks.lesion_case]
        if figure in WEIGHTED:
            # A case weighs 1, whatever the rounding of its lesions' weights.
            return Side(marks.lesion_rating, marks.lesion_weight, unit, self.by_unit(diseased))
        weight = np.ones(len(unit))
        return Side(marks.lesion_rating, weight, unit, self.by_unit(marks.lesion_case))

    def below(self, figure: FrocFigure) -> Side:
        """Return the ratings that ought to be low: those of false marks, or of their cases."""
        marks = self.marks
        everyone = np.arange(len(marks.diseased))
        if figure is FrocFigure.FROC:
            unit, weight = marks.unit[marks.false_case], np.ones(len(marks.false_case))
            return Side(marks.false_rating, weight, unit, self.by_unit(everyone))
        chosen = everyone if figure in ON_ALL_CASES else np.flatnonzero(~marks.diseased)
        return self._cases(chosen, marks.highest_false)

    def share(self, figure: FrocFigure) -> Share:
        """Return a figure that compares no ratings."""
        marks = self.marks
        marked, everyone = marks.highest > UNMARKED, np.arange(len(marks.diseased))
        if figure is FrocFigure.HR_SE:
            hit = np.flatnonzero(marks.diseased & marked)
            return Share(self.by_unit(hit), self.by_unit(np.flatnonzero(marks.diseased)))
        normal = np.flatnonzero(~marks.diseased)
        if figure is FrocFigure.HR_SP:
            return Share(self.by_unit(normal[~marked[normal]]), self.by_unit(normal))
        if figure is FrocFigure.MAX_LLF:
            found = marks.lesion_case[marks.lesion_rating > UNMARKED]
            return Share(self.by_unit(found), self.by_unit(marks.lesion_case))
        if figure is FrocFigure.MAX_NLF:
            on_normal = marks.false_case[~marks.diseased[marks.false_case]]
            return Share(self.by_unit(on_normal), self.by_unit(normal))
        return Share(self.by_unit(marks.false_case), self.by_unit(everyone))

    def _cases(self, chosen: IntArray, rating: FloatArray) -> Side:
        """Return a side of one rating a case."""
        mass = self.by_unit(chosen)
        return Side(rating[chosen], np.ones(len(chosen)), self.marks.unit[chosen], mass)
