"""AI results that contradict the study or themselves are refused, and nothing is written."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from given_detection_import import HEADER, ROW, bring_in, found, scores, statuses
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError, ProtocolError
from study_design.exchange.ai_files.without_row import WithoutRow
from study_design.exchange.detection_json import (
    detections_path,
    read_system_results,
)
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS, box_rows, case_rows
from study_design.exchange.system_facts import AI_SYSTEMS, systems_json
from study_design.protocol.study_file import Arm
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_csv
from study_design.vocabulary import AiInitial, AiStatus


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ("C009,R-CC,mass,1,2,3,4,0.9", "expected cases of the study, got 'C009'"),
        ("C001,R-CC,mass,1,2,3,4,90", "scores on the scale 0-1, got 90"),
        ("C001,R-CC,mass,290,2,30,4,0.9", "a box inside 300 x 400 pixels, got 290, 2, 30 x 4"),
        ("C001,R-CC,mass,1,2,3,4,", "row 2, score: expected a number, got ''"),
        ("C001,R-CC,mass,,,,,0.9", "row 2, x_px: expected a number"),
        ("C001,RCC,mass,1,2,3,4,0.9", "row 2, view: expected one of R-CC"),
        ("C001,R-CC,lump,1,2,3,4,0.9", "row 2, types: expected mass"),
    ],
)
def test_a_wrong_row_is_refused_and_nothing_written(
    study: StudyFolder, boxes_csv: Path, rows: str, line: str
) -> None:
    boxes_csv.write_text(f"{HEADER}\n{rows}\n")
    with pytest.raises(BadInputError, match=line):
        bring_in(study, boxes_csv)
    assert [path.name for path in study.detections.iterdir()] == ["demo.json"]


def test_tables_that_contradict_each_other_are_refused(
    study: StudyFolder, boxes_csv: Path, tmp_path: Path
) -> None:
    cases = tmp_path / "ai_cases.csv"
    for text, line in (
        ("case,status\nC002,none\n", "expected cases that ai_cases.csv names, got 'C001'"),
        ("case,status\nC001,none\n", "expected the status finding beside detections, got none"),
        ("case,status\nC001,finding\nC001,finding\n", "expected each case once, got C001 twice"),
        ("case,status\nC001,maybe\n", "row 2, status: expected one of finding"),
        ("case,status,scale\nC001,finding,high\n", "expected a scale like 0-1, got 'high'"),
        ("case,status,scale\nC001,finding,0-1\nC002,none,0-9\n", "expected one scale"),
        ("case,status,version\nC001,finding,1\nC002,none,2\n", "expected one version of other"),
    ):
        cases.write_text(text)
        with pytest.raises(BadInputError, match=line):
            bring_in(study, boxes_csv)
    boxes_csv.write_text(f"{HEADER},box\n{ROW},a\n{ROW},a\n")
    with pytest.raises(BadInputError, match="row 3, box: expected each box once"):
        bring_in(study, boxes_csv)
    boxes_csv.write_text(f"{HEADER},detection\n{ROW},a\n{ROW.replace('0.9', '0.8')},a\n")
    with pytest.raises(BadInputError, match="same type and score in all boxes"):
        bring_in(study, boxes_csv)
    boxes_csv.write_text(f"{HEADER},system\n{ROW},third\n")
    with pytest.raises(BadInputError, match="expected rows of other, got third"):
        bring_in(study, boxes_csv)
    with pytest.raises(BadInputError, match="Name the files of one system"):
        bring_in(study, boxes_csv, boxes_csv)


def test_a_box_on_an_image_of_another_view_or_unknown_to_the_study_is_refused(
    study: StudyFolder, boxes_csv: Path
) -> None:
    boxes_csv.write_text(f"{HEADER},image\n{ROW},C001_L-CC\n")
    with pytest.raises(BadInputError, match="an image that shows R-CC, got C001_L-CC"):
        bring_in(study, boxes_csv)
    boxes_csv.write_text(f"{HEADER},image\n{ROW},9.9.9\n")
    with pytest.raises(BadInputError, match=r"expected images of the study, got '9\.9\.9'"):
        bring_in(study, boxes_csv)


def test_names_and_locked_studies_are_kept(
    study: StudyFolder, locked_study_elsewhere: StudyFolder, boxes_csv: Path
) -> None:
    with pytest.raises(BadInputError, match="Expected a system's name"):
        bring_in(study, boxes_csv, system="../x")
    with pytest.raises(ProtocolError, match="cannot bring in other AI results"):
        bring_in(locked_study_elsewhere, boxes_csv)


@pytest.fixture
def locked_study_elsewhere(masters: dict[str, StudyFolder]) -> StudyFolder:
    return masters["locked"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{", "expected JSON"),
        ("[]", "expected schema 1, got None"),
        ('{"schema": 2}', "expected schema 1, got 2"),
        ('{"schema": 1, "system": "x"}', "version: Field required"),
    ],
)
def test_json_of_another_form_is_named(tmp_path: Path, text: str, line: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(BadInputError, match=line):
        read_system_results(path)


def test_a_missing_file_and_a_key_that_is_not_known_are_named(
    study: StudyFolder, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError, match="Expected AI results at"):
        read_system_results(tmp_path / "x.json")
    content = json.loads((study.detections / "demo.json").read_text())
    content["cases"][0]["detections"][0]["scores"] = 1
    (tmp_path / "x.json").write_text(json.dumps(content))
    with pytest.raises(BadInputError, match=r"x\.json, cases 0, detections 0: .* got scores"):
        read_system_results(tmp_path / "x.json")


def test_an_arm_shows_its_system_or_the_only_one_there_is(
    study: StudyFolder, boxes_csv: Path
) -> None:
    open_arm = Arm(name="aided", ai=True, initial=AiInitial.HIDDEN)
    named = open_arm.model_copy(update={"system": "other"})
    assert detections_path(study, open_arm).name == "demo.json"
    with pytest.raises(ProtocolError, match="expected AI results of other, got demo"):
        detections_path(study, named)
    bring_in(study, boxes_csv)
    assert detections_path(study, named).name == "other.json"
    with pytest.raises(ProtocolError, match="system under the arm aided"):
        detections_path(study, open_arm)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(found, max_size=3), st.none() | scores, st.booleans())
def test_the_exported_tables_bring_the_same_results_back(
    study: StudyFolder, drawn: list[Detection], score_exam: float | None, simulated: bool
) -> None:
    detections = tuple(
        replace(
            one,
            detection=f"D{number}",
            boxes=tuple(
                DetectionBox(f"B{number}.{place}", view, f"C001_{view}", where)
                for place, (view, where) in enumerate(one.boxes)  # type: ignore[misc]
            ),
        )
        for number, one in enumerate(drawn)
    )
    status = AiStatus.FINDING if detections else AiStatus.NONE
    cases = (
        CaseResult("C001", status, detections, score_exam=score_exam),
        *(CaseResult(case, AiStatus.FAILED, seconds=1.5) for case in ("C002", "C003", "C004")),
    )
    results = SystemResults(
        "other", "2", "0-1", simulated, "From afar.", cases, phantom_trained=not simulated
    )
    tables = study.path.with_name("tables")
    write_csv(tables / DETECTIONS.file, DETECTIONS.columns, map(DETECTIONS.row, box_rows(results)))
    write_csv(tables / AI_CASES.file, AI_CASES.columns, map(AI_CASES.row, case_rows(results)))
    (tables / AI_SYSTEMS).write_text(systems_json([results]))
    imported = bring_in(study, tables / DETECTIONS.file)
    assert all("take their place" in line for line in imported.warnings)
    read = read_system_results(imported.path)
    assert (read.cases, read.simulated, read.nature) == (cases, simulated, results.nature)
    assert read.provenance == "From afar. (imported from detections.csv)"


def test_own_tables_may_hold_rows_of_other_studies_which_are_left_out_when_told(
    study: StudyFolder, boxes_csv: Path
) -> None:
    other = ROW.replace("C001", "X009")
    boxes_csv.write_text(f"{HEADER},image\n{ROW},\n{other},\n{ROW},9.9.9\n")
    with pytest.raises(BadInputError) as refusal:
        bring_in(study, boxes_csv, without_row=None)
    assert str(refusal.value).startswith(
        "boxes.csv: expected images of the study, got '9.9.9'. 2 of 3 rows are not of this study; "
        "--leave-out-others leaves them out. boxes.csv: expected a row on every image"
    )
    imported = bring_in(study, boxes_csv, leave_out_others=True)
    assert "2 of 3 rows left out: not of this study" in imported.warnings
    assert (imported.boxes, imported.with_finding) == (1, 1)
    boxes_csv.write_text(f"{HEADER},image\n{ROW},9.9.9\n{ROW.replace('C001', 'C002')},\n")
    bring_in(study, boxes_csv, leave_out_others=True, without_row=WithoutRow.NOT_PROCESSED)
    assert statuses(study)["C001"] is AiStatus.NOT_PROCESSED
