"""Mean AUCs of readers of whom some have not rated some cases, readers and cases random.

Obuchowski and Rockette's model has no place for readings missing here and there; U-statistics
(Gallas 2006) take any design. The mean weighs each reader by their pairs of cases, so it is not
quite the plain mean that stands beside it for these readers.

A U-statistic variance can fall below 0 where some readers are in one arm only; then the variance of
the observed distribution (V-statistics, iMRMC's MLE) stands in, which is never below 0 and too
large on average, and the method says so.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analysis.estimates.margin_estimates import margin_estimates
from analysis.rating_grid import Layout, Pair, Pool
from analysis.result import Estimate, Interval, Of
from analysis.ustatistics.reader_averaged import (
    ArmAuc,
    AucDifference,
    UStatistics,
    Variances,
    analyse_reads,
)
from analysis.ustatistics.reader_ratings import ReaderRatings

WEIGHTS = "readers weighted by their pairs of cases"
METHOD = f"AUC, U-statistic variance (Gallas 2006), {WEIGHTS}"
FALLBACK = f"AUC, V-statistic variance (MLE), the U-statistic's being not above 0, {WEIGHTS}"
AGAINST_AI = "AI alone against random readers, the AI copied for each reader (Kooi 2016)"


def u_statistic_estimates(
    layout: Layout, pools: tuple[Pool, ...], *, random: str
) -> tuple[Estimate, ...]:
    """Return the mean AUC of every arm and the difference of every two.

    Parameters
    ----------
    layout
        Whose ratings.
    pools
        The same readers arm by arm, those first from which others are taken.
    random
        What is random, for `of`.

    Raises
    ------
    ValueError
        Where there is one reader, or an arm without positive or negative cases.
    """
    reads = _reads(layout, pools)
    if len(reads.readers) < 2:
        raise ValueError("expected two or more readers to be a sample of readers, got one")
    found = analyse_reads(reads, level=layout.settings.level)
    of = tuple(replace(pool.of, random=random) for pool in pools)
    return (*_arms(found, layout, pools, of), *_differences(found, layout, pools, of))


def u_statistics_against_ai(layout: Layout, pair: Pair, *, random: str) -> Estimate:
    """Return an AI system minus the mean of readers, of whom some may lack some cases.

    The AI is a second arm in which every reader has its ratings, so that readers vary on one side
    only; its cases need not be theirs.

    Raises
    ------
    ValueError
        Where there is one reader, or a side without positive or negative cases.
    """
    (system,) = pair.first.rows
    human = _reads(layout, (pair.second,))
    if len(human.readers) < 2:
        raise ValueError("expected two or more readers to be a sample of readers, got one")
    copied = np.broadcast_to(layout.grid.ratings[system], human.ratings.shape)
    reads = ReaderRatings(
        ("AI", "readers"),
        human.readers,
        human.truth,
        np.concatenate([copied, human.ratings]),
    )
    (found,) = analyse_reads(reads, level=layout.settings.level).differences
    first, second = (replace(of, random=random) for of in pair.of)
    bare = Estimate(
        "auc_difference", (first, second), found.difference, "", n=pair.counts(layout.grid)
    )
    filled = _filled(bare, found, layout, lowest=-1.0)
    return replace(filled, method=f"{AGAINST_AI}; {filled.method}")


def _reads(layout: Layout, pools: tuple[Pool, ...]) -> ReaderRatings:
    """Return the ratings of the pools' rows, one pool an arm."""
    grid = layout.grid
    readers = tuple(dict.fromkeys(grid.rows[row].reader for pool in pools for row in pool.rows))
    ratings = np.full((len(pools), len(readers), len(grid.cases)), np.nan)
    for arm, pool in enumerate(pools):
        for row in pool.rows:
            ratings[arm, readers.index(grid.rows[row].reader)] = grid.ratings[row]
    return ReaderRatings(tuple(pool.of.arm or "" for pool in pools), readers, grid.truth, ratings)


def _arms(
    found: UStatistics, layout: Layout, pools: tuple[Pool, ...], of: tuple[Of, ...]
) -> list[Estimate]:
    """Return the arms from the first on."""
    return [
        _filled(
            Estimate("auc", one, arm.auc, "", n=pool.counts(layout.grid)),
            arm,
            layout,
            lowest=0.0,
        )
        for arm, pool, one in reversed(tuple(zip(found.arms, pools, of, strict=True)))
    ]


def _differences(
    found: UStatistics, layout: Layout, pools: tuple[Pool, ...], of: tuple[Of, ...]
) -> Iterator[Estimate]:
    """Return the differences, the later arm minus the earlier, and their margin tests."""
    place = {pool.of.arm or "": index for index, pool in enumerate(pools)}
    for one in found.differences:
        first, second = place[one.first.arm], place[one.second.arm]
        counts = Pair(pools[first], pools[second]).counts(layout.grid)
        both = (of[first], of[second])
        bare = Estimate("auc_difference", both, one.difference, "", n=counts)
        found_difference = _filled(bare, one, layout, lowest=-1.0)
        yield found_difference
        df = math.inf if found_difference.df is None else found_difference.df
        yield from margin_estimates(found_difference, layout.settings, df=df)


def _filled(
    bare: Estimate, found: ArmAuc | AucDifference, layout: Layout, *, lowest: float
) -> Estimate:
    """Return an estimate with its inference; limits are cut to what the quantity can be."""
    by, method = _variances(found)
    inference = by.bdg
    if inference.ci is None:
        return replace(bare, method=method, reason=inference.reason)
    return replace(
        bare,
        method=f"{method}; {inference.words('Barrett, Dorfman and Gallas, rounded down')}",
        df=inference.finite_df,
        se=inference.se,
        ci=Interval(max(inference.ci.low, lowest), min(inference.ci.high, 1.0)),
        level=layout.settings.level,
        p=inference.p,
    )


def _variances(found: ArmAuc | AucDifference) -> tuple[Variances, str]:
    """Return the variances that are used, and the method in words.

    V-statistics stand in where the U-statistic variance is a number that is not above 0; where it
    is none (one reader, one case of a class) nothing stands in.
    """
    if found.unbiased.variance <= 0 < found.biased.variance:
        return found.biased, FALLBACK
    return found.unbiased, METHOD
