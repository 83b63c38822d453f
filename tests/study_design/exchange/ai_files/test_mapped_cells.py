"""Cells of foreign tables: what four numbers are, fractions, rows of other studies."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from given_mapped_table import Write, only_box

from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.record.payloads.staff import DetectionsRecorded
from study_design.record.store.record_store import open_store
from study_design.tables.foreign.column_map import (
    CORNERS,
    ColumnMap,
    Columns,
    Coordinates,
    read_column_map,
    write_column_map,
)
from study_design.vocabulary import AbnormalityType, AiStatus

VIEWS = ("R-CC", "L-CC", "R-MLO", "L-MLO")


@pytest.mark.parametrize("nothing", ["NA", "nan", "N/A", "None", "null", "-"])
def test_cells_that_say_they_are_empty_are_empty(desk: Any, write: Write, nothing: str) -> None:
    path = write(
        "na.csv",
        "image,finding,xmin,ymin,xmax,ymax,score\nC001_R-CC,Mass,10,20,40,60,0.5\n"
        + "".join(
            f"C002_{view},{nothing},{','.join([nothing] * 5)}\n"
            for view in ("R-CC", "L-CC", "R-MLO", "L-MLO")
        ),
    )
    read = desk.bring_in(path)
    assert only_box(read) == Box(10.0, 20.0, 30.0, 40.0)
    assert read.cases[1].status is AiStatus.NONE


def test_coordinates_of_0_to_1_are_fractions_and_it_is_said(desk: Any, write: Write) -> None:
    path = write("f.csv", "image,class,cx,cy,w,h,conf\nC001_R-CC,mass,0.5,0.25,0.25,0.125,0.5\n")
    foreseen = desk.foresee(path)
    assert "all coordinates are 0 to 1: taken for fractions of the picture" in foreseen.warnings
    assert only_box(desk.bring_in(path)) == Box(112.5, 75.0, 75.0, 50.0)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("box.csv", 'image,{},score\nC002_R-CC,,\nC001_R-CC,"[10, 20, 40, 60]",0.5\n'),
        ("box.json", '[{{"image": "C001_R-CC", "{}": [10, 20, 40, 60], "score": 0.5}}]'),
    ],
)
@pytest.mark.parametrize("column", ["bbox", "box", "boxes", "rect", "coordinates", "pred_boxes"])
def test_what_four_numbers_in_a_cell_are_is_asked_where_nobody_said_it(
    desk: Any, write: Write, name: str, text: str, column: str
) -> None:
    path = write(name, text.format(column))
    with pytest.raises(
        BadInputError,
        match=rf"^box[^,]*: row \d, {column}: expected to be told what the four .*order in .*--map",
    ):
        desk.bring_in(path)
    for order, box in (
        (("x0", "y0", "x1", "y1"), Box(10.0, 20.0, 30.0, 40.0)),
        (("x0", "y0", "width", "height"), Box(10.0, 20.0, 40.0, 60.0)),
    ):
        said = ColumnMap(coordinates=Coordinates(order=order))
        assert only_box(desk.foresee(path, column_map=said).results) == box


@pytest.mark.parametrize("cell", ["10 20 40 60 px?", "x1: 10 20 40", "10,20,40", "ten 20 40 60"])
def test_a_cell_of_boxes_with_other_words_is_refused(desk: Any, write: Write, cell: str) -> None:
    path = write("box.csv", f'image,bbox_xyxy,score\nC001_R-CC,"{cell}",0.5\n')
    with pytest.raises(BadInputError, match="row 2: bbox_xyxy: expected four numbers a box, got"):
        desk.bring_in(path)


def test_a_box_and_its_picture_may_both_have_a_width(desk: Any, write: Write) -> None:
    for at, picture in ((0, {"width": 300, "height": 400}), (1, {"height": 400, "width": 300})):
        parts = [("bbox", {"x": 10, "y": 20, "width": 30, "height": 40}), ("image_", picture)]
        record = {"image": "C001_R-CC", **dict(parts if at else parts[::-1]), "score": 0.5}
        path = write("both.json", json.dumps([record]))
        assert only_box(desk.bring_in(path)) == Box(10.0, 20.0, 30.0, 40.0)


def test_boxes_in_a_list_of_objects_are_read_by_the_names_in_them(desk: Any, write: Write) -> None:
    boxes = [{"ymin": 20, "xmin": 10, "ymax": 60, "xmax": 40}]
    records = [{"image": "C001_R-CC", "boxes": boxes, "scores": [0.5]}]
    records += [{"image": f"C002_{view}", "boxes": [], "scores": []} for view in VIEWS]
    for listed in (records, records[::-1]):
        path = write("l.json", json.dumps(listed))
        read = desk.bring_in(path)
        assert only_box(read) == Box(10.0, 20.0, 30.0, 40.0)
        assert read.cases[1].status is AiStatus.NONE


def test_numbers_of_a_box_may_be_quoted(desk: Any, write: Write) -> None:
    quoted = [{"image": "C001_R-CC", "box_xywh": ["10", "20", "30", "40"], "score": "0.5"}]
    path = write("q.json", json.dumps(quoted))
    assert only_box(desk.bring_in(path)) == Box(10.0, 20.0, 30.0, 40.0)


def test_as_many_words_as_boxes_are_one_for_each(desk: Any, write: Write) -> None:
    path = write("many.json", json.dumps([
        {"img_path": "a/C001_R-CC.png", "pred_instances": {
            "bboxes": [[1, 2, 3, 4], [5, 6, 7, 8]], "scores": [0.5, 0.75],
            "labels": ["mass", "calcification"],
        }},
    ]))  # fmt: skip
    found = desk.bring_in(path).cases[0].detections
    assert [one.types for one in found] == [
        (AbnormalityType.MASS,),
        (AbnormalityType.CALCIFICATION,),
    ]


def test_a_box_as_an_object_is_four_numbers(desk: Any, write: Write) -> None:
    path = write("u.json", json.dumps([
        {"image": "C001_R-CC", "box": {"x1": 10, "y1": 20, "x2": 40, "y2": 60}, "confidence": 0.5}
    ]))  # fmt: skip
    assert only_box(desk.bring_in(path)) == Box(10.0, 20.0, 30.0, 40.0)


OF_OTHERS = (
    "image,type,x0,y0,x1,y1,score\n"
    "C001_R-CC,mass,1,2,3,4,0.5\n"
    "9.9.1,mass,1,2,3,4,0.75\n"
    "9.9.2,weird,1,2,3,4,0.75\n"
    "9.9.3,,,,,,\n"
    "9.9.4,mass,1,2,3,4,90\n"
)


def test_rows_of_other_studies_are_counted_and_left_out_when_told(desk: Any, write: Write) -> None:
    path = write("all.csv", OF_OTHERS)
    with pytest.raises(BadInputError) as refusal:
        desk.bring_in(path)
    assert str(refusal.value) == (
        "all.csv, row 3: expected an image of the study, got 9.9.1. 4 of 5 rows are not of this "
        "study; --leave-out-others leaves them out."
    )
    assert not (desk.folder.detections / "product.json").exists()
    read = desk.bring_in(path, leave_out_others=True)
    assert [len(case.detections) for case in read.cases] == [1, 0, 0, 0]
    assert "4 of 5 rows left out: not of this study" in read.provenance
    with open_store(desk.folder) as store:
        last = store.events()[-1].event
    assert last.actor == "Coordinator"
    content = (desk.folder.detections / "product.json").read_bytes()
    assert last.payload == DetectionsRecorded(
        {"product.json": hashlib.sha256(content).hexdigest()},
        4,
        without_row="not_processed",
        unsaid=3,
        left_out=4,
        rows=5,
    )


def test_a_file_of_another_study_alone_is_refused_whatever_is_told(desk: Any, write: Write) -> None:
    path = write("all.csv", OF_OTHERS.replace("C001_R-CC", "9.9.0"))
    for leave_out in (False, True):
        with pytest.raises(BadInputError, match=r"got 9\.9\.0\. 5 of 5 rows are not of this study"):
            desk.bring_in(path, leave_out_others=leave_out)


def test_what_is_wrong_in_a_row_of_the_study_is_told_though_others_are_left_out(
    desk: Any, write: Write
) -> None:
    path = write("all.csv", OF_OTHERS + "C001_L-CC,weird,1,2,3,4,0.5\n")
    with pytest.raises(BadInputError, match="row 7: type: expected words whose meaning is known"):
        desk.bring_in(path, leave_out_others=True)


EMBED = (
    "anon_dicom_path,FinalImageType,ImageLateralityFinal,ViewPosition,num_roi,ROI_coords,match_level\n"
    '/x/C001_R-CC.dcm,2D,R,CC,1,"((100, 50, 140, 110),)",[1]\n'
    '/x/C001_L-CC.dcm,2D,L,CC,2,"((10, 20, 30, 60), (200, 5, 250, 6))","[1, 1]"\n'
    "/x/C001_R-MLO.dcm,2D,R,MLO,0,(),[]\n"
)


@pytest.mark.parametrize("first", ["anon_dicom_path", "SOPInstanceUID"])
def test_embed_s_roi_coords_are_ymin_xmin_ymax_xmax_as_its_readme_says(
    desk: Any, write: Write, first: str
) -> None:
    path = write("embed.csv", EMBED.replace("anon_dicom_path", first))
    foreseen = desk.foresee(path)
    boxes = [one.boxes[0].where for one in foreseen.results.cases[0].detections]
    assert boxes == [
        Box(50.0, 100.0, 60.0, 40.0),
        Box(20.0, 10.0, 40.0, 20.0),
        Box(5.0, 200.0, 1.0, 50.0),
    ]
    assert not any("four numbers" in words for words in foreseen.warnings)
    named = ColumnMap(columns=Columns(image=first, box="ROI_coords"))
    assert desk.foresee(path, column_map=named).results.cases[0] == foreseen.results.cases[0]
    said = replace(named, coordinates=Coordinates(order=CORNERS))
    read = desk.foresee(path, column_map=said).results.cases[0].detections[0]
    assert read.boxes[0].where == Box(100.0, 50.0, 40.0, 60.0)


@pytest.mark.parametrize(
    ("column", "numbers"),
    [
        ("bbox_xyxy", "10, 20, 40, 60"),
        ("bbox_xywh", "10, 20, 30, 40"),
        ("box (x, y, w, h)", "10, 20, 30, 40"),
        ("boxes [ymin, xmin, ymax, xmax]", "20, 10, 60, 40"),
        ("bbox x1 y1 x2 y2", "10, 20, 40, 60"),
        ("box: x0, x1, y0, y1", "10, 40, 20, 60"),
        ("detection_boxes", "20, 10, 60, 40"),
        ("bbox_cxcywh", "25, 40, 30, 40"),
    ],
)
def test_a_column_s_name_may_tell_the_order_of_its_four_numbers(
    desk: Any, write: Write, column: str, numbers: str
) -> None:
    path = write("b.csv", f'image,score,"{column}"\nC001_R-CC,0.5,"[{numbers}]"\n')
    said = ColumnMap(columns=Columns(image="image", score="score", box=column))
    foreseen = desk.foresee(path, column_map=said)
    assert only_box(foreseen.results) == Box(10.0, 20.0, 30.0, 40.0)
    assert not any("four numbers" in words for words in foreseen.warnings)


@pytest.mark.parametrize(
    "header", ["bbox-0,bbox-1,bbox-2,bbox-3", "min_row,min_col,max_row,max_col"]
)
def test_rows_come_first_in_scikit_image(desk: Any, write: Write, header: str) -> None:
    path = write("s.csv", f"image,{header},score\nC001_R-CC,20,10,60,40,0.5\n")
    assert only_box(desk.bring_in(path)) == Box(10.0, 20.0, 30.0, 40.0)


def test_positions_counted_from_one_and_rows_counted_upwards_are_told_by_the_map(
    desk: Any, write: Write
) -> None:
    path = write("m.csv", "image,x,y,w,h,score\nC001_R-CC,11,341,30,40,0.5\n")
    map_file = write("map.toml", 'schema = 1\n[coordinates]\nfirst_pixel = 1\ny_from = "bottom"\n')
    column_map = read_column_map(map_file)
    # Of 400 rows the box stands on row 340 from below, 40 high.
    assert only_box(desk.bring_in(path, column_map=column_map)) == Box(10.0, 20.0, 30.0, 40.0)
    write_column_map(map_file, column_map)
    assert read_column_map(map_file) == column_map


@pytest.mark.parametrize(
    ("header", "cells", "line"),
    [
        ("pred_bbox", '"[1, 2, 3, 4]"', "pred_bbox: expected the boxes in bbox, got numbers here"),
        ("regions", '"[{""x"": 1, ""y"": 2, ""w"": 3, ""h"": 4}]"', "regions: expected the boxes"),
        ("birads", "4C", "expected a box, got empty cells"),
        ("malignancy", "0.9", "expected a box, got empty cells"),
    ],
)
def test_a_row_without_a_box_that_says_more_is_never_nothing_found(
    desk: Any, write: Write, header: str, cells: str, line: str
) -> None:
    path = write("n.csv", f"image,bbox,{header}\nC001_R-CC,,{cells}\n")
    (problem,) = desk.foresee(path).problems
    assert line in problem.words


def test_fractions_among_pixels_are_named(desk: Any, write: Write) -> None:
    path = write(
        "f.csv",
        "image,x0,y0,x1,y1,score\nC001_R-CC,10,20,40,60,0.5\nC001_L-CC,0.1,0.2,0.4,0.6,0.5\n",
    )
    (problem,) = desk.foresee(path).problems
    assert str(problem).startswith("f.csv, row 3: expected pixels, as in other rows, got fractions")


def test_a_column_that_may_hold_the_score_is_asked_before_every_box_counts_alike(
    desk: Any, write: Write
) -> None:
    path = write("s.csv", "image,x0,y0,x1,y1,my_score_v2\nC001_R-CC,10,20,40,60,0.5\n")
    (problem,) = desk.foresee(path).problems
    assert "expected the score in a column whose name is known, got it perhaps in my_score_v2" in (
        problem.words
    )
    columns = Columns(image="image", x0="x0", y0="y0", x1="x1", y1="y1", score="my_score_v2")
    read = desk.bring_in(path, column_map=ColumnMap(columns=columns))
    assert read.cases[0].detections[0].score == 0.5
    kept = ColumnMap(columns=replace(columns, score=""))
    assert desk.foresee(path, column_map=kept).problems == (problem,)
    unscored = replace(kept, unused=("my_score_v2",))
    assert desk.bring_in(path, column_map=unscored).cases[0].detections[0].score == 1.0
