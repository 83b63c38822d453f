"""AUCs where several units of a cluster were rated: breasts of a patient, lesions of an exam.

Units of a cluster need not be independent, clusters are. Readers are fixed.
"""

import numpy as np
import numpy.typing as npt

from analysis.estimators.structural_components import CorrelatedValues, auc_values


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
        (k, n) higher = more suspicious; ties count one half; NaN where a unit was not rated.
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
        Where lengths differ.
    """
    truth_values = np.asarray(truth, dtype=np.float64)
    rating_values = np.asarray(ratings, dtype=np.float64)
    place = np.unique(np.asarray(clusters), return_inverse=True)[1]
    if place.shape != truth_values.shape or rating_values.shape[-1] != len(truth_values):
        raise ValueError(f"expected a rating and a cluster for each of {len(truth_values)} units")
    return auc_values(truth_values, rating_values, place)
