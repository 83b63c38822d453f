"""Sensitivities of FROC curves when patients are drawn anew: what their intervals are read off.

Whole patients are drawn with replacement, with all their images; all curves share each draw, so
differences keep their pairing. Readers are fixed.
"""

import numpy as np

from analysis.detector_froc import LocatedScores, patient_weights, sensitivity_at
from analysis.froc.froc_data import CurveMarks, FrocStudy
from analysis.result import FloatArray
from analysis.structural_components import CorrelatedValues


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
