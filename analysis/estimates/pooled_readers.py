"""Readers of a group pooled as if their reads were independent, as Zhou 2023 did.

Two readers of the same cases do not bring twice the cases, and differ in how they use the scale:
standard errors, intervals and p of a pool do not hold. The proper numbers are those of
`linear_estimates`; these are for comparison with papers that pool, and carry the paper's name in
`of.as_in`.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from analysis.estimates.linear_estimates import one_class
from analysis.estimates.point_estimates import NOBODY
from analysis.estimators.clustered_components import IntArray
from analysis.estimators.intervals import area_interval, clopper_pearson
from analysis.estimators.operating_point import OperatingPoint, youden_points
from analysis.estimators.roc import AucDifference, delong_auc, paired_delong, unpaired_delong
from analysis.rating_grid import Pool, RatedCases, RatingGrid
from analysis.result import Counts, Estimate, Of

POOLED = "readers pooled as if independent"


@dataclass(frozen=True, slots=True, eq=False)
class PooledReads:
    """All ratings of some readers in a row, each with its case's truth.

    `keys` (n,) tell reader and case, so that two arms can be paired; `exam` (n,) is the number of
    each case's exam.
    """

    of: Of
    cases: RatedCases
    keys: tuple[tuple[str, str], ...]
    exam: IntArray
    n_readers: int

    @property
    def quantity(self) -> str:
        """What the area under the curve is called: one point is no curve."""
        return "auc_binary" if len(np.unique(self.cases.rating)) <= 2 else "auc"

    @property
    def constant(self) -> bool:
        """Whether all ratings are the same, so that no threshold tells units apart."""
        return len(np.unique(self.cases.rating)) == 1

    @property
    def counts(self) -> Counts:
        """What numbers of the pool rest on; of an AI system there is no reader."""
        return Counts(
            n_units=len({case for _, case in self.keys}),
            n_cases=len(np.unique(self.exam)),
            n_positive=len(
                {key[1] for key, true in zip(self.keys, self.cases.truth, strict=True) if true}
            ),
            n_readers=None if self.of.system else self.n_readers,
            n_reads=len(self.keys),
        )

    @property
    def words(self) -> str:
        """How the ratings were put together."""
        return f"; {POOLED}" if self.n_readers > 1 else ""


def pooled_reads(pool: Pool, grid: RatingGrid, of: Of) -> PooledReads:
    """Return the ratings of a pool's readers one after another."""
    rated = [grid.rated(row) for row in pool.rows]
    keys = tuple(
        (grid.rows[row].reader, grid.cases[place])
        for row in pool.rows
        for place in np.flatnonzero(~np.isnan(grid.ratings[row]))
    )
    cases = RatedCases(
        np.concatenate([one.truth for one in rated]), np.concatenate([one.rating for one in rated])
    )
    exam = [grid.exam[~np.isnan(grid.ratings[row])] for row in pool.rows]
    return PooledReads(of, cases, keys, np.concatenate(exam), len(pool.rows))


def pooled_estimates(reads: PooledReads, *, level: float) -> tuple[Estimate, ...]:
    """Return area, J, threshold, sensitivity and specificity of a pool, as one curve."""
    if not reads.cases.both_classes:
        names = (reads.quantity, "sensitivity", "specificity", "youden_j", "threshold")
        reason = one_class(reads.counts)
        return tuple(
            Estimate(name, reads.of, None, "none", n=reads.counts, reason=reason) for name in names
        )
    if reads.constant:
        reason = "all ratings are the same: no threshold tells units apart"
        return (
            _area(reads, level),
            *(
                Estimate(name, reads.of, None, "none", n=reads.counts, reason=reason)
                for name in ("sensitivity", "specificity", "youden_j", "threshold")
            ),
        )
    point = youden_points(reads.cases.truth, reads.cases.rating)[0]
    return (_area(reads, level), *_at_youden(reads, point, level))


def pooled_difference(first: PooledReads, second: PooledReads, *, level: float) -> Estimate:
    """Return the difference of two pools' areas: first minus second.

    The same readers are paired by reader and case; different readers count as different cases. Both
    pools are of one grid.
    """
    of = first.of, second.of
    quantity = "auc" if "auc" in (first.quantity, second.quantity) else "auc_binary"
    n = _counts_of_both(first, second)
    bare = Estimate(
        f"{quantity}_difference",
        of,
        None,
        "none",
        n=n,
        reason="not estimable: positive and negative cases are needed",
    )
    if not (first.cases.both_classes and second.cases.both_classes):
        return bare
    same = {reader for reader, _ in first.keys} == {reader for reader, _ in second.keys}
    found, n_pairs = _paired(first, second, level) if same else (_unpaired(first, second, level), 0)
    ci = found.inference.ci
    return replace(
        bare,
        estimate=found.difference,
        method=f"{'paired' if same else 'unpaired'} DeLong test; {POOLED}",
        se=found.inference.se,
        ci=ci,
        level=None if ci is None else level,
        p=found.inference.p,
        n=replace(n, n_pairs=n_pairs),
        reason=found.inference.reason,
    )


def _counts_of_both(first: PooledReads, second: PooledReads) -> Counts:
    """Return what a comparison rests on: the cases, readers and reads of either side."""
    truths = {
        case: true
        for side in (first, second)
        for (_, case), true in zip(side.keys, side.cases.truth, strict=True)
    }
    return Counts(
        n_units=len(truths),
        n_cases=len(np.union1d(first.exam, second.exam)),
        n_positive=sum(map(int, truths.values())),
        n_readers=len({reader for side in (first, second) for reader, _ in side.keys}),
        n_reads=len(first.keys) + len(second.keys),
    )


def _paired(first: PooledReads, second: PooledReads, level: float) -> tuple[AucDifference, int]:
    """Return the comparison on the reader's cases that both pools have, and their number."""
    places = {key: place for place, key in enumerate(second.keys)}
    shared = [place for place, key in enumerate(first.keys) if key in places]
    partner = [places[first.keys[place]] for place in shared]
    ratings = first.cases.rating[shared], second.cases.rating[partner]
    return paired_delong(first.cases.truth[shared], *ratings, level=level), len(shared)


def _unpaired(first: PooledReads, second: PooledReads, level: float) -> AucDifference:
    """Return the comparison of different readers, as if they had read different cases."""
    areas = [delong_auc(one.cases.truth, one.cases.rating, level=level) for one in (first, second)]
    return unpaired_delong(*areas, level=level)


def _area(reads: PooledReads, level: float) -> Estimate:
    """Return the area with DeLong's standard error and the binomial interval."""
    found = delong_auc(reads.cases.truth, reads.cases.rating, level=level)
    what = "empirical AUC" if reads.quantity == "auc" else "(sensitivity + specificity) / 2"
    return Estimate(
        reads.quantity,
        reads.of,
        found.auc,
        f"{what}; SE and p against 0.5: DeLong; interval: Clopper-Pearson of AUC x n{reads.words}",
        se=found.inference.se,
        ci=area_interval(found.auc, len(reads.keys), level=level),
        level=level,
        p=found.inference.p,
        n=reads.counts,
        reason=found.inference.reason,
    )


def _at_youden(reads: PooledReads, point: OperatingPoint, level: float) -> Iterator[Estimate]:
    """Return what holds at the first threshold that reaches J."""
    n = reads.counts
    rule = f"at the greatest sensitivity + specificity, the first such threshold{reads.words}"
    for name, hits, trials in (
        ("sensitivity", point.tp, point.tp + point.fn),
        ("specificity", point.tn, point.tn + point.fp),
    ):
        ci = clopper_pearson(hits, trials, level=level)
        method = f"proportion, Clopper-Pearson interval; {rule}"
        yield Estimate(name, reads.of, hits / trials, method, ci=ci, level=level, n=n)
    yield Estimate("youden_j", reads.of, point.youden_j, rule, n=n)
    nobody = math.isinf(point.threshold)
    yield Estimate(
        "threshold",
        reads.of,
        None if nobody else point.threshold,
        f"observed rating {rule}",
        n=n,
        reason=NOBODY if nobody else None,
    )
