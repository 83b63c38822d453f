"""How far the readers of a group agree: on what is present, on the category, and on the place.

Two readers have Cohen's kappa; more than two the mean of the kappas of all pairs (Light). Beside
kappa stand the prevalence- and bias-adjusted kappa and AC1, which rare categories do not deflate.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.estimators.kappa import (
    KappaEstimate,
    Weights,
    adjusted_kappa,
    agreement_table,
    cohen_kappa,
)
from analysis.estimators.localisation import HitRule, Mark, mark_at, matched_findings
from analysis.estimators.many_readers_kappa import gwet_ac1
from analysis.rating_table import MarkTable
from analysis.result import Counts, Estimate, Of
from analysis.study_units import names_type

PRESENCE, PLACE, CATEGORY = "presence", "place", "category"
# Not marked, marked: a pair that never marked a type has the same scale as the others.
MARKED = (0, 1)
Categories = npt.NDArray[np.int_] | npt.NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Compared:
    """The same units, or places in them, as two readers saw them; the whole scale in its order.

    `cases` are the units that both readers saw.
    """

    readers: tuple[str, str]
    cases: tuple[str, ...]
    first: Categories
    second: Categories
    scale: tuple[str, ...] | tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GroupMarks:
    """What the readers of one group did in one arm."""

    group: str
    arm: str
    table: MarkTable
    rule: HitRule

    @property
    def readers(self) -> tuple[str, ...]:
        """The readers, in the order of their names."""
        return tuple(sorted(self._units["reader"].unique()))

    @property
    def exams(self) -> Mapping[str, str]:
        """The exam that each unit is one of."""
        units = self._units
        return dict(zip(units["case"].astype(str), units["exam"].astype(str), strict=True))

    @property
    def _units(self) -> pd.DataFrame:
        """Rows of the group and arm."""
        units = self.table.units
        return units[(units["group"] == self.group) & (units["arm"] == self.arm)]

    def categories(self, first: str, second: str) -> Compared:
        """Return the BI-RADS categories of the units that both readers rated."""
        units = self._units
        by_reader = [
            units[(units["reader"] == reader) & units["birads"].ne("")].set_index("case")["birads"]
            for reader in (first, second)
        ]
        shared = by_reader[0].index.intersection(by_reader[1].index)
        one, other = (found.loc[shared].to_numpy(dtype=str) for found in by_reader)
        order = self.table.birads_order
        known = np.isin(one, order) & np.isin(other, order)
        cases = tuple(map(str, shared[known]))
        return Compared((first, second), cases, one[known], other[known], order)

    def presence(self, first: str, second: str, kind: str) -> Compared:
        """Return 1 for each unit in which a reader marked a type, 0 for the others."""
        one, other = self._findings(first, kind), self._findings(second, kind)
        cases = [case for case in one if case in other]
        return Compared(
            (first, second),
            tuple(cases),
            np.array([int(bool(one[case])) for case in cases], dtype=int),
            np.array([int(bool(other[case])) for case in cases], dtype=int),
            MARKED,
        )

    def places(self, first: str, second: str, kind: str) -> Compared:
        """Return 1 for each place that a reader marked, 0 where only the other did.

        A place is a pair of findings that match, or a finding without a partner; a unit in which
        neither reader marked the type is one place that both left alone.
        """
        one, other = self._findings(first, kind), self._findings(second, kind)
        left: list[int] = []
        right: list[int] = []
        cases = tuple(case for case in one if case in other)
        for case in cases:
            both = matched_findings(one[case], other[case], self.rule)
            alone = len(one[case]) - both, len(other[case]) - both
            nothing = 0 if one[case] or other[case] else 1
            left += [1] * (both + alone[0]) + [0] * (alone[1] + nothing)
            right += [1] * both + [0] * alone[0] + [1] * alone[1] + [0] * nothing
        return Compared(
            (first, second), cases, np.array(left, dtype=int), np.array(right, dtype=int), MARKED
        )

    def _findings(self, reader: str, kind: str) -> Mapping[str, Sequence[Sequence[Mark]]]:
        """Return a reader's findings of a type by unit, empty where there is none."""
        units = self._units
        own = units[units["reader"] == reader]
        marks = self.table.marks
        mine = (marks["reader"] == reader) & (marks["arm"] == self.arm)
        mine &= names_type(marks["types"], kind)
        found: dict[str, list[list[Mark]]] = {case: [] for case in own["case"]}
        by_breast = self.table.unit == "breast"
        side = marks["view"].str[:1] if by_breast else pd.Series("", index=marks.index)
        for (exam, letter, _), rows in (
            marks[mine].assign(side=side).groupby(["exam", "side", "finding"])
        ):
            case = f"{exam} {letter}" if by_breast else str(exam)
            found.setdefault(case, []).append(_marks(rows))
        return found


def agreement_on_type(
    marks: GroupMarks, of: Of, kind: str, *, level: float
) -> tuple[Estimate, ...]:
    """Return the agreement of a group on the presence of a type and on its place."""
    pairs = list(combinations(marks.readers, 2))
    present = [marks.presence(one, other, kind) for one, other in pairs]
    places = [marks.places(one, other, kind) for one, other in pairs]
    exams = marks.exams
    return (
        *_agreement(present, exams, of, PRESENCE, level),
        *_agreement(places, exams, of, f"{PLACE}: {marks.rule.words}", level),
    )


def agreement_on_category(marks: GroupMarks, of: Of, *, level: float) -> tuple[Estimate, ...]:
    """Return the agreement of a group on the BI-RADS category, weighted and not."""
    pairs = [marks.categories(*pair) for pair in combinations(marks.readers, 2)]
    weights: tuple[Weights, ...] = ("unweighted", "linear", "quadratic")
    return tuple(
        estimate
        for weight in weights
        for estimate in _agreement(pairs, marks.exams, of, CATEGORY, level, weight)
    )


def _agreement(
    pairs: Sequence[Compared],
    exams: Mapping[str, str],
    of: Of,
    item: str,
    level: float,
    weights: Weights = "unweighted",
) -> Iterator[Estimate]:
    """Return kappa and, where it is not weighted, what stands beside it."""
    named = Of(
        group=of.group,
        arm=of.arm,
        target=of.target,
        unit=of.unit,
        item=item if weights == "unweighted" else f"{item}, {weights} weights",
    )
    rated = [pair for pair in pairs if len(pair.first)]
    if not rated:
        reason = "not estimable: two readers of the same units are needed"
        yield Estimate("kappa", named, None, "none", reason=reason)
        return
    tables = [agreement_table(pair.first, pair.second, pair.scale) for pair in rated]
    found = [cohen_kappa(table, weights=weights, level=level) for table in tables]
    units = {case for pair in rated for case in pair.cases}
    n = Counts(
        n_units=len(units),
        n_cases=len({exams[case] for case in units}),
        n_readers=len({reader for pair in rated for reader in pair.readers}),
        n_places=sum(one.n for one in found) if item.startswith(PLACE) else None,
        n_smallest_expected=int(min(one.smallest_expected for one in found)),
    )
    yield (
        _one_kappa(found[0], named, n, weights, level)
        if len(found) == 1
        else _mean_kappa(found, named, n, weights)
    )
    if weights != "unweighted":
        return
    over = "" if len(found) == 1 else ", mean of all pairs of readers"
    method = f"prevalence- and bias-adjusted kappa (Byrt 1993){over}"
    if len(tables[0]) > 1:
        adjusted = float(np.mean([adjusted_kappa(table) for table in tables]))
        yield Estimate("kappa_adjusted", named, adjusted, method, n=n)
    else:
        reason = "not estimable: the scale has one category"
        yield Estimate("kappa_adjusted", named, None, method, n=n, reason=reason)
    ac1 = [gwet_ac1(np.stack([pair.first, pair.second], axis=1)) for pair in rated]
    mean = float(np.mean([one.coefficient for one in ac1]))
    se = ac1[0].se if len(ac1) == 1 else None
    alone = "no standard error: one unit only" if len(ac1) == 1 and se is None else None
    yield Estimate("ac1", named, mean, f"AC1 (Gwet 2008){over}", se=se, n=n, reason=alone)
    counted = "places" if item.startswith(PLACE) else "units"
    agreed = float(np.mean([one.observed for one in found]))
    yield Estimate("agreement", named, agreed, f"share of {counted} agreed upon{over}", n=n)


def _one_kappa(found: KappaEstimate, of: Of, n: Counts, weights: Weights, level: float) -> Estimate:
    """Return Cohen's kappa of two readers; without a spread there is no interval."""
    certain = found.se == 0
    return Estimate(
        "kappa",
        of,
        found.kappa,
        f"Cohen's kappa, {weights}; p: standard error under chance agreement; interval: the other "
        "(Fleiss, Cohen and Everitt 1969)",
        se=found.se,
        ci=None if certain else found.ci,
        level=None if certain or found.ci is None else level,
        p=found.p,
        n=n,
        reason="no interval: the standard error at this kappa is 0" if certain else found.reason,
    )


def _mean_kappa(found: Sequence[KappaEstimate], of: Of, n: Counts, weights: Weights) -> Estimate:
    """Return the mean of the pairs' kappas, of those that have one."""
    known = [one.kappa for one in found if one.kappa is not None]
    over = "all" if len(known) == len(found) else f"{len(known)} of {len(found)}"
    method = f"mean of Cohen's kappas of {over} pairs of readers (Light 1971), {weights}"
    if not known:
        return Estimate("kappa", of, None, method, n=n, reason=found[0].reason)
    return Estimate("kappa", of, float(np.mean(known)), method, n=n)


def _marks(rows: pd.DataFrame) -> list[Mark]:
    """Return the marks of a finding."""
    columns = ("x_px", "y_px", "width_px", "height_px", "spacing_mm")
    numbers = zip(*(rows[name].astype(float) for name in columns), strict=True)
    return [mark_at(str(view), *cells) for view, cells in zip(rows["view"], numbers, strict=True)]
