"""AI results that went through a spreadsheet come in as those that did not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from study_design.errors import BadInputError
from study_design.geometry import Box

Write = Callable[[str, str], Path]
HEADER = ["PatientID", "Laterality", "ViewPosition", "xmin", "ymin", "xmax", "ymax", "Score"]


def only_box(results: Any) -> Box:
    ((detection,),) = [case.detections for case in results.cases if case.detections]
    return detection.boxes[0].where


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_usual_headers_need_no_map(desk: Any, write: Write, delimiter: str) -> None:
    rows = [HEADER, ["C001", "R", "CC", "10.5", "20", "40.5", "60", "0.5"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    assert only_box(desk.bring_in(write("t.csv", text))) == Box(10.5, 20.0, 30.0, 40.0)


def test_a_workbook_is_read_as_its_csv(desk: Any, write: Write) -> None:
    path = write("t.xlsx", "")
    book = Workbook()
    book.active.append(HEADER)
    book.active.append(["C001", "rechts", "CC", 10.5, 20, 40.5, 60, 0.5])
    book.save(path)
    assert only_box(desk.bring_in(path)) == Box(10.5, 20.0, 30.0, 40.0)


def test_thousands_are_settled_by_the_column_or_asked(desk: Any, write: Write) -> None:
    header = "image,x0,y0,x1,y1,score\n"
    settled = write("a.csv", header + 'C001_R-CC,0,10,"0,250","20,5","0,5"\n')
    assert only_box(desk.bring_in(settled)).width_px == 0.25
    asked = write("b.csv", header + 'C001_R-CC,0,10,"1,234",20,0\n')
    with pytest.raises(BadInputError, match=r"row 2.*decimal sign"):
        desk.bring_in(asked)


def test_rows_are_those_of_the_file(desk: Any, write: Write) -> None:
    path = write("t.csv", "image;x0;y0;x1;y1;score\n\n;;;;;\nC001_R-CC;0;10;x;20;0\n")
    with pytest.raises(BadInputError, match=r"t\.csv, row 4"):
        desk.bring_in(path)
