"""Calls quoted by reference cases: what is understood, and what is refused with a reason."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.checks.reference_check import SHIPPED
from analysis.estimators.roc import empirical_auc
from analysis.reference_methods import froc, imrmc, lroc, pauc, reading_time
from analysis.reference_methods.reference_case import (
    ReferenceCase,
    ReferenceCaseError,
    ReferenceTable,
    read_cases,
)

# Five cases: two healthy, three diseased of whom one was marked in a wrong place.
LROC = ReferenceTable(
    ("reader", "case", "truth", "rating", "localized"),
    (
        ("1",) * 5,
        ("1", "2", "3", "4", "5"),
        ("0", "0", "1", "1", "1"),
        ("10", "40", "20", "50", "60"),
        ("NA", "NA", "1", "0", "1"),
    ),
)


def _case(table: ReferenceTable, call: str) -> ReferenceCase:
    return ReferenceCase("a", "m", {"d": table}, {"asked": call}, {"asked": ()})


def _shipped(method: str) -> ReferenceCase:
    return next(case for case in read_cases(SHIPPED) if case.method == method)


def _asked(case: ReferenceCase, call: str) -> ReferenceCase:
    return replace(case, calls={"asked": call}, expected={"asked": ()})


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ("FOM='PCL',FPFValue=1", 2 / 3),
        ("FOM='ALROC',FPFValue=1", (0.5 + 1) / 3),
        ("FOM='Wilcoxon'", 5 / 6),
    ],
)
def test_lroc_figures_of_a_hand_counted_table(figure: str, expected: float) -> None:
    case = _case(LROC, f"RJafroc::UtilFigureOfMerit(ds,{figure})")
    (part,) = lroc.answer(case, "asked") or ()
    assert part.label == "[trt1, rdr1]"
    assert part.value == pytest.approx(expected)


def test_lroc_figures_that_are_not_known_or_not_asked_for() -> None:
    assert lroc.answer(_case(LROC, "mean(d$rating)"), "asked") is None
    with pytest.raises(ValueError, match="expected PCL, ALROC or Wilcoxon, got AFROC"):
        lroc.answer(_case(LROC, "UtilFigureOfMerit(ds,FOM='AFROC')"), "asked")


def test_lroc_without_the_ratings_of_wrong_places_has_no_wilcoxon() -> None:
    cells = (*LROC.cells[:3], ("10", "40", "10", "50", "60"), LROC.cells[4])
    table = replace(LROC, cells=cells)
    with pytest.raises(ValueError, match="ratings of wrong places"):
        lroc.answer(_case(table, "UtilFigureOfMerit(ds,FOM='Wilcoxon')"), "asked")


def test_partial_areas_may_be_asked_in_the_other_direction() -> None:
    case = _shipped("pauc")
    call = "auc(roc(d$truth,d$a,direction='{}'),partial.auc=c(1,0),partial.auc.correct=FALSE)"
    (rising,) = pauc.answer(_asked(case, call.format("<")), "asked") or ()
    (falling,) = pauc.answer(_asked(case, call.format(">")), "asked") or ()
    truth, rating = (case.table.numbers(name) for name in ("truth", "a"))
    assert rising.value == pytest.approx(empirical_auc(truth, rating))
    assert falling.value == pytest.approx(1 - rising.value)


def test_a_partial_area_without_its_part_is_refused() -> None:
    with pytest.raises(ValueError, match=r"expected partial\.auc=c\(FROM, TO\)"):
        pauc.answer(_asked(_shipped("pauc"), "auc(roc(d$truth,d$a))"), "asked")


def test_arms_and_readers_of_marks_are_sorted_where_no_answer_names_them() -> None:
    case = _shipped("froc")
    call = "RJafroc::UtilFigureOfMerit(ds,FOM='wAFROC')"
    named = froc.answer(replace(case, calls=dict.fromkeys(case.calls, call)), "FOM_wAFROC")
    sorted_ones = froc.answer(_asked(case, call), "asked")
    assert named is not None
    assert sorted_ones is not None
    assert [part.value for part in sorted_ones] == [part.value for part in named]


def test_a_threshold_that_is_not_in_the_call_is_refused() -> None:
    case = replace(_shipped("imrmc"), calls={"TPF": "roc2binary(d)"}, expected={"TPF": ()})
    with pytest.raises(ValueError, match="expected roc2binary"):
        imrmc.answer(case, "TPF")


def test_models_of_reading_times_are_read_from_their_formula() -> None:
    case = _shipped("reading_time")
    formula = "lmer({}+(1|reader)+(1|case),data=d,REML=TRUE)"

    def terms(text: str) -> dict[str, float]:
        asked = replace(case, calls={"fixef": formula.format(text)}, expected={"fixef": ()})
        return {part.label: part.value for part in reading_time.answer(asked, "fixef") or ()}

    with_intercept, without = terms("time~modality"), terms("time~0+modality")
    assert "[(Intercept), Estimate]" in with_intercept
    assert "[(Intercept), Estimate]" not in without
    numbers, levels = terms("time~period"), terms("time~factor(period, c(1, 2))")
    assert "[period, Estimate]" in numbers
    assert any(label.startswith("[factor(period, c(1, 2))2") for label in levels)


@pytest.mark.parametrize(
    ("name", "words"),
    [("fixef", "expected lmer"), ("wilcoxon_case_means", "expected aggregate")],
)
def test_calls_of_other_functions_are_refused(name: str, words: str) -> None:
    case = replace(_shipped("reading_time"), calls={name: "t.test(x)"}, expected={name: ()})
    with pytest.raises(ValueError, match=words):
        reading_time.answer(case, name)


@pytest.mark.parametrize(
    ("expected", "labels"),
    [
        ('{"rows": "a", "cols": ["x", "y"], "values": [[1, 2]]}', ["[a, x]", "[a, y]"]),
        ('{"rows": null, "cols": "x", "values": [1, 2]}', ["[1, x]", "[2, x]"]),
        ('{"rows": ["a"], "cols": "x", "values": 3}', ["[a, x]"]),
        ('{"p": "Inf", "words": "none"}', [".p"]),
    ],
)
def test_tables_of_one_row_or_column_may_be_written_short(
    expected: str, labels: list[str], tmp_path: Path
) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "a.json").write_text(
        '{"id": "a", "method": "m", "input": {}, "calls": {}, "expected": {"q": ' + expected + "}}",
        encoding="utf-8",
    )
    (case,) = read_cases(tmp_path)
    assert [part.label for part in case.expected["q"]] == labels


def test_a_table_whose_names_do_not_fit_its_values_is_refused(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED / "shapiro", tmp_path / "shapiro")
    (tmp_path / "shapiro" / "b.json").write_text(
        '{"id": "b", "method": "m", "input": {}, "calls": {}, "expected": '
        '{"q": {"rows": ["a"], "cols": ["x"], "values": [[1, 2]]}}}',
        encoding="utf-8",
    )
    with pytest.raises(ReferenceCaseError, match=r"b\.json: expected a reference case"):
        read_cases(tmp_path)
