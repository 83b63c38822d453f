"""Whether a share of right calls is the same in all strata: Pearson's test, Rao and Scott's.

At a stated threshold, of the positive cases (sensitivity) or of the negative ones (specificity),
the table is right and wrong calls by stratum. All of it is exploratory.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analysis.estimates.point_estimates import StatedPoint
from analysis.estimators.chi_square import ChiSquareTest, fisher_exact_p, pearson_chi_square
from analysis.estimators.rao_scott import effective_counts, rao_scott_chi_square
from analysis.rating_grid import Layout, Pool
from analysis.result import Estimate, FloatArray


def strata_tests(
    layout: Layout, stated: StatedPoint, column: str, categories: tuple[str, ...]
) -> Iterator[Estimate]:
    """Return `sensitivity_chi_square` and `specificity_chi_square` of every single curve.

    Parameters
    ----------
    layout
        The whole table.
    stated
        From which rating on a case is called positive.
    column
        The stratum, as it is named.
    categories
        (n,) each case's category, in the order of the grid's cases.
    """
    for pool in layout.pools:
        row = layout.grid.rows[pool.rows[0]]
        threshold = stated.of_kind(row.kind)
        if len(pool.rows) == 1 and not np.isnan(threshold):
            for name, truth in (("sensitivity", 1), ("specificity", 0)):
                of = replace(pool.of, operating_point=stated.name, stratum=column)
                named = replace(pool, of=of)
                yield _tested(layout, named, name, truth, threshold, np.array(categories))


def _tested(
    layout: Layout,
    pool: Pool,
    name: str,
    truth: int,
    threshold: float,
    categories: np.ndarray[tuple[int, ...], np.dtype[np.str_]],
) -> Estimate:
    """Return the test of one curve's calls of one class of cases."""
    grid, rating = layout.grid, layout.grid.ratings[pool.rows[0]]
    cases = (grid.truth == truth) & ~np.isnan(rating)
    right = (rating[cases] >= threshold) == (truth == 1)
    there, place = np.unique(categories[cases], return_inverse=True)
    quantity, counts = f"{name}_chi_square", replace(grid.counts(cases), n_positive=None)
    if len(there) < 2:
        reason = "not estimable: the cases of this class are in one stratum, or there is none"
        return Estimate(quantity, pool.of, None, "none", n=counts, reason=reason)
    table = np.zeros((len(there), 2))
    np.add.at(table, (place, (~right).astype(np.int64)), 1)
    if grid.shared_clusters is None:
        test = pearson_chi_square(table)
        method = f"Pearson's chi-square{_small(test, table)}"
    else:
        cluster = grid.cluster[cases]
        groups = [
            effective_counts(right[place == one], cluster[place == one])
            for one in range(len(there))
        ]
        test = rao_scott_chi_square(groups)
        method = "chi-square of effective counts (Rao and Scott 1992)"
    listed = "; ".join(
        f"{category} {int(hits)} of {int(hits + misses)}"
        for category, (hits, misses) in zip(there.tolist(), table.tolist(), strict=True)
    )
    return Estimate(
        quantity,
        pool.of,
        test.statistic,
        f"{method}; correct decisions: {listed}",
        p=test.p,
        n=counts,
        reason=test.reason,
        df_numerator=None if test.statistic is None else test.df,
        p_exact=_exact(test, table) if grid.shared_clusters is None else None,
    )


def _small(test: ChiSquareTest, table: FloatArray) -> str:
    """Return that expected counts are small, Fisher's p beside; nothing where none is."""
    if not test.n_small_expected or test.statistic is None:
        return ""
    return (
        f", {test.n_small_expected} of {table.size} expected counts below 5 "
        "(Fisher's exact p beside)"
    )


def _exact(test: ChiSquareTest, table: FloatArray) -> float | None:
    """Return Fisher's p where an expected count is small."""
    return fisher_exact_p(table) if _small(test, table) else None
