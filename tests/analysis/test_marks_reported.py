"""What an analysis of marks warns of, refuses and reports."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from given_with_marks import (
    LESION,
    SETTINGS,
    Study,
    result_of,
    value,
)

from analysis.estimates.confirmatory_tests import planned_tests
from analysis.froc.froc_data import FrocError
from analysis.froc.froc_settings import FrocSettings
from analysis.report.froc_figure import froc_figure
from analysis.report.methods_text import methods
from analysis.report.report_tables import report_tables
from analysis.report.results_json import results_json
from analysis.result import AnalysisResult
from analysis.study_analysis import analyse
from analysis.tables import StudySource, from_study
from analysis.with_marks import with_marks
from reader_app.results.plan_settings import analysis_settings, froc_settings
from study_design.protocol.analysis_plan import AnalysisPlan


def test_a_single_reader_has_no_random_readers() -> None:
    study = Study()
    study.reads = study.reads[study.reads["reader"] == "A"]
    assert all(one.subjects[0].random is None for one in result_of(study).select("fom_wafroc"))


@pytest.mark.parametrize("random", [None, "readers and cases"])
def test_marks_of_uneven_sequences_have_the_mean_of_the_sequences(random: str | None) -> None:
    study = Study()
    # A and B read unaided first, C aided; only B differs between the arms, by its own value.
    second = (study.reads["arm"] == "aided") != (study.reads["reader"] == "C")
    study.reads["period"] = second.map({True: 2, False: 1})
    found = result_of(study, replace(SETTINGS, quantity="fom_wafroc", method="or_jackknife"))
    own = value(found, "fom_wafroc_difference", reader="B", arm="aided").estimate or 0.0
    assert own > 0
    of = {"readers": "all", "arm": "aided"} | ({"random": random} if random else {})
    mean = value(found, "fom_wafroc_difference", **of)
    assert mean.estimate == pytest.approx(own / 4)
    assert "mean of the sequences' mean differences" in mean.method
    assert mean.exploratory is (random is None)
    if random:
        plain = value(found, "fom_wafroc_unweighted_difference", **of)
        assert plain.estimate == pytest.approx(own / 3)
        assert plain.exploratory


# What each key of the plan on marks may be instead, under which others; what Methods then say, what
# they no longer say; and whether the figure of merit, or what is read off FROC curves, follows.
MARKS: dict[str, tuple[dict[str, Any], Any, str, str, str]] = {
    "hit_rule": ({}, "highest_iou", "Hit rule of marks: highest IoU above 0", "IoU >= 0.6", "fom"),
    "hit_iou": ({}, 0.3, "Hit rule of marks: IoU >= 0.3", "Hit rule of marks: IoU >= 0.6", "fom"),
    "hit_radius_mm": (
        {"hit_rule": "radius"}, 1.0, "centres within 1 mm; two points match within 1 mm",
        "centres within 15 mm", "fom",
    ),
    "false_marks": (
        {}, (2.0,), "read at 2 false marks per image", "read at 0.25, 0.5, 1 false", "froc",
    ),
    "false_marks_limit": ({}, 0.01, "that up to 0.01 per image", "that up to 1 per image", "froc"),
}  # fmt: skip


def _of_plan(plan: AnalysisPlan) -> tuple[AnalysisResult, Any, str]:
    """Return a result by a plan, what results.json holds, and Methods.

    Reader C's marks on the first lesion overlap it by an IoU of .5, 1.3 mm away.
    """
    study = Study()
    aside = study.findings["read"].str.startswith("C-") & study.findings["read"].str.endswith("C00")
    study.findings.loc[aside, "x_px"] = LESION["x_px"] + 40 / 3
    settings = replace(analysis_settings(plan), unit="exam")
    rated = analyse(from_study(study, settings), settings)
    result = with_marks(rated, StudySource(study), settings, froc_settings(plan))
    return result, json.loads(results_json(result)), "\n".join(methods(result))


def test_every_key_on_marks_is_changed_here() -> None:
    keys = set(AnalysisPlan.model_fields)
    assert set(MARKS) == {key for key in keys if key.startswith(("hit_", "false_marks"))}


@pytest.mark.parametrize("quantity", ["fom_wafroc", "fom_hr_auc"])
@pytest.mark.parametrize("key", sorted(MARKS))
def test_methods_tables_and_decisions_follow_each_key_on_marks(key: str, quantity: str) -> None:
    others, value_then, said, unsaid, moved = MARKS[key]
    usual = {
        "quantity": quantity, "arms": ("unaided", "aided"), "hit_iou": 0.6,
        "bootstrap_samples": 20, **others,
    }  # fmt: skip
    (_, before, first), (result, after, text) = (
        _of_plan(AnalysisPlan.model_validate(plan)) for plan in (usual, {**usual, key: value_then})
    )
    assert said in text
    assert said not in first
    assert unsaid in first
    assert unsaid not in text
    assert before["settings"] != after["settings"]

    def numbers(content: Any, start: str) -> list[tuple[object, ...]]:
        return [
            (one["quantity"], str(one["of"]), one["estimate"])
            for one in content["estimates"]
            if one["quantity"].startswith(start) and "hit_rule" not in str(one["of"])
        ]

    figures = "fom_wafroc" if quantity == "fom_wafroc" else "fom_"
    assert (numbers(before, figures) != numbers(after, figures)) is (moved == "fom")
    assert moved == "fom" or numbers(before, "froc_") != numbers(after, "froc_")
    planned = [one for one in planned_tests(result) if one.estimate is not None]
    tests = report_tables(result)[0]
    assert tests.title.startswith("Confirmatory tests")
    assert len(tests.rows) == len(planned) > 0
    for test, row in zip(planned, tests.rows, strict=True):
        assert test.estimate is not None
        (told,) = (
            one
            for one in after["estimates"]
            if not one["exploratory"]
            and one["quantity"] == test.quantity
            and one["of"] == [dict(of.items()) for of in test.estimate.subjects]
        )
        cells = dict(zip(tests.header, row.cells, strict=True))
        assert cells["Decision"] == told.get("decision", "no test")
        shown = float(cells["Estimate"].replace("\N{MINUS SIGN}", "-"))
        assert shown == pytest.approx(told["estimate"], abs=5.1e-4)


def test_the_plan_s_figure_is_tried_under_the_other_rules() -> None:
    plan = AnalysisPlan(
        quantity="fom_hr_auc", arms=("unaided", "aided"), hit_iou=0.6, hit_radius_mm=1.0,
        bootstrap_samples=20,
    )  # fmt: skip
    result, _, _ = _of_plan(plan)
    rules = {one.subjects[0].hit_rule for one in result.select("fom_hr_auc")} - {None}
    assert {"IoU >= 0.3", "centres within 1 mm"} <= rules
    titles = {one.title: one for one in report_tables(result)}
    assert "wAFROC under other hit rules" not in titles
    main = titles["Weighted AFROC figure of merit of marks"]
    told = "AUC of the highest marks is the same under other hit rules: "
    assert told in main.caption or "AUC of the highest marks under other hit rules" in titles


def test_settings_that_compute_nothing_are_refused() -> None:
    with pytest.raises(FrocError, match="at least one figure"):
        FrocSettings(figures=())
    with pytest.raises(FrocError, match="above 0"):
        FrocSettings(limit=0)


def test_a_case_that_the_ai_failed_on_leaves_it_partially_paired_with_random_readers() -> None:
    study = Study()
    study.ai_cases.loc[6, "status"] = "failed"
    found = result_of(study)
    against = [
        one
        for one in found.select("fom_wafroc_difference")
        if one.subjects[0].system and one.subjects[1].random
    ]
    assert all(one.estimate is not None and one.ci is not None for one in against)
    assert all("partially paired" not in str(one.reason) for one in against)
    assert value(found, "fom_wafroc", system="DNN").n.n_cases == 11


def test_a_curve_that_leaves_the_figure_has_no_dot_in_it() -> None:
    study = Study()
    far = study.detections.iloc[[2]]
    boxes = [far.assign(detection=f"F{place}", box=f"F{place}") for place in range(120)]
    study.detections = pd.concat([study.detections, *boxes], ignore_index=True)
    found = result_of(study)
    (alone,) = [one for one in found.froc_curves if one.of.system]
    assert alone.false_marks[-1] == 121 / 48
    drawn = froc_figure(found)
    assert "Cut at 2 false marks per image." in drawn.caption


def test_arms_keep_the_order_of_the_result_whatever_that_of_the_reads() -> None:
    study = Study()
    study.reads = study.reads.iloc[::-1].reset_index(drop=True)
    found = result_of(study)
    assert found.arms == ("unaided", "aided")
    between_arms = [one for one in found.select("fom_wafroc_difference") if one.subjects[0].reader]
    assert {(a.arm, b.arm) for a, b in (one.subjects for one in between_arms)} == {
        ("aided", "unaided")
    }


def test_a_plan_of_marks_without_marks_is_warned_of_first() -> None:
    study = Study()
    study.lesions["x_px"] = np.nan
    planned = replace(SETTINGS, quantity="fom_wafroc", order=("fom_afroc_difference",))
    found = result_of(study, planned)
    assert found.warnings[0].startswith("The plan asks for fom_afroc_difference, fom_wafroc: ")
    assert "in this study no lesion has a place" in found.warnings[0]
    assert result_of(study).warnings == analyse(from_study(study, SETTINGS), SETTINGS).warnings
