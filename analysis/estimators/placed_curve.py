"""Curves at hand: every case's placement, kept so that many curves are compared without a sort.

A placement says how a case is rated against the other class; all that DeLong's test needs of a
curve are its placements. Sorting the ratings is most of the work, and is done once a curve.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.estimators.roc import AucDifference, difference_inference
from analysis.estimators.structural_components import (
    BoolArray,
    Placements,
    auc_placements,
    placed_values,
)
from analysis.result import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PlacedCurve:
    """One curve of n cases: which are positive (n,), and the placements of both classes."""

    positive: BoolArray
    placements: Placements

    @property
    def auc(self) -> float:
        """The empirical AUC, ties one half."""
        return float(self.placements.above.mean())


def placed_curve(truth: npt.ArrayLike, rating: npt.ArrayLike) -> PlacedCurve:
    """Return the placements of a curve.

    Raises
    ------
    ValueError
        Where there is no positive or no negative case, or a rating is not a number.
    """
    values, ratings = np.asarray(truth, dtype=np.float64), np.asarray(rating, dtype=np.float64)
    if ratings.shape != values.shape or np.isnan(ratings).any():
        raise ValueError("expected one rating, a number, for each case")
    positive = values == 1
    if not (positive | (values == 0)).all() or positive.all() or not positive.any():
        raise ValueError("expected positive (1) and negative (0) cases, both")
    return PlacedCurve(positive, auc_placements(ratings[positive], ratings[~positive]))


def compare_placed(
    first: PlacedCurve, second: PlacedCurve, *, level: float = 0.95
) -> AucDifference:
    """Compare two curves of the same cases in the same order: `paired_delong` of their ratings.

    Raises
    ------
    ValueError
        Where the cases are not the same.
    """
    if not np.array_equal(first.positive, second.positive):
        raise ValueError("expected two curves of the same cases in the same order, got others")
    weights: FloatArray = np.array([1.0, -1.0])
    contrast = placed_values((first.placements, second.placements)).contrast(weights)
    return AucDifference(contrast.value, difference_inference(contrast, level=level))
