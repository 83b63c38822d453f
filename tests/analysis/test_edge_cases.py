"""What cannot be estimated has a reason in its place, and what misleads has a warning."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimators.partial_auc import Focus, Part
from analysis.estimators.roc import delong_auc, paired_delong
from analysis.rating_table import RatingTable
from analysis.report.report import write_analysis
from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv
from study_design.errors import BadInputError


def table_of(
    tmp_path: Path, *lines: str, header: str = "reader,arm,case,truth,rating"
) -> RatingTable:
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return from_csv(path)


def rated(who: str, ratings: list[float], truth: list[int]) -> list[str]:
    """Return a reader's rows, one case after another."""
    return [
        f"{who},C{case},{true},{rating}"
        for case, (true, rating) in enumerate(zip(truth, ratings, strict=True))
    ]


def of_reader(result: AnalysisResult, quantity: str) -> list[Estimate]:
    return [one for one in result.select(quantity) if one.subjects[0].reader is not None]


def warned(result: AnalysisResult, words: str) -> bool:
    return any(words in warning for warning in result.warnings)


TRUTH = [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(("ratings", "auc"), [([1, 2, 3, 4, 5, 6], 1.0), ([6, 5, 4, 3, 2, 1], 0.0)])
def test_perfect_separation_has_an_auc_and_no_interval(
    tmp_path: Path, ratings: list[float], auc: float
) -> None:
    result = analyse(table_of(tmp_path, *rated("R,", ratings, TRUTH)))
    (found,) = of_reader(result, "auc")
    assert found.estimate == auc
    assert (found.se, found.ci, found.p) == (None, None, None)
    assert "not estimable" in (found.reason or "")
    assert warned(result, "AUC exactly 0 or 1")


def test_a_direction_that_looks_reversed_is_warned_of_and_not_flipped(tmp_path: Path) -> None:
    result = analyse(table_of(tmp_path, *rated("R,", [6, 5, 3, 4, 2, 1], TRUTH)))
    (found,) = of_reader(result, "auc")
    assert found.estimate == pytest.approx(1 / 9)
    assert warned(result, "AUC below 0.5: R")


def test_ratings_that_are_all_the_same_are_no_curve(tmp_path: Path) -> None:
    result = analyse(table_of(tmp_path, *rated("R,", [5] * 6, TRUTH)))
    (found,) = of_reader(result, "auc")
    assert found.estimate is None
    assert "at most two values" in (found.reason or "")
    one_point = of_reader(result, "auc_binary")
    assert {one.estimate for one in one_point} == {0.5}
    assert all(one.ci is None for one in one_point)


def test_one_reader_s_ties_beside_another_s_ratings_have_no_variance(tmp_path: Path) -> None:
    lines = rated("R,", [5] * 6, TRUTH) + rated("S,", [1, 4, 2, 3, 6, 5], TRUTH)
    constant, other = of_reader(analyse(table_of(tmp_path, *lines)), "auc")
    assert constant.estimate == 0.5
    assert (constant.ci, constant.p) == (None, None)
    assert other.ci is not None


@pytest.mark.parametrize("truth", [[0] * 6, [1] * 6])
def test_one_class_has_reasons_and_a_warning_and_files(tmp_path: Path, truth: list[int]) -> None:
    lines = rated("R,a", [1, 2, 3, 4, 5, 6], truth) + rated("R,b", [2, 2, 3, 5, 5, 6], truth)
    result = analyse(table_of(tmp_path, *lines))
    for quantity in ("auc", "auc_difference", "youden_j", "threshold"):
        assert all(one.estimate is None for one in result.select(quantity)), quantity
        assert all(
            "positive" in one.reason or "threshold" in one.reason
            for one in result.select(quantity)
            if one.reason
        )
    assert warned(result, "Only positive or only negative cases")
    assert result.curves == ()
    files = write_analysis(result, tmp_path / "out")
    assert not any(path.suffix == ".svg" for path in files)


def test_one_positive_case_leaves_random_readers_without_numbers(tmp_path: Path) -> None:
    truth = [1, 0, 0, 0, 0, 0]
    lines = [
        row
        for place, reader in enumerate(("A", "B", "C"))
        for arm in (0, 1)
        for row in rated(
            f"{reader},{arm}", [(7 * case * (place + 2) + 3 * arm) % 11 for case in range(6)], truth
        )
    ]
    result = analyse(table_of(tmp_path, *lines))
    found = [
        one
        for name in ("auc", "auc_difference")
        for one in result.select(name)
        if one.subjects[0].random is not None
    ]
    assert len(found) == 3
    assert [one for one in found if one.se is not None or one.p is not None] == []
    assert all("not estimable" in (one.reason or "") for one in found)


def test_one_class_of_decisions_has_the_half_that_can_be_estimated(tmp_path: Path) -> None:
    result = analyse(table_of(tmp_path, *rated("R,", [0, 1, 1, 1, 1, 1], [1] * 6)))
    stated = [
        one
        for one in of_reader(result, "sensitivity")
        if one.subjects[0].operating_point != "Youden"
    ]
    assert [one.estimate for one in stated] == [pytest.approx(5 / 6)]
    specificity = of_reader(result, "specificity")
    assert all(one.estimate is None and one.reason for one in specificity)


def test_identical_arms_differ_by_nothing_and_have_no_p(tmp_path: Path) -> None:
    ratings: list[float] = [1, 4, 2, 3, 6, 5]
    lines = rated("R,a", ratings, TRUTH) + rated("R,b", ratings, TRUTH)
    (found,) = of_reader(analyse(table_of(tmp_path, *lines)), "auc_difference")
    assert found.estimate == 0
    assert (found.ci, found.p) == (None, None)
    assert found.reason


def test_identical_times_differ_by_nothing_and_have_no_p(tmp_path: Path) -> None:
    header = "reader,arm,case,truth,rating,time_s"
    lines = [f"R,{arm},C{case},{case % 2},{case},30" for arm in "ab" for case in range(6)]
    result = analyse(table_of(tmp_path, *lines, header=header))
    for quantity in ("reading_s_difference", "reading_s_paired_difference"):
        (found,) = of_reader(result, quantity)
        assert (found.estimate, found.p) == (0, None)
        assert found.reason
    for one in of_reader(result, "reading_s_shapiro_w"):
        assert one.estimate is None
        assert one.reason


def test_a_cell_without_ratings_is_compared_with_nothing_and_named(tmp_path: Path) -> None:
    lines = rated("R,a", [1, 4, 2, 3, 6, 5], TRUTH) + rated("R,b", [1, 4, 2, 3, 5, 6], TRUTH)
    lines += rated("S,a", [1, 3, 2, 4, 5, 6], TRUTH)
    result = analyse(table_of(tmp_path, *lines))
    assert warned(result, "Not in every arm: S")
    compared = [one.subjects[0].reader for one in of_reader(result, "auc_difference")]
    assert compared == ["R"]


@pytest.mark.parametrize("empty", ["", "NA", "nan", "NaN"])
def test_a_rating_that_is_not_given_is_left_out_and_counted(tmp_path: Path, empty: str) -> None:
    lines = [*rated("R,a", [1, 4, 2, 3, 6, 5], TRUTH), f"R,a,C9,1,{empty}"]
    table = table_of(tmp_path, *lines)
    (found,) = of_reader(analyse(table), "auc")
    assert found.n.n_cases == 6
    assert "Rows without a rating by a reader, left out: 1." in table.notes


def test_a_row_that_stands_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    lines = rated("R,a", [1, 4, 2, 3, 6, 5], TRUTH)
    with pytest.raises(BadInputError, match=r"row 8.*row 2"):
        table_of(tmp_path, *lines, lines[0])


def test_one_reader_alone_has_no_mean_to_speak_of_and_a_warning(tmp_path: Path) -> None:
    result = analyse(table_of(tmp_path, *rated("R,", [1, 4, 2, 3, 6, 5], TRUTH)))
    everyone = [one for one in result.select("auc") if one.subjects[0].readers]
    (own,) = of_reader(result, "auc")
    assert [one.estimate for one in everyone] == [own.estimate]
    assert "readers fixed" not in everyone[0].method
    assert warned(result, "Fewer than 5 readers (1)")


cases = st.integers(2, 12).flatmap(
    lambda n: st.tuples(
        st.lists(st.integers(0, 4), min_size=n, max_size=n),
        st.lists(st.integers(0, 4), min_size=n, max_size=n),
        st.integers(1, n - 1),
    )
)


@settings(max_examples=60, deadline=None)
@given(cases)
def test_an_auc_and_its_mirror_image_add_up_to_one(
    drawn: tuple[list[int], list[int], int],
) -> None:
    ratings, _, n_positive = drawn
    truth = np.arange(len(ratings)) < n_positive
    plain, mirrored = delong_auc(truth, ratings), delong_auc(truth, [-one for one in ratings])
    assert plain.auc + mirrored.auc == pytest.approx(1)
    assert (plain.inference.se is None) == (mirrored.inference.se is None)
    if plain.auc in (0.0, 1.0):
        assert plain.inference.ci is None
        assert plain.inference.reason


@settings(max_examples=60, deadline=None)
@given(cases)
def test_a_difference_of_aucs_turns_its_sign_with_the_order(
    drawn: tuple[list[int], list[int], int],
) -> None:
    one, other, n_positive = drawn
    truth = np.arange(len(one)) < n_positive
    there, back = paired_delong(truth, one, other), paired_delong(truth, other, one)
    assert there.difference == pytest.approx(-back.difference)
    assert there.inference.p == pytest.approx(back.inference.p, nan_ok=True)
    assert paired_delong(truth, one, one).difference == 0
    assert paired_delong(truth, one, one).inference.p is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("RS"), st.sampled_from(["a", "b"]), st.integers(0, 7),
            st.one_of(st.none(), st.integers(0, 3)),
        ),
        min_size=1, max_size=32, unique_by=lambda row: row[:3],
    )
)  # fmt: skip
def test_any_table_gives_numbers_or_reasons(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, int, int | None]]
) -> None:
    lines = [
        f"{reader},{arm},C{case},{case % 2},{'' if rating is None else rating}"
        for reader, arm, case, rating in rows
    ]
    try:
        table = table_of(tmp_path_factory.mktemp("any"), *lines)
    except BadInputError:
        assert all(rating is None for *_, rating in rows)
        return
    for one in analyse(table).all_estimates:
        assert one.estimate is not None or one.reason
        assert one.se is None or (math.isfinite(one.se) and one.se > 0) or one.ci is not None


def test_curves_without_two_cases_of_each_class_leave_the_partial_areas_of_others(
    tmp_path: Path,
) -> None:
    plan = AnalysisSettings(partial=Part(Focus.SPECIFICITY, 0.5, 1.0))
    whole = rated("A,1", [1, 3, 2, 4, 3.5, 6], TRUTH)
    alone = ["B,1,C0,0,1", "B,1,C5,1,3"]
    found = analyse(table_of(tmp_path, *whole, *alone), plan).select("partial_auc")
    values = {one.subjects[0].reader: one.estimate for one in found}
    assert values["A"] is not None
    assert values["B"] is None
    only = analyse(table_of(tmp_path, *alone), plan).select("partial_auc")
    assert all(one.estimate is None for one in only)


def test_a_cluster_that_holds_a_whole_class_leaves_partial_areas_without_value(
    tmp_path: Path,
) -> None:
    lines = [
        f"A,1,C{case},{true},{rating},{'P' if true else case}"
        for case, (true, rating) in enumerate(zip(TRUTH, [1, 3, 2, 4, 3.5, 6], strict=True))
    ]
    table = table_of(tmp_path, *lines, header="reader,arm,case,truth,rating,patient")
    plan = AnalysisSettings(partial=Part(Focus.SPECIFICITY, 0.5, 1.0))
    assert all(one.estimate is None for one in analyse(table, plan).select("partial_auc"))
