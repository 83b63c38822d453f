"""Estimates by stratum: of the stratum's own cases, exploratory, and named."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.estimators.roc import empirical_auc
from analysis.report.interim import as_interim
from analysis.report.report import write_analysis
from analysis.report.report_tables import report_tables
from analysis.report.results_json import results_json
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv


@pytest.fixture
def stratified_csv(tmp_path: Path) -> Path:
    generator = np.random.default_rng(11)
    lines = ["reader,kind,arm,case,truth,rating,time_s,density,vendor,note"]
    for case in range(24):
        truth, density = case % 2, "abc"[case % 3] if case < 21 else ""
        for who in ("R1,human,a", "R1,human,b", "R2,human,a", "R2,human,b", "DNN,ai,"):
            rating = truth + generator.normal()
            time_s = "" if ",ai," in who else f"{generator.lognormal(3, 0.2):.2f}"
            lines.append(f"{who},C{case},{truth},{rating:.4f},{time_s},{density},V,note {case}")
    path = tmp_path / "strata.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_every_stratum_has_the_auc_of_its_own_cases(stratified_csv: Path) -> None:
    table = from_csv(stratified_csv)
    result = analyse(table, AnalysisSettings(quantity="auc"))
    values = [one for one in result.strata if one.quantity != "auc_interaction"]
    strata = {one.subjects[0].stratum for one in values}
    assert strata == {
        "density = a", "density = b", "density = c", "density = not given",
    }  # fmt: skip
    own = table.rows[(table.rows["density"] == "b") & (table.rows["reader"] == "DNN")]
    found = [
        one
        for one in result.strata
        if one.quantity == "auc"
        and (one.subjects[0].system, one.subjects[0].stratum) == ("DNN", "density = b")
    ]
    assert [one.estimate for one in found] == [
        pytest.approx(empirical_auc(own["truth"].to_numpy(), own["rating"].to_numpy()))
    ]
    assert found[0].n.n_cases == len(own)


def test_estimates_by_stratum_are_exploratory_and_apart_from_the_plan_s(
    stratified_csv: Path,
) -> None:
    settings = AnalysisSettings(quantity="auc", positive_from=0.5)
    result = analyse(from_csv(stratified_csv), settings)
    assert all(one.exploratory for one in result.strata)
    assert {one.quantity for one in result.strata} >= {
        "auc_difference", "sensitivity", "reading_s", "reading_s_difference",
    }  # fmt: skip
    assert not any(of.stratum for one in result.estimates for of in one.subjects)
    assert '"stratum": "density = a"' in results_json(result)


def test_what_is_no_stratum_is_named_or_has_one_value(stratified_csv: Path) -> None:
    warnings = analyse(from_csv(stratified_csv)).warnings
    assert any(one.startswith("Column note has 24 values") for one in warnings)
    assert any("by stratum are exploratory" in one for one in warnings)
    assert not any("vendor" in one for one in warnings)


def test_an_interim_result_says_so_in_every_title_and_figure(
    stratified_csv: Path, tmp_path: Path
) -> None:
    result = analyse(from_csv(stratified_csv))
    interim = as_interim(replace(result, simulated=True), masked=True)
    assert "masked" in interim.warnings[1]
    assert all(table.title.startswith("INTERIM. ") for table in report_tables(interim))
    assert any("by stratum" in table.title for table in report_tables(interim))
    write_analysis(interim, tmp_path / "out")
    for path in (tmp_path / "out").glob("figures/*.svg"):
        assert "INTERIM  |  Simulated" in path.read_text(encoding="utf-8")
    write_analysis(result, tmp_path / "out")
    assert "INTERIM" not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "out" / "tables" / "strata.csv").is_file()


def test_a_column_that_differs_between_reads_of_a_case_has_no_test_between_strata(
    stratified_csv: Path,
) -> None:
    text = stratified_csv.read_text(encoding="utf-8").splitlines()
    lines = [text[0], *(line.replace(",V,", f",{line[:2]},") for line in text[1:])]
    stratified_csv.write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = analyse(from_csv(stratified_csv), AnalysisSettings(positive_from=0.5))
    tested = {one.subjects[0].stratum for one in result.strata if "chi_square" in one.quantity}
    assert tested == {"density"}
    assert any((one.subjects[0].stratum or "").startswith("vendor") for one in result.strata)


def test_a_class_that_is_in_one_stratum_only_has_no_test_between_strata(tmp_path: Path) -> None:
    lines = ["reader,case,truth,rating,film"]
    lines += [f"R,{n},{n % 2},{n},{'yes' if n in (0, 2) else 'no'}" for n in range(12)]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    strata = analyse(from_csv(path), AnalysisSettings(positive_from=5)).strata
    found = {one.quantity: one for one in strata if one.subjects[0].stratum == "film"}
    assert found["sensitivity_chi_square"].estimate is None
    assert "in one stratum" in (found["sensitivity_chi_square"].reason or "")
    assert found["specificity_chi_square"].p is not None


def test_a_stratum_of_one_class_is_named_and_has_no_rows(tmp_path: Path) -> None:
    generator = np.random.default_rng(6)
    lines = ["reader,arm,case,truth,rating,density"]
    lines += [
        f"R{reader},{arm},C{case},{case % 2},{case % 2 + generator.normal():.4f},"
        f"{'a' if case % 2 and case < 4 else 'b' if case < 20 else 'c'}"
        for reader in range(3)
        for arm in ("first", "second")
        for case in range(40)
    ]
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    tables = {one.title: one for one in report_tables(analyse(from_csv(path)))}
    for title in ("AUC by stratum (exploratory)", "Differences in AUC by stratum (exploratory)"):
        table = tables[title]
        assert {row.label.split(":")[0] for row in table.rows} == {"density = b", "density = c"}
        assert "for want of positive or of negative cases: density = a." in table.caption
    (test,) = (one for title, one in tables.items() if title.startswith("Arm by stratum"))
    assert [row.cells[0] for row in test.rows] == ["\N{EN DASH}"] * 2
    assert "a reader lacks two positive or two negative cases in a stratum" in test.caption
