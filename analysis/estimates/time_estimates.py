"""Reading times of every reader, group and arm, and how much longer one arm took than another.

Medians, means and their differences are quantities of their own: the median of the paired
differences is not the difference of the medians. Tests are made per reader, on the cases that the
reader read in both arms; the reads of several readers of the same cases are not independent, so a
group gets the numbers and no test.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from analysis.estimators.reading_time import compare_times, summarise_times
from analysis.estimators.shapiro_wilk import shapiro_wilk
from analysis.estimators.signed_rank import wilcoxon_signed_rank
from analysis.rating_grid import Layout, Pair, Pool, RatingGrid
from analysis.result import Counts, Estimate, FloatArray, ReaderTimes

WILCOXON = "Wilcoxon signed-rank (zeros dropped, tie-corrected, no continuity correction)"
SHAPIRO = "Shapiro-Wilk test for a normal distribution"
NO_TEST = "no test: reads of the same cases by several readers are not independent"


def time_estimates(layout: Layout) -> tuple[Estimate, ...]:
    """Return what is known of reading times; nothing where the table has none."""
    human = tuple(pool for pool in layout.pools if pool.of.system is None)
    pairs = tuple(pair for pair in layout.pairs if pair.first.of.system is None)
    return (
        *chain.from_iterable(_of_pool(pool, layout) for pool in human),
        *chain.from_iterable(_of_pair(pair, layout) for pair in pairs),
    )


def reader_times(layout: Layout) -> tuple[ReaderTimes, ...]:
    """Return each reader's times in the arms that are compared, to draw."""
    grid = layout.grid
    found = []
    for pair in layout.pairs:
        if pair.first.of.reader is None or pair.second.of.reader is None:
            continue
        later, earlier = pair.first.rows[0], pair.second.rows[0]
        row = grid.rows[earlier]
        times = grid.times_s[earlier], grid.times_s[later]
        if np.isnan(times[0] + times[1]).all():
            continue
        found.append(ReaderTimes(row.reader, row.group, row.arm, grid.rows[later].arm, *times))
    return tuple(found)


def _of_pool(pool: Pool, layout: Layout) -> Iterator[Estimate]:
    """Return the summary of one reader's times, or of all reads of a group."""
    times = layout.grid.times_s[list(pool.rows)]
    given = times[~np.isnan(times)]
    if len(given) == 0:
        return
    summary = summarise_times(given)
    counts = _counts(pool.rows, layout.grid)
    over = "the reader's reads" if pool.of.reader else "all reads of these readers"
    for name, value, what in (
        ("reading_s", summary.median_s, "median"),
        ("reading_s_mean", summary.mean_s, "mean"),
        ("reading_s_q1", summary.q1_s, "first quartile (R type 7)"),
        ("reading_s_q3", summary.q3_s, "third quartile (R type 7)"),
        ("reading_s_min", summary.minimum_s, "minimum"),
        ("reading_s_max", summary.maximum_s, "maximum"),
    ):
        yield Estimate(name, pool.of, value, f"{what} of {over}", n=counts)
    if len(pool.rows) == 1:
        test = shapiro_wilk(given)
        yield Estimate(
            "reading_s_shapiro_w",
            pool.of,
            test.statistic,
            SHAPIRO,
            p=test.p,
            n=counts,
            reason=test.reason,
        )


def _of_pair(pair: Pair, layout: Layout) -> Iterator[Estimate]:
    """Return the differences between two arms on the reader's cases that both have."""
    grid = layout.grid
    matched = _matched(pair, grid)
    first, second, counts = matched.first_s, matched.second_s, matched.counts
    if len(first) == 0:
        return
    compared = compare_times(first, second, level=layout.settings.level)
    one_reader = len(pair.first.rows) == len(pair.second.rows) == 1
    test = wilcoxon_signed_rank(first, second)
    p, reason = (test.p, test.reason) if one_reader else (None, NO_TEST)
    by_rank = f"; p: {WILCOXON}" if one_reader else ""
    ranked = replace(counts, n_zero=test.n_zero if one_reader else None)
    yield Estimate(
        "reading_s_difference",
        pair.of,
        compared.difference_of_medians_s,
        f"difference of the medians of the pairs{by_rank}",
        p=p,
        n=ranked,
        reason=reason,
    )
    yield Estimate(
        "reading_s_paired_difference",
        pair.of,
        compared.median_of_differences_s,
        f"median of the paired differences{by_rank}",
        p=p,
        n=ranked,
        reason=reason,
    )
    has_t = one_reader and compared.mean_ci_s is not None
    yield Estimate(
        "reading_s_mean_difference",
        pair.of,
        compared.mean_difference_s,
        "mean of the paired differences; Student's t"
        if has_t
        else "mean of the paired differences",
        se=compared.mean_se_s if has_t else None,
        ci=compared.mean_ci_s if has_t else None,
        level=layout.settings.level if has_t else None,
        p=compared.mean_p if has_t else None,
        n=counts,
        reason=None if one_reader else NO_TEST,
        df=len(first) - 1 if has_t else None,
    )
    if one_reader:
        normal = shapiro_wilk(first - second)
        yield Estimate(
            "reading_s_shapiro_w_difference",
            pair.of,
            normal.statistic,
            f"{SHAPIRO}, of the paired differences",
            p=normal.p,
            n=counts,
            reason=normal.reason,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _MatchedTimes:
    """Times of each reader's cases that both sides have, and how many those are."""

    first_s: FloatArray
    second_s: FloatArray
    counts: Counts


def _matched(pair: Pair, grid: RatingGrid) -> _MatchedTimes:
    """Return the times of each reader's cases that both sides have, readers one after another."""
    second = {grid.rows[row].reader: row for row in pair.second.rows}
    rows = [(row, second[grid.rows[row].reader]) for row in pair.first.rows
            if grid.rows[row].reader in second]  # fmt: skip
    left = grid.times_s[[one for one, _ in rows]]
    right = grid.times_s[[other for _, other in rows]]
    both = ~(np.isnan(left) | np.isnan(right))
    counts = replace(
        grid.counts(np.asarray(both.any(axis=0))),
        n_positive=None,
        n_readers=int(both.any(axis=1).sum()),
        n_reads=2 * int(both.sum()),
        n_pairs=int(both.sum()),
    )
    return _MatchedTimes(left[both], right[both], counts)


def _counts(rows: tuple[int, ...], grid: RatingGrid) -> Counts:
    """Return how many cases, readers and reads with a time there are."""
    timed = ~np.isnan(grid.times_s[list(rows)])
    return replace(
        grid.counts(np.asarray(timed.any(axis=0))),
        n_positive=None,
        n_readers=len({grid.rows[row].reader for row in rows}),
        n_reads=int(timed.sum()),
    )
