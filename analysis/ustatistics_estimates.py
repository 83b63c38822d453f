"""Mean AUCs of readers of whom some have not rated some cases, readers and cases random.

Obuchowski and Rockette's model has no place for readings missing here and there; U-statistics
(Gallas 2006) take any design. The mean weighs each reader by their pairs of cases, so it is not
quite the plain mean that stands beside it for these readers.
"""

from dataclasses import replace

import numpy as np

from analysis.mrmc.t_inference import TInference
from analysis.rating_grid import Layout, Pair, Pool
from analysis.result import Estimate, Interval, Of
from analysis.ustatistics.reader_averaged import UStatistics, Variances, analyse_reads
from analysis.ustatistics.reader_ratings import ReaderRatings

METHOD = "AUC, U-statistic variance (Gallas 2006), readers weighted by their pairs of cases"


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
            Estimate("auc", one, arm.auc, METHOD, n=pool.counts(layout.grid)),
            arm.unbiased,
            layout,
            lowest=0.0,
        )
        for arm, pool, one in reversed(tuple(zip(found.arms, pools, of, strict=True)))
    ]


def _differences(
    found: UStatistics, layout: Layout, pools: tuple[Pool, ...], of: tuple[Of, ...]
) -> list[Estimate]:
    """Return the differences, the later arm minus the earlier."""
    place = {pool.of.arm or "": index for index, pool in enumerate(pools)}
    estimates = []
    for one in found.differences:
        first, second = place[one.first.arm], place[one.second.arm]
        counts = Pair(pools[first], pools[second]).counts(layout.grid)
        both = (of[first], of[second])
        bare = Estimate("auc_difference", both, one.difference, METHOD, n=counts)
        estimates.append(_filled(bare, one.unbiased, layout, lowest=-1.0))
    return estimates


def _filled(bare: Estimate, by: Variances, layout: Layout, *, lowest: float) -> Estimate:
    """Return an estimate with its inference; limits are cut to what the quantity can be."""
    inference: TInference = by.bdg
    if inference.ci is None:
        return replace(bare, reason=inference.reason)
    return replace(
        bare,
        method=f"{bare.method}; {inference.words('Barrett, Dorfman and Gallas, rounded down')}",
        df=inference.finite_df,
        se=inference.se,
        ci=Interval(max(inference.ci.low, lowest), min(inference.ci.high, 1.0)),
        level=layout.settings.level,
        p=inference.p,
    )
