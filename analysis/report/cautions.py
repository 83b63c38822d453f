"""What a reader of the results must know first: the warnings."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from analysis.quantity_words import quantity_name
from analysis.rating_grid import Layout
from analysis.rating_table import AI, CONSENSUS, RatingTable
from analysis.result import Estimate
from analysis.settings import (
    AT_A_POINT,
    OF_MARKS,
    YOUDEN,
    AnalysisSettings,
    MultipleTests,
)

FEWEST_READERS = 5
# So many comparisons of two arms there are from three arms on.
MORE_ARMS = 3
SIMULATED = "Simulated readers: these are not data of human readers."


def cautions(
    table: RatingTable,
    layout: Layout,
    estimates: tuple[Estimate, ...],
    *,
    instead: tuple[str, ...] = (),
) -> tuple[str, ...]:
    """Return every warning, the gravest first, each in one or two sentences.

    `instead` are those of what stands in the place of what was planned.
    """
    return (
        *without_primary_result(estimates, layout.settings),
        *instead,
        *([SIMULATED] if table.simulated else []),
        *tests_not_computed(estimates, layout.settings.order_of_ratings),
        *_about_cases(table, layout),
        *_about_readers(layout),
        *_about_random_readers(estimates),
        *_about_arms(estimates, layout.settings),
        *_about_aucs(layout, estimates),
        *_about_thresholds(layout, estimates),
        *table.notes,
    )


def tests_not_computed(estimates: tuple[Estimate, ...], planned: Iterable[str]) -> tuple[str, ...]:
    """Return a warning of tests of the plan for which there is no estimate; none without any."""
    there = {one.quantity for one in estimates}
    absent = [name for name in planned if name not in there]
    if not absent:
        return ()
    return (f"Tests of the locked plan that were not computed: {_listed(absent)}.",)


def without_primary_result(
    estimates: tuple[Estimate, ...], settings: AnalysisSettings
) -> tuple[str, ...]:
    """Return a warning that the plan's own quantity has no value, or its comparison no test.

    None without a plan, of quantities that rest on marks (they are joined later), and where all of
    it is there.
    """
    if settings.quantity is None or settings.quantity.startswith(OF_MARKS):
        return ()
    return primary_result_lacking(estimates, settings.quantity)


def primary_result_lacking(estimates: tuple[Estimate, ...], quantity: str) -> tuple[str, ...]:
    """Return a warning that a plan's quantity has no value, or its comparison no test."""
    own = [
        one
        for one in estimates
        if not one.exploratory and one.quantity in (quantity, f"{quantity}_difference")
    ]
    if not own:
        hint = (
            "; it needs a threshold that was stated beforehand: positive_from in the plan"
            if quantity in AT_A_POINT
            else ""
        )
        return (
            f"NO PRIMARY RESULT: {quantity} of the plan was not computed from this table{hint}.",
        )
    null = [one for one in own if one.estimate is None]
    # Medians of reading times have no test with random readers; their logarithms have.
    logs = f"{quantity}_log_difference"
    tested = any(
        one.quantity == logs and not one.exploratory and one.p is not None for one in estimates
    )
    untested = [
        one
        for one in own
        if one.estimate is not None and one.p is None and _is_pair(one) and not tested
    ]
    said = []
    for heading, lacking in (
        ("NO PRIMARY RESULT", null),
        ("PRIMARY RESULT WITHOUT TEST", untested),
    ):
        reasons = dict.fromkeys(one.reason or "none is made of this quantity" for one in lacking)
        for reason in reasons:
            names = [_compared(one) for one in lacking if (one.reason or reason) == reason]
            said.append(f"{heading}: {quantity} of {_listed(names, most=3)}: {reason}.")
    return tuple(said)


def _is_pair(one: Estimate) -> bool:
    """Tell whether an estimate is a comparison."""
    return len(one.subjects) == 2


def _compared(one: Estimate) -> str:
    """Return of whom an estimate is, in words."""
    return " minus ".join(of.label for of in one.subjects)


def _about_cases(table: RatingTable, layout: Layout) -> Iterator[str]:
    """Warn of one class only, clusters and cases that some did not rate."""
    grid = layout.grid
    one_class = [
        _name(layout, row) for row in range(len(grid.rows)) if not grid.rated(row).both_classes
    ]
    if one_class:
        yield (
            f"Only positive or only negative cases were rated by {_listed(one_class)}: "
            "the AUC is not estimable there."
        )
    sizes = table.rows.drop_duplicates("case").groupby("cluster").size()
    shared = int((sizes > 1).sum())
    if table.clustered_by and shared:
        yield (
            f"{shared} of {len(sizes)} units of `{table.clustered_by}` have more than one case: "
            "clustered data. "
            + (
                "The clustering is ignored as the settings say: standard errors are likely too "
                "small and tests anticonservative."
                if layout.settings.clusters == "ignored"
                else "Clusters are the sampling units; Shapiro-Wilk, Wilcoxon and agreement take "
                "cases as independent."
            )
        )
    left_out = table.rows["case"].nunique() - len(grid.cases)
    if layout.settings.missing == "complete" and left_out:
        yield (
            f"Complete cases: {left_out} of {left_out + len(grid.cases)} cases were left out, for "
            "not every reader rated them in every arm."
        )
    missing = np.isnan(grid.ratings).sum(axis=1)
    lacking = [f"{_name(layout, row)} ({count})" for row, count in enumerate(missing) if count]
    if lacking:
        yield (
            f"Missing ratings, of {len(grid.cases)} cases: {_listed(lacking)}. The analysis takes "
            "them as missing at random."
        )


def _about_readers(layout: Layout) -> Iterator[str]:
    """Warn of few readers and of readers who are not in every arm."""
    rows = [row for row in layout.grid.rows if row.kind not in (AI, CONSENSUS)]
    readers = {row.reader for row in rows}
    if 0 < len(readers) < FEWEST_READERS:
        yield (
            f"Fewer than {FEWEST_READERS} readers ({len(readers)}): inference to the population of "
            "readers is imprecise."
        )
    if len(readers) > 1:
        yield (
            "Means of several readers are given with readers fixed (inference to these readers and "
            "the population of cases) and, where it says random, with readers and cases random "
            "(inference to both populations)."
        )
    arms = {row.arm for row in rows}
    partial = sorted(
        reader for reader in readers if {row.arm for row in rows if row.reader == reader} != arms
    )
    if partial:
        yield (
            f"Not in every arm: {_listed(partial)}. Where readers are fixed, the "
            "mean of an arm is that of its own readers: arm and reader are confounded."
        )


def _about_random_readers(estimates: tuple[Estimate, ...]) -> Iterator[str]:
    """Explain standard errors that are smaller with readers random than with readers fixed."""
    fixed = {
        (one.quantity, one.subjects, one.n.n_readers): one.se
        for one in estimates
        if one.subjects[0].random is None and one.se is not None
    }
    smaller = []
    for one in estimates:
        plain = tuple(replace(of, random=None) for of in one.subjects)
        if one.quantity == "auc_logit":
            continue
        other = fixed.get((one.quantity, plain, one.n.n_readers))
        if one.subjects[0].random and one.se is not None and other is not None and one.se < other:
            name = quantity_name(one.quantity)
            smaller.append(f"{name}, {_compared(one)} ({one.se:.3g}, fixed {other:.3g})")
    if smaller:
        yield (
            "Standard errors that are smaller with readers random than with readers fixed: "
            f"{_listed(smaller, most=3)}. There a variance component is estimated below 0, and "
            "the averaged covariances of Obuchowski and Rockette differ from the readers' own: a "
            "smaller standard error is no sign of more precision."
        )


def _about_arms(estimates: tuple[Estimate, ...], settings: AnalysisSettings) -> Iterator[str]:
    """Say what is done about the number of comparisons where there are three arms or more."""
    arms = {
        tuple(of.arm for of in one.subjects)
        for one in estimates
        if len(one.subjects) == 2 and all(of.readers and of.arm for of in one.subjects)
    }
    if len(arms) < MORE_ARMS:
        return
    if settings.quantity is None:
        done = "p are not adjusted for that"
    elif settings.adjust is MultipleTests.NONE:
        done = "p are not adjusted for that, as the plan says (adjust)"
    else:
        done = f"the plan's tests are adjusted together ({settings.adjust.value}); other p are not"
    yield (
        f"Arms are compared two by two, {len(arms)} comparisons of each quantity: {done}. Whether "
        "all arms are equal is tested by auc_equality."
    )


def _about_aucs(layout: Layout, estimates: tuple[Estimate, ...]) -> Iterator[str]:
    """Warn of AUCs below one half, at 0 or 1, and of decisions in the place of ratings."""
    if layout.grid.two_valued:
        yield (
            "All ratings take at most two values: a decision has one operating point and no ROC "
            "curve. The area under that point is auc_binary, which is smaller than an AUC would be."
        )
    aucs = [
        (one.subjects[0].label, one.estimate)
        for one in estimates
        if one.quantity == "auc"
        and one.estimate is not None
        and (one.subjects[0].reader or one.subjects[0].system)
    ]
    below = [label for label, auc in aucs if auc < 0.5]
    if below:
        yield (
            f"AUC below 0.5: {_listed(below)}. Higher ratings are taken as more suspicious and are "
            "never reversed; check the direction of the scale."
        )
    extreme = [label for label, auc in aucs if auc in (0.0, 1.0)]
    if extreme:
        yield (
            f"AUC exactly 0 or 1: {_listed(extreme)}. Its DeLong variance is 0: interval and p "
            "are not estimable, and the variance of differences with it is underestimated."
        )


def _about_thresholds(layout: Layout, estimates: tuple[Estimate, ...]) -> Iterator[str]:
    """Warn of thresholds chosen on the cases they are judged on, and of tied maxima."""
    # Means have none of their own; curves have, or one that no rating reaches.
    alone = [
        one
        for one in estimates
        if one.quantity in ("threshold", "youden_j")
        and one.subjects[0].operating_point == YOUDEN
        and (one.subjects[0].reader or one.subjects[0].system)
    ]
    thresholds = [one for one in alone if one.quantity == "threshold" and one.estimate is not None]
    if thresholds and not layout.grid.two_valued:
        yield (
            "Youden's threshold was chosen on the same cases on which J, sensitivity and "
            "specificity are reported, the AI's too: they are optimistic, and differences there "
            "are not tested."
        )
    no_better = {
        one.subjects[0].label for one in alone if one.quantity == "youden_j" and one.estimate == 0
    }
    if no_better:
        yield (
            f"No threshold discriminates better than chance (maximum J is 0): "
            f"{_listed(sorted(no_better))}. "
            "Their sensitivity and specificity are those of a threshold in between where one "
            "reaches J 0, else of calling no case positive; calling all positive is listed last."
        )
    tied = {one.subjects[0].label for one in thresholds if one.subjects[0].maximum is not None}
    if tied - no_better:
        yield (
            f"Several thresholds reach the same Youden's J: {_listed(sorted(tied - no_better))}. "
            "All are listed; tables of the report, means and differences use the lowest."
        )


def _name(layout: Layout, row: int) -> str:
    """Return who a row of the grid is, in words."""
    found = layout.grid.rows[row]
    return f"{found.reader}, {found.arm}" if found.arm else found.reader


def _listed(names: list[str], most: int = 6) -> str:
    """Return names in a row, the first few where there are many."""
    rest = len(names) - most
    return "; ".join(names[:most]) + (f"; and {rest} more" if rest > 0 else "")
