"""The report's tables of sensitivity, specificity, J and thresholds at one kind of point."""

from collections.abc import Callable

from analysis.printed import MINUS, NOTHING, interval_cell, p_cell, value_cell
from analysis.report.report_rows import (
    FRACTION_DIGITS,
    ReportTable,
    interval_or_empty,
    level_words,
    methods_of,
    row_of,
    value_or_empty,
)
from analysis.result import AnalysisResult, Estimate, Of
from analysis.settings import YOUDEN


def points_table(result: AnalysisResult, point: str) -> ReportTable:
    """Return J, thresholds and accuracy of everybody at one kind of operating point."""

    def at(quantity: str) -> tuple[Estimate, ...]:
        return tuple(
            one
            for one in result.select(quantity)
            if one.subjects[0].operating_point == point
            and (one.subjects[0].maximum or "1 ").startswith("1 ")
        )

    youden = point == YOUDEN
    rows = []
    for one in at("sensitivity"):
        beside = _beside(one.subjects[0], at)
        thresholds = ("threshold", "threshold_midpoint") if youden else ()
        rows.append(
            row_of(
                one,
                (
                    *(_threshold(beside(name)) for name in thresholds),
                    value_cell(one, FRACTION_DIGITS),
                    interval_cell(one, FRACTION_DIGITS),
                    value_or_empty(beside("specificity"), FRACTION_DIGITS),
                    interval_or_empty(beside("specificity"), FRACTION_DIGITS),
                    value_or_empty(beside("youden_j"), FRACTION_DIGITS),
                    value_or_empty(beside("auc_binary"), FRACTION_DIGITS),
                ),
            )
        )
    level = level_words(at("sensitivity"))
    header = (
        *(("Threshold", "Midpoint") if youden else ()),
        "Sensitivity", f"{level} interval", "Specificity", f"{level} interval", "Youden's J",
        "One-point AUC",
    )  # fmt: skip
    title = "At Youden's threshold" if youden else f"Positive: {point}"
    note = "One-point AUC: (sensitivity + specificity) / 2. "
    if youden:
        note += (
            "Threshold: the lowest observed rating called positive; midpoint: half way to the "
            "rating below it. "
        )
    return ReportTable(title, note + methods_of(at("sensitivity")), header, tuple(rows))


def point_differences_table(result: AnalysisResult, point: str) -> ReportTable:
    """Return differences in sensitivity and specificity."""
    sensitivity = [
        one
        for one in result.select("sensitivity_difference")
        if one.subjects[0].operating_point == point
    ]
    specificity = {
        (one.subjects[0], one.subjects[1]): one
        for one in result.select("specificity_difference")
        if one.subjects[0].operating_point == point
    }
    tested = any(one.p is not None for one in (*sensitivity, *specificity.values()))
    rows = []
    for one in sensitivity:
        other = specificity.get((one.subjects[0], one.subjects[1]))
        rows.append(
            row_of(
                one,
                (
                    value_cell(one, FRACTION_DIGITS),
                    interval_cell(one, FRACTION_DIGITS),
                    *((p_cell(one.p),) if tested else ()),
                    value_or_empty(other, FRACTION_DIGITS),
                    interval_or_empty(other, FRACTION_DIGITS),
                    *(("" if other is None else p_cell(other.p),) if tested else ()),
                ),
            )
        )
    level = level_words(tuple(sensitivity))
    p = ("p",) if tested else ()
    header = (
        "Sensitivity", f"{level} interval", *p, "Specificity", f"{level} interval", *p,
    )  # fmt: skip
    where = "at Youden's thresholds" if point == YOUDEN else f"positive: {point}"
    title = f"Differences in sensitivity and specificity, {where}"
    return ReportTable(title, methods_of(tuple(sensitivity)), header, tuple(rows))


def _beside(of: Of, at: Callable[[str], tuple[Estimate, ...]]) -> Callable[[str], Estimate | None]:
    """Return a look-up of the other quantities of the same readers."""

    def beside(quantity: str) -> Estimate | None:
        return next((one for one in at(quantity) if one.subjects[0].label == of.label), None)

    return beside


def _threshold(estimate: Estimate | None) -> str:
    """Return a threshold on the ratings' own scale."""
    if estimate is None or estimate.estimate is None:
        return NOTHING
    return f"{estimate.estimate:g}".replace("-", MINUS)
