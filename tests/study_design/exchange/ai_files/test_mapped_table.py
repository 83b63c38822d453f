"""Foreign tables come in by the names of their columns or by a map file; wrong rows are named."""

import json
from pathlib import Path
from typing import Any

import pytest
from given_mapped_table import Write, only_box, words
from hypothesis import given, settings
from hypothesis import strategies as st

from study_design.errors import BadInputError
from study_design.exchange.ai_files.mapped_table import read_mapped_table
from study_design.exchange.ai_files.rows_of_others import Others
from study_design.geometry import Box
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

VINDR = (
    "study_id,image_id,laterality,view_position,height,width,finding_categories,finding_birads,"
    "xmin,ymin,xmax,ymax,score\n"
)


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
    for row, expected in {
        "3": "expected the upper left corner before the lower right one",
        "4": "x0: expected a number, got 'x'",
        "5": "a box inside 300 x 400 pixels",
        "7": "expected a score, as other boxes have one",
        "8": "type: expected words whose meaning is known, got 'thing'",
        "9": "got the one of wrong.csv, row 2 again",
        "10": "expected a box, got empty cells",
        "11": "x0: expected a number, got 'nan'",
    }.items():
        assert expected in told.pop(row)
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
