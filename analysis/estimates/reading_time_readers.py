"""The readers' mean log reading times, compared as figures of merit (Obuchowski and Rockette).

The mean over a reader's cases is a figure of merit like an AUC: it varies with the cases, and
readers differ. So the same analysis gives a ratio of times with readers and cases random.
"""

import numpy as np

from analysis.mrmc.ratings import MrmcError
from analysis.mrmc.reader_foms import ReaderFoms, foms_from_jackknife
from analysis.result import FloatArray

# A standard error this small on the log scale is rounding: the arms' times are the same.
ROUNDING_SE = 1e-9


def mean_log_times(
    arms: tuple[str, ...], readers: tuple[str, ...], reading_s: FloatArray
) -> ReaderFoms:
    """Return every reader's mean log time in every arm, with the covariance over cases.

    Parameters
    ----------
    arms, readers
        Names in the order of the array.
    reading_s
        (arms, readers, n) seconds, above 0, without gaps.

    Raises
    ------
    MrmcError
        Where a time is missing or not above 0, or there are fewer than two cases.
    """
    if reading_s.ndim != 3 or reading_s.shape[2] < 2:
        raise MrmcError(f"expected times by arm, reader and 2 or more cases, got {reading_s.shape}")
    if not (reading_s > 0).all():
        raise MrmcError(
            "expected a time above 0 s of every reader, case and arm, got a gap or none; "
            "use the mixed model, which needs no complete table"
        )
    logs = np.log(reading_s)
    n = logs.shape[2]
    means = logs.mean(axis=2)
    without = (n * means[:, :, None] - logs) / (n - 1)
    return foms_from_jackknife(arms, readers, means, without, name="mean log reading time")
