"""The threshold from which on a lesion counts as malignant: where Youden's J is highest."""

from collections.abc import Sequence

import numpy as np


def youden_threshold(scores: Sequence[float], malignant: Sequence[bool]) -> float | None:
    """Return the threshold at which sensitivity + specificity is highest.

    Parameters
    ----------
    scores
        Malignancy of lesions; a lesion is positive where its score is not below the threshold.
    malignant
        What the lesions are.

    Returns
    -------
    float or None
        Half way between two scores that occur, so that new lesions fall to either side; of equally
        good thresholds the highest. None without lesions of both kinds.
    """
    truth = np.asarray(malignant, bool)
    values = np.asarray(scores, float)
    if truth.all() or not truth.any():
        return None
    levels = np.unique(values)
    cuts = np.concatenate([levels[:1], (levels[:-1] + levels[1:]) / 2])
    positive = values[None, :] >= cuts[:, None]
    j = positive[:, truth].mean(axis=1) - positive[:, ~truth].mean(axis=1)
    return float(cuts[np.flatnonzero(j == j.max())[-1]])
