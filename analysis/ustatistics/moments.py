"""Second moments of reader-averaged AUCs, and the variance that they make up.

Gallas 2006 (Academic Radiology 13:353) writes the variance of an AUC averaged over readers as eight
moments M1 to M8, each with a coefficient that the design gives. Gallas, Bandos, Samuelson and
Wagner 2009 (Communications in Statistics 38:2586) turn them into seven components of variance, one
for each way in which readers (R), negative (N) and positive cases (D) can vary together. Readers
and cases are random; readers may rate different cases.
"""

from dataclasses import dataclass

import numpy as np

from analysis.result import FloatArray
from analysis.ustatistics.pair_sums import PairSums

MOMENTS = ("M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8")
COMPONENTS = ("N", "D", "ND", "R", "NR", "DR", "RND")
N, D, R = (COMPONENTS.index(name) for name in ("N", "D", "R"))

# Sums over all pairs hold those that share a case; taking these away leaves pairs that share
# exactly what they should (Gallas 2006, appendix). Rows M1 to M4; M5 to M8 repeat it over readers.
_CASES_APART = np.array([[1, 0, 0, 0], [-1, 1, 0, 0], [-1, 0, 1, 0], [1, -1, -1, 1]], dtype=float)
_ALL_APART = np.block([[_CASES_APART, np.zeros((4, 4))], [-_CASES_APART, _CASES_APART]])
# Gallas 2009, equation 19.
_TO_COMPONENTS = np.array(
    [
        [0, 0, 0, 0, 0, 0, 1, -1],
        [0, 0, 0, 0, 0, 1, 0, -1],
        [0, 0, 0, 0, 1, -1, -1, 1],
        [0, 0, 0, 1, 0, 0, 0, -1],
        [0, 0, 1, -1, 0, 0, -1, 1],
        [0, 1, 0, -1, 0, -1, 0, 1],
        [1, -1, -1, 1, -1, 1, 1, -1],
    ],
    dtype=float,
)
_TO_COMPONENT_COEFFICIENTS = np.array(
    [
        [1, 0, 1, 0, 1, 0, 1, 0],
        [1, 1, 0, 0, 1, 1, 0, 0],
        [1, 0, 0, 0, 1, 0, 0, 0],
        [1, 1, 1, 1, 0, 0, 0, 0],
        [1, 0, 1, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0, 0, 0],
        [1, 0, 0, 0, 0, 0, 0, 0],
    ],
    dtype=float,
)


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """The moments of one AUC, or of two together, and their coefficients.

    Attributes
    ----------
    unbiased
        (8,) M1 to M8 by U-statistics.
    biased
        (8,) the same by V-statistics: those of the observed distribution (iMRMC: MLE).
    coefficients
        (8,) of both, from the design alone; the last one has the square of the mean taken off.
    """

    unbiased: FloatArray
    biased: FloatArray
    coefficients: FloatArray

    def values(self, *, biased: bool) -> FloatArray:
        """(8,) the biased or the unbiased moments."""
        return self.biased if biased else self.unbiased

    def covariance(self, *, biased: bool) -> float:
        """Return the variance of an AUC, or the covariance of two."""
        return float(self.coefficients @ self.values(biased=biased))

    def components(self, *, biased: bool) -> FloatArray:
        """(7,) N, D, ND, R, NR, DR, RND; 0 for what the two AUCs do not share."""
        shared = self.component_coefficients != 0
        return np.where(shared, _TO_COMPONENTS @ self.values(biased=biased), 0.0)

    @property
    def component_coefficients(self) -> FloatArray:
        """(7,) coefficients of the components; an inverse of one is a number of units."""
        coefficients: FloatArray = _TO_COMPONENT_COEFFICIENTS @ self.coefficients
        return coefficients


def reader_averaged_moments(sums: PairSums, first: slice, second: slice) -> Moments:
    """Return the moments of two arms' AUCs, or of one arm's with itself.

    Parameters
    ----------
    sums
        Of all curves.
    first, second
        Where the curves of each arm are, the readers in the same order.
    """
    success, count = sums.success[:, first, second], sums.count[:, first, second]
    return _moments(_by_readers(success), _by_readers(count), _ALL_APART)


def one_reader_moments(sums: PairSums, first: int, second: int) -> Moments:
    """Return the moments of two curves' AUCs, the readers fixed: M1 to M4, the others 0."""
    found = _moments(sums.success[:, first, second], sums.count[:, first, second], _CASES_APART)
    none = np.zeros(4)
    return Moments(
        np.concatenate([found.unbiased, none]),
        np.concatenate([found.biased, none]),
        np.concatenate([found.coefficients, none]),
    )


def _by_readers(sums: FloatArray) -> FloatArray:
    """Return (8,): four sums over each reader with themselves, four over any two readers."""
    return np.concatenate([np.trace(sums, axis1=1, axis2=2), sums.sum(axis=(1, 2))])


def _moments(success: FloatArray, count: FloatArray, apart: FloatArray) -> Moments:
    """Return moments from sums that include what is shared; 0 where there is no such pair.

    The last moment stands for the square of the mean, so without such pairs (one reader, one case
    of a class) nothing is known of the variance: it is NaN.
    """
    distinct = apart @ count
    coefficients = np.divide(distinct, count[-1], out=np.zeros_like(count), where=count[-1] > 0)
    coefficients[-1] -= 1
    unbiased = _mean(apart @ success, distinct)
    if distinct[-1] == 0:
        unbiased[-1] = np.nan
    return Moments(unbiased, _mean(success, count), coefficients)


def _mean(total: FloatArray, count: FloatArray) -> FloatArray:
    """Return means, 0 where nothing was counted."""
    return np.divide(total, count, out=np.zeros_like(count), where=count > 0)
