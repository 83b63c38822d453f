"""Tables as data managers get them: odd scales, two systems in a sheet, units, failures, zeros."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.tables.foreign.column_map import (
    ColumnMap,
    Columns,
    ColumnWord,
    Coordinates,
    read_column_map,
)
from study_design.vocabulary import AiStatus, View

Write = Callable[[str, str], Path]
HEAD = "image,class,x1,y1,x2,y2"
FIRST, SECOND = "C001_R-CC,mass,10,20,40,60", "C001_L-CC,mass,11,21,41,61"


def words_of(foreseen: Any) -> list[str]:
    return [str(problem) for problem in foreseen.problems]


@pytest.mark.parametrize(
    ("column", "scores", "scale"),
    [
        ("score", ("87%", "5 %"), "0-100"),
        ("score (%)", ("8", "5"), "0-100"),
        ("score_percent", ("8", "5"), "0-100"),
        ("Probability [%]", ("87", "5"), "0-100"),
        ("score (0-100)", ("8", "5"), "0-100"),
        ("confidence 0-10", ("8", "0.5"), "0-10"),
        ("score /10", ("8", "5"), "0-10"),
        ("score", ("8/10", "5/10"), "0-10"),
        ("score", ("8/100", "5 / 100"), "0-100"),
        ("Wahrscheinlichkeit", ("0.8", "0.5"), "0-1"),
        ("置信度", ("0.8", "0.5"), "0-1"),
    ],
)
def test_a_score_s_sign_or_its_header_tells_the_scale(
    desk: Any, write: Write, column: str, scores: tuple[str, str], scale: str
) -> None:
    path = write("s.csv", f"{HEAD},{column}\n{FIRST},{scores[0]}\n{SECOND},{scores[1]}\n")
    read = desk.bring_in(path)
    plain = [float(score.split("/")[0].rstrip(" %")) for score in scores]
    assert read.scale == scale
    assert [found.score for found in read.cases[0].detections] == plain


@pytest.mark.parametrize(
    ("column", "scores", "line"),
    [
        ("score", ("87%", "0.5"), "row 3, score: expected all scores of the column with one sign"),
        ("score", ("8/10", "5%"), "row 3, score: expected all scores of the column with one sign"),
        ("score (0-10)", ("87%", "5%"), "expected scores on the scale 0-10 of the header"),
        ("score (%)", ("0.9", "0.5"), r"expected scores of 0 to 100, as score \(%\) says, got 0.9"),
        ("score", ("8", "5"), 'got 5 to 8, which may be of 10 or of 100. Say scale = "0-10"'),
        ("score", ("high", "low"), "row 2: score: expected a number, got 'high'"),
        ("score", ("12/05/2023", "0.1"), "row 2: score: expected a number, got '12/05/2023'"),
    ],
)
def test_scores_of_an_unknown_scale_are_asked(
    desk: Any, write: Write, column: str, scores: tuple[str, str], line: str
) -> None:
    path = write("s.csv", f"{HEAD},{column}\n{FIRST},{scores[0]}\n{SECOND},{scores[1]}\n")
    with pytest.raises(BadInputError, match=line):
        desk.bring_in(path)


def test_a_map_settles_the_scale(desk: Any, write: Write) -> None:
    for column, score, scale in (("score", "8", "0-100"), ("score (%)", "0.9", "0-1")):
        path = write("s.csv", f"{HEAD},{column}\n{FIRST},{score}\n")
        assert desk.bring_in(path, column_map=ColumnMap(scale=scale)).scale == scale


ASKED = [
    ("system", ("0.5,A", "0.6,B"), "expected the results of one system, got 'A' and 'B'"),
    ("AI model", ("0.5,v1", "0.6,v2"), "expected the results of one system, got 'v1' and 'v2'"),
    ("software_version", ("0.5,1.0", "0.6,2.0"), "expected the results of one system"),
    ("厂商", ("0.5,甲", "0.6,乙"), "expected the results of one system"),
    ("score_b", ("0.5,.7", "0.6,.8"), "expected the score .* perhaps in score_b .* beside score"),
    ("vendorB_prob", ("0.5,.7", "0.6,.8"), "expected the score .* perhaps in vendorB_prob"),
    ("unit", ("0.5,mm", "0.6,mm"), "unit: expected all of a box .* got 'mm'"),
    ("scale_factor", ("0.5,2", "0.6,2"), "scale_factor: expected all of a box"),
    ("resized_width", ("0.5,700", "0.6,700"), "resized_width: expected all of a box"),
    ("isFlipped", ("0.5,0", "0.6,yes"), "isFlipped: expected all of a box .* got 'yes'"),
    ("rotated", ("0.5,0", "0.6,1"), "rotated: expected all of a box .* got '1'"),
    ("x3", ("0.5,7", "0.6,7"), "x3: expected all of a box"),
    ("slice_no", ("0.5,12", "0.6,1"), "slice_no: expected all of a box .* got '12'"),
    ("displayed", ("0.5,yes", "0.6,no"), "displayed: expected boxes that the product shows"),
    ("above_threshold", ("0.5,1", "0.6,0"), "above_threshold: expected boxes that .* shows"),
    ("Deleted", ("0.5,", "0.6,x"), "Deleted: expected boxes that the product shows"),
    ("shown", ("0.5,x", "0.6,"), "shown: expected boxes that the product shows, got ''"),
    ("is_hidden", ("0.5,false", "0.6,true"), "is_hidden: expected boxes that the product shows"),
]


@pytest.mark.parametrize(("column", "cells", "line"), ASKED)
def test_a_column_that_may_change_what_others_mean_is_asked_until_somebody_says_so(
    desk: Any, write: Write, column: str, cells: tuple[str, str], line: str
) -> None:
    path = write("a.csv", f"{HEAD},score,{column}\n{FIRST},{cells[0]}\n{SECOND},{cells[1]}\n")
    with pytest.raises(
        BadInputError, match=rf"a\.csv, row \d: .*{line}.*unused = \[\"{column}\"\]"
    ):
        desk.bring_in(path)
    told = ColumnMap(unused=(column,))
    assert [one.score for one in desk.bring_in(path, column_map=told).cases[0].detections] == [
        0.5,
        0.6,
    ]


@pytest.mark.parametrize(
    "column",
    [
        "unit,px",
        "scale,1.0",
        "frame,1",
        "flipped,0",
        "rotation,0",
        "displayed,yes",
        "deleted,0",
        "system,A",
        "note,seen",
        "age,51",
    ],
)
def test_a_column_that_changes_nothing_is_told_and_not_asked(
    desk: Any, write: Write, column: str
) -> None:
    name, cell = column.split(",")
    path = write("a.csv", f"{HEAD},score,{name}\n{FIRST},0.5,{cell}\n{SECOND},0.6,{cell}\n")
    foreseen = desk.foresee(path)
    assert not foreseen.problems
    assert f"a.csv: columns not read: {name}" in foreseen.warnings


@pytest.mark.parametrize("column", ["ki_wert", "value", "Lunit INSIGHT", "malignancy"])
def test_numbers_of_an_unknown_name_are_asked_before_every_box_counts_alike(
    desk: Any, write: Write, column: str
) -> None:
    path = write("a.csv", f"{HEAD},{column}\n{FIRST},0.5\n{SECOND},0.6\n")
    with pytest.raises(BadInputError, match=rf"score = \"{column}\", or unused"):
        desk.bring_in(path)


def test_counts_and_numbers_beyond_percent_are_no_scores(desk: Any, write: Write) -> None:
    head = f"{HEAD},num_roi,findings_total,calcs,room,first_3_zip"
    rows = [f"{FIRST},1,17,3,307,303", f"{SECOND},2,18,10,512,606"]
    path = write("a.csv", "\n".join([head, *rows]) + "\n")
    assert not desk.foresee(path).problems
    path = write("b.csv", f"{HEAD},room\n{FIRST},37\n{SECOND},51\n")
    with pytest.raises(BadInputError, match=r"perhaps in room \('37'\)"):
        desk.bring_in(path)


@pytest.mark.parametrize("column", ["error", "message", "Fehlermeldung", "comment", "exit_status"])
def test_a_row_without_a_box_that_speaks_of_a_failure_is_never_nothing_found(
    desk: Any, write: Write, column: str
) -> None:
    path = write("e.csv", f"image,x1,y1,x2,y2,score,{column}\nC001_R-CC,,,,,,out of memory\n")
    with pytest.raises(
        BadInputError, match=rf"row 2: {column}: expected to be told how the system"
    ):
        desk.bring_in(path)
    map_file = write(
        "map.toml",
        f'schema = 1\n[columns]\nimage = "image"\nx0 = "x1"\ny0 = "y1"\nx1 = "x2"\ny1 = "y2"\n'
        f'score = "score"\nstatus = "{column}"\n[words.status]\n"out of memory" = "failed"\n',
    )
    read = desk.bring_in(path, column_map=read_column_map(map_file))
    assert read.cases[0].status is AiStatus.FAILED


def test_an_error_in_records_is_never_nothing_found(desk: Any, write: Write) -> None:
    record = {"image": "C001_R-CC", "boxes_xyxy": [], "scores": [], "error": "timeout"}
    with pytest.raises(BadInputError, match="error: expected to be told how the system ended"):
        desk.bring_in(write("e.json", json.dumps([record])))
    fine = write("f.json", json.dumps([record | {"error": None}]))
    assert not desk.foresee(fine).problems


def test_words_for_statuses_are_read_by_a_map(desk: Any, write: Write) -> None:
    path = write("s.csv", f"{HEAD},result\nC001_R-CC,,,,,,neg\n")
    with pytest.raises(BadInputError, match=r"result: expected one of .*\[words.status\]"):
        desk.bring_in(path)
    told = ColumnMap(words=(ColumnWord("status", "neg", "none"),))
    assert not desk.foresee(path, column_map=told).problems


def test_four_zeros_are_no_box_in_the_corner(desk: Any, write: Write) -> None:
    path = write("z.csv", f"{HEAD},score\nC001_R-CC,,0,0,0,0,0.03\n{SECOND},0.5\n")
    with pytest.raises(BadInputError, match=r"row 2: expected a box, or empty .* zeros alone"):
        desk.bring_in(path)


@pytest.mark.parametrize(
    ("header", "beside", "line"),
    [
        ("laterality", "L", "an image of L, as the row says, got C001_R-CC"),
        ("laterality", "links", "an image of L, as the row says"),
        ("view", "MLO", "an image of MLO, as the row says"),
        ("view", "LCC", "an image of L-CC, got"),
        ("case", "C002", "an image of C002, as the row says"),
    ],
)
def test_a_row_that_contradicts_the_image_it_names_is_refused(
    desk: Any, write: Write, header: str, beside: str, line: str
) -> None:
    path = write("c.csv", f"image,{header},x1,y1,x2,y2,score\nC001_R-CC,{beside},1,2,3,4,0.5\n")
    with pytest.raises(BadInputError, match=f"row 2: expected {line}"):
        desk.bring_in(path)


@pytest.mark.parametrize("beside", ["R", "rechts", "右", "droite"])
def test_a_row_that_agrees_with_its_image_is_read(desk: Any, write: Write, beside: str) -> None:
    path = write("c.csv", f"image,laterality,x1,y1,x2,y2,score\nC001_R-CC,{beside},1,2,3,4,0.5\n")
    assert not desk.foresee(path).problems


def test_two_exams_of_a_patient_are_asked(desk: Any, write: Write) -> None:
    head = "case,laterality,view,exam_date,x1,y1,x2,y2,score"
    rows = ["C001,R,CC,12/05/2023,1,2,3,4,0.5", "C001,L,CC,04/05/2021,1,2,3,4,0.5"]
    path = write("d.csv", "\n".join([head, *rows]) + "\n")
    with pytest.raises(BadInputError, match="row 3: exam_date: expected rows of one exam of C001"):
        desk.bring_in(path)


def test_zeros_that_a_spreadsheet_took_away_are_told_and_not_left_out(
    desk: Any, write: Write
) -> None:
    desk.cases["0012345"] = "C001"
    head = "accession,laterality,view,x1,y1,x2,y2,score"
    for number in ("12345", "12345.0"):
        path = write("z.csv", f"{head}\n{number},R,CC,1,2,3,4,0.5\nC002,R,CC,1,2,3,4,0.5\n")
        foreseen = desk.foresee(path)
        assert foreseen.others is None
        assert "without the zeros before it that a spreadsheet took away" in words_of(foreseen)[0]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("x (mm),y (mm),width (mm),height (mm)", "expected columns for x0"),
        ('bbox_xyxy mm', "expected columns for x0"),
        ("x (%),y (%),w (%),h (%)", 'got percent. Say unit = "fractions" and stored_per_pixel'),
    ],
)  # fmt: skip
def test_coordinates_that_count_something_else_are_refused(
    desk: Any, write: Write, header: str, line: str
) -> None:
    cells = "10,20,30,40" if header.count(",") else '"10,20,30,40"'
    with pytest.raises(BadInputError, match=line):
        desk.bring_in(write("m.csv", f"image,{header},score\nC001_R-CC,{cells},0.5\n"))


def test_percent_of_the_picture_are_read_by_a_map(desk: Any, write: Write) -> None:
    path = write("p.csv", "image,x (%),y (%),w (%),h (%),score\nC001_R-CC,10,25,30,40,0.5\n")
    map_file = write(
        "map.toml", 'schema = 1\n[coordinates]\nunit = "fractions"\nstored_per_pixel = 0.01\n'
    )
    read = desk.bring_in(path, column_map=read_column_map(map_file))
    ((found,),) = [case.detections for case in read.cases if case.detections]
    where = found.boxes[0].where
    assert (where.x_px, where.y_px, where.width_px, where.height_px) == pytest.approx(
        (30.0, 100.0, 90.0, 160.0)
    )


MIAS = "REFNUM,BG,CLASS,SEVERITY,X,Y,RADIUS\nC001_R-CC,G,CIRC,B,100,50,20\n"


@pytest.mark.parametrize(
    ("y_from", "box"), [("top", Box(80, 30, 40, 40)), ("bottom", Box(80, 330, 40, 40))]
)
def test_a_centre_and_a_radius_are_read_once_the_rows_origin_is_said(
    desk: Any, write: Write, y_from: Any, box: Box
) -> None:
    path = write("mias.csv", MIAS)
    with pytest.raises(
        BadInputError, match=r"row 2, Y: expected to be told from where rows .*y_from = \"bottom\""
    ):
        desk.bring_in(path)
    told = ColumnMap(coordinates=Coordinates(y_from=y_from))
    foreseen = desk.foresee(path, column_map=told)
    assert not foreseen.problems
    (found,) = foreseen.results.cases[0].detections
    assert (found.boxes[0].view, found.boxes[0].where) == (View.R_CC, box)


def test_a_circle_beyond_the_picture_is_refused(desk: Any, write: Write) -> None:
    path = write("m.csv", "image,x_center,y_center,radius\nC001_R-CC,10,50,20\n")
    told = ColumnMap(coordinates=Coordinates(y_from="top"))
    assert "expected a box inside 300 x 400" in words_of(desk.foresee(path, column_map=told))[0]


def test_upper_edges_counted_upwards_are_the_greater_numbers(desk: Any, write: Write) -> None:
    path = write("u.csv", "image,left,top,right,bottom,score\nC001_R-CC,10,390,40,360,0.5\n")
    told = ColumnMap(coordinates=Coordinates(y_from="bottom"))
    (found,) = desk.foresee(path, column_map=told).results.cases[0].detections
    assert found.boxes[0].where == Box(10, 10, 30, 30)


def test_a_column_chosen_for_the_score_by_hand_is_not_asked_again(desk: Any, write: Write) -> None:
    path = write("a.csv", f"{HEAD},mass_score,calc_score\n{FIRST},0.5,0.2\n")
    columns = Columns(
        image="image", x0="x1", y0="y1", x1="x2", y1="y2", types="class", score="mass_score"
    )
    (found,) = desk.bring_in(path, column_map=ColumnMap(columns)).cases[0].detections
    assert found.score == 0.5
