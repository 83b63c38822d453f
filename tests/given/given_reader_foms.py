"""What tests of `reader_foms` begin with."""

import numpy as np

from analysis.mrmc.ratings import StudyRatings, crossed_ratings

TRUTH = np.array([0.0, 1.0] * 8)


def _study(seed: int = 3, *, levels: int = 6, arms: int = 2, readers: int = 3) -> StudyRatings:
    generator = np.random.default_rng(seed)
    ratings = generator.integers(0, levels, size=(arms, readers, len(TRUTH))) + 2 * TRUTH
    return crossed_ratings(TRUTH, ratings)


def _gaps(ratings: np.ndarray, *where: tuple[int, int, slice]) -> np.ndarray:
    filled = ratings.copy()
    for arm, reader, cases in where:
        filled[arm, reader, cases] = np.nan
    return filled
