"""The switches of every reader and of all readers, for every AI system.

Calls are made at the stated threshold. Readers also differ from themselves from one read to the
next, so switches hold that noise: those against the AI (`strayed`, `recovered`) show how much.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analysis.estimates.point_estimates import StatedPoint
from analysis.estimators.rao_scott import effective_counts, effective_interval
from analysis.estimators.switching import BoolArray, SwitchedReads, switched_reads
from analysis.rating_grid import Layout, Pair, Pool
from analysis.rating_table import RatingTable
from analysis.result import Estimate

NOISE = (
    "Changes of calls include intra-reader variability, for no case was read twice under the same "
    "condition; changes against the AI (strayed, recovered) show its size."
)


def switch_estimates(
    table: RatingTable, layout: Layout, stated: StatedPoint
) -> tuple[Estimate, ...]:
    """Return `switch_rescued` and its like; nothing without an AI system and arms with and without.

    The earlier arm of a pair is the one without the AI, the later the one with it, as far as the
    table tells. An estimate is a share of the read pairs in which the switch was possible;
    `of.system` is the AI. Intervals are exact, of effective counts: reads of one case, or cluster,
    by several readers belong together (Rao and Scott 1992).
    """
    systems = [pool for pool in layout.pools if pool.of.system is not None]
    return tuple(
        one
        for pair in layout.pairs
        if pair.second.of.system is None
        and pair.first.of.system is None
        and _is_reveal(table, pair)
        for system in systems
        if not np.isnan((stated.readers_from, stated.systems_from)).any()
        for one in _of_pair(pair, system, layout, stated)
    )


def _is_reveal(table: RatingTable, pair: Pair) -> bool:
    """Tell whether only the later of two arms shows the AI; taken so where the table is silent."""
    later, earlier = (of.arm or "" for of in pair.of)
    known = table.arms_with_ai
    return not known or (later in known and earlier not in known)


def _of_pair(pair: Pair, system: Pool, layout: Layout, stated: StatedPoint) -> Iterator[Estimate]:
    """Return all kinds of switches of some readers beside one system."""
    grid = layout.grid
    positive = grid.truth == 1

    def right(row: int, threshold: float) -> BoolArray:
        called: BoolArray = (grid.ratings[row] >= threshold) == positive
        return called

    before, after, case = [], [], []
    for later, earlier in _same_readers(pair, layout):
        rows = [later, earlier, system.rows[0]]
        rated = np.flatnonzero(~np.isnan(grid.ratings[rows]).any(axis=0))
        before.append(right(earlier, stated.readers_from)[rated])
        after.append(right(later, stated.readers_from)[rated])
        case.append(rated)
    if not case:
        return
    cases = np.concatenate(case)
    by_ai = right(system.rows[0], stated.systems_from)[cases]
    of = replace(pair.first.of, system=system.of.system, operating_point=stated.name)
    for one in switched_reads(np.concatenate(before), np.concatenate(after), by_ai):
        where = cases[one.possible]
        used = np.isin(np.arange(len(grid.cases)), where)
        counts = replace(
            grid.counts(used),
            n_positive=None,
            n_readers=pair.counts(grid).n_readers,
            n_reads=len(where),
        )
        bare = Estimate(f"switch_{one.kind}", of, None, "none", n=counts, reason="not computed")
        yield _share(bare, one, grid.cluster[where], pair, layout.settings.level)


def _same_readers(pair: Pair, layout: Layout) -> Iterator[tuple[int, int]]:
    """Return the rows of each reader in the later and the earlier arm."""
    rows = layout.grid.rows
    for later in pair.first.rows:
        for earlier in pair.second.rows:
            if rows[later].reader == rows[earlier].reader:
                yield later, earlier


def _share(
    bare: Estimate,
    one: SwitchedReads,
    cluster: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    pair: Pair,
    level: float,
) -> Estimate:
    """Return the share of possible switches that were made."""
    possible, made = len(one.switched), int(one.switched.sum())
    if possible == 0:
        return replace(bare, reason="not estimable: there was no read in which it could come about")
    arms = " to ".join(of.arm or "" for of in reversed(pair.of))
    return replace(
        bare,
        estimate=made / possible,
        method=f"{made} of {possible} read pairs, {arms}; exact interval, reads of one case "
        "belong together (Rao and Scott 1992)",
        ci=effective_interval(effective_counts(one.switched, cluster), level=level),
        level=level,
        reason=None,
    )
