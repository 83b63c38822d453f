"""The report's first tables: what the plan asks for, in its order, each test with its decision."""

from dataclasses import replace

from analysis.estimates.confirmatory_tests import PlannedTest, planned_tests
from analysis.mrmc.sequence_means import MEAN_OF_SEQUENCES
from analysis.printed import NOTHING, interval_cell, p_cell, value_cell
from analysis.quantity_words import NAMES, contrast_name, quantity_name, test_name
from analysis.report.report_rows import (
    AGAINST_HALF,
    Part,
    ReportRow,
    ReportTable,
    df_cell,
    digits_of,
    estimates_table,
    level_words,
    methods_of,
    of_ai_and_reader,
    se_cell,
)
from analysis.result import AnalysisResult, Estimate
from analysis.settings import ONE_SIDED, MultipleTests

ADJUSTED = {
    MultipleTests.FIXED_SEQUENCE: "p, fixed sequence",
    MultipleTests.BONFERRONI: "p, Bonferroni",
    MultipleTests.HOLM: "p, Holm",
    MultipleTests.HOCHBERG: "p, Hochberg",
    MultipleTests.HOMMEL: "p, Hommel",
    MultipleTests.BH: "p, Benjamini-Hochberg",
    MultipleTests.BY: "p, Benjamini-Yekutieli",
}
# What the plan may ask for without testing it, by the setting that asks.
ASKED = (
    ("partial", ("partial_auc", "partial_auc_standardised"), "Partial area", "Area"),
    ("prevalence", ("ppv", "npv"), "Predictive values at the plan's prevalence", "Value"),
    ("power_effect", ("_power", "_cases_needed"), "Power of a future study", "Power or cases"),
)
# Said where differences are not those of the arms' means.
BY_ARM = (
    "Means over all readers; the tests above weigh every sequence equally, so that their estimates "
    "are not the differences of these means."
)


def planned_tables(result: AnalysisResult, unit: str) -> tuple[ReportTable, ...]:
    """Return the plan's tests, its own quantity by arm, and what else it asks for."""
    tests = planned_tests(result)
    if not tests:
        return ()
    values = tuple(one for one in result.planned if len(one.subjects) == 1)
    weighted = any(MEAN_OF_SEQUENCES in one.method for one in result.planned)
    by_quantity = (
        estimates_table(
            tuple(one for one in values if one.quantity == quantity),
            f"Primary endpoint by arm: {quantity_name(quantity)}",
            _head(quantity),
            unit=unit,
            note=_by_arm_note(quantity, weighted=weighted),
            logits=result.select(f"{quantity}_logit"),
        )
        for quantity in dict.fromkeys(one.quantity for one in values)
    )
    tables = (_tests_table(result, tests), *by_quantity, _beside(result, tests, unit))
    # Rows of these tables all belong to the plan: none needs to be marked.
    plain = (_unmarked(replace(one, part=Part.CONFIRMATORY)) for one in tables)
    return (*plain, *_asked_for(result, unit))


def _by_arm_note(quantity: str, *, weighted: bool) -> str:
    """Return what the caption of the arms' values says first."""
    notes = (AGAINST_HALF if quantity == "auc" else "", BY_ARM if weighted else "")
    return " ".join(one for one in notes if one)


def _tests_table(result: AnalysisResult, tests: tuple[PlannedTest, ...]) -> ReportTable:
    """Return the tests of the plan in their order, computed or not."""
    alpha, margin = float(str(result.setting("alpha"))), float(str(result.setting("margin")))
    adjust = MultipleTests(str(result.setting("adjust")))
    adjusted = ADJUSTED.get(adjust)
    rows = []
    for test in tests:
        found = test.estimate
        name = f"{test.number}. {test_name(test.quantity, margin)}"
        if found is None:
            empty = (NOTHING, "", "", "", "", *(("",) if adjusted else ()))
            rows.append(ReportRow(name, (*empty, test.decision), primary=False, mean=False))
            continue
        cells = (
            value_cell(found, digits_of(found)),
            se_cell(found),
            interval_cell(found, digits_of(found)),
            df_cell(found),
            p_cell(found.p),
            *((p_cell(found.p_adjusted),) if adjusted else ()),
            test.decision,
        )
        label = f"{name}; {contrast_name(found)}"
        rows.append(ReportRow(label, cells, primary=False, mean=False))
    computed = tuple(one.estimate for one in tests if one.estimate is not None)
    header = (
        "Estimate", "SE", f"{level_words(computed)} interval", "df", "p",
        *((adjusted,) if adjusted else ()), "Decision",
    )  # fmt: skip
    note = f"Decided at alpha = {alpha:g}."
    if any(one.quantity.endswith(ONE_SIDED) for one in tests):
        note += f" p of non-inferiority and equivalence is one-sided, size {alpha / 2:g}"
        note += "; doubled where it is adjusted." if adjusted else "."
    header, shown = _without_empty(header, tuple(rows))
    return ReportTable(
        "Confirmatory tests in the order of the analysis plan",
        f"{note} {methods_of(computed)}",
        header,
        shown,
    )


def _without_empty(
    header: tuple[str, ...], rows: tuple[ReportRow, ...]
) -> tuple[tuple[str, ...], tuple[ReportRow, ...]]:
    """Return the table without degrees of freedom where no row has any."""
    place = header.index("df")
    if any(row.cells[place] for row in rows):
        return header, rows
    return (
        (*header[:place], *header[place + 1 :]),
        tuple(replace(row, cells=(*row.cells[:place], *row.cells[place + 1 :])) for row in rows),
    )


def _beside(result: AnalysisResult, tests: tuple[PlannedTest, ...], unit: str) -> ReportTable:
    """Return the same comparisons by the other choice of what is random."""
    planned = [one.estimate for one in tests if one.estimate is not None]
    others = tuple(other for one in planned if (other := _counterpart(result, one)) is not None)
    random = bool(planned) and planned[0].subjects[0].random is not None
    which = "readers fixed" if random else "readers and cases random"
    named = dict.fromkeys(quantity_name(one.quantity) for one in others)
    title = f"Supplementary to the plan, {which} (exploratory): {', '.join(named)}"
    sides = any(one.quantity.endswith(ONE_SIDED) for one in others)
    note = "p of non-inferiority and equivalence is one-sided." if sides else ""
    return estimates_table(others, title, "Difference", unit=unit, note=note, named=True)


def _counterpart(result: AnalysisResult, one: Estimate) -> Estimate | None:
    """Return the same comparison with readers fixed where they were random, and conversely."""
    bare = [replace(of, random=None) for of in one.subjects]
    return next(
        (
            other
            for other in result.select(one.quantity)
            if [replace(of, random=None) for of in other.subjects] == bare
            and other.of != one.of
            and other.estimate is not None
        ),
        None,
    )


def _asked_for(result: AnalysisResult, unit: str) -> tuple[ReportTable, ...]:
    """Return what the plan asks for without a test: partial areas, predictive values, power."""
    tables = []
    for setting, names, title, heading in ASKED:
        if result.setting(setting) is None:
            continue
        found = tuple(
            one
            for one in result.estimates
            if one.exploratory
            and one.quantity.removesuffix("_difference").endswith(names)
            and not one.quantity.endswith(ONE_SIDED)
            and not of_ai_and_reader(one)
        )
        one = estimates_table(
            found,
            f"Further planned estimates, without test: {title}",
            heading,
            unit=unit,
            named=True,
        )
        tables.append(replace(one, part=Part.CONFIRMATORY))
    return tuple(tables)


def _unmarked(table: ReportTable) -> ReportTable:
    """Return a table in which no row is set apart."""
    rows = tuple(replace(row, primary=False, mean=False) for row in table.rows)
    return replace(table, rows=rows)


def _head(quantity: str) -> str:
    """Return what the column of a quantity's estimates is called."""
    name = NAMES.get(quantity, quantity_name(quantity))
    return f"{name[0].upper()}{name[1:]}"
