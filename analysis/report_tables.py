"""The tables of the report: estimates laid out for reading, rounded; files keep full precision."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from analysis.interim import interim_title
from analysis.point_estimates import YOUDEN
from analysis.printed import MINUS, NOTHING, interval_cell, p_cell, rounded, value_cell
from analysis.result import AnalysisResult, Estimate, Of
from analysis.withdrawn import counterpart

FRACTION_DIGITS, SECONDS_DIGITS = 3, 1


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row: what it is of, and its cells."""

    label: str
    cells: tuple[str, ...]
    primary: bool
    mean: bool  # of several readers: set apart from single ones

    @property
    def style(self) -> str:
        """The classes of the row in the report."""
        return " ".join(name for name in ("mean", "primary") if getattr(self, name))


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table with its caption: method, unit and n come from the estimates."""

    title: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[ReportRow, ...]


def report_tables(result: AnalysisResult) -> tuple[ReportTable, ...]:
    """Return the tables that have rows."""
    points = [
        one.operating_point
        for estimate in result.select("sensitivity")
        for one in estimate.subjects
        if one.operating_point is not None
    ]
    tables = [
        _estimates_table(result.select("auc"), "Area under the ROC curve", "AUC"),
        _estimates_table(result.select("auc_difference"), "Differences in AUC", "Difference"),
    ]
    for point in dict.fromkeys(points):
        tables.append(_points_table(result, point))
        tables.append(_point_differences_table(result, point))
    tables += _marks_tables(result)
    tables += [_times_table(result), _time_differences_table(result), *_strata_tables(result)]
    tables += _withdrawn_tables(result)
    title = interim_title if result.interim else str
    return tuple(replace(table, title=title(table.title)) for table in tables if table.rows)


def _strata_tables(result: AnalysisResult) -> tuple[ReportTable, ReportTable]:
    """Return AUCs and differences by stratum, of all readers and of AI systems."""
    shown = [
        one
        for one in result.strata
        if all(of.reader is None and of.group is None for of in one.subjects)
    ]
    areas = tuple(one for one in shown if one.quantity == "auc")
    pairs = tuple(one for one in shown if one.quantity == "auc_difference")
    return (
        _estimates_table(areas, "AUC by stratum (exploratory)", "AUC"),
        _estimates_table(pairs, "Differences in AUC by stratum (exploratory)", "Difference"),
    )


def _withdrawn_tables(result: AnalysisResult) -> tuple[ReportTable, ...]:
    """Return the plan's results without and with withdrawn cases, a table a quantity."""
    tables = []
    for quantity in dict.fromkeys(one.quantity for one in result.withdrawn):
        included = [one for one in result.withdrawn if one.quantity == quantity]
        both = [pair for one in included for pair in (counterpart(result, one), one)]
        shown = tuple(one for one in both if one is not None)
        title = f"Without and with withdrawn cases (exploratory): {quantity}"
        tables.append(_estimates_table(shown, title, "Estimate"))
    return tuple(tables)


def _marks_tables(result: AnalysisResult) -> tuple[ReportTable, ...]:
    """Return the first figure of merit of marks, under every hit rule, and the FROC readings."""
    areas = result.select("fom_wafroc")
    by_rule = tuple(one for one in areas if one.subjects[0].hit_rule and not one.subjects[0].reader)
    return (
        _estimates_table(
            tuple(one for one in areas if one.subjects[0].hit_rule is None),
            "Weighted AFROC figure of merit of marks",
            "wAFROC",
        ),
        _estimates_table(
            result.select("fom_wafroc_difference"), "Differences in wAFROC", "Difference"
        ),
        _estimates_table(by_rule, "wAFROC under other hit rules", "wAFROC"),
        _estimates_table(
            result.select("froc_sensitivity", "froc_partial_area"),
            "FROC curves, read per image",
            "Fraction",
        ),
    )


def _estimates_table(estimates: tuple[Estimate, ...], title: str, heading: str) -> ReportTable:
    """Return one quantity: estimate, SE, interval, p, and what it rests on."""
    rows = [
        _row(
            one,
            (
                value_cell(one, FRACTION_DIGITS),
                "" if one.se is None else rounded(one.se, FRACTION_DIGITS + 1),
                interval_cell(one, FRACTION_DIGITS),
                p_cell(one.p),
                _count(one.n.n_cases),
                _count(one.n.n_positive),
                _count(one.n.n_readers),
            ),
        )
        for one in estimates
    ]
    header = (heading, "SE", f"{_level(estimates)} interval", "p", "Cases", "Positive", "Readers")
    test = "p against 0.5. " if heading == "AUC" else ""
    return ReportTable(title, test + _methods_of(estimates), header, tuple(rows))


def _points_table(result: AnalysisResult, point: str) -> ReportTable:
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
            _row(
                one,
                (
                    *(_threshold(beside(name)) for name in thresholds),
                    value_cell(one, FRACTION_DIGITS),
                    interval_cell(one, FRACTION_DIGITS),
                    _value(beside("specificity"), FRACTION_DIGITS),
                    _interval(beside("specificity"), FRACTION_DIGITS),
                    _value(beside("youden_j"), FRACTION_DIGITS),
                    _value(beside("auc_binary"), FRACTION_DIGITS),
                ),
            )
        )
    level = _level(at("sensitivity"))
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
    return ReportTable(title, note + _methods_of(at("sensitivity")), header, tuple(rows))


def _beside(of: Of, at: Callable[[str], tuple[Estimate, ...]]) -> Callable[[str], Estimate | None]:
    """Return a look-up of the other quantities of the same readers."""

    def beside(quantity: str) -> Estimate | None:
        return next((one for one in at(quantity) if one.subjects[0].label == of.label), None)

    return beside


def _point_differences_table(result: AnalysisResult, point: str) -> ReportTable:
    """Return differences in sensitivity and specificity."""
    sensitivity = [
        one
        for one in result.select("sensitivity_difference")
        if one.subjects[0].operating_point == point
    ]
    specificity = {
        (one.subjects[0], one.subjects[1]): one for one in result.select("specificity_difference")
    }
    rows = []
    for one in sensitivity:
        other = specificity.get((one.subjects[0], one.subjects[1]))
        rows.append(
            _row(
                one,
                (
                    value_cell(one, FRACTION_DIGITS),
                    interval_cell(one, FRACTION_DIGITS),
                    p_cell(one.p),
                    _value(other, FRACTION_DIGITS),
                    _interval(other, FRACTION_DIGITS),
                    "" if other is None else p_cell(other.p),
                ),
            )
        )
    level = _level(tuple(sensitivity))
    header = (
        "Sensitivity", f"{level} interval", "p", "Specificity", f"{level} interval", "p",
    )  # fmt: skip
    where = "at Youden's thresholds" if point == YOUDEN else f"positive: {point}"
    title = f"Differences in sensitivity and specificity, {where}"
    return ReportTable(title, _methods_of(tuple(sensitivity)), header, tuple(rows))


def _times_table(result: AnalysisResult) -> ReportTable:
    """Return the reading times of readers, groups and arms."""
    names = ("reading_s_min", "reading_s_max", "reading_s_q1", "reading_s_q3", "reading_s_mean")
    others = {name: {one.of: one for one in result.select(name)} for name in names}
    normal = {one.of: one for one in result.select("reading_s_shapiro_w")}
    rows = []
    for one in result.select("reading_s"):
        low, high, q1, q3, mean = (_value(others[name][one.of], SECONDS_DIGITS) for name in names)
        test = normal.get(one.of)
        rows.append(
            _row(
                one,
                (
                    value_cell(one, SECONDS_DIGITS),
                    f"{low} to {high}",
                    f"{q1} to {q3}",
                    mean,
                    "" if test is None else p_cell(test.p),
                    _count(one.n.n_reads),
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


def _time_differences_table(result: AnalysisResult) -> ReportTable:
    """Return three answers to how much longer one arm took."""
    estimates = result.select("reading_s_difference")
    paired = {one.of: one for one in result.select("reading_s_paired_difference")}
    mean = {one.of: one for one in result.select("reading_s_mean_difference")}
    rows = [
        _row(
            one,
            (
                value_cell(one, SECONDS_DIGITS),
                _value(paired.get(one.of), SECONDS_DIGITS),
                p_cell(one.p),
                _value(mean.get(one.of), SECONDS_DIGITS),
                "" if mean[one.of].ci is None else interval_cell(mean[one.of], SECONDS_DIGITS),
                _count(one.n.n_pairs),
            ),
        )
        for one in estimates
    ]
    header = (
        "Difference of medians (s)", "Median of differences (s)", "p", "Mean difference (s)",
        f"{_level(tuple(mean.values()))} interval", "Pairs",
    )  # fmt: skip
    tested = tuple(one for one in estimates if one.p is not None)
    method = f"p: {tested[0].method.split('p: ')[-1]}." if tested else ""
    without = " No test where several readers read the same cases." if rows else ""
    return ReportTable("Differences in reading time", method + without, header, tuple(rows))


def _row(estimate: Estimate, cells: tuple[str, ...]) -> ReportRow:
    """Return a row labelled by what the estimate is of."""
    subjects = estimate.subjects
    label = subjects[0].label
    if len(subjects) == 2:
        label = _comparison_label(*subjects)
    if subjects[0].stratum is not None:
        label = f"{subjects[0].stratum}: {label}"
    if subjects[0].cases is not None:
        label = f"{subjects[0].cases}: {label}"
    if subjects[0].hit_rule is not None:
        label = f"{subjects[0].hit_rule}: {label}"
    if estimate.quantity == "froc_partial_area":
        label = f"partial area: {label}"
    if estimate.quantity == "froc_sensitivity":
        label = f"{subjects[0].operating_point}: {label}"
    mean = any(one.group is not None or one.readers is not None for one in subjects)
    return ReportRow(label, cells, primary=not estimate.exploratory, mean=mean)


def _comparison_label(first: Of, second: Of) -> str:
    """Return what is compared, the shared part once."""
    if first.whom == second.whom and first.arm and second.arm:
        return f"{first.whom}: {first.arm} {MINUS} {second.arm}"
    return f"{first.label} {MINUS} {second.label}"


def _value(estimate: Estimate | None, digits: int) -> str:
    """Return an estimate that may not be there."""
    return "" if estimate is None else value_cell(estimate, digits)


def _threshold(estimate: Estimate | None) -> str:
    """Return a threshold on the ratings' own scale."""
    if estimate is None or estimate.estimate is None:
        return NOTHING
    return f"{estimate.estimate:g}".replace("-", MINUS)


def _interval(estimate: Estimate | None, digits: int) -> str:
    """Return the interval of an estimate that may not be there."""
    return "" if estimate is None else interval_cell(estimate, digits)


def _count(number: int | None) -> str:
    """Return a count that may not apply."""
    return "" if number is None else str(number)


def _level(estimates: tuple[Estimate, ...]) -> str:
    """Return the confidence level in words."""
    levels = [one.level for one in estimates if one.level is not None]
    return f"{100 * levels[0]:g} %" if levels else "Confidence"


def _methods_of(estimates: tuple[Estimate, ...]) -> str:
    """Return the methods used and the reasons for what is missing, every clause once."""
    methods = [one.method for one in estimates if one.estimate is not None]
    reasons = [one.reason for one in estimates if one.reason is not None]
    clauses = dict.fromkeys(clause for text in (*methods, *reasons) for clause in text.split("; "))
    return " ".join(f"{clause[0].upper()}{clause[1:]}." for clause in clauses)
