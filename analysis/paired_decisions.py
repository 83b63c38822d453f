"""Decisions of one reader or system against another on the same cases: McNemar's test.

At a stated threshold every rating is a call. Of the positive cases (sensitivity) and of the
negative ones (specificity) those count on which just one of the two is right.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analysis.mcnemar import McNemarTest, mcnemar_test
from analysis.point_estimates import StatedPoint
from analysis.rating_grid import Layout, Pair
from analysis.result import Counts, Estimate

NOT_INDEPENDENT = "no test: cases of one cluster are not independent"


def mcnemar_estimates(layout: Layout, stated: StatedPoint) -> Iterator[Estimate]:
    """Return `sensitivity_mcnemar_difference` and its like for every two single curves.

    The estimate is the difference of the two shares on the cases that both have rated. Where cases
    belong to clusters there is no p: the interval of the plain difference has their variance.
    """
    grid = layout.grid
    thresholds = [stated.of_kind(row.kind) for row in grid.rows]
    for pair in layout.pairs:
        rows = (*pair.first.rows, *pair.second.rows)
        if len(rows) != 2 or np.isnan([thresholds[row] for row in rows]).any():
            continue
        rated = ~np.isnan(grid.ratings[list(rows)]).any(axis=0)
        for name, truth in (("sensitivity", 1), ("specificity", 0)):
            cases = rated & (grid.truth == truth)
            first, second = (
                (grid.ratings[row, cases] >= thresholds[row]) == (truth == 1) for row in rows
            )
            counts = replace(grid.counts(cases), n_positive=None, n_pairs=int(cases.sum()))
            yield _tested(name, first, second, pair, layout, stated.name, counts)


def _tested(
    name: str,
    first: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    second: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    pair: Pair,
    layout: Layout,
    point: str,
    counts: Counts,
) -> Estimate:
    """Return the difference of two shares of right calls, and its test."""
    of = (replace(pair.of[0], operating_point=point), replace(pair.of[1], operating_point=point))
    quantity = f"{name}_mcnemar_difference"
    if not counts.n_units:
        reason = "not estimable: no case of the class was rated by both"
        return Estimate(quantity, of, None, "none", n=counts, reason=reason)
    only_first, only_second = int((first & ~second).sum()), int((~first & second).sum())
    method = layout.settings.mcnemar
    test = mcnemar_test(only_first, only_second, method=method)
    if layout.grid.shared_clusters is not None:
        test = McNemarTest(None, None, method, NOT_INDEPENDENT)
    return Estimate(
        quantity,
        of,
        float(first.mean() - second.mean()),
        f"McNemar's test, {method}; right only in the first {only_first}, in the second "
        f"{only_second}",
        p=test.p,
        n=counts,
        reason=test.reason,
    )
