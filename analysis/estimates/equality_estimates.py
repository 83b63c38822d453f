"""Whether several AUCs are all equal: DeLong's chi-square, readers fixed.

Asked of three arms or more of the same readers, of all readers of an arm, and of AI systems.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from analysis.estimates.auc_estimates import variance_words
from analysis.estimators.roc import equal_aucs_test
from analysis.estimators.structural_components import CorrelatedValues, auc_values
from analysis.rating_grid import Layout, Pool
from analysis.result import Counts, Estimate, Of


@dataclass(frozen=True, slots=True)
class _Family:
    """AUCs that are asked to be equal, and what that is of."""

    of: Of
    pools: tuple[Pool, ...]


def equality_estimates(layout: Layout) -> Iterator[Estimate]:
    """Return `auc_equality`, a chi-square, of every family of AUCs.

    The arms of a reader, group or of all readers where there are three or more (two have their
    difference); the readers of each arm; two AI systems or more.
    """
    if layout.grid.two_valued:
        return
    grid = layout.grid
    values = auc_values(grid.truth, grid.ratings, grid.shared_clusters)
    for family in (*_arms(layout), *_readers(layout), *_systems(layout)):
        yield _tested(family, values, layout)


def _arms(layout: Layout) -> Iterator[_Family]:
    """Return three arms or more of the same readers."""
    human = [pool for pool in layout.pools if pool.of.system is None]

    def whom(pool: Pool) -> str:
        return pool.of.whom

    for _, members in groupby(sorted(human, key=whom), key=whom):
        pools = tuple(members)
        if len(pools) > 2:
            yield _Family(replace(pools[0].of, arm=None, item="arms equal"), pools)


def _readers(layout: Layout) -> Iterator[_Family]:
    """Return the readers of each arm."""
    alone = [pool for pool in layout.pools if pool.of.reader is not None]
    for arm in dict.fromkeys(pool.of.arm for pool in alone):
        pools = tuple(pool for pool in alone if pool.of.arm == arm)
        if len(pools) > 1:
            of = replace(pools[0].of, reader=None, readers="all", item="readers equal")
            yield _Family(of, pools)


def _systems(layout: Layout) -> Iterator[_Family]:
    """Return the AI systems."""
    pools = tuple(pool for pool in layout.pools if pool.of.system is not None)
    if len(pools) > 1:
        names = ", ".join(pool.of.system or "" for pool in pools)
        yield _Family(replace(pools[0].of, system=names, item="AI systems equal"), pools)


def _tested(family: _Family, values: CorrelatedValues, layout: Layout) -> Estimate:
    """Return the chi-square of one family."""
    k = len(layout.grid.rows)
    weights = np.stack([pool.weights(k) for pool in family.pools])
    bad = np.isnan(values.values) & weights.any(axis=0)
    rows = tuple(sorted({row for pool in family.pools for row in pool.rows}))
    counts: Counts = Pool(family.of, rows).counts(layout.grid)
    bare = Estimate("auc_equality", family.of, None, "none", n=counts, reason="not computed")
    if bad.any():
        return replace(bare, reason="not estimable: a curve lacks positive or negative cases")
    used = weights.any(axis=0)
    own = weights[:, used]
    combined = CorrelatedValues(
        own @ values.values[used], own @ values.covariance[np.ix_(used, used)] @ own.T
    )
    try:
        test = equal_aucs_test(combined)
    except ValueError as error:
        return replace(bare, reason=f"not estimable: {error}")
    return replace(
        bare,
        estimate=test.chi_square,
        method=f"chi-square, {variance_words(layout)}, readers fixed",
        p=test.p,
        df_numerator=test.df,
        reason=None,
    )
