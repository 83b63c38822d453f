"""Two arms of a crossover compared by the mean of its sequences' means, readers and cases random.

Each reader's difference of the two arms is one value; what readers of one sequence differ by is
their variance, and the errors of different readers covary over the cases as after Obuchowski and
Rockette. With one sequence and equal weights that is their comparison of two arms, with two it is
Hillis's (2014) of readers nested in sequences; sequences may have a single reader.
"""

from dataclasses import replace

import numpy as np

from analysis.estimators.t_inference import TInference, t_inference
from analysis.mrmc.components import error_covariances, residual_mean_square
from analysis.mrmc.obuchowski_rockette import hillis_df
from analysis.mrmc.ratings import IntArray, MrmcError
from analysis.mrmc.reader_foms import ReaderFoms
from analysis.result import FloatArray

MEAN_OF_SEQUENCES = "mean of the sequences' mean differences"


def sequence_mean_inference(
    foms: ReaderFoms,
    arms: tuple[str, str],
    sequence: IntArray,
    weights: FloatArray,
    *,
    level: float,
) -> TInference:
    """Return a weighted sum of the readers' differences, the first arm minus the second.

    Parameters
    ----------
    foms
        Figures of merit of readers who all are in both arms.
    arms
        The two arms.
    sequence
        (r,) the sequence of each reader, in the order of `foms.readers`.
    weights
        (r,) what each reader's difference weighs; they may have either sign.
    level
        Confidence level; limits are not truncated.

    Raises
    ------
    MrmcError
        Where no sequence has two readers (who share their cases).
    """
    places = tuple(foms.arms.index(arm) for arm in arms)
    chosen = np.isin(foms.arm, places)
    two = replace(
        foms,
        arm=foms.arm[chosen],
        reader=foms.reader[chosen],
        values=foms.values[chosen],
        covariance=foms.covariance[np.ix_(chosen, chosen)],
    )
    difference = foms.table[places[0]] - foms.table[places[1]]
    group = foms.read_by.group
    cells = np.unique(np.stack([sequence, group]), axis=1, return_inverse=True)[1]
    sizes = np.bincount(cells)
    df = len(cells) - len(sizes)
    if df < 1:
        raise MrmcError(
            "expected two or more readers of one sequence for random readers, got one of each; "
            "take readers as fixed"
        )
    left = difference - (np.bincount(cells, weights=difference) / sizes)[cells]
    of_readers = float((weights**2).sum()) * residual_mean_square(left, difference, df)
    # Errors of two readers' differences covary by 2 (Cov2 - Cov3).
    shared = float((np.bincount(group, weights=weights) ** 2).sum())
    variance = of_readers + shared * 2 * error_covariances(two).sharing
    return t_inference(
        float(weights @ difference), variance, hillis_df(variance, of_readers, df), level=level
    )
