"""Of whom quantities are computed (reader, group, all readers, AI system), and who is compared."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

from analysis.arm_order import arms_in_order
from analysis.rating_grid import Layout, Pair, Pool, RatingGrid, rating_grid
from analysis.rating_table import AI, CONSENSUS, RatingTable
from analysis.result import Of
from analysis.sequences import Order, Sequences, orders_of, sequences_of
from analysis.settings import PAIR, AnalysisSettings


def layout_of(table: RatingTable, settings: AnalysisSettings) -> Layout:
    """Return everything that estimates are computed from."""
    grid = rating_grid(table, settings)
    pools = pools_of(grid, settings.target)
    pairs = pairs_of(pools, arms_in_order(table, settings))
    orders = orders_of(table.rows)
    return Layout(grid, pools, in_sequences(pairs, grid, orders, settings), settings)


def pools_of(grid: RatingGrid, target: str) -> tuple[Pool, ...]:
    """Return of whom quantities are computed: readers, groups, all readers, AI systems.

    A consensus is a reader of its own and in no mean, for its members are there already.
    """
    arms = dict.fromkeys(row.arm for row in grid.rows if row.kind != AI)
    named = list(enumerate(grid.rows))
    readers = [
        Pool(Of(reader=row.reader, arm=row.arm or None, target=target), (place,))
        for place, row in named
        if row.kind != AI
    ]
    systems = [
        Pool(Of(system=row.reader, arm=row.arm or None, target=target), (place,))
        for place, row in named
        if row.kind == AI
    ]
    means = [(place, row) for place, row in named if row.kind not in (AI, CONSENSUS)]
    groups = [
        Pool(Of(group=group, arm=arm or None, target=target), members)
        for group in dict.fromkeys(row.group for _, row in means if row.group)
        for arm in arms
        if (members := tuple(p for p, row in means if (row.group, row.arm) == (group, arm)))
    ]
    everyone = [
        Pool(Of(readers="all", arm=arm or None, target=target), members)
        for arm in arms
        if (members := tuple(place for place, row in means if row.arm == arm))
    ]
    return (*readers, *groups, *everyone, *systems)


def pairs_of(pools: tuple[Pool, ...], arms: tuple[str, ...]) -> tuple[Pair, ...]:
    """Return what is compared: later with earlier arm of the same readers, AI with readers."""
    human = [pool for pool in pools if pool.of.system is None]
    systems = [pool for pool in pools if pool.of.system is not None]
    between_arms = [
        Pair(later, earlier)
        for first_arm, second_arm in combinations(arms, 2)
        for earlier in human
        if (earlier.of.arm or "") == first_arm
        for later in human
        if (later.of.arm or "") == second_arm and _same_people(later.of, earlier.of)
    ]
    with_ai = [Pair(system, pool) for system in systems for pool in human]
    return (*between_arms, *with_ai)


def in_sequences(
    pairs: tuple[Pair, ...],
    grid: RatingGrid,
    orders: Mapping[str, Order],
    settings: AnalysisSettings,
) -> tuple[Pair, ...]:
    """Return pairs, those of two arms of several readers with the sequences of a crossover."""
    pooled = settings.sequences == "pooled"

    def sequences(pair: Pair) -> Sequences | None:
        first, second = (
            [grid.rows[row].reader for row in pool.rows] for pool in (pair.first, pair.second)
        )
        if pair.first.of.system is not None or pair.first.of.reader is not None:
            return None
        both = _of_both_classes(pair, grid) or [reader for reader in first if reader in second]
        return sequences_of(orders, both, pair.arms, pooled=pooled)

    return tuple(replace(one, sequences=sequences(one)) for one in pairs)


def _of_both_classes(pair: Pair, grid: RatingGrid) -> list[str]:
    """Return the readers who rated both classes in both arms; none where fewer than two did."""
    first, second = (
        [grid.rows[row].reader for row in pool.rows if grid.rated(row).both_classes]
        for pool in (pair.first, pair.second)
    )
    both = [reader for reader in first if reader in second]
    return both if len(both) >= PAIR else []


def _same_people(one: Of, other: Of) -> bool:
    """Tell whether two subjects are the same reader, the same group or all readers."""
    return (one.reader, one.group, one.readers) == (other.reader, other.group, other.readers)
