"""Chance-corrected agreement of two or more readers on categories.

Fleiss and Conger, Light's mean of pairs, and Gwet's AC1. Every unit was rated by every reader.
"""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.estimators.kappa import agreement_table, cohen_kappa
from analysis.result import FloatArray


@dataclass(frozen=True, slots=True)
class GroupKappa:
    """Agreement of all readers; test against agreement by chance, None where there is none."""

    kappa: float
    z: float | None
    p: float | None


@dataclass(frozen=True, slots=True)
class CategoryKappa:
    """Agreement on one category against all others."""

    category: object
    kappa: float
    z: float
    p: float


@dataclass(frozen=True, slots=True)
class SampledAgreement:
    """A coefficient and the standard error that it has when units are sampled (Gwet 2014).

    `se` is None where there is one unit only.
    """

    coefficient: float
    se: float | None


def fleiss_kappa(ratings: npt.ArrayLike) -> GroupKappa:
    """Return Fleiss' kappa with the null standard error of Fleiss, Nee and Landis (1979).

    `ratings` is (n, m): n units, m readers.

    Raises
    ------
    ValueError
        Where all readers gave one category throughout: agreement by chance is whole.
    """
    counts, categories = _counts(ratings)
    if len(categories) < 2:
        raise ValueError("expected ratings of at least two categories")
    n, m = len(counts), int(counts[0].sum())
    share = counts.sum(axis=0) / (n * m)
    kappa = (_pair_agreement(counts) - float((share**2).sum())) / (1 - float((share**2).sum()))
    spread = share * (1 - share)
    total = float(spread.sum())
    variance = total**2 - float((spread * (1 - 2 * share)).sum())
    se = math.sqrt(2 * variance / (n * m * (m - 1))) / total
    return GroupKappa(kappa, kappa / se, _p(kappa / se))


def conger_kappa(ratings: npt.ArrayLike) -> float:
    """Return Conger's (1980) kappa, in which chance agreement keeps each reader's own habits."""
    values = np.asarray(ratings)
    counts, categories = _counts(values)
    m = values.shape[1]
    own = np.array([[(column == one).mean() for one in categories] for column in values.T])
    chance = float((own.mean(axis=0) ** 2).sum() - (own.var(axis=0, ddof=1) / m).sum())
    return (_pair_agreement(counts) - chance) / (1 - chance)


def fleiss_by_category(ratings: npt.ArrayLike) -> tuple[CategoryKappa, ...]:
    """Return Fleiss' kappa of each category against all others (Fleiss 1971)."""
    counts, categories = _counts(ratings)
    n, m = len(counts), int(counts[0].sum())
    share = counts.sum(axis=0) / (n * m)
    disagreement = (counts * (m - counts)).sum(axis=0) / (n * m * (m - 1) * share * (1 - share))
    se = math.sqrt(2 / (n * m * (m - 1)))
    return tuple(
        CategoryKappa(category, kappa, kappa / se, _p(kappa / se))
        for category, kappa in zip(categories, (1 - disagreement).tolist(), strict=True)
    )


def light_kappa(ratings: npt.ArrayLike) -> GroupKappa:
    """Return the mean of Cohen's kappas of all pairs of readers (Light 1971).

    z and p follow R's irr, which takes the variance of agreement by chance from the product of the
    pairs' chance disagreements; other programs do otherwise.

    Raises
    ------
    ValueError
        Where a pair gave one category throughout.
    """
    values = np.asarray(ratings)
    n, m = values.shape
    scale = sorted(set(values.ravel().tolist()))
    kappas, disagreement = [], []
    for first, second in combinations(range(m), 2):
        found = cohen_kappa(agreement_table(values[:, first], values[:, second], scale))
        if found.kappa is None:
            raise ValueError(found.reason)
        kappas.append(found.kappa)
        share_first = [(values[:, first] == one).mean() for one in scale]
        share_second = [(values[:, second] == one).mean() for one in scale]
        disagreement.append(1 - float(np.dot(share_first, share_second)))
    kappa, chance = float(np.mean(kappas)), 1 - len(kappas) * math.prod(disagreement)
    if not 0 < chance < 1:
        return GroupKappa(kappa, None, None)
    z = kappa / math.sqrt(chance / (n * (1 - chance)))
    return GroupKappa(kappa, z, _p(z))


def fleiss_sampled(ratings: npt.ArrayLike) -> SampledAgreement:
    """Return Fleiss' kappa with Gwet's standard error, which holds away from chance too."""
    counts, _ = _counts(ratings)
    share = counts.mean(axis=0) / counts[0].sum()
    return _sampled(counts, float((share**2).sum()), counts @ share / counts[0].sum())


def gwet_ac1(ratings: npt.ArrayLike) -> SampledAgreement:
    """Return Gwet's (2008) AC1: agreement beyond chance that rare categories do not deflate.

    `ratings` is (n, m); the categories are those used. One category throughout: 1.
    """
    counts, categories = _counts(ratings)
    k = len(categories)
    if k == 1:
        return SampledAgreement(1.0, 0.0 if len(counts) > 1 else None)
    share = counts.mean(axis=0) / counts[0].sum()
    chance = float((share * (1 - share)).sum()) / (k - 1)
    return _sampled(counts, chance, counts @ (1 - share) / counts[0].sum() / (k - 1))


def _sampled(counts: FloatArray, chance: float, chance_of_unit: FloatArray) -> SampledAgreement:
    """Return a coefficient with the variance over the units (Gwet 2014, chapter 5)."""
    n, m = len(counts), float(counts[0].sum())
    agreement = (counts * (counts - 1)).sum(axis=1) / (m * (m - 1))
    coefficient = float((agreement.mean() - chance) / (1 - chance))
    of_unit = (agreement - chance) / (1 - chance)
    of_unit = of_unit - 2 * (1 - coefficient) * (chance_of_unit - chance) / (1 - chance)
    if n == 1:
        return SampledAgreement(coefficient, None)
    variance = float(((of_unit - coefficient) ** 2).sum()) / (n * (n - 1))
    return SampledAgreement(coefficient, math.sqrt(variance))


def _counts(ratings: npt.ArrayLike) -> tuple[FloatArray, list[object]]:
    """Return how many readers gave each unit (n) each category (k), and the categories."""
    values = np.asarray(ratings)
    categories = sorted(set(values.ravel().tolist()))
    counts = np.stack([(values == one).sum(axis=1) for one in categories], axis=1)
    return counts.astype(np.float64), list(categories)


def _pair_agreement(counts: FloatArray) -> float:
    """Return how often two readers of a unit agree."""
    m = float(counts[0].sum())
    return float((counts * (counts - 1)).sum(axis=1).mean() / (m * (m - 1)))


def _p(z: float) -> float:
    """Return the two-sided normal p."""
    return float(2 * stats.norm.sf(abs(z)))
