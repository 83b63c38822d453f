"""How far all readers of an arm or group agree, on the ratings and on the BI-RADS categories.

Ratings have the intraclass correlation and Krippendorff's alpha, which bears missing readings; what
is a category has Fleiss' kappa, Light's mean of pairs, and AC1, which rare categories do not
deflate. Ratings of two values are categories.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.estimators.intraclass import intraclass_agreement
from analysis.estimators.krippendorff import krippendorff_alpha
from analysis.estimators.many_readers_kappa import fleiss_kappa, gwet_ac1, light_kappa
from analysis.rating_grid import BoolArray, Layout, Pool
from analysis.rating_table import RatingTable
from analysis.result import Counts, Estimate, FloatArray, Interval

RATING, DECISION, CATEGORY = "rating", "decision", "BI-RADS category"
TOO_FEW = "not estimable: two units that all of these readers rated are needed"
ALIKE = "not estimable: all ratings are the same"
NOT_INDEPENDENT = "no interval or test: units of one cluster are not independent"
TOO_FINE = "not estimable: more than 201 different ratings, see icc"
# Alpha compares each rating with each: 0 to 100 in halves, no continuous score.
_MOST_LEVELS = 201
_ONLY_SHIFTED = "not estimable: the readers' ratings differ by a constant alone"

Values = npt.NDArray[np.float64] | npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True, eq=False)
class _Rated:
    """What the m readers of a pool gave the units that all of them rated: (n, m)."""

    pool: Pool
    values: Values
    n: Counts
    level: float
    clustered: bool

    def estimate(
        self,
        quantity: str,
        method: str,
        value: float | None,
        *,
        reason: str | None = None,
        se: float | None = None,
        ci: Interval | None = None,
        p: float | None = None,
    ) -> Estimate:
        """Return an estimate; what takes units as independent is left out where they are not."""
        if self.clustered and value is not None:
            se, ci, p, reason = None, None, None, NOT_INDEPENDENT
        level = None if ci is None else self.level
        return Estimate(
            quantity, self.pool.of, value, method, se, ci, level, p, n=self.n, reason=reason
        )


def agreement_estimates(table: RatingTable, layout: Layout) -> Iterator[Estimate]:
    """Return the agreement of every group and of all readers, in each arm.

    `icc` and `alpha` of the ratings, `kappa`, `kappa_fleiss` and `ac1` of the categories, where
    the table has them. No interval stands beside a mean of pairs.
    """
    categories = _categories(table, layout)
    for pool in layout.pools:
        if pool.of.system is not None or len(pool.rows) < 2:
            continue
        rows = list(pool.rows)
        if layout.grid.two_valued:
            decided = layout.grid.ratings[rows]
            yield from _of_categories(_rated(pool, layout, decided, ~np.isnan(decided), DECISION))
        else:
            yield from _of_ratings(pool, layout)
        given = categories[rows] != ""
        if given.any():
            yield from _of_categories(_rated(pool, layout, categories[rows], given, CATEGORY))


def _categories(table: RatingTable, layout: Layout) -> npt.NDArray[np.str_]:
    """Return the BI-RADS category (k, n) of every rating; empty where there is none."""
    named = table.rows[["reader", "kind", "arm", "case", "birads"]].astype(str)
    given = {(a, b, c, d): birads for a, b, c, d, birads in named.itertuples(index=False)}
    return np.array(
        [
            [given.get((row.reader, row.kind, row.arm, case), "") for case in layout.grid.cases]
            for row in layout.grid.rows
        ],
        dtype=str,
    )


def _rated(pool: Pool, layout: Layout, values: Values, given: BoolArray, item: str) -> _Rated:
    """Return what all readers of a pool gave, of values (m, n)."""
    grid = layout.grid
    by_all = np.asarray(given.all(axis=0))
    return _Rated(
        replace(pool, of=replace(pool.of, item=item)),
        values[:, by_all].T,
        replace(grid.counts(by_all), n_positive=None, n_readers=len(pool.rows)),
        layout.settings.level,
        grid.shared_clusters is not None,
    )


def _of_ratings(pool: Pool, layout: Layout) -> Iterator[Estimate]:
    """Return the agreement on ratings."""
    ratings = layout.grid.ratings[list(pool.rows)]
    rated = _rated(pool, layout, ratings, ~np.isnan(ratings), RATING)
    yield _icc(rated)
    method = "Krippendorff's alpha (2011), ordinal; units with two ratings or more"
    twice = (~np.isnan(ratings)).sum(axis=0) >= 2
    counts = replace(layout.grid.counts(twice), n_positive=None, n_readers=len(pool.rows))
    counted = replace(rated, n=counts)
    if len(np.unique(ratings[~np.isnan(ratings)])) > _MOST_LEVELS:
        yield counted.estimate("alpha", method, None, reason=TOO_FINE)
        return
    try:
        alpha = krippendorff_alpha(ratings.T, scale="ordinal")
    except ValueError:
        yield counted.estimate("alpha", method, None, reason=ALIKE if twice.any() else TOO_FEW)
        return
    yield counted.estimate("alpha", method, alpha)


def _icc(rated: _Rated) -> Estimate:
    """Return ICC(2,1)."""
    method = "ICC(2,1): readers random, absolute agreement of one rating (McGraw and Wong 1996)"
    values = rated.values.astype(np.float64)
    if len(values) < 2:
        return rated.estimate("icc", method, None, reason=TOO_FEW)
    if np.ptp(values) == 0:
        return rated.estimate("icc", method, None, reason=ALIKE)
    if (values == values[:, :1]).all():
        return rated.estimate("icc", method, 1.0, reason="no interval: the readers never differ")
    if _only_shifted(values):
        return rated.estimate("icc", method, None, reason=_ONLY_SHIFTED)
    found = intraclass_agreement(values, level=rated.level)
    return rated.estimate("icc", method, found.icc, ci=found.ci, p=found.p)


def _only_shifted(values: FloatArray) -> bool:
    """Tell whether nothing but constants parts the readers: the F test divides by what is left."""
    centred = values - values.mean(axis=0)
    return bool(np.ptp(centred, axis=1).max() <= 1e-12 * np.abs(values).max())


def _of_categories(rated: _Rated) -> Iterator[Estimate]:
    """Return the agreement on categories that all readers gave."""
    fleiss = "Fleiss' kappa; p: standard error under chance agreement (Fleiss, Nee and Landis 1979)"
    light = (
        "mean of Cohen's kappas of all pairs of readers (Light 1971), unweighted; p as the R "
        "package irr has it, where it has one"
    )
    ac1 = "AC1 (Gwet 2008)"
    if len(rated.values) < 2:
        for quantity, method in (("kappa_fleiss", fleiss), ("kappa", light), ("ac1", ac1)):
            yield rated.estimate(quantity, method, None, reason=TOO_FEW)
        return
    for quantity, method, kappa in (
        ("kappa_fleiss", fleiss, fleiss_kappa),
        ("kappa", light, light_kappa),
    ):
        try:
            found = kappa(rated.values)
        except ValueError:
            reason = "not estimable: a pair of readers gave one and the same category throughout"
            yield rated.estimate(quantity, method, None, reason=reason)
            continue
        yield rated.estimate(quantity, method, found.kappa, p=found.p)
    sampled = gwet_ac1(rated.values)
    yield rated.estimate("ac1", ac1, sampled.coefficient, se=sampled.se)
