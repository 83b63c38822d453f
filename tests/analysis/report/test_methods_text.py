"""Methods, tables and decisions follow results.json: each setting changed in turn is seen there."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.estimates.confirmatory_tests import NOT_COMPUTED, planned_tests
from analysis.estimators.mcnemar import McNemarMethod
from analysis.estimators.partial_auc import Focus, Part
from analysis.report.methods_text import methods
from analysis.report.report_rows import Part as ReportPart
from analysis.report.report_rows import ReportTable
from analysis.report.report_tables import report_tables
from analysis.report.results_json import results_json
from analysis.result import AnalysisResult
from analysis.settings import AnalysisSettings, MultipleTests
from analysis.study_analysis import analyse
from analysis.tables import from_csv

CASES = 24
PLAN = AnalysisSettings(
    quantity="auc",
    unit="exam",
    method="or_jackknife",
    margin=0.05,
    arms=("unaided", "aided"),
    order=("auc_noninferiority_difference", "auc_difference", "sensitivity_difference"),
    adjust=MultipleTests.HOLM,
    positive_from=50,
    ai_positive_from=50,
    partial=Part(Focus.SPECIFICITY, 0.8, 1.0),
    prevalence=0.01,
    bootstrap_samples=200,
)
# What each setting may be instead, what Methods then say, and what they no longer say.
OTHERS: dict[str, tuple[Any, str, str]] = {
    "quantity": ("specificity", "(1) specificity: difference", "(1) AUC: non-inferiority"),
    "quantity_of": ("reader", "R0: aided", "all readers (random): aided"),
    "unit": ("breast", "24 breasts", "24 exams"),
    "target": ("type_present:mass", "presence of a mass", "malignant versus"),
    "method": ("delong", "Readers were fixed", "Readers and cases were random"),
    "alpha": (0.1, "alpha 0.1", "alpha 0.05"),
    "margin": (0.1, "margin 0.1", "margin 0.05"),
    "order": (("auc_equivalence_difference",), "equivalence, margin 0.05", "(3)"),
    "arms": (("aided", "unaided"), "unaided \N{MINUS SIGN} aided", "aided \N{MINUS SIGN} una"),
    "missing": ("complete", "complete cases only", "missing at random"),
    "reopened_time": ("whole", "replaced reads included", "that of the last read"),
    "ai_failed": ("lowest", "are given the lowest score", "excluded from its stand-alone results"),
    "positive_from": (60.0, "readers from 60", "readers from 50"),
    "ai_positive_from": (60.0, "AI from 60", "AI from 50"),
    "interval": ("bootstrap", "percentiles of 200 samples", "(Obuchowski 1997), normal interval"),
    "clusters": ("ignored", "Clustering is ignored", "clusters are the sampling units"),
    "sequences": ("pooled", "Sequences are pooled", "Every sequence of readers weighs"),
    "partial": (Part(Focus.SENSITIVITY, 0.7, 1.0), "sensitivity 0.7 to 1", "specificity 0.8 to 1"),
    "mcnemar": (McNemarMethod.MID_P, "as a whole, mid_p", "as a whole, exact"),
    "adjust": (MultipleTests.HOCHBERG, "Hochberg (1988)", "Holm (1979)"),
    "power_effect": (0.3, "effect 0.3,", "effect 0.4"),
    "power": (0.9, "power 0.9", "power 0.8"),
    "prevalence": (0.02, "prevalence of 0.02", "prevalence of 0.01"),
}
# What takes long is asked for where it is looked at.
FROM = {
    "power_effect": replace(PLAN, power_effect=0.4),
    "power": replace(PLAN, power_effect=0.4),
}
# Looked at in a crossover, with two readers of one sequence and one of the other.
OF_CROSSOVERS = ("reopened_time", "sequences")
# Told in the method of every interval that is drawn, which is not the usual one.
DRAWN = {"bootstrap_samples": (300, "300 samples"), "bootstrap_seed": (7, "seed 7")}


def _written(path: Path, *, times: bool) -> Path:
    generator = np.random.default_rng(5)
    lines = ["reader,kind,arm,case,patient,truth,rating,time_s,period"]
    shared = generator.normal(0, 12, CASES)
    for reader in range(3):
        for place, arm in enumerate(("unaided", "aided")):
            for case in range(CASES):
                rating = 40 + (18 + 12 * place) * (case % 2) + shared[case]
                rating = round(float(np.clip(rating + generator.normal(0, 14), 0, 100)))
                seconds = f"{generator.lognormal(4, 0.3):.2f}" if times else ""
                period = 1 + (place + reader) % 2 if times else ""
                lines.append(
                    f"R{reader},human,{arm},C{case:02d},P{case // 2},{case % 2},{rating},"
                    f"{seconds},{period}"
                )
    for case in range(CASES):
        score = round(float(45 + 20 * (case % 2) + generator.normal(0, 15)))
        lines.append(f"AI,ai,,C{case:02d},P{case // 2},{case % 2},{score},,")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(tmp_path_factory.mktemp("methods") / "t.csv", times=False)


@pytest.fixture(scope="module")
def timed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _written(tmp_path_factory.mktemp("timed") / "t.csv", times=True)


def _methods(table: Path, plan: AnalysisSettings) -> tuple[AnalysisResult, str]:
    result = analyse(from_csv(table), plan)
    return result, "\n".join(methods(result))


@pytest.fixture(scope="module")
def usual(table: Path) -> tuple[AnalysisResult, str]:
    return _methods(table, PLAN)


def test_every_setting_is_changed_here() -> None:
    assert {one.name for one in fields(AnalysisSettings)} == set(OTHERS) | set(DRAWN)


def _json(result: AnalysisResult) -> Any:
    return json.loads(results_json(result))


def _agree_with_json(result: AnalysisResult) -> None:
    """Compare the confirmatory table, number by number, with what results.json holds."""
    content = _json(result)
    planned = [
        one for one in content["estimates"] if not one["exploratory"] and len(one["of"]) == 2
        and isinstance(one["of"], list)
    ]  # fmt: skip
    (tests,) = (one for one in report_tables(result) if one.title.startswith("Confirmatory tests"))
    found = [test for test in planned_tests(result) if test.estimate is not None]
    assert len(found) == len(planned)
    by_row = {row.label: dict(zip(tests.header, row.cells, strict=True)) for row in tests.rows}
    assert len(by_row) == len(planned_tests(result))
    for test, row in zip(planned_tests(result), tests.rows, strict=True):
        if test.estimate is None:
            assert row.cells[-1] == NOT_COMPUTED
            continue
        (told,) = (
            one
            for one in planned
            if one["quantity"] == test.quantity
            and one["of"] == [dict(of.items()) for of in test.estimate.subjects]
        )
        cells = by_row[row.label]
        assert cells["Decision"] == told.get("decision", "no test")
        shown = float(cells["Estimate"].replace("\N{MINUS SIGN}", "-"))
        assert shown == pytest.approx(told["estimate"], abs=5.1e-4)
        p = told.get("p_adjusted", told["p"])
        if p is None:
            continue
        size = content["settings"]["alpha"]
        one_sided = "p_adjusted" not in told and "infer" in told["quantity"]
        rejected = p < (size / 2 if one_sided else size)
        assert ("not shown" not in cells["Decision"]) is rejected
    assert content["estimand"] == result.estimand


@pytest.mark.parametrize("name", sorted(OTHERS))
def test_methods_tables_and_decisions_follow_each_setting(
    name: str, table: Path, timed: Path, usual: tuple[AnalysisResult, str]
) -> None:
    value, said, unsaid = OTHERS[name]
    rated = timed if name in OF_CROSSOVERS else table
    before = FROM.get(name, PLAN)
    same = before is PLAN and rated is table
    first = usual[1] if same else _methods(rated, before)[1]
    result, text = _methods(rated, replace(before, **{name: value}))
    assert said in text
    assert said not in first
    assert unsaid in first
    assert unsaid not in text
    _agree_with_json(result)


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_how_intervals_are_drawn_is_told_where_they_are_drawn(name: str, table: Path) -> None:
    value, said = DRAWN[name]
    text = _methods(table, replace(PLAN, interval="bootstrap", **{name: value}))[1]
    assert said in text
    assert "percentiles" not in _methods(table, replace(PLAN, **{name: value}))[1]


@pytest.mark.parametrize("adjust", [one for one in MultipleTests if one != "default"])
def test_methods_name_the_adjustment_for_multiplicity(adjust: MultipleTests, table: Path) -> None:
    result, text = _methods(table, replace(PLAN, adjust=adjust))
    words = {"none": "not adjusted for", "fixed_sequence": "hierarchical", "BH": "Benjamini and H",
             "BY": "Yekutieli"}  # fmt: skip
    assert words.get(adjust, adjust.capitalize()) in text
    _agree_with_json(result)
    (tests,) = (one for one in report_tables(result) if one.title.startswith("Confirmatory tests"))
    assert any(name.startswith("p, ") for name in tests.header) is (adjust.value != "none")


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("or_delong", "Obuchowski-Rockette, AUC, jackknife"),  # of clusters, whatever is named
        ("or_unbiased", "Obuchowski-Rockette, AUC, jackknife"),
        ("u_statistics", "Obuchowski-Rockette, AUC, jackknife"),
    ],
)
def test_methods_name_the_covariance_that_was_used(method: str, words: str, table: Path) -> None:
    assert words in _methods(table, replace(PLAN, method=method))[1]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("or_delong", "Obuchowski-Rockette, AUC, DeLong covariance"),
        ("or_unbiased", "Obuchowski-Rockette, AUC, unbiased covariance"),
        ("u_statistics", "U-statistic variance (Gallas 2006)"),
    ],
)
def test_methods_name_the_covariance_of_independent_cases(
    method: str, words: str, table: Path
) -> None:
    plan = replace(PLAN, method=method, clusters="ignored")  # type: ignore[arg-type]
    text = _methods(table, plan)[1].split("\n")[1]
    assert words in text
    assert "AUC, jackknife" not in text


def test_methods_count_readers_units_patients_and_ai_systems_and_name_hashes(
    usual: tuple[AnalysisResult, str],
) -> None:
    result, text = usual
    assert "3 readers rated 24 exams of 12 patients in 2 arms (unaided, aided)" in text
    assert "12 exams were positive" in text
    assert "1 AI system (AI)" in text
    settings = _json(result)["settings"]
    assert f"SHA-256 of the data: {settings['data_sha256']}" in text
    assert settings["software"] in text


def test_methods_name_the_model_of_reading_times(timed: Path) -> None:
    result, text = _methods(timed, PLAN)
    assert "Reading time: " in text
    assert "mixed model by REML, log(reading time) ~ arm + period" in text
    titles = [one.title for one in report_tables(result)]
    assert "Reading time, readers and cases random" in titles


def test_what_the_plan_asks_for_stands_first_and_the_rest_is_exploratory(
    table: Path,
) -> None:
    tables = report_tables(_methods(table, FROM["power"])[0])
    parts = [one.part for one in tables]
    first = parts.count(ReportPart.CONFIRMATORY)
    assert set(parts[:first]) == {ReportPart.CONFIRMATORY}
    assert set(parts[first:]) == {ReportPart.EXPLORATORY}
    assert [row.label.split(";")[0] for row in tables[0].rows] == [
        "1. AUC: non-inferiority, margin 0.05", "2. AUC: difference", "3. sensitivity: difference",
    ]  # fmt: skip
    titles = [one.title for one in tables]
    for words in (
        "Primary endpoint by arm: AUC", "Supplementary to the plan", "test: Partial area",
        "test: Predictive values", "test: Power", "McNemar", "Variance components",
        "Changes of decision with AI", "Agreement of readers", "Non-inferiority and equivalence",
    ):  # fmt: skip
        assert any(words in title for title in titles), words


def _rows(table: ReportTable) -> list[str]:
    return [row.label for row in table.rows]


def test_a_test_that_could_not_be_computed_keeps_its_place(table: Path) -> None:
    order = ("auc_difference", "ppv_difference", "auc_noninferiority_difference")
    plan = replace(PLAN, order=order, adjust=MultipleTests.FIXED_SEQUENCE)
    result, text = _methods(table, plan)
    assert "(2) positive predictive value: difference: not computed." in text
    tests = report_tables(result)[0]
    assert _rows(tests)[1] == "2. positive predictive value: difference"
    assert tests.rows[1].cells[-1] == NOT_COMPUTED
    # A sequence ends at a test that could not be made.
    assert "not shown" in tests.rows[2].cells[-1]


def test_without_a_plan_everything_is_exploratory(table: Path) -> None:
    result, text = _methods(table, AnalysisSettings())
    assert "There was no analysis plan" in text
    assert {one.part for one in report_tables(result)} == {ReportPart.EXPLORATORY}
    assert "exploratory" in result.estimand
