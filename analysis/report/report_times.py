"""The report's tables of reading times."""

from analysis.printed import interval_cell, p_cell, value_cell
from analysis.report.report_rows import (
    SECONDS_DIGITS,
    ReportTable,
    count_cell,
    level_words,
    row_of,
    value_or_empty,
)
from analysis.result import AnalysisResult


def times_table(result: AnalysisResult) -> ReportTable:
    """Return the reading times of readers, groups and arms."""
    names = ("reading_s_min", "reading_s_max", "reading_s_q1", "reading_s_q3", "reading_s_mean")
    others = {name: {one.of: one for one in result.select(name)} for name in names}
    normal = {one.of: one for one in result.select("reading_s_shapiro_w")}
    rows = []
    for one in result.select("reading_s"):
        low, high, q1, q3, mean = (
            value_or_empty(others[name][one.of], SECONDS_DIGITS) for name in names
        )
        test = normal.get(one.of)
        rows.append(
            row_of(
                one,
                (
                    value_cell(one, SECONDS_DIGITS),
                    f"{low} to {high}",
                    f"{q1} to {q3}",
                    mean,
                    "" if test is None else p_cell(test.p),
                    count_cell(one.n.n_reads),
                ),
            )
        )
    header = ("Median (s)", "Min to max (s)", "Quartiles (s)", "Mean (s)", "Shapiro-Wilk p", "n")
    return ReportTable(
        "Reading times",
        "Of a group: all reads of its readers. n: reads with a time.",
        header,
        tuple(rows),
    )


def time_differences_table(result: AnalysisResult) -> ReportTable:
    """Return three answers to how much longer one arm took."""
    estimates = result.select("reading_s_difference")
    paired = {one.of: one for one in result.select("reading_s_paired_difference")}
    mean = {one.of: one for one in result.select("reading_s_mean_difference")}
    rows = [
        row_of(
            one,
            (
                value_cell(one, SECONDS_DIGITS),
                value_or_empty(paired.get(one.of), SECONDS_DIGITS),
                p_cell(one.p),
                value_or_empty(mean.get(one.of), SECONDS_DIGITS),
                "" if mean[one.of].ci is None else interval_cell(mean[one.of], SECONDS_DIGITS),
                count_cell(one.n.n_pairs),
            ),
        )
        for one in estimates
    ]
    header = (
        "Difference of medians (s)", "Median of differences (s)", "p", "Mean difference (s)",
        f"{level_words(tuple(mean.values()))} interval", "Pairs",
    )  # fmt: skip
    tested = tuple(one for one in estimates if one.p is not None)
    method = f"p: {tested[0].method.split('p: ')[-1]}." if tested else ""
    without = " No test where several readers read the same cases." if rows else ""
    return ReportTable("Differences in reading time", method + without, header, tuple(rows))
