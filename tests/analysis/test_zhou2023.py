"""Zhou 2023's tables and figures, from a small study and against the paper's own counts."""

import csv
import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.estimates.pooled_readers import PooledReads, pooled_estimates
from analysis.papers.zhou2023 import Zhou2023Settings, zhou2023
from analysis.printed import NOTHING
from analysis.rating_grid import RatedCases
from analysis.report.figures import paper_figures
from analysis.report.interim import as_interim
from analysis.report.panels_figure import panels_figure
from analysis.report.report import write_analysis
from analysis.result import AnalysisResult, Of, PaperPart, PaperTable
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import StudySource, from_study
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS
from study_design.exchange.mark_tables import FINDINGS
from study_design.exchange.read_tables import READS
from study_design.images.case_list import CASES
from study_design.tables.column import Table
from study_design.truth_tables import LESIONS, REFERENCE

SEEDS = Path(__file__).with_name("published_tables.json")
TYPES = ("mass", "calcification", "asymmetry", "distortion")
N_CASES = 24


def _frame(table: Table[Any], rows: list[dict[str, object]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows).reindex(columns=list(table.columns))
    text = [name for name in frame if name not in table.numeric]
    filled = {name: frame[name].astype(object).where(frame[name].notna(), "") for name in text}
    return frame.assign(**{name: column.astype(str) for name, column in filled.items()})


def _reads(readers: tuple[tuple[str, str], ...]) -> Iterator[dict[str, object]]:
    for reader, group in readers:
        for arm in ("unaided", "aided"):
            for case in range(N_CASES):
                yield {
                    "read": f"{reader}-{arm}-{case}", "step": 1, "reader": reader, "kind": "human",
                    "group": group, "arm": arm, "revealed": int(arm == "aided"), "role": "test",
                    "case": f"C{case}", "status": "final", "period": 1,
                }  # fmt: skip


def _answered(read: dict[str, object], generator: np.random.Generator) -> dict[str, object]:
    case = int(str(read["case"])[1:])
    skill = {"junior": 15, "senior": 30}[str(read["group"])] + 15 * (read["arm"] == "aided")
    right = float(np.clip(30 + skill * (case % 3 == 0) + generator.normal(0, 15), 0, 100))
    left = float(np.clip(30 + generator.normal(0, 15), 0, 100))
    return read | {
        "rating": max(right, left), "rating_right": right, "rating_left": left,
        "birads_right": str(1 + int(right // 20.1)), "birads_left": str(1 + int(left // 20.1)),
        "birads_exam": "3", "reading_s": float(generator.lognormal(5, 0.3)) - skill,
    }  # fmt: skip


def _findings(reads: pd.DataFrame, generator: np.random.Generator) -> Iterator[dict[str, object]]:
    for read in reads.itertuples():
        case = int(read.case[1:])
        seen = generator.random() < {"junior": 0.6, "senior": 0.9}[read.group]
        if case % 3 == 0 and seen:
            for mark, view in enumerate(("R-CC", "R-MLO"), 1):
                yield {
                    "read": read.read, "step": 1, "finding": 1, "mark": mark, "view": view,
                    "image": f"{read.case}-{view}", "types": TYPES[case // 3 % 4],
                    "x_px": 100.0 + generator.normal(0, 10), "y_px": 200.0, "width_px": 0.0,
                    "height_px": 0.0, "rating": float(generator.integers(40, 100)),
                }  # fmt: skip


@dataclass
class Tables:
    """The tables of a study of two groups of two readers in two arms."""

    readers: tuple[tuple[str, str], ...] = (
        ("J1", "junior"), ("J2", "junior"), ("S1", "senior"), ("S2", "senior"),
    )  # fmt: skip
    title: str = "A study"
    simulated: bool = False
    protocol: str = "1"
    data_sha256: str = "d"
    plan_sha256: str = "p"
    arms: tuple[str, ...] = ("unaided", "aided")
    frozen: bool = True
    reads: pd.DataFrame = field(init=False)
    findings: pd.DataFrame = field(init=False)
    detections: pd.DataFrame = field(init=False)
    ai_cases: pd.DataFrame = field(init=False)
    cases: pd.DataFrame = field(init=False)
    reference: pd.DataFrame = field(init=False)
    lesions: pd.DataFrame = field(init=False)

    def __post_init__(self) -> None:
        generator = np.random.default_rng(3)
        rows = [_answered(read, generator) for read in _reads(self.readers)]
        self.reads = _frame(READS, rows)
        self.findings = _frame(FINDINGS, list(_findings(self.reads, generator)))
        views = ("R-CC", "L-CC", "R-MLO", "L-MLO")
        cases = [f"C{case}" for case in range(N_CASES)]
        self.cases = _frame(
            CASES,
            [
                {"case": case, "patient": case, "view": view, "image": f"{case}-{view}",
                 "spacing_mm": 0.5, "excluded": 0}
                for case in cases
                for view in views
            ],
        )  # fmt: skip
        positive = [case for number, case in enumerate(cases) if number % 3 == 0]
        self.reference = _frame(
            REFERENCE,
            [
                {"case": case, "truth": int(case in positive), "breast_left": "normal",
                 "breast_right": "malignant" if case in positive else "benign"}
                for case in cases
            ],
        )  # fmt: skip
        boxes = [
            {"case": case, "lesion": "L1", "view": view, "types": TYPES[place % 4], "x_px": 90.0,
             "y_px": 190.0, "width_px": 20.0, "height_px": 20.0, "malignant": 1}
            for place, case in enumerate(positive)
            for view in ("R-CC", "R-MLO")
        ]  # fmt: skip
        self.lesions = _frame(LESIONS, boxes)
        found = [
            {**box, "system": "DNN", "detection": box["case"], "box": f"{box['case']}{box['view']}",
             "score": 0.4 + place / 100}
            for place, box in enumerate(boxes[4:])
        ]  # fmt: skip
        self.detections = _frame(DETECTIONS, found)
        self.ai_cases = _frame(
            AI_CASES,
            [
                {"system": "DNN", "case": case, "status": "finding" if case in positive else "none",
                 "score_exam": place / 50, "score_right": place / 50, "score_left": 0.1,
                 "scale": "0-1"}
                for place, case in enumerate(cases)
            ],
        )  # fmt: skip


ORDER = ("1", "2", "3", "4", "5")


def part_of(tables: Tables, own: Zhou2023Settings | None = None) -> PaperPart:
    return zhou2023(StudySource(tables, ORDER), AnalysisSettings(quantity="auc", unit="exam"), own)


@pytest.fixture(scope="module")
def part() -> PaperPart:
    return part_of(Tables())


def table(part: PaperPart, name: str) -> PaperTable:
    return next(one for one in part.tables if one.name == f"zhou2023_{name}")


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


def test_what_the_paper_s_way_hides_is_warned_of(part: PaperPart) -> None:
    text = " ".join(part.warnings)
    for words in ("pools the readers", "breasts of a patient", "expected by chance below 5"):
        assert words in text


def test_findings_without_ratings_give_one_point_and_say_so() -> None:
    tables = Tables()
    tables.findings["rating"] = np.nan
    found = part_of(tables)
    areas = {
        one.column: one.value
        for row in table(found, "table1").rows
        if (row.section, row.label) == ("Mass", "S_AI")
        for one in row.numbers
    }
    assert areas["quantity"] == "auc_binary"
    both = float(areas["sensitivity"]) + float(areas["specificity"])  # type: ignore[arg-type]
    assert areas["estimate"] == pytest.approx(both / 2)
    means = {row.label: row.cells[0] for row in table(found, "table1_means").rows[:5]}
    assert means["S_AI"].endswith("one-point")
    assert any("ratings of two values" in warning for warning in found.warnings)


def test_the_unit_is_a_setting_and_the_exam_where_lesions_have_no_view() -> None:
    exam = part_of(Tables(), Zhou2023Settings(unit="exam"))
    assert "Unit: exam." in table(exam, "table1").caption
    tables = Tables()
    tables.lesions["view"] = ""
    assert "mass exam" in table(part_of(tables), "table1").caption


@pytest.mark.parametrize(
    "readers",
    [
        (("J1", "junior"),),
        (("J1", "junior"), ("S1", "senior")),
        (("J1", "junior"), ("J2", "junior"), ("J3", "junior"), ("S1", "senior")),
    ],
)
def test_other_numbers_of_readers_get_what_can_be_computed(
    readers: tuple[tuple[str, str], ...], tmp_path: Path
) -> None:
    tables = Tables(readers)
    result = analyse(from_study(tables))
    found = part_of(tables)
    write_analysis(replace(result, paper=found), tmp_path / "out")
    kappas = [one for one in found.estimates if one.quantity == "kappa"]
    assert any(one.estimate is None and "two readers" in (one.reason or "") for one in kappas)
    if len(readers) > 3:
        assert any("Light" in one.method for one in kappas)


def test_a_study_without_ai_results_has_no_ai_row() -> None:
    tables = Tables()
    tables.ai_cases = tables.ai_cases.iloc[:0]
    found = part_of(tables)
    assert "AI" not in {row.label for row in table(found, "table1").rows}
    assert [figure.name for figure in found.figures] == ["zhou2023_figure3"]


@pytest.fixture(scope="module")
def result(part: PaperPart) -> AnalysisResult:
    return replace(analyse(from_study(Tables())), paper=part)


def test_files_tables_and_results_json_hold_the_same_numbers(
    result: AnalysisResult, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write_analysis(result, out)
    content = json.loads((out / "results.json").read_text(encoding="utf-8"))
    numbers = {one["estimate"] for one in content["estimates"]}
    with (out / "tables" / "zhou2023_table1.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 25
    assert {float(row["estimate"]) for row in rows if row["estimate"]} <= numbers
    html = (out / "report.html").read_text(encoding="utf-8")
    assert html.index("<h2>Exploratory results</h2>") < html.index("As in Zhou et al. 2023")
    for row in rows[:1]:
        assert f"{float(row['estimate']):.3f}" in html
    write_analysis(replace(result, paper=None), out)
    assert not list(out.glob("*/zhou2023*"))


def test_figure_3_has_eight_panels_and_says_method_unit_and_n(result: AnalysisResult) -> None:
    figures = {figure.name: figure for figure in paper_figures(result)}
    assert set(figures) == {"zhou2023_figure2", "zhou2023_figure3"}
    assert "(h) Distortion, junior" in figures["zhou2023_figure3"].svg
    for figure in figures.values():
        ET.fromstring(figure.svg)
        assert "Method: empirical AUC" in figure.caption
        assert "Unit: breast" in figure.caption


def _seeds() -> list[dict[str, dict[str, float]]]:
    content = json.loads(SEEDS.read_text(encoding="utf-8"))
    return [one for one in content if one["paper"] == "Zhou" and "tp" in one["inputs"]]


def test_table_1_of_the_paper_reproduces_from_its_counts() -> None:
    seeds = _seeds()
    assert seeds
    for seed in seeds:
        counts = {name: int(value) for name, value in seed["inputs"].items()}
        n_positive, n_negative = counts["n_pos"], counts["n_neg"]
        truth = np.repeat([1.0, 0.0], [n_positive, n_negative])
        calls = np.repeat(
            [1.0, 0.0, 1.0, 0.0],
            [counts["tp"], n_positive - counts["tp"], n_negative - counts["tn"], counts["tn"]],
        )
        keys = tuple(("reader", str(place)) for place in range(len(truth)))
        exam = np.arange(len(truth))
        reads = PooledReads(Of(group="g"), RatedCases(truth, calls), keys, exam, 1)
        found = {one.quantity: one for one in pooled_estimates(reads, level=0.95)}
        area, printed, computed = found["auc_binary"], seed["expected"], seed["computed"]
        assert area.estimate == pytest.approx(printed["auc"], abs=0.00051)
        assert area.se == pytest.approx(computed["se_delong"], rel=1e-8)
        assert area.p == pytest.approx(computed["p_vs_half"], rel=1e-8)
        assert area.ci is not None
        limits = area.ci.low, area.ci.high
        assert limits == pytest.approx(computed["ci_binomial_exact"], rel=1e-8)
        assert 100 * (found["sensitivity"].estimate or 0) == pytest.approx(
            printed["sens"], abs=0.06
        )
        assert 100 * (found["specificity"].estimate or 0) == pytest.approx(
            printed["spec"], abs=0.06
        )
        assert found["youden_j"].estimate == pytest.approx(computed["youden_J"])
        assert found["threshold"].estimate == 1


def test_a_type_that_no_case_has_keeps_its_rows_and_says_why() -> None:
    tables = Tables()
    tables.lesions = tables.lesions[tables.lesions["types"] == "mass"].reset_index(drop=True)
    found = part_of(tables)
    for name in ("table1", "table1_means", "table2", "table2_means"):
        rows = [row for row in table(found, name).rows if row.section == "Distortion"]
        assert rows
        assert all(row.cells[0] == "\N{EN DASH}" for row in rows), name
    assert any("nothing can be estimated there" in warning for warning in found.warnings)
    absent = [
        one
        for one in found.estimates
        if one.subjects[0].target == "type_present:distortion" and one.quantity.startswith("auc")
    ]
    assert all(one.estimate is None and one.reason for one in absent)
    figures = paper_figures(replace(analyse(from_study(tables)), paper=found))
    assert "no positive unit" in figures[-1].svg


def test_a_study_without_lesions_has_no_figure_of_types() -> None:
    tables = Tables()
    tables.lesions = tables.lesions.iloc[:0]
    names = [figure.name for figure in part_of(tables).figures]
    assert names == ["zhou2023_figure2"]


def test_times_that_were_not_recorded_are_dashes() -> None:
    tables = Tables()
    tables.reads["reading_s"] = np.nan
    found = part_of(tables)
    cells = [cell for row in table(found, "table3").rows for cell in row.cells if cell]
    assert set(cells) == {
        "\N{EN DASH}", "\N{EN DASH} (\N{EN DASH}\N{EN DASH}\N{EN DASH})",
    }  # fmt: skip
    reasons = {one.reason for one in found.estimates if one.quantity == "reading_s"}
    assert reasons == {"no reading time was recorded"}


def test_a_group_that_read_in_one_arm_only_has_no_differences() -> None:
    tables = Tables()
    reads = tables.reads
    tables.reads = reads[(reads["group"] != "junior") | (reads["arm"] == "aided")].copy()
    found = part_of(tables)
    labels = {row.label for row in table(found, "table1").rows}
    assert labels == {"AI", "J_AI", "S_noAI", "S_AI"}
    junior = table(found, "table3").rows[0]
    assert junior.cells[0] == "\N{EN DASH}"


def test_arms_of_different_readers_of_a_group_have_no_pairs() -> None:
    tables = Tables()
    reads = tables.reads
    apart = reads["reader"].isin(["J1", "S1"]) == (reads["arm"] == "aided")
    tables.reads = reads[apart].copy()
    found = part_of(tables)
    assert not [one for one in found.estimates if one.quantity == "reading_s_difference"]
    differences = [
        one
        for one in found.estimates
        if one.quantity == "auc_difference" and one.subjects[0].as_in and one.estimate is not None
    ]
    assert all("unpaired" in one.method for one in differences)
    assert all(one.n.n_readers == 2 for one in differences)


def test_panels_that_do_not_fill_a_row_leave_it_empty(part: PaperPart) -> None:
    figure = replace(part.figures[-1], columns=3)
    assert panels_figure(figure, stamps=()).png.startswith(b"\x89PNG")


def test_the_paper_s_tables_and_figures_of_an_open_study_say_so(part: PaperPart) -> None:
    marked = as_interim(replace(analyse(from_study(Tables())), paper=part), masked=False).paper
    assert marked is not None
    assert all(one.title.startswith("INTERIM. ") for one in (*marked.tables, *marked.figures))


def test_readers_without_a_group_are_all_readers() -> None:
    tables = Tables()
    tables.reads["group"] = ""
    found = part_of(tables)
    names = {row.label for row in table(found, "table4_beside").rows}
    assert names == {"R_noAI", "R_AI"}
