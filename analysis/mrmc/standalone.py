"""An AI alone against the mean of readers who read the same cases.

The readers are a sample, the AI is the one that it is. The differences AI minus reader are the
figures of merit of a study of one arm (Hillis 2007, section 5.3; Hupse et al. 2013): 1T-RRRC with
cases random, 1T-RRFC with cases fixed. Copying the AI once per reader as a second arm of a crossed
study (2T-RRRC; Kooi et al. 2016) gives the same F, degrees of freedom and p.
"""

import math

import numpy as np

from analysis.estimators.intervals import ROUNDING
from analysis.estimators.t_inference import TInference, t_inference
from analysis.mrmc.components import spread
from analysis.mrmc.obuchowski_rockette import RandomEffects, hillis_df
from analysis.mrmc.ratings import Design, MrmcError, ReadBy
from analysis.mrmc.reader_foms import ReaderFoms

ONE_ARM_DESIGNS = (Design.CROSSED, Design.PARTIALLY_PAIRED)


def ai_against_readers(
    foms: ReaderFoms,
    ai: str,
    effects: RandomEffects = RandomEffects.READERS_AND_CASES,
    *,
    level: float = 0.95,
) -> TInference:
    """Return the AI's figure of merit minus the mean of the readers', with interval and test.

    Parameters
    ----------
    foms
        Figures of merit of one arm, the AI's among the readers', on the same cases; where some
        have not rated all of them, on cases that they share in part.
    ai
        The AI's name among the readers.
    effects
        What is random: readers and cases, readers only (cases fixed) or cases only.
    level
        Confidence level; limits are not truncated.

    Raises
    ------
    MrmcError
        Where the AI is not there, the cases are not the same, or random readers are fewer than two.
    """
    alone = _place(foms, ai)
    readers = np.delete(np.arange(len(foms.values)), alone)
    if len(readers) < 2 and effects is not RandomEffects.CASES:
        raise MrmcError(f"expected at least two readers beside {ai}, got {len(readers)}")
    contrast = -np.eye(len(foms.values))[readers]
    contrast[:, alone] = 1.0
    differences = contrast @ foms.values
    covariance = contrast @ foms.covariance @ contrast.T
    covariance[np.abs(covariance) <= ROUNDING * np.diag(foms.covariance).max()] = 0.0
    count, estimate = len(readers), float(differences.mean())
    if effects is RandomEffects.CASES:
        return t_inference(estimate, float(covariance.mean()), math.inf, level=level)
    square = spread(differences)
    if effects is RandomEffects.READERS:
        return t_inference(estimate, square / count, count - 1, level=level)
    shared = max(float(covariance[~np.eye(count, dtype=bool)].mean()), 0.0)
    total = square + count * shared
    return t_inference(estimate, total / count, hillis_df(total, square, count - 1), level=level)


def as_second_arm(foms: ReaderFoms, ai: str) -> ReaderFoms:
    """Return a crossed study of two arms: the AI copied once per reader, and the readers (2T)."""
    alone = _place(foms, ai)
    readers = np.delete(np.arange(len(foms.values)), alone)
    count = len(readers)
    source = np.concatenate([np.full(count, alone), readers])
    arm, reader = (places.ravel() for places in np.indices((2, count)))
    return ReaderFoms(
        (ai, "readers"),
        tuple(foms.readers[foms.reader[place]] for place in readers),
        arm,
        reader,
        foms.values[source],
        foms.covariance[np.ix_(source, source)],
        ReadBy(Design.CROSSED, np.zeros(count, dtype=np.int64)),
        foms.method,
    )


def _place(foms: ReaderFoms, ai: str) -> int:
    """Return the AI's curve in a study of one arm."""
    if len(foms.arms) != 1 or foms.read_by.design not in ONE_ARM_DESIGNS:
        raise MrmcError(
            f"expected one arm with cases that all share, got {len(foms.arms)} arms, "
            f"{foms.read_by.design}"
        )
    if ai not in foms.readers:
        raise MrmcError(f"expected {ai} among {', '.join(foms.readers)}, got no such reader")
    return int(np.flatnonzero(foms.reader == foms.readers.index(ai))[0])
