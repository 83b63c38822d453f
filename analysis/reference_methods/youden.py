"""Operating points, as pROC's coords answers them: thresholds are midpoints, ties are all listed.

pROC's column `youden` is sensitivity + specificity: J + 1.
"""

from analysis.operating_point import OperatingPoint, closest_to_corner_points, youden_points
from analysis.reference_case import Part, ReferenceCase, vector
from analysis.roc import roc_curve


def answer(case: ReferenceCase, name: str) -> tuple[Part, ...] | None:
    """Return what a name asks for; None where the name is not known."""
    truth, rating = case.table.numbers("truth"), case.table.numbers("a")
    if name == "best_youden":
        return _best(youden_points(truth, rating), counts=True)
    if name == "best_topleft":
        return _best(closest_to_corner_points(truth, rating), counts=False)
    if name != "all_points":
        return None
    curve = roc_curve(truth, rating)
    return (
        *vector(curve.midpoint.tolist(), "threshold"),
        *vector(curve.sensitivity.tolist(), "sensitivity"),
        *vector((1 - curve.false_positive_fraction).tolist(), "specificity"),
    )


def _best(points: tuple[OperatingPoint, ...], *, counts: bool) -> tuple[Part, ...]:
    """Return the best points, column by column."""
    places = [one.threshold if one.midpoint is None else one.midpoint for one in points]
    found = (
        *vector(places, "threshold"),
        *vector([one.sensitivity for one in points], "sensitivity"),
        *vector([one.specificity for one in points], "specificity"),
    )
    if not counts:
        return found
    return (
        *found,
        *vector([one.youden_j + 1 for one in points], "youden"),
        *vector([one.tp for one in points], "tp"),
        *vector([one.fp for one in points], "fp"),
        *vector([one.tn for one in points], "tn"),
        *vector([one.fn for one in points], "fn"),
    )
