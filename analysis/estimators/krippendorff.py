"""Krippendorff's alpha: agreement of any number of readers, missing ratings allowed."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.result import FloatArray


def krippendorff_alpha(
    ratings: npt.ArrayLike,
    *,
    scale: Literal["nominal", "ordinal"] = "nominal",
    pairs_as_irr: bool = False,
) -> float:
    """Return alpha (Krippendorff 2011): 1 minus observed over expected disagreement.

    Parameters
    ----------
    ratings
        (n, m) numbers, n units and m readers; NaN where a reader did not rate. Units with fewer
        than two ratings say nothing and are left out.
    scale
        `ordinal` weighs a disagreement by how many ratings lie between its categories.
    pairs_as_irr
        Whether, as in R's irr 0.84.1, every pair of ratings counts 1 where no rating is missing.
        Krippendorff has 1 / (ratings of the unit - 1), so that a unit counts as often as it was
        rated; with more than two readers irr's alpha is therefore slightly lower.

    Raises
    ------
    ValueError
        Where no unit has two ratings, or all ratings are the same.
    """
    values = np.asarray(ratings, dtype=np.float64)
    values = values[(~np.isnan(values)).sum(axis=1) >= 2]
    categories = np.unique(values[~np.isnan(values)])
    if len(categories) < 2:
        raise ValueError("expected ratings of at least two categories")
    counts = np.stack([(values == one).sum(axis=1) for one in categories], axis=1).astype(float)
    in_unit = counts.sum(axis=1)
    complete = bool((in_unit == values.shape[1]).all())
    pair_weight = np.ones(len(counts)) if pairs_as_irr and complete else 1 / (in_unit - 1)
    weighted = counts * pair_weight[:, None]
    pairs = counts.T @ weighted - np.diag(weighted.sum(axis=0))
    used = pairs.sum(axis=1)
    distance = _squared_distance(used, scale)
    total = used.sum()
    chance = np.outer(used, used) - np.diag(used)
    return float(1 - (total - 1) * (pairs * distance).sum() / (chance * distance).sum())


def _squared_distance(used: FloatArray, scale: str) -> FloatArray:
    """Return how much a disagreement counts (k, k)."""
    k = len(used)
    if scale == "nominal":
        return 1 - np.eye(k)
    reached = np.cumsum(used) - used / 2  # the middle of each category in the row of all ratings
    distance: FloatArray = np.subtract.outer(reached, reached) ** 2
    return distance
