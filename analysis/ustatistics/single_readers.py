"""Each reader's own AUC, and the difference of two arms, with U-statistic variances.

The reader is fixed here and only cases are random, so this is DeLong's variance but for cases that
were read in one arm only, and unbiased.
"""

import itertools
from dataclasses import dataclass

from analysis.ustatistics.moments import one_reader_moments
from analysis.ustatistics.pair_sums import PairSums, pair_sums
from analysis.ustatistics.reader_ratings import ReaderRatings


@dataclass(frozen=True, slots=True)
class SingleReader:
    """One reader in one arm; the variance can be 0 or, by rounding, just below."""

    reader: str
    arm: str
    n_negative: int
    n_positive: int
    auc: float
    variance: float


@dataclass(frozen=True, slots=True)
class SingleReaderDifference:
    """One reader in two arms, first minus second; counts are of cases rated in both."""

    first: SingleReader
    second: SingleReader
    n_negative: int
    n_positive: int
    difference: float
    variance: float


@dataclass(frozen=True, slots=True)
class SingleReaders:
    """All readers arm by arm, and in every two arms that a reader has read."""

    alone: tuple[SingleReader, ...]
    differences: tuple[SingleReaderDifference, ...]


def analyse_readers(reads: ReaderRatings) -> SingleReaders:
    """Return every reader's AUCs; a reader without negative or positive cases is left out."""
    n_readers = len(reads.readers)
    sums = pair_sums(reads.truth, reads.ratings.reshape(-1, len(reads.truth)))
    alone = {
        curve: SingleReader(
            reads.readers[curve % n_readers],
            reads.arms[curve // n_readers],
            int(sums.n_negative[curve, curve]),
            int(sums.n_positive[curve, curve]),
            float(sums.total[curve] / sums.comparisons[curve]),
            _covariance(sums, curve, curve),
        )
        for curve in range(len(sums.total))
        if sums.comparisons[curve] > 0
    }
    pairs = (
        (one * n_readers + reader, two * n_readers + reader)
        for one, two in itertools.combinations(range(len(reads.arms)), 2)
        for reader in range(n_readers)
    )
    return SingleReaders(
        tuple(alone.values()),
        tuple(
            SingleReaderDifference(
                alone[one],
                alone[two],
                int(sums.n_negative[one, two]),
                int(sums.n_positive[one, two]),
                alone[one].auc - alone[two].auc,
                alone[one].variance + alone[two].variance - 2 * _covariance(sums, one, two),
            )
            for one, two in pairs
            if one in alone and two in alone
        ),
    )


def _covariance(sums: PairSums, one: int, two: int) -> float:
    """Return the covariance of two curves' AUCs, or a curve's variance."""
    return one_reader_moments(sums, one, two).covariance(biased=False)
