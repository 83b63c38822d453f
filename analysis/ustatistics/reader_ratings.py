"""The ratings of a reader study as one array, and the same reads as right or wrong answers.

Any design fits: where a reader has not rated a case in an arm, the rating is NaN. A sensitivity, a
specificity or a percentage of right answers is written as an AUC too, of answers 0 or 1 against
cases that everyone rates one half, so that one analysis serves all of them (iMRMC's `roc2binary`).
"""

from dataclasses import dataclass

import numpy as np

from analysis.estimators.structural_components import BoolArray
from analysis.result import FloatArray

PHANTOM_RATING = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ReaderRatings:
    """Who rated which case how, in which arm.

    Attributes
    ----------
    arms, readers
        Their names, in the order of the array.
    truth
        (n,) 1 = positive, 0 = negative.
    ratings
        (arms, readers, n), higher = more suspicious; NaN = not rated.
    """

    arms: tuple[str, ...]
    readers: tuple[str, ...]
    truth: FloatArray
    ratings: FloatArray

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit each other, and a truth that is neither 0 nor 1."""
        expected = (len(self.arms), len(self.readers), len(self.truth))
        if self.ratings.shape != expected:
            raise ValueError(
                f"expected ratings of shape (arms, readers, cases) = {expected}, "
                f"got {self.ratings.shape}"
            )
        if not np.isin(self.truth, (0, 1)).all():
            raise ValueError("expected a truth of 0 or 1 for every case")

    @property
    def rated(self) -> BoolArray:
        """(arms, readers, n) whether there is a rating."""
        rated: BoolArray = ~np.isnan(self.ratings)
        return rated

    def of_arms(self, *arms: str) -> "ReaderRatings":
        """Return some arms, with the readers and the cases that have a rating in one of them."""
        places = np.array([self.arms.index(arm) for arm in arms])
        rated = self.rated[places]
        who, what = rated.any(axis=(0, 2)), rated.any(axis=(0, 1))
        return ReaderRatings(
            arms,
            tuple(name for name, reads in zip(self.readers, who, strict=True) if reads),
            self.truth[what],
            self.ratings[np.ix_(places, who, what)],
        )


def sensitivity_ratings(reads: ReaderRatings, threshold: float) -> ReaderRatings:
    """Return reads whose AUC is the sensitivity of ratings above a threshold."""
    called = _where_rated(reads, (reads.ratings > threshold).astype(np.float64))
    return _against_phantoms(reads, called, reads.truth == 0)


def specificity_ratings(reads: ReaderRatings, threshold: float) -> ReaderRatings:
    """Return reads whose AUC is the specificity of ratings above a threshold."""
    called = _where_rated(reads, (reads.ratings > threshold).astype(np.float64))
    return _against_phantoms(reads, called, reads.truth == 1)


def accuracy_ratings(reads: ReaderRatings, threshold: float) -> ReaderRatings:
    """Return reads whose AUC is the share of right answers of ratings above a threshold.

    Every case counts as positive, rated 1 where the answer is right. As many phantom cases as there
    are cases are rated one half by everyone who reads in the arm; as they do not vary, they add
    nothing to the variance.
    """
    right = _where_rated(reads, ((reads.ratings > threshold) == (reads.truth == 1)) * 1.0)
    phantoms = np.full_like(right, PHANTOM_RATING)
    phantoms[~reads.rated.any(axis=2)] = np.nan
    truth = np.repeat([1.0, 0.0], len(reads.truth))
    return ReaderRatings(reads.arms, reads.readers, truth, np.concatenate([right, phantoms], 2))


def _where_rated(reads: ReaderRatings, answers: FloatArray) -> FloatArray:
    """Return answers, NaN where there is no rating."""
    return np.where(reads.rated, answers, np.nan)


def _against_phantoms(
    reads: ReaderRatings, answers: FloatArray, phantoms: BoolArray
) -> ReaderRatings:
    """Return the reads with answers for ratings, and one half for the cases of the other class."""
    ratings = np.where(phantoms & reads.rated, PHANTOM_RATING, answers)
    return ReaderRatings(reads.arms, reads.readers, reads.truth, ratings)
