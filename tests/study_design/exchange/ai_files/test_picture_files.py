"""Detectors that write one file a picture: YOLO's text files and JSON files with lists of boxes."""

import json
from pathlib import Path
from typing import Any

import pytest

from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.type_words import Meaning
from study_design.vocabulary import AbnormalityType, AiStatus

MASS, CALCIFICATION = AbnormalityType.MASS, AbnormalityType.CALCIFICATION


@pytest.fixture
def yolo(tmp_path: Path) -> Path:
    """A folder with two boxes on one picture and none on the four of another case."""
    folder = tmp_path / "labels"
    folder.mkdir()
    (folder / "C001_R-CC.txt").write_text("0 0.5 0.25 0.25 0.125 0.91\n1 0.3 0.5 0.1 0.2 0.31\n")
    for view in ("R-CC", "L-CC", "R-MLO", "L-MLO"):
        (folder / f"C002_{view}.txt").write_text("")
    return folder


def test_a_line_is_a_box_in_shares_of_the_picture_and_an_empty_file_nothing_found(
    desk: Any, yolo: Path
) -> None:
    words = ColumnMap().with_type("0", Meaning.MASS).with_type("1", Meaning.CALCIFICATION)
    first, second, *_ = desk.bring_in(yolo, column_map=words).cases
    assert first.detections[0].boxes[0].where == Box(112.5, 75.0, 75.0, 50.0)
    assert [(one.types, one.score) for one in first.detections] == [
        ((MASS,), 0.91),
        ((CALCIFICATION,), 0.31),
    ]
    assert second.status is AiStatus.NONE


def test_classes_are_named_by_the_file_beside_and_unknown_ones_are_told(
    desk: Any, yolo: Path
) -> None:
    with pytest.raises(
        BadInputError, match="class: expected words whose meaning is known, got '0'"
    ):
        desk.bring_in(yolo)
    (yolo / "classes.txt").write_text("Mass\nCalc\n")
    assert [one.types for one in desk.bring_in(yolo).cases[0].detections] == [
        (MASS,),
        (CALCIFICATION,),
    ]


def test_json_files_of_one_picture_each_are_one_table(desk: Any, tmp_path: Path) -> None:
    folder = tmp_path / "preds"
    folder.mkdir()
    empty = [(f"C002_{view}", [], []) for view in ("R-CC", "L-CC", "R-MLO", "L-MLO")]
    for name, boxes, scores in (("C001_R-CC", [[10, 20, 40, 60]], [0.5]), *empty):
        content = {"bboxes": boxes, "scores": scores, "labels": ["mass"] * len(boxes)}
        (folder / f"{name}.json").write_text(json.dumps(content))
    first, second, *_ = desk.bring_in(folder).cases
    assert first.detections[0].boxes[0].where == Box(10.0, 20.0, 30.0, 40.0)
    assert (first.detections[0].types, second.status) == ((MASS,), AiStatus.NONE)


def test_json_of_another_form_is_refused_with_the_forms_that_are_known(
    desk: Any, tmp_path: Path
) -> None:
    (tmp_path / "x.json").write_text('{"a": 1}')
    with pytest.raises(BadInputError, match=r"expected JSON of boxes by image .* Bring in a CSV"):
        desk.bring_in(tmp_path / "x.json")
