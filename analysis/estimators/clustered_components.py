"""The covariance of means over cases where cases of a cluster belong together.

Cases of a cluster (the breasts of a patient, the lesions of an exam) need not be independent,
clusters are. What the cases of a cluster contribute is summed, positive with negative ones, and
the sums vary from cluster to cluster (Obuchowski 1997; for a share it is the ratio estimate of
Rao and Scott 1992). Readers are fixed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.result import FloatArray

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ClassContributions:
    """What the m cases of one class contribute to a mean of each of k curves.

    Attributes
    ----------
    contributions
        (k, m); NaN where a case was not rated.
    cluster
        (m,) the number of each case's cluster, from 0 on.
    """

    contributions: FloatArray
    cluster: IntArray


def clustered_covariance(classes: tuple[ClassContributions, ...], *, clusters: int) -> FloatArray:
    """Return the covariance (k, k) of sums of the classes' means.

    Parameters
    ----------
    classes
        One class (a sensitivity), or both (an AUC, Youden's J).
    clusters
        The number of clusters.

    Notes
    -----
    Obuchowski 1997, sections 2 and 3. A class's own part has the correction n / (n - 1) of the
    clusters that hold it, what classes share that of all clusters; of two curves those count that
    both have rated. NaN where a curve has fewer than two clusters of a class. With one case a
    cluster and all cases rated this is DeLong's covariance.
    """
    sums = [_cluster_sums(one, clusters) for one in classes]
    held = [_held(one, clusters) for one in classes]
    k = len(classes[0].contributions)
    total = np.zeros((k, k))
    for first, mine in enumerate(sums):
        alone = held[first] @ held[first].T
        total += mine @ mine.T * _correction(alone)
        total[np.diag_indices(k)] += np.where(np.diag(alone) > 1, 0.0, np.nan)
        for second in range(first):
            either = np.maximum(held[first], held[second])
            mixed = mine @ sums[second].T * _correction(either @ either.T)
            total += mixed + mixed.T
    return total


def _cluster_sums(one: ClassContributions, clusters: int) -> FloatArray:
    """Return (k, clusters) sums of contributions less their mean, over the cases rated."""
    has = ~np.isnan(one.contributions)
    count = np.maximum(has.sum(axis=1, keepdims=True), 1)
    filled = np.where(has, one.contributions, 0.0)
    deviation = np.where(has, filled - filled.sum(axis=1, keepdims=True) / count, 0.0) / count
    sums = np.zeros((len(has), clusters))
    np.add.at(sums.T, one.cluster, deviation.T)
    return sums


def _held(one: ClassContributions, clusters: int) -> FloatArray:
    """Return (k, clusters) 1 where a curve has rated a case of the class in a cluster."""
    held = np.zeros((len(one.contributions), clusters))
    np.maximum.at(held.T, one.cluster, (~np.isnan(one.contributions)).T.astype(np.float64))
    return held


def _correction(shared: FloatArray) -> FloatArray:
    """Return n / (n - 1) of shared clusters; 1 where curves share fewer than two."""
    return np.divide(shared, shared - 1, out=np.ones_like(shared), where=shared > 1)
