"""AUCs where several units of a cluster were rated: breasts of a patient, lesions of an exam.

Units of a cluster need not be independent, clusters are. Readers are fixed.
"""

import numpy as np
import numpy.typing as npt

from analysis.result import FloatArray
from analysis.roc import delong_covariance
from analysis.structural_components import CorrelatedValues


def clustered_auc_values(
    truth: npt.ArrayLike, ratings: npt.ArrayLike, clusters: npt.ArrayLike
) -> CorrelatedValues:
    """Return the empirical AUCs of k curves with their covariance over clusters.

    What compares correlated AUCs takes the result as it takes DeLong's: a paired difference is
    `contrast` with `roc.difference_inference`, the global test `roc.equal_aucs_test`.

    Parameters
    ----------
    truth
        (n,) 1 positive, 0 negative; a cluster may hold both.
    ratings
        (k, n) higher = more suspicious; ties count one half.
    clusters
        (n,) the cluster of each unit, numbers or names.

    Notes
    -----
    Obuchowski 1997 (Biometrics 53, section 2 for one curve, section 3 for two): sums of a cluster's
    components, and the covariance of its positive with its negative units. With one unit a cluster
    it is DeLong's. NaN where fewer than two clusters hold a class.

    Raises
    ------
    ValueError
        Where a class is missing, a rating is not a number, or lengths differ.
    """
    values = delong_covariance(truth, ratings).values
    truth_values = np.asarray(truth, dtype=np.float64)
    names, place = np.unique(np.asarray(clusters), return_inverse=True)
    if place.shape != truth_values.shape:
        raise ValueError(f"expected a cluster for each of {len(truth_values)} units")
    rating_values = np.asarray(ratings, dtype=np.float64)
    is_positive = truth_values == 1
    positive = _cluster_sums(rating_values, is_positive, place, values)
    negative = _cluster_sums(-rating_values, ~is_positive, place, values)
    mixed = positive @ negative.T * _correction(len(names))
    covariance = (
        positive @ positive.T * _correction(len(np.unique(place[is_positive])))
        + negative @ negative.T * _correction(len(np.unique(place[~is_positive])))
        + mixed
        + mixed.T
    )
    return CorrelatedValues(values, covariance)


def _correction(n_clusters: int) -> float:
    """Return n / (n - 1); NaN with one cluster, which says nothing of how clusters differ."""
    return n_clusters / (n_clusters - 1) if n_clusters > 1 else float("nan")


def _cluster_sums(
    ratings: FloatArray,
    of_class: npt.NDArray[np.bool_],
    place: npt.NDArray[np.int64],
    values: FloatArray,
) -> FloatArray:
    """Return (k, clusters) sums of the units' components less the AUC, over the class's size."""
    sums = np.zeros((len(ratings), int(place.max()) + 1))
    for row, (rating, auc) in enumerate(zip(ratings, values.tolist(), strict=True)):
        others = np.sort(rating[~of_class])
        below = np.searchsorted(others, rating[of_class], side="left")
        at_most = np.searchsorted(others, rating[of_class], side="right")
        component = (below + at_most) / (2 * len(others)) - auc
        np.add.at(sums[row], place[of_class], component / of_class.sum())
    return sums
