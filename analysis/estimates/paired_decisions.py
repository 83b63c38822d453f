"""Decisions of one reader or system against another on the same cases: McNemar's test.

At a stated threshold every rating is a call. Of the positive cases (sensitivity) and of the
negative ones (specificity) those count on which just one of the two is right. Where cases belong to
clusters, whole clusters change sides.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.estimates.point_estimates import StatedPoint
from analysis.estimators.clustered_components import IntArray
from analysis.estimators.mcnemar import (
    McNemarMethod,
    McNemarTest,
    clustered_mcnemar_test,
    mcnemar_test,
)
from analysis.rating_grid import BoolArray, Layout, Pair
from analysis.result import Counts, Estimate


@dataclass(frozen=True, slots=True, eq=False)
class _Calls:
    """Whether each of two is right on the same cases (n,), and the cases' clusters (n,)."""

    first: BoolArray
    second: BoolArray
    cluster: IntArray

    @property
    def only_first(self) -> int:
        """On how many cases only the first is right."""
        return int((self.first & ~self.second).sum())

    @property
    def only_second(self) -> int:
        """On how many cases only the second is right."""
        return int((~self.first & self.second).sum())

    def tested(self, method: McNemarMethod, *, clustered: bool) -> McNemarTest:
        """Return the test, of cases or of clusters."""
        if not clustered:
            return mcnemar_test(self.only_first, self.only_second, method=method)
        differences = self.first.astype(np.int64) - self.second
        sums = np.zeros(int(self.cluster.max(initial=-1)) + 1, dtype=np.int64)
        np.add.at(sums, self.cluster, differences)
        return clustered_mcnemar_test(sums, method=method)


def test_words(layout: Layout) -> str:
    """Return how two single curves' calls are tested, in words."""
    whole = "" if layout.grid.shared_clusters is None else " of clusters as a whole"
    return f"McNemar's test{whole}, {layout.settings.mcnemar}"


def decided_by_mcnemar(
    points: tuple[Estimate, ...], tests: tuple[Estimate, ...], layout: Layout
) -> tuple[Estimate, ...]:
    """Return estimates at a stated threshold, McNemar's p in the differences of single curves.

    The normal p of a difference of shares is too small where few cases disagree. It stays where one
    of the two has not rated all cases of the other.

    Parameters
    ----------
    points
        All estimates at the threshold.
    tests
        From `mcnemar_estimates`.
    layout
        Whose they are.
    """
    found = {
        (one.quantity.replace("_mcnemar", ""), one.of): one for one in tests if one.p is not None
    }
    words = test_words(layout)
    return tuple(
        replace(one, p=own.p, method=f"{one.method}; p by {words}")
        if one.p is not None
        and one.n.n_pairs == one.n.n_units
        and (own := found.get((one.quantity, one.of))) is not None
        else one
        for one in points
    )


def mcnemar_estimates(layout: Layout, stated: StatedPoint) -> Iterator[Estimate]:
    """Return `sensitivity_mcnemar_difference` and its like for every two single curves.

    The estimate is the difference of the two shares on the cases that both have rated.
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
            calls = _Calls(first, second, grid.cluster[cases])
            yield _tested(name, calls, pair, layout, stated.name, counts)


def _tested(
    name: str,
    calls: _Calls,
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
    clustered = layout.grid.shared_clusters is not None
    test = calls.tested(layout.settings.mcnemar, clustered=clustered)
    return Estimate(
        quantity,
        of,
        float(calls.first.mean() - calls.second.mean()),
        f"{test_words(layout)}; correct only in the first {calls.only_first}, in the second "
        f"{calls.only_second}",
        p=test.p,
        n=counts,
        reason=test.reason,
    )
