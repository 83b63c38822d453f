"""The report's tables of marks: hit rules that agree are not printed again."""

from dataclasses import replace

import pytest

from analysis.report.report_marks import marks_tables
from analysis.result import AnalysisResult, Counts, Estimate, Interval, Of

RULES = ("IoU >= 0.1", "IoU >= 0.2", "centres within 15 mm")


def _area(value: float, **of: str) -> Estimate:
    rule = of.get("hit_rule", "IoU >= 0.3")
    ci = Interval(value - 0.1, value + 0.1)
    method = f"figure of merit wAFROC, {rule}; jackknife over cases"
    n = Counts(n_units=20, n_cases=10, n_positive=4)
    return Estimate("fom_wafroc", Of(**of), value, method, se=0.05, ci=ci, level=0.95, n=n)


def _result(*by_rule: float) -> AnalysisResult:
    """Return a reader and an AI in two arms, and their mean and the AI under every rule."""
    areas = [
        *(_area(0.6, reader=who, arm=arm) for arm in ("first", "second") for who in ("A", "B")),
        _area(0.7, readers="all", arm="first"),
        _area(0.8, system="DNN"),
        replace(_area(0.7, readers="all", arm="first", random="readers and cases"), df=12.34),
    ]
    for rule, value in zip(RULES, by_rule, strict=True):
        areas.append(_area(value, readers="all", arm="first", hit_rule=rule))
        areas.append(_area(0.8, system="DNN", hit_rule=rule))
        areas.append(_area(0.1, reader="A", arm="first", hit_rule=rule))
    return AnalysisResult("T", False, ("first", "second"), (), "", (), tuple(areas))


def test_rules_that_change_nothing_stand_in_the_caption() -> None:
    main, differences, by_rule, froc = marks_tables(_result(0.7, 0.7, 0.7), "breast")
    assert f"wAFROC is the same under other hit rules: {', '.join(RULES)}." in main.caption
    assert [len(one.rows) for one in (differences, by_rule, froc)] == [0, 0, 0]


def test_rules_that_agree_with_each_other_share_their_rows() -> None:
    main, _, by_rule, _ = marks_tables(_result(0.5, 0.7, 0.5), "breast")
    assert "wAFROC is the same under other hit rules: IoU >= 0.2." in main.caption
    both = "IoU >= 0.1, centres within 15 mm"
    assert [row.label for row in by_rule.rows] == [f"{both}: all readers, first", f"{both}: DNN"]
    assert [row.cells[0] for row in by_rule.rows] == ["0.500", "0.800"]
    assert by_rule.caption == "Figure of merit wAFROC. Jackknife over cases."


def test_a_reader_s_arms_stand_together_and_columns_name_the_unit() -> None:
    main = marks_tables(_result(0.7, 0.7, 0.7), "breast")[0]
    assert [row.label for row in main.rows[:4]] == [
        "A, first",
        "A, second",
        "B, first",
        "B, second",
    ]
    # No row has a p or a number of readers, so there are no such columns.
    assert main.header == ("wAFROC", "SE", "95 % interval", "df", "Breasts", "Positive")
    assert main.rows[-1].cells[3:5] == ("12.3", "20")


@pytest.mark.parametrize(("unit", "head"), [("exam", "Exams"), ("image", "Images"), ("x", "Cases")])
def test_the_column_of_numbers_is_called_by_the_unit(unit: str, head: str) -> None:
    assert head in marks_tables(_result(0.7, 0.7, 0.7), unit)[0].header
