"""Zhou 2023 on studies that differ from the paper, and against the counts of the paper."""

import csv
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from given_zhou2023 import (
    Tables,
    part_of,
    table,
)

from analysis.estimates.pooled_readers import PooledReads, pooled_estimates
from analysis.papers.zhou2023 import Zhou2023Settings
from analysis.rating_grid import RatedCases
from analysis.report.figures import paper_figures
from analysis.report.interim import as_interim
from analysis.report.panels_figure import panels_figure
from analysis.report.report import write_analysis
from analysis.result import AnalysisResult, Of, PaperPart
from analysis.study_analysis import analyse
from analysis.tables import from_study

SEEDS = Path(__file__).with_name("published_tables.json")


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
