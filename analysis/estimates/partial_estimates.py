"""The area under a part of the ROC curve: of everybody, with differences, and standardised."""

from dataclasses import replace

import numpy as np

from analysis.estimates.linear_estimates import Infer, LinearQuantity, linear_estimates
from analysis.estimators.intervals import Inference, normal_inference
from analysis.estimators.partial_auc import Part
from analysis.estimators.structural_components import Contrast, CorrelatedValues
from analysis.mrmc.figures_of_merit import PartialAuc, jackknifed
from analysis.mrmc.ratings import MrmcError, StudyRatings
from analysis.mrmc.reader_foms import jackknife_covariance
from analysis.rating_grid import Layout, RatedCases
from analysis.result import Estimate, Interval

FEWEST_CASES = 2
BELOW = "not estimable: the area lies below the diagonal's, where McClish's has no meaning"


def partial_estimates(layout: Layout) -> tuple[Estimate, ...]:
    """Return `partial_auc` and `partial_auc_standardised`; nothing where no part is stated.

    Readers are fixed; the jackknife leaves out a case, or a whole cluster, of all curves at once.
    The standardised area (McClish 1989) is a straight line of the area, and so are its limits.
    """
    part = layout.settings.partial
    if part is None or layout.grid.two_valued:
        return ()
    areas, level = _areas(layout, part), layout.settings.level
    slope = 1 / (2 * (part.greatest - part.by_chance))
    standardised = CorrelatedValues(
        0.5 + (areas.values - part.by_chance) * slope, areas.covariance * slope**2
    )
    words = f"area over {part}, jackknife over cases"
    plain = LinearQuantity(
        "partial_auc",
        areas,
        words,
        _inferred(part.by_chance, Interval(0.0, part.greatest), level),
        _inferred(0.0, Interval(-part.greatest, part.greatest), level),
    )
    scaled = LinearQuantity(
        "partial_auc_standardised",
        standardised,
        f"{words}, standardised (McClish 1989)",
        _inferred(0.5, Interval(0.5 - part.by_chance * slope, 1.0), level),
        _inferred(0.0, Interval(-part.greatest * slope, part.greatest * slope), level),
    )
    found = (*linear_estimates(plain, layout), *linear_estimates(scaled, layout))
    return tuple(_above_the_diagonal(one) for one in found)


def _inferred(null: float, bounds: Interval, level: float) -> Infer:
    """Return what gives normal inference against a value, within bounds."""

    def infer(contrast: Contrast) -> Inference:
        if not contrast.variance > 0:
            return Inference.impossible("not estimable: no case changes this part of the curve")
        return normal_inference(
            contrast.value, contrast.variance, null=null, level=level, bounds=bounds
        )

    return infer


def _above_the_diagonal(one: Estimate) -> Estimate:
    """Return an estimate; without value where it is a standardised area below the diagonal."""
    standardised = one.quantity == "partial_auc_standardised"
    if not standardised or one.estimate is None or one.estimate >= 0.5:
        return one
    return replace(one, estimate=None, se=None, ci=None, level=None, p=None, reason=BELOW)


def _fewest(cases: RatedCases) -> int:
    """Return the number of cases of the scarcer class."""
    positive = int(cases.truth.sum())
    return min(positive, len(cases.truth) - positive)


def _areas(layout: Layout, part: Part) -> CorrelatedValues:
    """Return the partial area of every row; NaN where a class has fewer than two cases."""
    grid = layout.grid
    k = len(grid.rows)
    values, covariance = np.full(k, np.nan), np.full((k, k), np.nan)
    whole = [row for row in range(k) if _fewest(grid.rated(row)) >= FEWEST_CASES]
    if not whole:
        return CorrelatedValues(values, covariance)
    study = StudyRatings(
        ("",),
        tuple(str(row) for row in whole),
        np.zeros(len(whole), dtype=np.int64),
        np.arange(len(whole)),
        grid.truth,
        grid.ratings[whole],
        grid.cluster,
    )
    try:
        left_out = jackknifed(study, PartialAuc(part.focus.value, part.low, part.high))
    except MrmcError:
        return CorrelatedValues(values, covariance)
    values[whole] = left_out.values
    covariance[np.ix_(whole, whole)] = jackknife_covariance(left_out)
    return CorrelatedValues(values, covariance)
