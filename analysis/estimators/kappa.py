"""Cohen's kappa of two readers, weighted or not, and the measures that stand beside it.

Kappa falls where one category is rare although the readers agree; prevalence- and bias-adjusted
kappa shows how much of it is due to that. p comes from the standard error under chance agreement,
the interval from the other one (Fleiss, Cohen and Everitt 1969).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.estimators.intervals import ROUNDING
from analysis.result import FloatArray, Interval

Weights = Literal["unweighted", "linear", "quadratic"]
ZERO_VARIANCE = 1e-14
CONSTANT = "not estimable: both readers gave one and the same category throughout"


@dataclass(frozen=True, slots=True)
class KappaEstimate:
    """Kappa with both standard errors; None, with a reason, where it is not estimable.

    Attributes
    ----------
    se_null
        Standard error where the readers agree by chance only: for `z` and `p`.
    se
        Standard error at the kappa found: for `ci`, which is truncated to [-1, 1].
    observed, expected
        Agreement found, and expected by chance; weighted like kappa.
    smallest_expected
        Smallest count expected by chance in a cell of the table.
    """

    observed: float
    expected: float
    n: int
    smallest_expected: float
    kappa: float | None = None
    se_null: float | None = None
    se: float | None = None
    ci: Interval | None = None
    z: float | None = None
    p: float | None = None
    reason: str | None = None


def agreement_table(
    first: npt.ArrayLike, second: npt.ArrayLike, categories: Sequence[object] = ()
) -> FloatArray:
    """Return the counts (k, k) of the categories of two readers; rows are the first reader's.

    Parameters
    ----------
    first, second
        (n,) categories of the same units.
    categories
        The scale in its order, so that a category that nobody used has its place; empty: the
        categories that were used, sorted.

    Raises
    ------
    ValueError
        Where the lengths differ, nothing was rated, or a category is not of the scale.
    """
    left, right = np.asarray(first), np.asarray(second)
    if len(left) != len(right) or len(left) == 0:
        raise ValueError(f"expected the same units twice, got {len(left)} and {len(right)}")
    scale = list(categories) or sorted({*left.tolist(), *right.tolist()})
    place = {category: index for index, category in enumerate(scale)}
    unknown = sorted({*left.tolist(), *right.tolist()} - set(place), key=str)
    if unknown:
        raise ValueError(f"expected the categories {scale}, got {unknown}")
    table = np.zeros((len(scale), len(scale)))
    rows = [place[category] for category in left.tolist()]
    columns = [place[category] for category in right.tolist()]
    np.add.at(table, (rows, columns), 1.0)
    return table


def cohen_kappa(
    table: npt.ArrayLike, *, weights: Weights = "unweighted", level: float = 0.95
) -> KappaEstimate:
    """Return Cohen's kappa of a square table of counts.

    Parameters
    ----------
    table
        (k, k) counts, categories in their order.
    weights
        `linear` credits disagreement by its distance in steps (Cicchetti and Allison), `quadratic`
        by its square (Fleiss and Cohen).
    level
        Confidence level.
    """
    counts = np.asarray(table, dtype=np.float64)
    n = float(counts.sum())
    share = counts / n
    credit = _credit(len(counts), weights)
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    chance = np.outer(rows, columns)
    observed, expected = float((credit * share).sum()), float((credit * chance).sum())
    used = np.outer(rows > 0, columns > 0)
    smallest = float(n * chance[used].min())
    bare = KappaEstimate(observed, expected, int(n), smallest)
    if 1 - expected < ROUNDING:
        return replace(bare, reason=CONSTANT)
    kappa = (observed - expected) / (1 - expected)
    # The mean credit of a reader's category against whatever the other reader says.
    mean_credit = (credit @ columns)[:, None] + (rows @ credit)[None, :]
    null = float((chance * (credit - mean_credit) ** 2).sum()) - expected**2
    spread = float((share * (credit * (1 - expected) - mean_credit * (1 - observed)) ** 2).sum())
    spread -= (observed * expected - 2 * expected + observed) ** 2
    se_null = math.sqrt(_unrounded(null) / n) / (1 - expected)
    se = math.sqrt(_unrounded(spread) / n) / (1 - expected) ** 2
    half = float(stats.norm.ppf((1 + level) / 2)) * se
    ci = Interval(max(kappa - half, -1.0), min(kappa + half, 1.0))
    if se_null == 0:
        reason = "no test: the standard error under chance agreement is 0"
        return replace(bare, kappa=kappa, se_null=0.0, se=se, ci=ci, reason=reason)
    z = kappa / se_null
    p = float(2 * stats.norm.sf(abs(z)))
    return replace(bare, kappa=kappa, se_null=se_null, se=se, ci=ci, z=z, p=p)


def adjusted_kappa(table: npt.ArrayLike) -> float:
    """Return the prevalence- and bias-adjusted kappa, (k p - 1) / (k - 1) (Byrt 1993).

    With two categories that is twice the observed agreement minus one.
    """
    counts = np.asarray(table, dtype=np.float64)
    k = len(counts)
    agreement = float(np.trace(counts) / counts.sum())
    return (k * agreement - 1) / (k - 1)


def percent_agreement(table: npt.ArrayLike) -> float:
    """Return how often the readers agree, in percent."""
    counts = np.asarray(table, dtype=np.float64)
    return float(100 * np.trace(counts) / counts.sum())


def kappa_band(kappa: float) -> str:
    """Return a kappa in words, as Zhou 2023 lists the bands after Viera and Garrett 2005.

    Below 0 no band is defined but -1; such a kappa is less agreement than by chance.
    """
    if kappa < 0:
        return "none" if kappa == -1 else "less than chance"
    if kappa == 0:
        return "poor"
    bands = ((0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"))
    # The bands are stated with two decimals: .204 is still slight, .206 is fair.
    return next((name for top, name in bands if round(kappa, 2) <= top), "almost perfect")


def _unrounded(variance: float) -> float:
    """Return a variance; what is only the rounding of its parts, which are near 1, becomes 0."""
    return variance if variance > ZERO_VARIANCE else 0.0


def _credit(k: int, weights: Weights) -> FloatArray:
    """Return how much agreement a pair of categories counts as (k, k): 1 on the diagonal."""
    if weights == "unweighted" or k == 1:
        return np.eye(k)
    steps = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    credit: FloatArray = 1 - (steps if weights == "linear" else steps**2)
    return credit
