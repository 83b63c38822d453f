"""Zhou 2023's tables and figures, from a small study and against the paper's own counts."""

from dataclasses import replace

import numpy as np
import pytest
from given_zhou2023 import N_CASES, ORDER, Tables, part_of, table

from analysis.papers.zhou2023 import Zhou2023Settings, zhou2023
from analysis.printed import NOTHING
from analysis.result import PaperPart
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import StudySource, from_study


def test_table_1_has_the_paper_s_rows_for_every_feature(part: PaperPart) -> None:
    for name in ("table1", "table1_means"):
        rows = [(row.section, row.label) for row in table(part, name).rows]
        assert rows == [
            (feature, label)
            for feature in ("Mass", "Calcification", "Asymmetry", "Distortion", "Malignancy")
            for label in ("AI", "J_noAI", "J_AI", "S_noAI", "S_AI")
        ]
    assert "independent" in table(part, "table1").caption
    assert "cut-off" in table(part, "table1").caption


def test_a_group_without_ratings_of_a_feature_in_an_arm_has_no_comparison_there() -> None:
    tables = Tables()
    unrated = (tables.reads["group"] == "senior") & (tables.reads["arm"] == "aided")
    tables.reads.loc[unrated, ["rating_right", "rating_left"]] = np.nan
    found = part_of(tables, Zhou2023Settings(unit="breast"))
    for name in ("table2", "table2_means"):
        compared = table(found, name)
        (row,) = (one for one in compared.rows if one.section == "Malignancy")
        cells = dict(zip(compared.header[1:], row.cells, strict=True))
        lacking = {contrast for contrast, cell in cells.items() if cell == NOTHING}
        assert lacking == {contrast for contrast in cells if "S_AI" in contrast}
        assert lacking


def test_breasts_are_counted_beside_the_exams_that_they_are_of(part: PaperPart) -> None:
    counted = [
        one.n for one in part.estimates if one.quantity in ("auc", "auc_difference", "kappa")
    ]
    assert {(n.n_units, n.n_cases) for n in counted} == {(2 * N_CASES, N_CASES)}
    settings = AnalysisSettings(unit="breast")
    alone = analyse(from_study(Tables(), settings), settings).select("auc", "auc_difference")
    assert {(one.n.n_units, one.n.n_cases) for one in alone} == {(2 * N_CASES, N_CASES)}


def test_headers_of_intervals_follow_the_level() -> None:
    found = zhou2023(StudySource(Tables(), ORDER), AnalysisSettings(unit="exam", alpha=0.01))
    headers = [column for one in found.tables for column in one.header if "CI" in column]
    assert len(headers) == 4
    assert all("99 % CI" in column for column in headers)


def test_a_system_without_scores_of_the_breast_keeps_its_row_and_says_why() -> None:
    tables = Tables()
    tables.ai_cases[["score_right", "score_left"]] = np.nan
    tables.ai_cases["status"] = "finding"
    found = part_of(tables)
    for name in ("table1", "table1_means"):
        row = next(
            one
            for one in table(found, name).rows
            if (one.section, one.label) == ("Malignancy", "AI")
        )
        assert "no score of the breast" in row.cells[0]
    assert (
        f"Zhou 2023, malignancy: Rows without a rating by an AI system, left out: {2 * N_CASES}."
        in found.warnings
    )


def test_j_and_threshold_are_two_columns(part: PaperPart) -> None:
    for row in table(part, "table1").rows:
        numbers = {one.column: one.value for one in row.numbers}
        if numbers["youden_j"] is None:
            continue
        both = float(numbers["sensitivity"]) + float(numbers["specificity"]) - 1  # type: ignore[arg-type]
        assert numbers["youden_j"] == pytest.approx(both)
        assert "threshold" in numbers


@pytest.mark.parametrize(
    "arms", [("aided", "unaided"), ("assisted", "bare"), ("bare", "assisted"), ("b", "a")]
)
def test_arms_are_named_by_whether_the_ai_was_shown_whatever_their_order_and_names(
    part: PaperPart, arms: tuple[str, str]
) -> None:
    without, with_ai = {
        "aided": ("unaided", "aided"), "assisted": ("bare", "assisted"),
        "bare": ("bare", "assisted"), "b": ("b", "a"),
    }[arms[0]]  # fmt: skip
    tables = Tables(arms=arms)
    tables.reads["arm"] = tables.reads["arm"].replace({"unaided": without, "aided": with_ai})
    # The order of the rows tells nothing either.
    tables.reads = tables.reads.iloc[::-1].reset_index(drop=True)
    found = part_of(tables)
    assert [row.label for row in table(found, "table1").rows] == [
        row.label for row in table(part, "table1").rows
    ]
    for name in ("table1", "table2", "table3"):
        for row, expected in zip(table(found, name).rows, table(part, name).rows, strict=True):
            assert row.cells == expected.cells
    assert f"J_AI, junior {with_ai};" in table(found, "table1").caption
    assert "aided minus unaided, senior minus junior" in table(found, "table2").caption


def test_arms_of_which_both_or_none_have_ai_keep_their_names() -> None:
    tables = Tables()
    tables.reads["revealed"] = 0
    found = part_of(tables)
    assert {row.label for row in table(found, "table1").rows} == {
        "AI", "J_unaided", "J_aided", "S_unaided", "S_aided",
    }  # fmt: skip
    assert "the later arm minus the earlier one" in table(found, "table3").caption


def test_table_2_compares_what_the_paper_compares(part: PaperPart) -> None:
    for name in ("table2", "table2_means"):
        assert table(part, name).header[1:] == (
            "J_noAI vs J_AI", "S_AI vs J_AI", "S_noAI vs J_noAI", "S_noAI vs S_AI",
        )  # fmt: skip
        assert len(table(part, name).rows) == 5


def test_pooled_and_mean_differences_name_their_method(part: PaperPart) -> None:
    pairs = [one for one in part.estimates if one.quantity == "auc_difference"]
    pooled = [one for one in pairs if one.subjects[0].as_in == "zhou2023"]
    means = [one for one in pairs if one.subjects[0].as_in is None]
    assert all("pooled as if independent" in one.method for one in pooled if one.estimate)
    assert all("readers fixed" in one.method for one in means if one.estimate)
    assert all(one.exploratory for one in part.estimates)


def test_reading_times_are_each_named_and_tested(part: PaperPart) -> None:
    row = table(part, "table3").rows[0]
    numbers = {one.column: one.value for one in row.numbers}
    assert row.section == "Junior radiologists"
    assert {"difference_of_medians_s", "median_of_paired_differences_s", "mean_difference_s",
            "wilcoxon_p", "shapiro_p_of_differences",
            "unaided_reading_s_q1"} <= set(numbers)  # fmt: skip
    assert numbers["n_pairs"] == 2 * N_CASES
    assert [row.section for row in table(part, "table3_readers").rows] == ["J1", "J2", "S1", "S2"]


def test_table_4_is_laid_out_as_the_paper_s_senior_first(part: PaperPart) -> None:
    found = table(part, "table4")
    assert found.header[2:4] == ("Senior (unaided): kappa", "Senior (unaided): P value")
    assert [row.section for row in found.rows[:9:4]] == ["Presence", "Place", "BI-RADS category"]
    beside = table(part, "table4_beside")
    bands = {one.value for row in beside.rows for one in row.numbers if one.column == "band"}
    assert bands & {"slight", "fair", "moderate", "substantial", "almost perfect"}


def test_agreement_on_place_never_exceeds_that_on_presence(part: PaperPart) -> None:
    agreed = [one for one in part.estimates if one.quantity == "agreement"]
    for one in agreed:
        of = one.subjects[0]
        if (of.item or "").startswith("place"):
            presence = next(
                other for other in agreed if other.subjects[0] == replace(of, item="presence")
            )
            assert (one.estimate or 0) <= (presence.estimate or 0) + 1e-12
