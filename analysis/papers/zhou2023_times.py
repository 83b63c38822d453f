"""Zhou 2023's reading times: groups pooled as the paper did, and each reader on their own."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analysis.estimates.pooled_readers import POOLED
from analysis.estimates.time_estimates import SHAPIRO, WILCOXON, time_estimates
from analysis.estimators.reading_time import compare_times, summarise_times
from analysis.estimators.shapiro_wilk import shapiro_wilk
from analysis.estimators.signed_rank import wilcoxon_signed_rank
from analysis.layout import layout_of
from analysis.papers.zhou2023_readers import PAPER, GroupArm, ReadersOfPaper
from analysis.rating_grid import Layout
from analysis.rating_table import AI, RatingTable
from analysis.result import Counts, Estimate, FloatArray, Of
from analysis.settings import AnalysisSettings


def reading_times(
    table: RatingTable, settings: AnalysisSettings, paper: ReadersOfPaper
) -> tuple[Estimate, ...]:
    """Return the times of groups as the paper pools them, then those of every reader."""
    human = replace(table, rows=table.rows[table.rows["kind"] != AI])
    layout = layout_of(human, settings)
    own = tuple(
        replace(pool, of=replace(pool.of, unit=settings.unit))
        for pool in layout.pools
        if pool.of.reader is not None
    )
    pairs = tuple(
        replace(
            pair,
            first=replace(pair.first, of=replace(pair.first.of, unit=settings.unit)),
            second=replace(pair.second, of=replace(pair.second.of, unit=settings.unit)),
        )
        for pair in layout.pairs
        if pair.first.of.reader is not None
    )
    return (
        *(one for at in paper.all for one in _of_group(at, layout)),
        *(
            one
            for contrast in paper.contrasts
            if contrast.first.group == contrast.second.group
            for one in _between(contrast.first, contrast.second, layout)
        ),
        *time_estimates(replace(layout, pools=own, pairs=pairs)),
    )


def time_of(at: GroupArm) -> Of:
    """Return of what a pooled reading time is."""
    return Of(group=at.group or None, arm=at.arm or None, unit="exam", as_in=PAPER)


def _times(at: GroupArm, layout: Layout) -> FloatArray:
    """Return the times (readers, cases) of a group in an arm."""
    rows = [
        place
        for place, row in enumerate(layout.grid.rows)
        if (row.group, row.arm) == (at.group, at.arm)
    ]
    return layout.grid.times_s[rows]


def _of_group(at: GroupArm, layout: Layout) -> Iterator[Estimate]:
    """Return the summary of all reads of a group in an arm."""
    times = _times(at, layout)
    given = times[~np.isnan(times)]
    of, n = time_of(at), Counts(n_readers=len(times), n_reads=len(given))
    if len(given) == 0:
        yield Estimate("reading_s", of, None, "none", n=n, reason="no reading time was recorded")
        return
    summary = summarise_times(given)
    for name, value, what in (
        ("reading_s", summary.median_s, "median"),
        ("reading_s_min", summary.minimum_s, "minimum"),
        ("reading_s_max", summary.maximum_s, "maximum"),
        ("reading_s_q1", summary.q1_s, "first quartile (R type 7)"),
        ("reading_s_q3", summary.q3_s, "third quartile (R type 7)"),
    ):
        yield Estimate(name, of, value, f"{what} of all reads of the group", n=n)
    normal = shapiro_wilk(given)
    yield Estimate(
        "reading_s_shapiro_w",
        of,
        normal.statistic,
        f"{SHAPIRO}; {POOLED}",
        p=normal.p,
        n=n,
        reason=normal.reason,
    )


def _between(first: GroupArm, second: GroupArm, layout: Layout) -> Iterator[Estimate]:
    """Return the differences between two arms, paired by reader and case: first minus second."""
    left, right = _paired(first, second, layout)
    if len(left) == 0:
        return
    of = time_of(first), time_of(second)
    found = compare_times(left, right, level=layout.settings.level)
    test = wilcoxon_signed_rank(left, right)
    n = Counts(n_pairs=len(left), n_zero=test.n_zero)
    ranked = f"p: {WILCOXON}; {POOLED}"
    for name, value, what in (
        ("reading_s_difference", found.difference_of_medians_s, "difference of the medians"),
        (
            "reading_s_paired_difference",
            found.median_of_differences_s,
            "median of the paired differences",
        ),
    ):
        yield Estimate(name, of, value, f"{what}; {ranked}", p=test.p, n=n, reason=test.reason)
    yield Estimate(
        "reading_s_mean_difference",
        of,
        found.mean_difference_s,
        f"mean of the paired differences; Student's t; {POOLED}",
        se=found.mean_se_s,
        ci=found.mean_ci_s,
        level=None if found.mean_ci_s is None else layout.settings.level,
        p=found.mean_p,
        n=n,
    )
    normal = shapiro_wilk(left - right)
    yield Estimate(
        "reading_s_shapiro_w_difference",
        of,
        normal.statistic,
        f"{SHAPIRO}, of the paired differences; {POOLED}",
        p=normal.p,
        n=n,
        reason=normal.reason,
    )


def _paired(first: GroupArm, second: GroupArm, layout: Layout) -> tuple[FloatArray, FloatArray]:
    """Return the times of each reader's cases that both arms have."""
    rows = {(row.reader, row.arm): place for place, row in enumerate(layout.grid.rows)}
    readers = [
        row.reader
        for row in layout.grid.rows
        if (row.group, row.arm) == (first.group, first.arm) and (row.reader, second.arm) in rows
    ]
    if not readers:
        return np.empty(0), np.empty(0)
    times = layout.grid.times_s
    left = np.concatenate([times[rows[reader, first.arm]] for reader in readers])
    right = np.concatenate([times[rows[reader, second.arm]] for reader in readers])
    both = ~np.isnan(left + right)
    return left[both], right[both]
