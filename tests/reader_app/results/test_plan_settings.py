"""The locked plan in the terms of the analysis: nothing that a plan may say is lost or refused."""

from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from typer.testing import CliRunner

from analysis.froc.figures_of_merit import FrocFigure
from analysis.froc.hit_rules import Nearness
from analysis.settings import QUANTITIES, AnalysisSettings
from reader_app.__main__ import application
from reader_app.results.plan_settings import analysis_settings, froc_settings
from study_design.errors import BadInputError
from study_design.protocol.analysis_plan import AnalysisPlan, PlannedQuantity
from study_design.protocol.study_file import read_analysis_plan


def test_what_a_plan_leaves_out_is_as_the_analysis_has_it() -> None:
    found, usual = analysis_settings(AnalysisPlan()), AnalysisSettings()
    for field in fields(AnalysisSettings):
        if field.name not in {"quantity", "unit"}:
            assert getattr(found, field.name) == getattr(usual, field.name), field.name
    assert (found.quantity, found.unit) == ("auc", "exam")


def test_every_setting_is_a_key_of_the_plan() -> None:
    keys = set(AnalysisPlan.model_fields)
    settings = {field.name for field in fields(AnalysisSettings)}
    assert settings - keys == {"partial"}
    marks = {"hit_rule", "hit_iou", "hit_radius_mm", "false_marks", "false_marks_limit"}
    assert keys - settings == {"partial_over", "partial_from", "partial_to"} | marks


@pytest.mark.parametrize("quantity", get_args(PlannedQuantity))
def test_every_quantity_of_a_plan_is_one_of_the_analysis(quantity: str) -> None:
    plan = AnalysisPlan.model_validate({"quantity": quantity, "partial_over": "specificity"})
    assert analysis_settings(plan).quantity == quantity
    assert set(get_args(PlannedQuantity)) == set(QUANTITIES)


def test_the_plan_s_figure_of_marks_stands_first_and_its_rule_is_no_alternative() -> None:
    plan = AnalysisPlan(quantity="fom_hr_auc", hit_rule="radius", hit_radius_mm=10)
    found = froc_settings(plan)
    assert found.figures[0] is FrocFigure.HR_AUC
    assert len(set(found.figures)) == len(found.figures)
    assert (found.rule.nearness, found.rule.radius_mm) == (Nearness.RADIUS, 10)
    assert found.rule not in found.alternatives
    usual = froc_settings(AnalysisPlan(hit_iou=0.5))
    assert all(one.iou != 0.5 or one.nearness is not Nearness.IOU for one in usual.alternatives)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[analysis]\nmargn = 1", "Did you mean margin"),
        ('[analysis]\nquantity = "partial_auc"', "partial_over"),
        ("[analysis]\npartial_from = 0.9\npartial_to = 0.8", "partial_from is below"),
        ("[analysis]\nfalse_marks = [0]", "above 0"),
        ("[other]\n", "analysis"),
        ("[analysis", "expected TOML"),
    ],
)
def test_a_plan_that_is_wrong_is_refused_by_key(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=words):
        read_analysis_plan(path)


def _ratings(path: Path) -> Path:
    rows = [f"R{r},{a},C{n},{n % 2},{(n * 7 + r * 3 + len(a)) % 11 + 3 * (n % 2)}"
            for r in range(3) for a in ("off", "with") for n in range(20)]  # fmt: skip
    path.write_text("\n".join(["reader,arm,case,truth,rating", *rows]) + "\n", encoding="utf-8")
    return path


def test_a_table_is_analysed_by_a_plan_of_its_own(tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('[analysis]\nmethod = "or_jackknife"\nmargin = 0.1\nalpha = 0.1\n'
                    'arms = ["off", "with"]\n')  # fmt: skip
    out = tmp_path / "results"
    table = str(_ratings(tmp_path / "t.csv"))
    done = CliRunner().invoke(
        application(["analyse"]),
        ["analyse", "--table", table, "--plan", str(plan), "--out", str(out)],
    )
    assert done.exit_code == 0, done.output
    text = (out / "results.json").read_text(encoding="utf-8")
    assert '"method": "or_jackknife"' in text
    assert "auc_noninferiority_difference" in text
    assert '"exploratory": false' in text


def test_a_study_has_its_own_plan(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        application(["analyse"]),
        ["analyse", str(tmp_path), "--plan", str(tmp_path / "p"), "--out", str(tmp_path / "o")],
    )
    assert done.exit_code == 1
    assert not (tmp_path / "o").exists()
