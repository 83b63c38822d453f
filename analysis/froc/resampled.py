"""What FROC curves say when patients are drawn anew: what their intervals are read off.

Whole patients are drawn with replacement, with all their images; all curves share each draw, so
differences keep their pairing. Readers are fixed.
"""

import numpy as np

from analysis.estimators.structural_components import CorrelatedValues
from analysis.froc.detector_froc import LocatedScores, patient_weights, sensitivity_at
from analysis.froc.froc_data import UNMARKED, CurveMarks, FrocStudy
from analysis.mrmc.ratings import IntArray
from analysis.result import FloatArray


def resampled_sensitivities(
    study: FrocStudy, false_marks: float, *, samples: int, seed: int
) -> FloatArray:
    """Return the fraction of lesions (samples, k) that each curve finds in each draw of patients.

    Parameters
    ----------
    study
        The marks of k curves; its sampling units are the patients.
    false_marks
        Mean number of false marks per case that is borne. In each draw the most lenient threshold
        with no more is taken anew, so that its uncertainty is in the draws.
    samples, seed
        How many draws, and from which seed.

    Notes
    -----
    Cluster bootstrap (Rutter 2000). NaN where a curve has no lesion in a draw.
    """
    weights = patient_weights(int(study.unit.max()) + 1, seed=seed, draws=samples)
    # A draw may hold no case that a curve has read; it has no lesion then, and no sensitivity.
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = [
            sensitivity_at(
                _located(study.marks(curve), patients=weights.shape[1]),
                weights,
                false_positives=false_marks,
            ).draws
            for curve in range(len(study.read))
        ]
    return np.stack(drawn, axis=1)


def resampled_partial_areas(
    study: FrocStudy, limit: float, *, samples: int, seed: int
) -> FloatArray:
    """Return the area (samples, k) under each FROC curve up to a limit, in draws of patients.

    As `curves.partial_area`: points of one rating are one point, straight lines between them, level
    after the last mark, divided by the limit. NaN where a curve has no lesion in a draw.
    """
    weights = patient_weights(int(study.unit.max()) + 1, seed=seed, draws=samples)[1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = [
            _areas_below(_located(study.marks(curve), patients=weights.shape[1]), weights, limit)
            for curve in range(len(study.read))
        ]
    return np.stack(drawn, axis=1)


def _areas_below(scores: LocatedScores, weights: FloatArray, limit: float) -> FloatArray:
    """Return the area (samples,) up to a limit under one curve in every draw."""
    marked = scores.lesion > UNMARKED
    ratings = np.unique(np.concatenate((scores.lesion[marked], scores.false_positive)))[::-1]
    found = _reached(scores.lesion[marked], scores.lesion_patient[marked], ratings, weights)
    y = found / weights[:, scores.lesion_patient].sum(axis=1, keepdims=True)
    false = _reached(scores.false_positive, scores.false_positive_patient, ratings, weights)
    x = false / (weights @ scores.images)[:, None]
    along = np.diff(x, axis=1)
    # What part of each stretch lies before the limit, and the height where that part ends.
    part = np.clip((limit - x[:, :-1]) / np.where(along > 0, along, 1.0), 0.0, 1.0)
    height = y[:, :-1] + part * np.diff(y, axis=1) / 2
    beyond = np.clip(limit - x[:, -1], 0.0, None) * y[:, -1]
    areas: FloatArray = ((part * along * height).sum(axis=1) + beyond) / limit
    return areas


def _reached(
    rating: FloatArray, patient: IntArray, thresholds: FloatArray, weights: FloatArray
) -> FloatArray:
    """Return how many marks (samples, thresholds + 1) are rated at least each falling threshold.

    The first column, before any threshold, is 0.
    """
    order = np.argsort(-rating, kind="stable")
    counts = np.zeros((len(weights), len(rating) + 1))
    np.cumsum(weights[:, patient[order]], axis=1, out=counts[:, 1:])
    upto = np.searchsorted(-rating[order], -thresholds, side="right")
    reached: FloatArray = counts[:, np.concatenate(([0], upto))]
    return reached


def with_spread(values: FloatArray, resampled: FloatArray) -> CorrelatedValues:
    """Return values (k,) with the covariance that their draws (samples, k) have.

    A curve whose draws are all NaN has no variance.
    """
    known = resampled[~np.isnan(resampled).any(axis=1)]
    k = len(values)
    covariance = np.cov(known, rowvar=False) if len(known) > 1 else np.zeros((k, k))
    return CorrelatedValues(values, np.reshape(covariance, (k, k)))


def _located(marks: CurveMarks, *, patients: int) -> LocatedScores:
    """Return the marks of a curve by patient."""
    return LocatedScores(
        marks.lesion_rating,
        marks.unit[marks.lesion_case],
        marks.false_rating,
        marks.unit[marks.false_case],
        np.bincount(marks.unit, minlength=patients).astype(np.float64),
    )
