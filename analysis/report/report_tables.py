"""The tables of the report: estimates laid out for reading, rounded; files keep full precision."""

from dataclasses import replace

from analysis.estimates.withdrawn import counterpart
from analysis.quantity_words import DIFFERENCE, row_name
from analysis.report.drawing import setting
from analysis.report.interim import interim_title
from analysis.report.report_accuracy import point_differences_table, points_table
from analysis.report.report_confirmatory import planned_tables
from analysis.report.report_further import further_tables
from analysis.report.report_marks import marks_tables
from analysis.report.report_rows import AGAINST_HALF, ReportTable, estimates_table
from analysis.report.report_times import time_differences_table, times_table
from analysis.result import AnalysisResult, Estimate


def report_tables(result: AnalysisResult) -> tuple[ReportTable, ...]:
    """Return the tables that have rows."""
    points = [
        one.operating_point
        for estimate in result.select("sensitivity")
        for one in estimate.subjects
        if one.operating_point is not None
    ]
    unit = str(setting(result, "unit"))
    areas, pairs = result.select("auc"), result.select("auc_difference")
    tables = [
        *planned_tables(result, unit),
        estimates_table(
            areas,
            "Area under the ROC curve",
            "AUC",
            unit=unit,
            note=AGAINST_HALF,
            logits=result.select("auc_logit"),
        ),
        estimates_table(pairs, "Differences in AUC", "Difference", unit=unit),
    ]
    for point in dict.fromkeys(points):
        tables.append(points_table(result, point))
        tables.append(point_differences_table(result, point))
    tables += marks_tables(result, unit)
    tables += [times_table(result), time_differences_table(result)]
    tables += further_tables(result, unit)
    tables += [*_strata_tables(result, unit), *_withdrawn_tables(result, unit)]
    title = interim_title if result.interim else str
    return tuple(replace(table, title=title(table.title)) for table in tables if table.rows)


def _strata_tables(result: AnalysisResult, unit: str) -> tuple[ReportTable, ...]:
    """Return AUCs and differences by stratum, of all readers and of AI systems, and their test."""
    shown = [
        one
        for one in result.strata
        if all(of.reader is None and of.group is None for of in one.subjects)
    ]
    interactions = tuple(one for one in shown if one.quantity == "auc_interaction")
    return (
        _by_stratum(shown, "auc", "AUC by stratum (exploratory)", "AUC", unit, AGAINST_HALF),
        _by_stratum(
            shown,
            "auc_difference",
            "Differences in AUC by stratum (exploratory)",
            "Difference",
            unit,
        ),
        estimates_table(
            interactions,
            "Arm by stratum: whether the arms' difference in AUC is alike in all strata",
            "Statistic",
            unit=unit,
        ),
    )


def _by_stratum(
    shown: list[Estimate], quantity: str, title: str, heading: str, unit: str, note: str = ""
) -> ReportTable:
    """Return one quantity stratum by stratum; strata in which it has no value are named apart."""
    own = [one for one in shown if one.quantity == quantity]
    there = tuple(one for one in own if one.estimate is not None)
    filled = {one.subjects[0].stratum for one in there}
    lacking = dict.fromkeys(
        one.subjects[0].stratum or "" for one in own if one.subjects[0].stratum not in filled
    )
    if there and lacking:
        said = f"No row, for want of positive or of negative cases: {'; '.join(lacking)}."
        note = f"{note} {said}".strip()
    return estimates_table(there, title, heading, unit=unit, note=note)


def _withdrawn_tables(result: AnalysisResult, unit: str) -> tuple[ReportTable, ...]:
    """Return the plan's results without and with withdrawn cases, a table a quantity."""
    tables = []
    for quantity in dict.fromkeys(one.quantity for one in result.withdrawn):
        included = [one for one in result.withdrawn if one.quantity == quantity]
        both = [pair for one in included for pair in (counterpart(result, one), one)]
        shown = tuple(one for one in both if one is not None)
        asked = ", difference" if quantity.endswith(DIFFERENCE) else ""
        title = f"Without and with withdrawn cases (exploratory): {row_name(quantity)}{asked}"
        tables.append(estimates_table(shown, title, "Estimate", unit=unit))
    return tuple(tables)
