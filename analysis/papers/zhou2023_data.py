"""Zhou 2023's groups and arms, and of each feature what is computed of them.

Every feature is computed twice: with the readers of a group pooled as if independent, as the paper
did, and as the mean of the readers' values.
"""

from dataclasses import dataclass, replace

from analysis.estimates.auc_estimates import auc_estimates
from analysis.estimates.point_estimates import stated_estimates, stated_point, youden_estimates
from analysis.estimates.pooled_readers import (
    PooledReads,
    pooled_difference,
    pooled_estimates,
    pooled_reads,
)
from analysis.estimators.roc import roc_curve
from analysis.layout import layout_of
from analysis.papers.zhou2023_readers import PAPER, Contrast, GroupArm, ReadersOfPaper
from analysis.rating_grid import Layout, Pair, Pool
from analysis.rating_table import AI, RatingTable
from analysis.result import Curve, Estimate, NamedCurve, Of
from analysis.settings import AnalysisSettings


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """One feature: everything that tables and figures print of it.

    `pools` are AI systems, then groups and arms by name; `means` holds the same by mean of readers.
    `unrated` names the systems without a rating of this feature; `notes` say what was left out.
    """

    name: str
    target: str
    unit: str
    pools: tuple["NamedPool", ...]
    comparisons: tuple["NamedComparison", ...]
    estimates: tuple[Estimate, ...]
    readers: tuple[NamedCurve, ...]
    unrated: tuple[str, ...]
    notes: tuple[str, ...]

    def find(self, quantity: str, of: Of | tuple[Of, Of]) -> Estimate | None:
        """Return an estimate by what it is of."""
        return next(
            (one for one in self.estimates if one.quantity == quantity and one.of == of), None
        )


@dataclass(frozen=True, slots=True, eq=False)
class NamedPool:
    """A row of Table 1: the pooled ratings, and the readers' mean that stands beside it."""

    name: str
    reads: PooledReads
    mean: Of
    stated: str | None

    @property
    def curve(self) -> Curve | None:
        """The ROC curve of the pooled ratings; None where there is none."""
        cases = self.reads.cases
        if not cases.both_classes:
            return None
        found = roc_curve(cases.truth, cases.rating)
        fraction = found.false_positive_fraction
        of, group = self.reads.of, self.reads.of.group
        return Curve(of, group, fraction, found.sensitivity, found.threshold)


@dataclass(frozen=True, slots=True)
class NamedComparison:
    """A cell of Table 2: what is compared, pooled and by means of readers."""

    name: str
    pooled: tuple[Of, Of]
    means: tuple[Of, Of]
    stated: str | None


def feature_of(
    name: str, table: RatingTable, settings: AnalysisSettings, paper: ReadersOfPaper
) -> Feature:
    """Return everything that is computed of a feature.

    Parameters
    ----------
    name
        As the paper prints it.
    table
        Ratings of the feature's target and unit.
    settings
        With that target and unit, and no primary quantity.
    paper
        Groups, arms and comparisons.
    """
    by_ai = table.rows["kind"] == AI
    human = _layout(replace(table, rows=table.rows[~by_ai]), settings, paper)
    systems = _layout(replace(table, rows=table.rows[by_ai]), settings, paper)
    stated = stated_point(human)
    point = None if stated is None else stated.name
    pools = [_system_pool(pool, systems, paper) for pool in systems.pools]
    rated = {pool.of.system for pool in systems.pools}
    pools += [
        NamedPool(one.name, pooled_reads(pool, human.grid, _as_in(pool.of)), pool.of, point)
        for one in paper.all
        if (pool := _pool(human, one)) is not None
    ]
    by_of = {pool.reads.of: pool.reads for pool in pools}
    comparisons = tuple(
        NamedComparison(contrast.name, (_as_in(pair.of[0]), _as_in(pair.of[1])), pair.of, point)
        for contrast in paper.contrasts
        if (pair := _pair(human, contrast)) is not None
    )
    level = settings.level
    pooled = [one for pool in pools for one in pooled_estimates(pool.reads, level=level)]
    pooled += [
        pooled_difference(by_of[one.pooled[0]], by_of[one.pooled[1]], level=level)
        for one in comparisons
    ]
    estimates = (*pooled, *_means(human), *_means(systems))
    return Feature(
        name,
        settings.target,
        settings.unit,
        tuple(pools),
        comparisons,
        estimates,
        _reader_curves(human, paper),
        tuple(_system_name(one, paper) for one in paper.systems if one not in rated),
        table.notes,
    )


def _layout(table: RatingTable, settings: AnalysisSettings, paper: ReadersOfPaper) -> Layout:
    """Return readers, groups and systems with their unit, and the paper's comparisons."""
    if table.rows.empty:
        return Layout(layout_of(table, settings).grid, (), (), settings)
    layout = layout_of(table, settings)
    pools = tuple(
        replace(pool, of=replace(pool.of, unit=settings.unit))
        for pool in layout.pools
        if pool.of.readers is None
    )
    named = replace(layout, pools=pools, pairs=())
    pairs = (_pair(named, contrast) for contrast in paper.contrasts)
    return replace(named, pairs=tuple(pair for pair in pairs if pair is not None))


def _pool(layout: Layout, wanted: GroupArm) -> Pool | None:
    """Return the mean of a group's readers; of readers without a group there is none."""
    where = wanted.group or None, wanted.arm or None
    found = (pool for pool in layout.pools if pool.of.group is not None)
    return next((pool for pool in found if (pool.of.group, pool.of.arm) == where), None)


def _pair(layout: Layout, contrast: Contrast) -> Pair | None:
    """Return two groups and arms that are compared."""
    first, second = _pool(layout, contrast.first), _pool(layout, contrast.second)
    return None if first is None or second is None else Pair(first, second)


def _system_name(system: str | None, paper: ReadersOfPaper) -> str:
    """Return how a row of an AI system is named: AI where it is the only one."""
    return "AI" if len(paper.systems) == 1 else f"AI {system}"


def _system_pool(pool: Pool, layout: Layout, paper: ReadersOfPaper) -> NamedPool:
    """Return an AI system's row."""
    name = _system_name(pool.of.system, paper)
    stated = stated_point(layout)
    point = None if stated is None else stated.name
    return NamedPool(name, pooled_reads(pool, layout.grid, _as_in(pool.of)), pool.of, point)


def _means(layout: Layout) -> tuple[Estimate, ...]:
    """Return the numbers of single readers and of means of readers."""
    if not layout.pools:
        return ()
    stated = stated_point(layout)
    return (
        *auc_estimates(layout),
        *youden_estimates(layout),
        *(stated_estimates(layout, stated) if stated is not None else ()),
    )


def _reader_curves(layout: Layout, paper: ReadersOfPaper) -> tuple[NamedCurve, ...]:
    """Return each reader's own curve, to draw thinly; the place is that of the arm."""
    found = []
    for pool in layout.pools:
        if pool.of.reader is None:
            continue
        row = layout.grid.rows[pool.rows[0]]
        cases = layout.grid.rated(pool.rows[0])
        if cases.both_classes:
            own = roc_curve(cases.truth, cases.rating)
            fraction, sensitivity = own.false_positive_fraction, own.sensitivity
            curve = Curve(pool.of, row.group, fraction, sensitivity, own.threshold)
            found.append(NamedCurve(row.reader, curve, paper.arms.index(row.arm)))
    return tuple(found)


def _as_in(of: Of) -> Of:
    """Return of what a number is that is computed as the paper did."""
    return replace(of, as_in=PAPER)
