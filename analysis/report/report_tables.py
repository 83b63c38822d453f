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
from analysis.report.report_rows import ReportTable, estimates_table
from analysis.report.report_times import time_differences_table, times_table
from analysis.result import AnalysisResult

AGAINST_HALF = "p against 0.5."


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


def _strata_tables(result: AnalysisResult, unit: str) -> tuple[ReportTable, ReportTable]:
    """Return AUCs and differences by stratum, of all readers and of AI systems."""
    shown = [
        one
        for one in result.strata
        if all(of.reader is None and of.group is None for of in one.subjects)
    ]
    areas = tuple(one for one in shown if one.quantity == "auc")
    pairs = tuple(one for one in shown if one.quantity == "auc_difference")
    return (
        estimates_table(areas, "AUC by stratum (exploratory)", "AUC", unit=unit, note=AGAINST_HALF),
        estimates_table(
            pairs, "Differences in AUC by stratum (exploratory)", "Difference", unit=unit
        ),
    )


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
