"""COCO JSON comes in: listed images without a box were looked at, unknown categories are named."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.type_words import Meaning
from study_design.vocabulary import AbnormalityType, AiStatus

Write = Callable[[str, str], Path]


@pytest.fixture
def content() -> dict[str, Any]:
    return {
        "images": [
            {"id": 7, "file_name": "out/C001_R-CC.png", "width": 300, "height": 400},
            {"id": 8, "file_name": "1.2.826.0.1.5", "width": 600, "height": 800},
        ],
        "categories": [{"id": 1, "name": "mass"}, {"id": 2, "name": "Weird"}],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 1, "bbox": [10, 20, 30, 40], "score": 0.75}
        ],
    }


@pytest.fixture
def bring(desk: Any, write: Write) -> Callable[..., Any]:
    desk.images["C001_R-CC.png"] = "C001_R-CC"

    def foreseen(content: object, **changes: Any) -> Any:
        path = write("coco.json", json.dumps(content))
        return desk.foresee(path, column_map=replace(ColumnMap(), **changes))

    return foreseen


def test_boxes_come_in_and_listed_images_without_one_were_looked_at(
    bring: Callable[..., Any], content: dict[str, Any]
) -> None:
    foreseen = bring(content)
    assert not foreseen.problems
    first, second = foreseen.results.cases[:2]
    assert first.detections[0].types == (AbnormalityType.MASS,)
    assert first.detections[0].boxes[0].where == Box(10.0, 20.0, 30.0, 40.0)
    assert first.detections[0].score == 0.75
    assert (first.status, second.status) == (AiStatus.FINDING, AiStatus.NOT_PROCESSED)
    views = ("R-CC", "R-MLO", "L-MLO")
    content["images"] += [{"id": n, "file_name": f"C002_{view}"} for n, view in enumerate(views)]
    assert bring(content).results.cases[1].status is AiStatus.NONE


def test_a_picture_of_another_size_is_scaled_to_stored_pixels(
    bring: Callable[..., Any], content: dict[str, Any]
) -> None:
    content["annotations"][0]["image_id"] = 8
    found = bring(content).results.cases[0].detections[0]
    assert found.boxes[0].where == Box(5.0, 10.0, 15.0, 20.0)


def test_what_is_wrong_is_named_by_annotation(
    bring: Callable[..., Any], content: dict[str, Any]
) -> None:
    good = content["annotations"][0]
    content["annotations"] += [
        good | {"id": 2, "image_id": 9},
        good | {"id": 3, "category_id": 2},
        good | {"id": 4, "bbox": [1, 2, 3]},
        good | {"id": 5, "score": "high"},
        good | {"id": 6, "bbox": [290, 1, 20, 2]},
        good | {"id": 7, "bbox": [9, 9, -5, 2]},
        good | {"id": 8},
    ]
    told = [str(problem) for problem in bring(content).problems]
    for number, words in (
        (2, "expected an image that the file lists, got image_id 9"),
        (3, "expected a category that is an abnormality, got 'Weird'"),
        (4, "expected a bbox of x, y, width, height"),
        (5, "expected a number as score, got 'high'"),
        (6, "a box inside 300 x 400 pixels"),
        (7, "the upper left corner before"),
        (8, "got the one of coco.json, annotation 1 again"),
    ):
        assert [one for one in told if one.startswith(f"coco.json, annotation {number}: ")]
        assert any(words in one for one in told)
    assert len(told) == 7


def test_a_map_file_says_what_categories_mean(
    bring: Callable[..., Any], content: dict[str, Any]
) -> None:
    content["annotations"][0]["category_id"] = 2
    words = ColumnMap().with_type("Weird", Meaning.DISTORTION)
    found = bring(content, types=words.types).results.cases[0].detections[0]
    assert found.types == (AbnormalityType.DISTORTION,)
    views = ("L-CC", "R-MLO", "L-MLO")
    content["images"] += [{"id": n, "file_name": f"C001_{view}"} for n, view in enumerate(views)]
    left_out = bring(content, types=words.with_type("Weird", Meaning.LEFT_OUT).types)
    (status,) = [one.status for one in left_out.results.cases if one.case == "C001"]
    assert status is AiStatus.NONE
    assert "coco.json: 1 box left out by their category" in left_out.warnings


def test_a_list_of_results_names_images_itself(bring: Callable[..., Any]) -> None:
    results = [{"image_id": "C001_R-CC.png", "bbox": [1, 2, 3, 4], "score": 0.5}]
    assert bring(results).results.cases[0].detections[0].boxes[0].where == Box(1.0, 2.0, 3.0, 4.0)


def test_boxes_without_scores_count_one_and_it_is_said(
    bring: Callable[..., Any], content: dict[str, Any]
) -> None:
    del content["annotations"][0]["score"]
    foreseen = bring(content)
    assert foreseen.results.cases[0].detections[0].score == 1.0
    assert "no scores in the files: every box counts 1 on the scale 0-1" in foreseen.warnings


def test_broken_json_is_named(desk: Any, write: Write) -> None:
    with pytest.raises(BadInputError, match=r"x\.json: expected JSON"):
        desk.bring_in(write("x.json", "[1,"))


def test_results_by_number_are_read_with_the_data_set_beside_them(
    desk: Any, write: Write, content: dict[str, Any]
) -> None:
    number, category = content["images"][0]["id"], content["categories"][0]["id"]
    one = {"image_id": number, "category_id": category, "bbox": [1, 2, 3, 4], "score": 0.5}
    results = write("results.json", json.dumps([one]))
    read = desk.bring_in(results, write("instances.json", json.dumps(content)))
    boxes = [box for case in read.cases for found in case.detections for box in found.boxes]
    assert [box.where for box in boxes] == [Box(1.0, 2.0, 3.0, 4.0)]


def test_a_path_of_windows_names_its_file(
    bring: Callable[..., Any], content: dict[str, Any]
) -> None:
    content["images"][0]["file_name"] = "D:\\data\\" + content["images"][0]["file_name"]
    assert not bring(content).problems


@pytest.mark.parametrize("key", ["image_id", "category_id"])
@pytest.mark.parametrize("value", [[7], {"a": 1}, "7", 1.5])
def test_an_identifier_that_is_none_is_a_problem_and_no_failure(
    bring: Callable[..., Any], content: dict[str, Any], key: str, value: object
) -> None:
    content["annotations"][0][key] = value
    (told,) = bring(content).problems
    assert str(told).startswith("coco.json, annotation 1: expected ")


@pytest.mark.parametrize("value", [[7], {"a": 1}])
def test_images_and_categories_may_go_by_whatever_a_program_wrote(
    bring: Callable[..., Any], content: dict[str, Any], value: object
) -> None:
    content["images"].append({"id": value, "file_name": "1.2.826.0.1.6"})
    content["categories"].append({"id": value, "name": "mass"})
    content["annotations"][0]["category_id"] = value
    assert bring(content).results.cases[0].detections[0].types == (AbnormalityType.MASS,)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"annotations": [], "predictions": [{"bbox": [1, 2, 3, 4]}]}, "got predictions too"),
        ({"annotations": [], "detections": {"7": [1, 2, 3, 4]}}, "got detections too"),
        (
            {"annotations": [], "images": [{"id": 7, "file_name": "a", "boxes": [[1, 2, 3, 4]]}]},
            "got boxes in image 7",
        ),
    ],
)
def test_boxes_elsewhere_in_the_file_are_never_nothing_found(
    bring: Callable[..., Any], content: dict[str, Any], change: dict[str, Any], line: str
) -> None:
    assert line in str(bring(content | change).problems[0])


@pytest.mark.parametrize(
    ("key", "value", "score"),
    [("score", "0.75", 0.75), ("confidence", 0.5, 0.5), ("probability", "0,25", 0.25)],
)
def test_a_score_may_be_text_or_go_by_another_usual_name(
    bring: Callable[..., Any], content: dict[str, Any], key: str, value: Any, score: float
) -> None:
    del content["annotations"][0]["score"]
    content["annotations"][0][key] = value
    assert bring(content).results.cases[0].detections[0].score == score


def test_what_may_be_a_score_under_an_unknown_name_is_asked(
    bring: Callable[..., Any], content: dict[str, Any]
) -> None:
    del content["annotations"][0]["score"]
    content["annotations"][0]["malignancy_index"] = 0.75
    assert "got it perhaps in malignancy_index" in str(bring(content).problems[0])
    content["annotations"][0] |= {"score": "87%"}
    assert "expected a number as score, got '87%'" in str(bring(content).problems[0])


def test_a_box_mode_of_corners_is_read_and_other_modes_are_refused(
    bring: Callable[..., Any], content: dict[str, Any]
) -> None:
    content["annotations"][0] |= {"bbox_mode": 0, "bbox": [10, 20, 40, 60]}
    found = bring(content).results.cases[0].detections[0]
    assert found.boxes[0].where == Box(10.0, 20.0, 30.0, 40.0)
    content["annotations"][0]["bbox_mode"] = 4
    assert "expected bbox_mode 0 or 1, in pixels, got 4" in str(bring(content).problems[0])
