"""Zhou 2023's Table 4: Cohen's kappa between the readers of a group."""

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.estimates.agreement_estimates import (
    CATEGORY,
    PLACE,
    PRESENCE,
    GroupMarks,
    agreement_on_category,
    agreement_on_type,
)
from analysis.estimators.kappa import kappa_band
from analysis.estimators.localisation import HitRule
from analysis.papers.zhou2023_readers import PAPER, TYPES, GroupArm, ReadersOfPaper
from analysis.printed import NOTHING, interval_cell, interval_words, p_cell, value_cell
from analysis.rating_table import TYPE_TARGET, MarkTable
from analysis.result import Estimate, Of, PaperNumber, PaperRow, PaperTable

BANDS = (
    "Bands as in the paper after Viera and Garrett: slight to .20, fair to .40, moderate to .60, "
    "substantial to .80, almost perfect above; a negative kappa is less than chance."
)
FEWEST_EXPECTED = 5


@dataclass(frozen=True, slots=True)
class Agreement:
    """One thing that two readers agree upon, in every group and arm, and its estimates."""

    section: str
    name: str
    target: str | None
    item: str
    estimates: tuple[Estimate, ...]

    def of(self, at: GroupArm, quantity: str) -> Estimate | None:
        """Return a quantity of the readers of a group in an arm."""
        where = at.group or None, at.arm or None
        for one in self.estimates:
            if one.quantity == quantity and (one.subjects[0].group, one.subjects[0].arm) == where:
                return one
        return None


def agreements(
    marks: MarkTable, categories: MarkTable, paper: ReadersOfPaper, rule: HitRule, *, level: float
) -> tuple[Agreement, ...]:
    """Return the agreement on presence and place of every type, and on the category."""
    groups = [GroupMarks(at.group, at.arm, marks, rule) for at in paper.all]
    by_type = {
        kind: tuple(
            one
            for group in groups
            for one in agreement_on_type(group, _of(group, kind), kind, level=level)
        )
        for kind in TYPES
    }
    found = [
        Agreement(section, kind.capitalize(), f"{TYPE_TARGET}{kind}", item, _item(all_of, item))
        for section, item in (("Presence", PRESENCE), ("Place", PLACE))
        for kind, all_of in by_type.items()
    ]
    category = tuple(
        one
        for group in (GroupMarks(at.group, at.arm, categories, rule) for at in paper.all)
        for one in agreement_on_category(group, _of(group, None), level=level)
    )
    weights = (("unweighted", CATEGORY), ("linear weights", f"{CATEGORY}, linear weights"),
               ("quadratic weights", f"{CATEGORY}, quadratic weights"))  # fmt: skip
    found += [
        Agreement(
            "BI-RADS category",
            name,
            None,
            item,
            tuple(one for one in category if one.subjects[0].item == item),
        )
        for name, item in weights
    ]
    return tuple(found)


def agreement_tables(
    found: tuple[Agreement, ...],
    paper: ReadersOfPaper,
    marks: MarkTable,
    categories: MarkTable,
    rule: HitRule,
) -> tuple[PaperTable, PaperTable]:
    """Return Table 4 in the paper's layout, and everything that stands beside kappa."""
    # The paper names senior readers first, and each group without AI first.
    columns = tuple(
        at
        for group in reversed(paper.groups)
        for arm in paper.arms
        if (at := paper.of(group, arm)) is not None
    )
    names = tuple(
        name for at in columns for name in (f"{_words(at)}: kappa", f"{_words(at)}: P value")
    )
    place = (
        f"Presence: whether a reader marked the type. Place: findings of two readers are the same "
        f"where a mark of each is ({rule.words}); each place that either marked counts once, and a "
        f"{marks.unit} that neither marked counts as one place that both left alone."
    )
    intervals = interval_words(one for agreement in found for one in agreement.estimates)
    same = marks.unit == categories.unit
    unit = marks.unit if same else f"{marks.unit}; of the category {categories.unit}"
    return (
        PaperTable(
            f"{PAPER}_table4",
            "Table 4. Consistency between the readers of a group (kappa)",
            f"Cohen's kappa; P: standard error under chance agreement. {place} Unit: {unit}.",
            ("Agreement on", "", *names),
            tuple(_paper_row(one, columns) for one in found),
        ),
        PaperTable(
            f"{PAPER}_table4_beside",
            "Table 4, with intervals, bands and what rare categories do not deflate",
            f"{BANDS} Interval: standard error at the kappa found. Adjusted: prevalence- and "
            "bias-adjusted kappa; AC1 after Gwet; agreed: share of units, of places on place.",
            (
                "Agreement on",
                "",
                "Kappa",
                intervals,
                "Band",
                "Adjusted",
                "AC1",
                "Agreed",
                "Units",
                "Places",
            ),
            tuple(_full_row(one, at) for one in found for at in columns),
        ),
    )


def agreement_cautions(found: tuple[Agreement, ...]) -> Iterator[str]:
    """Warn of tables that are too thin for a test."""
    thin = dict.fromkeys(
        f"{one.section} ({one.name.lower()})"
        for one in found
        for estimate in one.estimates
        if estimate.quantity == "kappa"
        and estimate.n.n_smallest_expected is not None
        and estimate.n.n_smallest_expected < FEWEST_EXPECTED
    )
    if thin:
        yield (
            f"Zhou 2023, Table 4: counts expected by chance below {FEWEST_EXPECTED} in "
            f"{', '.join(thin)}: standard errors, intervals and P of kappa are unreliable there."
        )


def _of(group: GroupMarks, kind: str | None) -> Of:
    """Return of what an agreement is."""
    target = None if kind is None else f"{TYPE_TARGET}{kind}"
    unit = group.table.unit
    return Of(group=group.group or None, arm=group.arm or None, target=target, unit=unit)


def _item(estimates: tuple[Estimate, ...], item: str) -> tuple[Estimate, ...]:
    """Return the estimates of one thing agreed upon."""
    return tuple(one for one in estimates if (one.subjects[0].item or "").startswith(item))


def _words(at: GroupArm) -> str:
    """Return a group in an arm as the paper's header names it."""
    return f"{at.group.capitalize() or 'Readers'} ({at.arm})" if at.arm else at.group.capitalize()


def _paper_row(found: Agreement, columns: tuple[GroupArm, ...]) -> PaperRow:
    """Return a row of Table 4."""
    cells: list[str] = []
    numbers: list[PaperNumber] = [PaperNumber("target", found.target)]
    for at in columns:
        kappa = found.of(at, "kappa")
        cells.append(NOTHING if kappa is None else value_cell(kappa, 3))
        cells.append("" if kappa is None else p_cell(kappa.p))
        numbers += _kappa_numbers(kappa, f"{at.name}_")
    return PaperRow(found.section, found.name, tuple(cells), tuple(numbers))


def _full_row(found: Agreement, at: GroupArm) -> PaperRow:
    """Return kappa with interval and band, and what stands beside it."""
    kappa = found.of(at, "kappa")
    beside = [found.of(at, name) for name in ("kappa_adjusted", "ac1", "agreement")]
    value = None if kappa is None else kappa.estimate
    cells = (
        NOTHING if kappa is None else value_cell(kappa, 3),
        "" if kappa is None else interval_cell(kappa, 3),
        "" if value is None else kappa_band(value),
        *("" if one is None else value_cell(one, 3) for one in beside),
        *("" if count is None else str(count) for count in _counts(kappa)),
    )
    numbers = (
        PaperNumber("group_arm", at.name),
        PaperNumber("target", found.target),
        *_kappa_numbers(kappa, ""),
        PaperNumber("band", "" if value is None else kappa_band(value)),
        *(
            PaperNumber(name, None if one is None else one.estimate)
            for name, one in zip(("kappa_adjusted", "ac1", "agreement"), beside, strict=True)
        ),
        *(
            PaperNumber(name, count)
            for name, count in zip(("n_units", "n_places"), _counts(kappa), strict=True)
        ),
    )
    return PaperRow(f"{found.section}: {found.name.lower()}", at.name, cells, numbers)


def _counts(kappa: Estimate | None) -> tuple[int | None, int | None]:
    """Return the units and the places that a kappa rests on."""
    return (None, None) if kappa is None else (kappa.n.n_units, kappa.n.n_places)


def _kappa_numbers(kappa: Estimate | None, start: str) -> Iterator[PaperNumber]:
    """Return kappa with its interval and test in full precision."""
    ci = None if kappa is None else kappa.ci
    yield PaperNumber(f"{start}kappa", None if kappa is None else kappa.estimate)
    yield PaperNumber(f"{start}se", None if kappa is None else kappa.se)
    yield PaperNumber(f"{start}ci_low", None if ci is None else ci.low)
    yield PaperNumber(f"{start}ci_high", None if ci is None else ci.high)
    yield PaperNumber(f"{start}p", None if kappa is None else kappa.p)
    yield PaperNumber(f"{start}reason", None if kappa is None else kappa.reason)
