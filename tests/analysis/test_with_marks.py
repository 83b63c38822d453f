"""From a study's tables to estimates of its marks."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.estimates.confirmatory_tests import planned_tests
from analysis.froc.figures_of_merit import FrocFigure
from analysis.froc.froc_data import FrocError
from analysis.froc.froc_settings import FrocSettings
from analysis.froc.hit_rules import IOU_30
from analysis.froc.marked_cases import matched_marks
from analysis.report.froc_figure import froc_figure
from analysis.report.methods_text import methods
from analysis.report.report import write_analysis
from analysis.report.report_tables import report_tables
from analysis.report.results_json import results_json
from analysis.result import AnalysisResult, Estimate
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import StudySource, from_study
from analysis.with_marks import with_marks
from reader_app.results.plan_settings import analysis_settings, froc_settings
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS
from study_design.exchange.mark_tables import FINDINGS
from study_design.exchange.read_tables import READS
from study_design.images import case_list
from study_design.protocol.analysis_plan import AnalysisPlan
from study_design.tables.column import Table
from study_design.truth_tables import LESIONS, REFERENCE

CASES = [f"C{number:02}" for number in range(12)]
DISEASED = CASES[:4]
VIEWS = ("R-CC", "R-MLO", "L-CC", "L-MLO")
LESION = {"x_px": 100.0, "y_px": 100.0, "width_px": 40.0, "height_px": 40.0}
AWAY = {"x_px": 400.0, "y_px": 400.0, "width_px": 40.0, "height_px": 40.0}
SETTINGS = AnalysisSettings(unit="exam")


def frame(table: Table[Any], rows: list[dict[str, object]]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=list(table.columns))
    text = [name for name in found if name not in table.numeric]
    filled = {name: found[name].astype(object).where(found[name].notna(), "") for name in text}
    return found.assign(**{name: column.astype(str) for name, column in filled.items()})


@dataclass
class Study:
    """Three readers in two arms and an AI, on 4 exams with a lesion on two views and 8 without.

    Reader A finds everything; B misses the first lesion when unaided; C puts a false mark on the
    first normal exam, above all else. The AI finds two lesions and has one false mark.
    """

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
        reads = [
            {"read": f"{reader}-{arm}-{case}", "step": 1, "reader": reader, "kind": "human",
             "arm": arm, "revealed": int(arm == "aided"), "role": "test", "case": case,
             "status": "final", "period": 1, "rating": 50.0 + 10 * (case in DISEASED)}
            for reader in "ABC" for arm in self.arms for case in CASES
        ]  # fmt: skip
        self.reads = frame(READS, reads)
        marks = [mark for read in reads for mark in self.marks_of(read)]
        self.findings = frame(FINDINGS, marks)
        images = [
            {"case": case, "patient": case, "exam": case, "exam_role": "current", "view": view,
             "image": f"{case}-{view}", "spacing_mm": 0.1, "excluded": 0}
            for case in CASES for view in VIEWS
        ]  # fmt: skip
        self.cases = frame(case_list.CASES, images)
        truth = [{"case": case, "truth": int(case in DISEASED)} for case in CASES]
        self.reference = frame(REFERENCE, truth)
        lesions = [
            {"case": case, "lesion": "L1", "view": view, "types": "mass", "malignant": 1, **LESION}
            for case in DISEASED for view in VIEWS[:2]
        ]  # fmt: skip
        self.lesions = frame(LESIONS, lesions)
        boxes = [(case, "R-CC", 0.9, LESION) for case in DISEASED[:2]]
        boxes.append((CASES[-1], "L-CC", 0.5, AWAY))
        self.detections = frame(
            DETECTIONS,
            [
                {"system": "DNN", "case": case, "view": view, "detection": f"D{case}",
                 "box": f"B{case}", "types": "mass", "score": score, **box}
                for case, view, score, box in boxes
            ],
        )  # fmt: skip
        with_box = {case for case, *_ in boxes}
        self.ai_cases = frame(
            AI_CASES,
            [
                {"system": "DNN", "case": case, "scale": "0-1", "score_exam": 0.1,
                 "status": "finding" if case in with_box else "none"}
                for case in CASES
            ],
        )  # fmt: skip

    def marks_of(self, read: dict[str, object]) -> list[dict[str, object]]:
        case, reader = read["case"], read["reader"]
        bare = {"read": read["read"], "step": 1, "types": "mass", "finding": 1}
        missed = reader == "B" and read["arm"] == "unaided" and case == DISEASED[0]
        if case in DISEASED and not missed:
            return [
                {**bare, "mark": place, "view": view, "rating": 70.0, **LESION}
                for place, view in enumerate(VIEWS[:2], 1)
            ]
        if reader == "C" and case == CASES[4]:
            return [{**bare, "mark": 1, "view": "L-CC", "rating": 90.0, **AWAY}]
        return []


def result_of(study: Study, settings: AnalysisSettings = SETTINGS) -> AnalysisResult:
    own = FrocSettings(figures=(FrocFigure.WAFROC, FrocFigure.MAX_LLF))
    plain = analyse(from_study(study, settings), settings)
    return with_marks(plain, StudySource(study), settings, own)


def value(result: AnalysisResult, quantity: str, **of: str) -> Estimate:
    (found,) = [
        one
        for one in result.select(quantity)
        if dict(one.subjects[0].items()) == {"target": "malignant", **of}
    ]
    return found


@pytest.fixture(scope="module")
def result() -> AnalysisResult:
    return result_of(Study())


def test_readers_and_ai_have_their_figures_of_merit(result: AnalysisResult) -> None:
    assert value(result, "fom_wafroc", reader="A", arm="unaided").estimate == 1
    # One lesion of four unmarked ties with every unmarked normal exam.
    assert value(result, "fom_wafroc", reader="B", arm="unaided").estimate == 0.875
    # One normal exam of eight lies above every lesion.
    assert value(result, "fom_wafroc", reader="C", arm="aided").estimate == 0.875
    assert value(result, "fom_max_llf", system="DNN").estimate == 0.5
    ai = value(result, "fom_wafroc", system="DNN")
    assert ai.estimate == pytest.approx((2 * 8 + 2 * 7 * 0.5) / 32)
    assert ai.ci is not None
    assert ai.ci.low < ai.estimate < ai.ci.high
    assert (ai.n.n_cases, ai.n.n_positive) == (12, 4)


def test_means_differences_and_random_readers_agree_with_the_readers(
    result: AnalysisResult,
) -> None:
    mean = value(result, "fom_wafroc", readers="all", arm="unaided")
    random = value(result, "fom_wafroc", readers="all", arm="unaided", random="readers and cases")
    assert mean.estimate == pytest.approx((1 + 0.875 + 0.875) / 3)
    assert random.estimate == pytest.approx(mean.estimate)
    assert "Obuchowski-Rockette, wAFROC, jackknife" in random.method
    differences = result.select("fom_wafroc_difference")
    (between_arms,) = [
        one
        for one in differences
        if one.subjects[0].readers and one.subjects[0].random and one.subjects[0].arm == "aided"
    ]
    assert between_arms.subjects[1].arm == "unaided"
    assert between_arms.estimate == pytest.approx(0.125 / 3)
    against = [one for one in differences if one.subjects[0].system and one.subjects[1].random]
    assert [one.subjects[1].arm for one in against] == ["unaided", "aided"]
    assert "1T-RRRC" in against[0].method
    assert against[0].estimate == pytest.approx(23 / 32 - mean.estimate)


def test_froc_readings_count_images(result: AnalysisResult) -> None:
    point = {"operating_point": "0.25 false marks per image", "unit": "image"}
    alone = value(result, "froc_sensitivity", system="DNN", **point)
    assert alone.estimate == 2 / 8  # of eight lesion images
    assert (alone.n.n_units, alone.n.n_cases) == (48, 12)
    assert alone.ci is not None
    assert alone.se is not None
    # Two patients of four are found by the AI, with both of their images or neither.
    assert 0 <= alone.ci.low < 2 / 8 < alone.ci.high <= 1
    assert "cluster bootstrap of patients" in alone.method
    sure = value(result, "froc_sensitivity", reader="A", arm="aided", **point)
    assert (sure.estimate, sure.ci) == (1, None)
    assert "not estimable" in str(sure.reason)
    area = value(result, "froc_partial_area", reader="A", arm="unaided", unit="image")
    assert (area.estimate, area.ci) == (1, None)
    silent = value(result, "froc_partial_area", reader="B", arm="unaided", unit="image")
    assert silent.estimate == 6 / 8
    assert silent.ci is not None
    assert silent.ci.low < 6 / 8 < silent.ci.high <= 1
    assert "area up to 1 false mark per image" in silent.method
    curve = next(one for one in result.froc_curves if one.of.reader == "C")
    assert curve.false_marks.tolist() == [0, 1 / 48, 1 / 48]
    assert curve.lesions.tolist() == [0, 0, 1]


def test_other_hit_rules_stand_beside_that_of_the_settings(result: AnalysisResult) -> None:
    rules = {one.subjects[0].hit_rule for one in result.select("fom_wafroc")}
    assert rules >= {None, "IoU >= 0.5", "highest IoU above 0", "centres within 15 mm"}


def test_the_report_holds_the_figure_and_the_numbers(
    result: AnalysisResult, tmp_path: Path
) -> None:
    write_analysis(result, tmp_path)
    assert (tmp_path / "figures" / "froc.svg").is_file()
    assert '"hit_rule": "IoU >= 0.5"' in (tmp_path / "results.json").read_text(encoding="utf-8")
    marks = (tmp_path / "tables" / "marks.csv").read_text(encoding="utf-8")
    assert marks.count("\nfom_wafroc_difference,") == len(result.select("fom_wafroc_difference"))
    points = (tmp_path / "tables" / "froc_points.csv").read_text(encoding="utf-8")
    assert points.count("\n") - 1 == sum(len(one.lesions) for one in result.froc_curves)
    assert "False marks per image" in (tmp_path / "figures" / "froc.svg").read_text("utf-8")


def test_by_image_a_finding_on_two_views_is_two_marks() -> None:
    source = StudySource(Study())
    by_exam = matched_marks(source.marked("exam", SETTINGS), IOU_30).study
    by_image = matched_marks(source.marked("image", SETTINGS), IOU_30).study
    by_breast = matched_marks(source.marked("breast", SETTINGS), IOU_30).study
    assert [len(one.lesions.case) for one in (by_exam, by_breast, by_image)] == [4, 4, 8]
    assert [len(one.unit) for one in (by_exam, by_breast, by_image)] == [12, 24, 48]
    # All images of a patient are one sampling unit.
    assert len(np.unique(by_image.unit)) == 12


def test_a_second_finding_on_a_lesion_is_neither_hit_nor_false_mark() -> None:
    study = Study()
    again = study.findings.iloc[:2].assign(finding=2, rating=80.0)
    study.findings = pd.concat([study.findings, again], ignore_index=True)
    found = matched_marks(StudySource(study).marked("exam", SETTINGS), IOU_30).study
    assert found.lesions.rating[0].tolist() == [80, 70, 70, 70]
    assert len(found.false_marks.case) == 3  # C in two arms, and the AI


def benign(study: Study) -> None:
    study.lesions.loc[study.lesions["case"] == DISEASED[0], "malignant"] = 0
    study.reference.loc[study.reference["case"] == DISEASED[0], "truth"] = 0


def nowhere(study: Study) -> None:
    study.lesions.loc[study.lesions["case"] == DISEASED[0], "x_px"] = np.nan


def unknown(study: Study) -> None:
    study.lesions = study.lesions[study.lesions["case"] != DISEASED[0]]


@pytest.mark.parametrize(
    ("change", "n_cases", "notes"), [(benign, 12, 0), (nowhere, 11, 1), (unknown, 11, 1)]
)
def test_what_is_no_target_is_normal_and_what_has_no_place_is_left_out(
    change: Callable[[Study], None], n_cases: int, notes: int
) -> None:
    study = Study()
    change(study)
    marked = StudySource(study).marked("exam", SETTINGS)
    found = matched_marks(marked, IOU_30).study
    assert len(found.unit) == n_cases
    assert found.diseased.sum() == 3
    assert len(marked.notes) == notes


def test_a_type_has_its_own_lesions_and_marks() -> None:
    study = Study()
    study.lesions.loc[study.lesions["case"] == DISEASED[0], "types"] = "asymmetry"
    settings = AnalysisSettings(unit="exam", target="type_present:mass")
    found = matched_marks(StudySource(study).marked("exam", settings), IOU_30).study
    assert found.diseased.sum() == 3


@pytest.mark.parametrize(("rule", "seen"), [("exclude", 11), ("lowest", 12)])
def test_a_case_that_the_ai_failed_on_is_left_out_or_unmarked(rule: str, seen: int) -> None:
    study = Study()
    study.ai_cases.loc[3, "status"] = "failed"
    settings = AnalysisSettings(unit="exam", ai_failed=rule)  # type: ignore[arg-type]
    found = matched_marks(StudySource(study).marked("exam", settings), IOU_30)
    (system,) = [place for place, row in enumerate(found.rows) if row.reader == "DNN"]
    assert found.study.read[system].sum() == seen


def test_marks_without_any_rating_count_alike_and_some_without_are_refused() -> None:
    study = Study()
    study.findings["rating"] = np.nan
    found = matched_marks(StudySource(study).marked("exam", SETTINGS), IOU_30).study
    assert set(found.lesions.rating[0].tolist()) == {1.0}
    study.findings.loc[0, "rating"] = 50.0
    with pytest.raises(FrocError, match="a rating of each mark"):
        StudySource(study).marked("exam", SETTINGS)
    assert any("Marks are not analysed" in one for one in result_of(study).warnings)


def test_a_study_without_places_keeps_its_result() -> None:
    study = Study()
    study.lesions = study.lesions.assign(view="")
    assert not result_of(study).froc_curves
    study.lesions = study.lesions.assign(view="R-CC", malignant=0)
    assert "got none" in result_of(study).warnings[-1]


def test_one_lesion_has_figures_of_merit_without_interval_and_a_reason() -> None:
    study = Study()
    for case in DISEASED[1:]:
        study.cases.loc[study.cases["case"] == case, "excluded"] = 1
    found = result_of(study)
    assert value(found, "fom_wafroc", reader="A", arm="aided").reason
    random = value(found, "fom_wafroc", readers="all", arm="aided", random="readers and cases")
    assert "two cases with a lesion" in str(random.reason)


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
