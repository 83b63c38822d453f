"""Empirical curves of marks (FROC, AFROC, wAFROC, ROC by the highest mark), and their readings.

The points of a curve are those of each rating that occurs, from the strictest on; they are joined
by straight lines. A FROC curve ends at the reader's last mark: nothing is known beyond it, so it
is continued level where a fixed range is asked for.
"""

from dataclasses import dataclass

import numpy as np

from analysis.froc.figures_of_merit import FrocFigure, quotient_of
from analysis.froc.froc_data import UNMARKED, CurveMarks, FrocError
from analysis.froc.leave_one_out import Comparison, Side
from analysis.result import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class MarksCurve:
    """Points (p,) from 0, 0 on, one for each rating from the highest down.

    `false_marks` is false marks per case (FROC) or the fraction of cases falsely marked;
    `lesions` the (weighted) fraction of lesions found.
    """

    false_marks: FloatArray
    lesions: FloatArray


def marks_curve(marks: CurveMarks, figure: FrocFigure = FrocFigure.FROC) -> MarksCurve:
    """Return the curve whose area a figure of merit is.

    Every curve but FROC ends with the straight line to 1, 1: there all unmarked cases and lesions
    are called positive.

    Raises
    ------
    FrocError
        Where the figure is no area, or no case has a lesion.
    """
    quotient = quotient_of(marks, figure, units=int(marks.unit.max()) + 1)
    if not isinstance(quotient, Comparison):
        raise FrocError(f"expected a figure of merit that is an area under a curve, got {figure}")
    above, below = quotient.above, quotient.below
    if not above.mass.sum() > 0 or not below.mass.sum() > 0:
        raise FrocError(f"expected cases with and without a lesion for a curve of {figure}")
    ratings = np.unique(np.concatenate((above.rating, below.rating)))[::-1]
    thresholds = ratings[ratings > UNMARKED]
    end = () if figure is FrocFigure.FROC else (1.0,)
    return MarksCurve(
        np.concatenate(([0.0], _reached(below, thresholds), end)),
        np.concatenate(([0.0], _reached(above, thresholds), end)),
    )


def sensitivity_at(curve: MarksCurve, false_marks: float) -> float:
    """Return the highest fraction of lesions found with at most so many false marks per case.

    An operating point that a threshold gives; nothing is read between points.
    """
    return float(curve.lesions[curve.false_marks <= false_marks].max())


def partial_area(curve: MarksCurve, limit: float = 1.0) -> float:
    """Return the area under a curve from 0 to `limit` false marks per case, divided by `limit`.

    The curve is linear between its points and level beyond its last one (Ueda and others 2022
    for FROC curves up to 1 false positive an image).

    Raises
    ------
    FrocError
        Where the limit is not above 0.
    """
    if not limit > 0:
        raise FrocError(f"expected a limit above 0 false marks per case, got {limit}")
    x, y = curve.false_marks, curve.lesions
    inside = x <= limit
    at_limit = np.interp(limit, x, y) if x[-1] > limit else y[-1]
    along = np.concatenate((x[inside], [limit]))
    height = np.concatenate((y[inside], [at_limit]))
    return float(np.trapezoid(height, along) / limit)


def _reached(side: Side, thresholds: FloatArray) -> FloatArray:
    """Return what share of a side's mass is rated at least each threshold."""
    order = np.argsort(side.rating, kind="stable")
    ordered, heaped = side.rating[order], np.concatenate(([0.0], np.cumsum(side.weight[order])))
    below = heaped[np.searchsorted(ordered, thresholds, side="left")]
    reached: FloatArray = (heaped[-1] - below) / side.mass.sum()
    return reached
