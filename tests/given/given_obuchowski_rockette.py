"""What tests of `obuchowski_rockette` begin with."""

import numpy as np

from analysis.mrmc.obuchowski_rockette import (
    RandomEffects,
)
from analysis.mrmc.ratings import StudyRatings, crossed_ratings

BOTH, CASES, READERS = RandomEffects


def _cube(seed: int = 3, *, arms: int = 2, readers: int = 4, cases: int = 60) -> StudyRatings:
    generator = np.random.default_rng(seed)
    truth = (np.arange(cases) % 2).astype(float)
    of_case = generator.normal(size=cases) + generator.normal(0, 0.7, size=(arms, 1, cases))
    of_reader = generator.normal(0, 0.4, size=(1, readers, 1)) * truth
    own = generator.normal(size=(arms, readers, cases))
    return crossed_ratings(truth, 1.2 * truth + of_case + of_reader + own)


def _with_gaps(study: StudyRatings, part_of: np.ndarray, parts: int) -> StudyRatings:
    """Keep of each curve the cases of one part, in pairs of a positive and a negative case."""
    cases = np.arange(len(study.truth)) // 2 % parts
    ratings = np.where(cases == part_of[:, None], study.ratings, np.nan)
    return StudyRatings(
        study.arms, study.readers, study.arm, study.reader, study.truth, ratings, study.unit
    )
