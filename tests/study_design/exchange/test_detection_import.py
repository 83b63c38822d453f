"""AI results come in as they are meant: found, nothing found, failed and not processed differ."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from given_detection_import import HEADER, ROW, bring_in, statuses
from openpyxl import Workbook

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError
from study_design.exchange.ai_files.without_row import WithoutRow
from study_design.exchange.detection_json import (
    read_system_results,
    result_of,
    write_system_results,
)
from study_design.geometry import Box
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AbnormalityType, AiStatus, View


def test_our_own_json_comes_back_as_it_was_written(
    study: StudyFolder, system_results: SystemResults
) -> None:
    path = study.detections / "demo.json"
    assert read_system_results(path) == system_results
    assert result_of(read_system_results(path), "C001") == system_results.cases[0]
    assert result_of(read_system_results(path), "C003").status is AiStatus.FAILED
    unseen = result_of(read_system_results(path), "C004")
    assert unseen == CaseResult("C004", AiStatus.NOT_PROCESSED)


def test_json_of_a_vendor_is_put_in_the_study_s_names(
    study: StudyFolder, system_results: SystemResults, tmp_path: Path
) -> None:
    (first, *others) = system_results.cases
    box = replace(first.detections[0].boxes[0], image="1.2.3")
    # Names may hold the patient's identifier, so the study's own take their place.
    said = replace(first.detections[0], detection="MRN-1/7", boxes=(replace(box, box="MRN-1/7a"),))
    vendors = replace(first, case="MRN-1", detections=(said,))
    write_system_results(
        tmp_path / "v.json", replace(system_results, cases=(vendors, *others), system="v")
    )
    imported = bring_in(study, tmp_path / "v.json")
    results = read_system_results(imported.path)
    (found,) = results.cases[0].detections
    assert (found.detection, found.boxes[0].box) == (f"{first.case}-D1", f"{first.case}-B1")
    named = replace(found.boxes[0], box=first.detections[0].boxes[0].box)
    assert replace(first.detections[0], detection=found.detection, boxes=(named,)) == replace(
        found, boxes=(named,)
    )
    assert replace(results.cases[0], detections=first.detections) == first
    assert b"MRN-1" not in imported.path.read_bytes()
    assert (results.system, results.simulated) == ("other", True)
    assert (imported.boxes, imported.with_finding) == (1, 1)
    assert imported.warnings == ("1 case without a row: not looked at",)


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_categories_in_any_spelling_come_in_as_ours(
    study: StudyFolder, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"boxes.{form}"
    cells = ["C001", "R-CC", "mass", 10, 20, 30, 40, 0.9, "BI-RADS 4a"]
    header = f"{HEADER},birads".split(",")
    if form == "csv":
        path.write_text("\n".join([",".join(header), ",".join(map(str, cells))]))
    elif form == "xlsx":
        book = Workbook()
        for row in (header, cells):
            book.active.append(row)
        book.save(path)
    else:
        box = DetectionBox("B1", View.R_CC, "C001_R-CC", Box(10, 20, 30, 40))
        found = Detection("D1", (AbnormalityType.MASS,), 0.9, (box,), birads="BI-RADS 4a")
        case = CaseResult("C001", AiStatus.FINDING, (found,), score_exam=0.9)
        write_system_results(path, SystemResults("other", "", "0-1", False, "", (case,)))
    bring_in(study, path)
    results = read_system_results(study.detections / "other.json")
    assert results.cases[0].detections[0].birads == "4A"


def test_a_box_of_json_needs_no_image_as_one_of_a_table_needs_none(
    study: StudyFolder, system_results: SystemResults, tmp_path: Path
) -> None:
    write_system_results(tmp_path / "v.json", replace(system_results, system="v"))
    content = json.loads((tmp_path / "v.json").read_text())
    boxes = [b for c in content["cases"] for d in c["detections"] for b in d["boxes"]]
    for box in boxes:
        del box["image"]
    assert boxes
    (tmp_path / "v.json").write_text(json.dumps(content))
    imported = bring_in(study, tmp_path / "v.json")
    assert read_system_results(imported.path).cases[: len(system_results.cases)] == (
        system_results.cases
    )


def test_cases_without_a_row_are_asked_and_the_answer_stands_in_the_results(
    study: StudyFolder, boxes_csv: Path
) -> None:
    with pytest.raises(BadInputError) as refusal:
        bring_in(study, boxes_csv, without_row=None)
    assert str(refusal.value) == (
        "boxes.csv: expected a row on every image of every case, got nothing of 3 of 4 cases "
        "(C002, C003, C004). Say what holds without a row: --without-row none (looked at, nothing "
        "found) or --without-row not_processed (not looked at)."
    )
    assert not (study.detections / "other.json").exists()
    bring_in(study, boxes_csv, without_row=WithoutRow.NONE)
    assert [*statuses(study).values()] == ["finding", "none", "none", "none"]
    imported = bring_in(study, boxes_csv)
    assert statuses(study) == {
        "C001": AiStatus.FINDING,
        "C002": AiStatus.NOT_PROCESSED,
        "C003": AiStatus.NOT_PROCESSED,
        "C004": AiStatus.NOT_PROCESSED,
    }
    assert "the score of exam and breast is the highest" in imported.warnings[0]
    assert imported.warnings[-1] == "3 cases without a row: not looked at"
    assert read_system_results(imported.path).provenance == (
        "imported from boxes.csv; 3 cases without a row: not looked at, as was said when they came "
        "in"
    )
    result = result_of(read_system_results(imported.path), "C001")
    assert (result.score_exam, result.score_right, result.score_left) == (0.9, 0.9, None)
    assert result.detections[0].boxes[0].image == "C001_R-CC"


def test_a_second_table_says_which_cases_failed_and_the_scale(
    study: StudyFolder, boxes_csv: Path, tmp_path: Path
) -> None:
    boxes_csv.write_text(f"{HEADER}\n{ROW.replace('0.9', '90')}\n")
    (tmp_path / "ai_cases.csv").write_text(
        "system,version,case,status,score_exam,scale\nother,2.1,MRN-1,finding,95,0-100\n"
        "other,2.1,C002,none,3,0-100\nother,2.1,C003,failed,,0-100\nelse,1,C004,none,,\n"
    )
    boxes_csv.write_text(boxes_csv.read_text().replace("C001", "MRN-1"))
    imported = bring_in(study, boxes_csv)
    assert [*statuses(study).values()] == ["finding", "none", "failed", "not_processed"]
    results = read_system_results(imported.path)
    assert (results.version, results.scale, results.cases[0].score_exam) == ("2.1", "0-100", 95.0)
    assert imported.warnings == (
        "ai_cases.csv: 1 rows of other systems left out",
        "1 case without a row: not looked at",
    )
    both = bring_in(study, tmp_path / "ai_cases.csv", boxes_csv)
    assert both.warnings[0] == imported.warnings[0]


def test_boxes_that_share_a_detection_belong_together(study: StudyFolder, boxes_csv: Path) -> None:
    boxes_csv.write_text(
        f"{HEADER},detection,box\n{ROW},D7,a\nC001,R-MLO,mass,1,2,3,4,0.9,D7,b\n{ROW},D8,c\n"
    )
    imported = bring_in(study, boxes_csv)
    first, second = result_of(read_system_results(imported.path), "C001").detections
    assert [box.view for box in first.boxes] == [View.R_CC, View.R_MLO]
    assert (second.detection, len(second.boxes)) == ("D8", 1)


def test_results_that_take_the_place_of_others_say_so(study: StudyFolder, boxes_csv: Path) -> None:
    first, second = bring_in(study, boxes_csv), bring_in(study, boxes_csv)
    assert not any("take their place" in line for line in first.warnings)
    assert "other has results in the study: these take their place" in second.warnings
