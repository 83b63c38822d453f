"""AI results come in as they are meant: found, nothing found, failed and not processed differ."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import BadInputError, ProtocolError
from study_design.exchange.ai_files.without_row import WithoutRow
from study_design.exchange.detection_import import (
    DetectionImport,
    DetectionSource,
    import_detections,
)
from study_design.exchange.detection_json import (
    detections_path,
    read_system_results,
    result_of,
    write_system_results,
)
from study_design.exchange.detection_tables import AI_CASES, DETECTIONS, box_rows, case_rows
from study_design.exchange.system_facts import AI_SYSTEMS, systems_json
from study_design.geometry import Box
from study_design.protocol.study_file import Arm
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import write_csv
from study_design.vocabulary import AbnormalityType, AiInitial, AiStatus, View

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
HEADER = "case,view,types,x_px,y_px,width_px,height_px,score"
ROW = "C001,R-CC,mass,10,20,30,40,0.9"


def bring_in(
    folder: StudyFolder,
    *paths: Path,
    system: str = "other",
    without_row: WithoutRow | None = WithoutRow.NOT_PROCESSED,
    leave_out_others: bool = False,
) -> DetectionImport:
    images = {"1.2.3": "C001_R-CC"}
    source = DetectionSource(
        paths,
        system,
        {"MRN-1": "C001"}.get,
        images.get,
        without_row=without_row,
        leave_out_others=leave_out_others,
    )
    return import_detections(folder, source, by=Actor("Coordinator"), now=NOW)


def statuses(folder: StudyFolder, system: str = "other") -> dict[str, AiStatus]:
    results = read_system_results(folder.detections / f"{system}.json")
    return {result.case: result.status for result in results.cases}


@pytest.fixture
def boxes_csv(tmp_path: Path) -> Path:
    path = tmp_path / "boxes.csv"
    path.write_text(f"{HEADER}\n{ROW}\n")
    return path


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
    assert imported.warnings[1] == "3 cases without a row: not looked at"
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


scores = st.floats(0, 1)
boxes = st.builds(Box, st.floats(0, 200), st.floats(0, 300), st.floats(0, 99), st.floats(0, 99))
found = st.builds(
    Detection,
    st.just(""),
    st.lists(st.sampled_from(AbnormalityType), unique=True).map(tuple),
    scores,
    st.lists(st.tuples(st.sampled_from(View), boxes), min_size=1, max_size=2).map(tuple),
    malignancy=st.none() | scores,
    birads=st.none() | st.sampled_from(["4C", "5"]),
    depth=st.none() | scores,
)


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
    assert imported.warnings == ()
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
