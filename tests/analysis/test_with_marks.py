"""From a study's tables to estimates of its marks."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from given_with_marks import (
    DISEASED,
    SETTINGS,
    Study,
    result_of,
    value,
)

from analysis.froc.froc_data import FrocError
from analysis.froc.hit_rules import IOU_30
from analysis.froc.marked_cases import matched_marks
from analysis.report.report import write_analysis
from analysis.result import AnalysisResult
from analysis.settings import AnalysisSettings
from analysis.tables import StudySource


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
