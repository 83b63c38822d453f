"""Right and wrong calls of every reader and system: what papers with one threshold print.

A call is a rating of at least the stated threshold; where none is stated, of at least the curve's
own Youden threshold, which is optimistic. The area under one point has DeLong's variance, as the
papers have it: the curve of all ratings stands in a table of its own.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from analysis.estimates.point_estimates import StatedPoint, stated_point
from analysis.estimators.diagnostic import TwoByTwo
from analysis.estimators.intervals import clopper_pearson
from analysis.estimators.operating_point import youden_points
from analysis.estimators.roc import delong_auc, paired_delong
from analysis.layout import layout_of
from analysis.rating_grid import BoolArray, Layout, Pool, RatingGrid
from analysis.rating_table import AI, RatingTable
from analysis.result import Estimate, FloatArray, Of
from analysis.settings import AnalysisSettings


@dataclass(frozen=True, slots=True, eq=False)
class Caller:
    """A reader in an arm, or an AI system: the calls (n,) of cases, NaN where there is none."""

    name: str
    of: Of
    is_system: bool
    threshold: float
    calls: FloatArray

    @property
    def point(self) -> str:
        """From which rating on a case is called positive, in words."""
        return "no rating" if math.isinf(self.threshold) else f"rating {self.threshold:g}"


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Everybody's calls of the same n cases, their truth, and each case's category by column."""

    grid: RatingGrid
    callers: tuple[Caller, ...]
    stated: bool
    level: float
    paper: str

    def counts(self, caller: Caller, among: FloatArray) -> TwoByTwo:
        """Return right and wrong calls of the cases among which (n,) is not 0."""
        used = _used(caller, among)
        called, truth = caller.calls[used] == 1, self.grid.truth[used] == 1
        return TwoByTwo(
            tp=int((called & truth).sum()),
            fp=int((called & ~truth).sum()),
            fn=int((~called & truth).sum()),
            tn=int((~called & ~truth).sum()),
        )

    def share(
        self, quantity: str, caller: Caller, among: FloatArray, stratum: str | None
    ) -> Estimate:
        """Return accuracy, sensitivity, specificity, ppv or npv with its exact interval."""
        table = self.counts(caller, among)
        hits, trials = _hits(quantity, table), _trials(quantity, table)
        bare = self._bare(quantity, caller, _used(caller, among), stratum)
        if trials == 0:
            return bare
        return replace(
            bare,
            estimate=hits / trials,
            se=math.sqrt(hits * (trials - hits) / trials**3),
            ci=clopper_pearson(hits, trials, level=self.level),
            level=self.level,
            method=f"{hits} of {trials}, Clopper-Pearson interval",
            reason=None,
        )

    def area(self, caller: Caller, among: FloatArray, stratum: str | None) -> Estimate:
        """Return the area under the one point, with DeLong's interval."""
        table, used = self.counts(caller, among), _used(caller, among)
        bare = self._bare("auc_binary", caller, used, stratum)
        if not (table.tp + table.fn and table.fp + table.tn):
            return bare
        found = delong_auc(self.grid.truth[used], caller.calls[used], level=self.level)
        return replace(
            bare,
            estimate=found.auc,
            se=found.inference.se,
            ci=found.inference.ci,
            level=None if found.inference.ci is None else self.level,
            p=found.inference.p,
            method="(sensitivity + specificity) / 2, DeLong variance, normal interval",
            reason=found.inference.reason,
        )

    def difference(
        self, first: Caller, second: Caller, among: FloatArray, stratum: str | None
    ) -> Estimate:
        """Return the difference of two one-point areas on the cases that both have called."""
        used = _used(first, among) & _used(second, among)
        truth = self.grid.truth[used]
        one, other = (self._bare("auc_binary", who, used, stratum) for who in (first, second))
        bare = replace(
            one, quantity="auc_binary_difference", of=(one.subjects[0], other.subjects[0])
        )
        if not 0 < truth.sum() < len(truth):
            return bare
        found = paired_delong(truth, first.calls[used], second.calls[used], level=self.level)
        return replace(
            bare,
            estimate=found.difference,
            se=found.inference.se,
            ci=found.inference.ci,
            level=None if found.inference.ci is None else self.level,
            p=found.inference.p,
            method="paired DeLong test of the areas under one point",
            reason=found.inference.reason,
        )

    def _bare(
        self, quantity: str, caller: Caller, used: BoolArray, stratum: str | None
    ) -> Estimate:
        """Return an estimate of the cases (n,) used that has no value yet."""
        of = replace(
            caller.of,
            operating_point=caller.point,
            stratum=stratum,
            as_in=self.paper,
        )
        reason = "not estimable: there is no case to be a share of"
        return Estimate(quantity, of, None, "none", n=self.grid.counts(used), reason=reason)


def decisions(table: RatingTable, settings: AnalysisSettings, paper: str) -> Decisions:
    """Return the calls of every reader in every arm and of every AI system.

    Parameters
    ----------
    table
        Ratings.
    settings
        Thresholds, if they are stated, and level; nothing here belongs to the locked plan.
    paper
        After which the calls are counted, for `of.as_in`.
    """
    layout = layout_of(table, settings)
    stated = stated_point(layout)
    callers = tuple(
        _caller(layout, pool, stated, arms=len(table.arms))
        for pool in layout.pools
        if pool.of.reader is not None or pool.of.system is not None
    )
    return Decisions(layout.grid, callers, stated is not None, settings.level, paper)


def _used(caller: Caller, among: FloatArray) -> BoolArray:
    """Return the cases (n,) among some that have a call."""
    used: BoolArray = ~np.isnan(caller.calls) & (among > 0)
    return used


def among(table: RatingTable, found: Decisions, column: str, values: tuple[str, ...]) -> FloatArray:
    """Return 1 for the cases whose category of a column is one of some values (n,)."""
    category = table.rows.drop_duplicates("case").set_index("case")[column].astype(str).str.lower()
    wanted = {value.lower() for value in values}
    return np.array([float(category[case] in wanted) for case in found.grid.cases])


def _caller(layout: Layout, pool: Pool, stated: StatedPoint | None, *, arms: int) -> Caller:
    """Return one curve's calls."""
    row = pool.rows[0]
    whose, rating = layout.grid.rows[row], layout.grid.ratings[row]
    threshold = math.nan if stated is None else stated.of_kind(whose.kind)
    cases = layout.grid.rated(row)
    if math.isnan(threshold) and cases.both_classes:
        threshold = youden_points(cases.truth, cases.rating)[0].threshold
    unknown = np.isnan(rating) | math.isnan(threshold)
    calls = np.where(unknown, np.nan, rating >= threshold)
    name = f"{whose.reader}, {whose.arm}" if arms > 1 and whose.arm else whose.reader
    return Caller(name, pool.of, whose.kind == AI, threshold, calls)


def _hits(quantity: str, table: TwoByTwo) -> int:
    """Return the right calls of a share."""
    if quantity == "accuracy":
        return table.tp + table.tn
    return table.tp if quantity in ("sensitivity", "ppv") else table.tn


def _trials(quantity: str, table: TwoByTwo) -> int:
    """Return all calls, or cases, that a share is of."""
    return {
        "accuracy": table.n,
        "sensitivity": table.tp + table.fn,
        "specificity": table.tn + table.fp,
        "ppv": table.tp + table.fp,
        "npv": table.tn + table.fn,
    }[quantity]
