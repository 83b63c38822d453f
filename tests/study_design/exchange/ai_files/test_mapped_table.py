"""Foreign tables come in by the names of their columns or by a map file; wrong rows are named."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from study_design.errors import BadInputError
from study_design.exchange.ai_files.mapped_table import read_mapped_table
from study_design.exchange.ai_files.rows_of_others import Others
from study_design.geometry import Box
from study_design.record.payloads.staff import DetectionsRecorded
from study_design.record.store.record_store import open_store
from study_design.tables.csv_file import csv_table
from study_design.tables.foreign.column_map import (
    CENTRED,
    CORNERS,
    SIZED,
    ColumnMap,
    Columns,
    Coordinates,
    read_column_map,
    write_column_map,
)
from study_design.tables.foreign.type_words import Meaning, TypeWord
from study_design.tables.foreign.units import Unit
from study_design.vocabulary import AbnormalityType, AiStatus

Write = Callable[[str, str], Path]
VIEWS = ("R-CC", "L-CC", "R-MLO", "L-MLO")
# As pandas writes what torchvision's detectors give.
ARRAY = 'C001_R-CC,"array([[10, 20, 40, 60]], dtype=float32)",0.5,mass'
VINDR = (
    "study_id,image_id,laterality,view_position,height,width,finding_categories,finding_birads,"
    "xmin,ymin,xmax,ymax,score\n"
)


def only_box(results: Any) -> Box:
    ((detection,),) = [case.detections for case in results.cases if case.detections]
    return detection.boxes[0].where


def test_a_table_like_vindr_s_needs_no_map(desk: Any, write: Write) -> None:
    path = write(
        "predictions.csv",
        VINDR
        + "C001,C001_R-CC,R,CC,400,300,['Suspicious Calcification'],BI-RADS 4,10,20,40,60.5,0.9\n"
        + "C001,C001_L-CC,L,CC,400,300,\"['Mass', 'Focal Asymmetry']\",,1,2,3,4,0.25\n"
        + "".join(
            f"C002,C002_{side}-{view},{side},{view},400,300,['No Finding'],,,,,,\n"
            for side in "RL"
            for view in ("CC", "MLO")
        ),
    )
    read = desk.bring_in(path)
    first, second = read.cases[0].detections
    assert first.types == (AbnormalityType.CALCIFICATION,)
    assert (first.birads, first.score) == ("4", 0.9)
    assert first.boxes[0].where == Box(10.0, 20.0, 30.0, 40.5)
    assert second.types == (AbnormalityType.MASS, AbnormalityType.ASYMMETRY)
    assert [case.status for case in read.cases[:3]] == ["finding", "none", "not_processed"]
    assert read.scale == "0-1"


def test_a_reduced_picture_of_the_same_shape_is_scaled_and_one_of_another_shape_refused(
    desk: Any, write: Write
) -> None:
    row = "C001,C001_R-CC,R,CC,{},150,['Mass'],,10,20,40,60,0.9\n"
    read = desk.bring_in(write("small.csv", VINDR + row.format(200)))
    assert only_box(read) == Box(20.0, 40.0, 60.0, 80.0)
    with pytest.raises(BadInputError, match=r"small\.csv, row 2: .* of another shape"):
        desk.bring_in(write("small.csv", VINDR + row.format(300)))


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("image,x0,x1,y0,y1,score", "C001_R-CC,10,40,20,60,0.5"),
        ("file_name,x1,y1,x2,y2,confidence", "C001_R-CC,10,20,40,60,0.5"),
        ("Image,x,y,w,h,prob", "C001_R-CC,10,20,30,40,0.5"),
        ("filename;cx;cy;width;height;score", "C001_R-CC;25;40;30;40;0,5"),
        ("path,bbox_xyxy,score", 'out/C001_R-CC,"[10, 20, 40, 60]",0.5'),
        ('path,"bbox (x, y, w, h)",score', 'out/C001_R-CC,"[10, 20, 30, 40]",0.5'),
        ('path,"box [ymin, xmin, ymax, xmax]",score', "out/C001_R-CC,20 10 60 40,0.5"),
        (
            "path,boxes,scores,labels",
            'C001_R-CC,"array([[10, 20, 40, 60]], dtype=float32)",0.5,mass',
        ),
        ("case,view,laterality,left,top,right,bottom,score", "C001,CC,R,10,20,40,60,0.5"),
    ],
)
def test_columns_are_known_by_the_names_that_products_use(
    desk: Any, write: Write, header: str, row: str
) -> None:
    read = desk.bring_in(write("any.csv", f"{header}\n{row}\n"))
    assert only_box(read) == Box(10.0, 20.0, 30.0, 40.0)
    assert read.cases[0].score_exam == 0.5


def test_a_map_file_says_the_order_of_coordinates_words_scale_and_reduction(
    desk: Any, write: Write
) -> None:
    path = write(
        "odd.csv",
        'dicom,roi,p,what\nC001_R-CC,"[5, 20, 10, 30]",7.5,Lump\nC001_L-CC,"[1,2,3,4]",1,Nipple\n',
    )
    map_file = write(
        "map.toml",
        """schema = 1
scale = "0-10"
version = "3"
[columns]
image = "dicom"
box = "roi"
score = "p"
types = "what"
[coordinates]
order = ["x0", "x1", "y0", "y1"]
stored_per_pixel = 2
[types]
Lump = "mass"
Nipple = "left out"
""",
    )
    column_map = read_column_map(map_file)
    foreseen = desk.foresee(path, column_map=column_map)
    assert "odd.csv: 1 row left out by their type" in foreseen.warnings
    read = desk.bring_in(path, column_map=column_map)
    assert only_box(read) == Box(10.0, 20.0, 30.0, 40.0)
    assert (read.scale, read.version) == ("0-10", "3")
    assert read.cases[0].detections[0].types == (AbnormalityType.MASS,)


def test_fractions_count_from_edge_to_edge(desk: Any, write: Write) -> None:
    path = write("f.csv", "image,x0,y0,x1,y1,score\nC001_R-CC,0.1,0.25,1.0,0.5,0.5\n")
    column_map = ColumnMap(
        Columns(image="image", x0="x0", y0="y0", x1="x1", y1="y1", score="score"),
        Coordinates(unit=Unit.FRACTIONS),
    )
    assert only_box(desk.bring_in(path, column_map=column_map)) == Box(30.0, 100.0, 270.0, 100.0)


def test_a_row_may_hold_several_boxes_with_their_scores(desk: Any, write: Write) -> None:
    path = write("many.json", json.dumps([
        {"image": "C001_R-CC", "boxes": [[1, 2, 3, 4], [5, 6, 7, 8]], "scores": [0.5, 0.75],
         "labels": ["mass", "mass"]},
        {"image": "C002_R-CC", "boxes": [], "scores": [], "labels": []},
    ]))  # fmt: skip
    read = desk.bring_in(path)
    assert [found.score for found in read.cases[0].detections] == [0.5, 0.75]
    keyed = write("keyed.json", '{"C003_L-CC": [{"bbox_xyxy": [1, 2, 3, 4], "score": 0.5}]}')
    assert only_box(desk.bring_in(keyed)) == Box(1.0, 2.0, 2.0, 2.0)
    bad = write("bad.json", '[{"image": "C001_R-CC", "boxes_xywh": [[1, 2, 3]], "scores": [1]}]')
    with pytest.raises(BadInputError, match="four numbers a box"):
        desk.bring_in(bad)


def test_all_wrong_rows_are_named_and_nothing_comes_in(desk: Any, write: Write) -> None:
    header = "image,x0,y0,x1,y1,score,type"
    rows = [
        "C001_R-CC,1,2,3,4,0.5,mass",
        "C001_R-CC,30,2,3,4,0.5,mass",
        "C001_R-CC,x,2,3,4,0.5,mass",
        "C001_R-CC,1,2,310,4,0.5,mass",
        "C009_R-CC,1,2,3,4,0.5,mass",
        "C001_R-CC,1,2,3,4,,mass",
        "C001_R-CC,5,2,9,4,0.5,thing",
        "C001_R-CC,1,2,3,4,0.5,mass",
        "C001_R-CC,,,,,0.5,mass",
        "C001_R-CC,nan,2,3,4,0.5,mass",
    ]
    path = write("wrong.csv", "\n".join([header, *rows]) + "\n")
    foreseen = desk.foresee(path)
    assert foreseen.others == Others(
        1, 10, "wrong.csv, row 6: expected an image of the study, got C009_R-CC"
    )
    told = {problem.place.split("row ")[1]: problem.words for problem in foreseen.problems}
    for row, words in {
        "3": "expected the upper left corner before the lower right one",
        "4": "x0: expected a number, got 'x'",
        "5": "a box inside 300 x 400 pixels",
        "7": "expected a score, as other boxes have one",
        "8": "type: expected words whose meaning is known, got 'thing'",
        "9": "got the one of wrong.csv, row 2 again",
        "10": "expected a box, got empty cells",
        "11": "x0: expected a number, got 'nan'",
    }.items():
        assert words in told.pop(row)
    assert not told
    with pytest.raises(BadInputError, match=r"row 4.*and 7 more.*--preview"):
        desk.bring_in(path)
    assert [one.name for one in desk.folder.detections.iterdir()] == ["demo.json"]


def test_a_table_without_known_columns_says_what_it_lacks_and_keeps_its_columns(
    desk: Any, write: Write
) -> None:
    path = write("odd.csv", "a,b,c\n1,2,3\n")
    foreseen = desk.foresee(path)
    assert "expected columns for image, or case and view, got a, b, c" in foreseen.problems[0].words
    assert foreseen.table is not None
    assert foreseen.table.columns == ("a", "b", "c")
    wrong = ColumnMap(Columns(image="a", box="z"))
    assert "Add z" in desk.foresee(path, column_map=wrong).problems[0].words


def test_a_scale_is_guessed_aloud_and_a_stated_one_kept(desk: Any, write: Write) -> None:
    path = write("s.csv", "image,x0,y0,x1,y1,score\nC001_R-CC,1,2,3,4,87\n")
    foreseen = desk.foresee(path)
    assert foreseen.results.scale == "0-100"
    assert any("0-100 was guessed" in warning for warning in foreseen.warnings)
    column_map = ColumnMap(scale="0-10")
    problem = desk.foresee(path, column_map=column_map).problems[0]
    assert str(problem) == "s.csv, row 2: expected a score on the scale 0-10, got 87"


def test_a_status_column_tells_failures_from_nothing_found(desk: Any, write: Write) -> None:
    path = write(
        "s.csv",
        "image,x0,y0,x1,y1,score,status\nC001_R-CC,1,2,3,4,0.5,finding\nC001_L-CC,,,,,,failed\n"
        "C002_R-CC,,,,,,none\nC002_L-CC,,,,,,failed\nC003_R-CC,,,,,,none\n"
        "C003_L-CC,,,,,,none\nC003_R-MLO,,,,,,none\nC003_L-MLO,,,,,,none\n"
        "C004_R-CC,,,,,,none\nC004_L-CC,,,,,,skipped\n",
    )
    foreseen = desk.foresee(path)
    assert not foreseen.problems
    assert [case.status for case in foreseen.results.cases] == [
        AiStatus.FINDING, AiStatus.FAILED, AiStatus.NONE, AiStatus.NOT_PROCESSED,
    ]  # fmt: skip
    assert "case C001: boxes, though the system failed in part" in foreseen.warnings


corner = st.integers(0, 1000).map(float)


@given(corner, corner, corner, corner, st.data())
def test_the_same_box_is_read_in_every_order_and_form(
    left: float, top: float, width: float, height: float, data: st.DataObject
) -> None:
    value = {
        "x0": left, "y0": top, "x1": left + width, "y1": top + height, "width": width,
        "height": height, "x_centre": left + width / 2, "y_centre": top + height / 2,
    }  # fmt: skip
    order = tuple(data.draw(st.permutations(data.draw(st.sampled_from([CORNERS, SIZED, CENTRED])))))
    cell = [value[one] for one in order]
    table = csv_table(Path("t.csv"), f'i;b\nx;"{cell}"\n'.encode())
    column_map = ColumnMap(Columns(image="i", box="b"), Coordinates(order=order))
    (box,) = read_mapped_table(table, column_map).boxes
    assert box.corners.box == Box(left, top, width, height)


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=9)
maps = st.builds(
    ColumnMap,
    st.builds(Columns, image=words, box=words, types=words),
    st.builds(
        Coordinates,
        order=st.permutations(SIZED).map(tuple),
        unit=st.sampled_from(Unit),
        stored_per_pixel=st.floats(0.1, 10),
    ),
    st.lists(st.builds(TypeWord, words, st.sampled_from(Meaning)), unique_by=lambda w: w.word).map(
        tuple
    ),
    scale=st.sampled_from(["", "0-10"]),
    version=words,
    unused=st.lists(words, max_size=2).map(tuple),
    twins=st.booleans(),
)


@settings(max_examples=25)
@given(maps)
def test_a_map_that_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, column_map: ColumnMap
) -> None:
    path = tmp_path_factory.getbasetemp() / "map.toml"
    write_column_map(path, column_map)
    assert read_column_map(path) == column_map


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("schema = 2", "expected schema 1, got 2"),
        ("a =", "expected TOML"),
        ('schema = 1\n[columns]\nimages = "x"', "columns.images: expected one of"),
        ('schema = 1\n[types]\nLump = "lump"', "types.Lump"),
        ('schema = 1\nscale = "high"', "expected a scale like 0-1, got 'high'"),
        ('schema = 1\n[coordinates]\norder = ["x0"]', "expected the order of x0, y0, x1, y1"),
        ("schema = 1\n[coordinates]\nstored_per_pixel = 0", "stored_per_pixel above 0"),
        (
            'schema = 1\n[words.status]\ndone = "fine"',
            "words.status.done: expected one of finding, none, failed, not_processed, got 'fine'",
        ),
    ],
)
def test_a_wrong_map_is_refused_in_one_line(write: Write, text: str, line: str) -> None:
    with pytest.raises(BadInputError, match=line):
        read_column_map(write("map.toml", text))


def test_a_missing_map_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="Expected a map file at"):
        read_column_map(tmp_path / "none.toml")


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
