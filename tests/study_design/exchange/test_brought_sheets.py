"""Sheets that somebody brings are read rightly, asked about or refused; nothing is half taken."""

import pytest
from given_brought_sheets import TRUTH, Bring

from study_design.errors import BadInputError
from study_design.exchange.reference_sheet import read_lesions, read_reference
from study_design.geometry import Box
from study_design.images.case_list import read_images
from study_design.tables.csv_file import TableForm
from study_design.tables.foreign.column_map import (
    ColumnMap,
    read_column_map,
)
from study_design.tables.number_style import DecimalSign
from study_design.tables.table_faults import MOST_LINES
from study_design.vocabulary import View

LESION_HEADER = "case,lesion,view,types,x_px,y_px,width_px,height_px,malignant,size_mm\n"


def test_all_faults_of_both_sheets_are_told_at_once_with_the_rows_of_the_file(bring: Bring) -> None:
    lines = bring.refused(
        "case,truth,density,followup_months\n\n,,,\nC001,perhaps,e,two\nC002,0,b,12\nC003,x,,\n",
        LESION_HEADER + "C001,L1,R-XX,lump,,,,,1,big\n",
    )
    assert [line.split(": expected")[0] for line in lines] == [
        "truth.csv, row 4, truth",
        "truth.csv, row 4, density",
        "truth.csv, row 4, followup_months",
        "truth.csv, row 6, truth",
        "lesions.csv, row 2, types",
        "lesions.csv, row 2, size_mm",
        "lesions.csv, row 2, view",
    ]
    assert lines[0] == (
        "truth.csv, row 4, truth: expected 1 or 0 (malignant or benign), got 'perhaps'. Correct "
        "the cell."
    )


def test_a_cell_of_several_lines_is_one_row_and_its_line_is_told_beside(bring: Bring) -> None:
    (line,) = bring.refused('case,truth,symptoms\nC001,1,"a\nb"\nC002,x,\n')
    assert line.startswith(
        "truth.csv, row 3 (line 4), truth: expected 1 or 0 (malignant or benign), got 'x'."
    )


def test_very_many_faults_are_counted(bring: Bring) -> None:
    rows = "".join(f"C00{n % 4 + 1},x{n}\n" for n in range(300))
    lines = bring.refused("case,truth\n" + rows)
    assert len(lines) == MOST_LINES + 1
    assert lines[-1].startswith("... and ")


@pytest.mark.parametrize(
    ("word", "truth"),
    [
        ("TRUE", True), ("false", False), ("Yes", True), ("NO", False), ("ja", True),
        ("Nein", False), ("oui", True), ("NON", False), ("1.0", True), ("0,0", False),
        ("Malignant", True), ("benign", False), ("bösartig", True), ("gutartig", False),
        ("Bénin", False), ("malin", True), ("良性", False), ("恶性", True), ("悪性", True),
        ("惡性", True), ("positive", True), ("negativ", False), ("normal", False),
        ("\uff11", True), ("Cancer", True), ("M", True), ("b", False), ("BÖSARTIG", True),
    ],
)  # fmt: skip
def test_words_for_truth_are_read_and_said(bring: Bring, word: str, truth: bool) -> None:
    imported = bring(
        f"case,truth\nC001,{word}\n" if "," not in word else f"case;truth\nC001;{word}"
    )
    assert read_reference(bring.study)[0].truth is truth
    assert any(f"read {word!r} as {int(truth)} (1)" in one for one in imported.notes)


@pytest.mark.parametrize(
    "word", ["2", "-1", "0.5", "maybe", "?", "10", "true?", "unknown", "+", "x"]
)
def test_other_words_are_never_a_truth(bring: Bring, word: str) -> None:
    (line,) = bring.refused(f"case,truth\nC001,{word}\n")
    assert f"truth.csv, row 2, truth: expected 1 or 0 (malignant or benign), got {word!r}" in line


def test_one_comma_with_three_digits_is_asked_and_an_answer_is_followed(bring: Bring) -> None:
    row = 'C001,L1,R-CC,mass,"1,234",1,2,2,1,\n'
    (line,) = bring.refused(TRUTH, LESION_HEADER + row)
    assert "row 2, x_px: expected a number of a known decimal sign (1234 or 1.234;" in line
    assert "--decimal point" in line
    said = ColumnMap(form=TableForm(decimal=DecimalSign.COMMA))
    bring(TRUTH, LESION_HEADER + row, said)
    assert read_lesions(bring.study)[0].where == Box(1.234, 1, 2, 2)
    (line,) = bring_again_with_point(bring, LESION_HEADER + row)
    assert "got x_px 1234" in line


def bring_again_with_point(bring: Bring, lesions: str) -> tuple[str, ...]:
    with pytest.raises(BadInputError) as refusal:
        bring(TRUTH, lesions, ColumnMap(form=TableForm(decimal=DecimalSign.POINT)))
    return (str(refusal.value),)


@pytest.mark.parametrize(
    ("size", "size_mm"),
    [
        ("12", 12.0),
        ("12 mm", 12.0),
        ("1.2 cm", 12.0),
        ("12.5mm", 12.5),
        ('"1,5 cm"', 15.0),
        ("NA", None),
    ],
)
def test_lengths_come_in_with_their_unit(bring: Bring, size: str, size_mm: float | None) -> None:
    bring(TRUTH, LESION_HEADER + f"C001,L1,R-CC,mass,,,,,1,{size}\n")
    assert read_lesions(bring.study)[0].size_mm == size_mm


@pytest.mark.parametrize("size", ["12 in", "<5", "5-8", "1/2", "2024-01-04", "ca. 12", "12 x 8"])
def test_what_is_no_length_is_refused(bring: Bring, size: str) -> None:
    (line,) = bring.refused(TRUTH, LESION_HEADER + f"C001,L1,R-CC,mass,,,,,1,{size}\n")
    assert f"lesions.csv, row 2, size_mm: expected a number, got {size!r}" in line


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("PatientID,Laterality,ViewPosition,xmin,ymin,xmax,ymax", "C001,R,CC,10,20,40,60"),
        ("Patient_ID,view,left,top,right,bottom", "C001,RCC,10,20,40,60"),
        ("case,VIEW,X,Y,W,H", "C001,Right CC,10,20,30,40"),
        ("case,side,view,cx,cy,width,height", "C001,rechts,cc,25,40,30,40"),
    ],
)
def test_boxes_by_the_usual_columns_need_no_map(bring: Bring, header: str, cells: str) -> None:
    bring(TRUTH, f"{header},lesion,type,malignant\n{cells},L1,Mass,yes\n")
    (lesion,) = read_lesions(bring.study)
    assert (lesion.view, lesion.where) == (View.R_CC, Box(10.0, 20.0, 30.0, 40.0))


MIAS = "case,lesion,view,CLASS,SEVERITY,X,Y,RADIUS\nC001,L1,R-MLO,{},M,120,{},30\n"


@pytest.mark.parametrize(
    ("word", "kind"),
    [("CIRC", "mass"), ("SPIC", "mass"), ("ARCH", "distortion"), ("ASYM", "asymmetry")],
)
def test_a_circle_of_mini_mias_is_read_once_a_map_says_where_rows_begin(
    bring: Bring, word: str, kind: str
) -> None:
    columns = 'types = "CLASS"\nmalignant = "SEVERITY"\n'
    (line,) = bring.refused(TRUTH, MIAS.format(word, 100), _map(bring, columns))
    assert line.startswith("lesions.csv, row 2, y_centre: expected to be told from where rows")
    assert 'y_from = "bottom"' in line
    with_rows = {image.view: image for image in read_images(bring.study) if image.case == "C001"}
    rows = with_rows[View("R-MLO")].rows
    for origin, top in (("top", 70.0), ("bottom", rows - 130.0)):
        told = _map(bring, columns, f'[coordinates]\ny_from = "{origin}"\n')
        bring(TRUTH, MIAS.format(word, 100), told)
        (lesion,) = read_lesions(bring.study)
        assert lesion.where == Box(90.0, top, 60.0, 60.0)
        assert (lesion.types[0].value, lesion.malignant) == (kind, True)


def test_what_a_map_says_of_coordinates_holds_for_lesions(bring: Bring) -> None:
    rows = read_images(bring.study)[0].rows
    told = _map(bring, "", "[coordinates]\nfirst_pixel = 1\nstored_per_pixel = 2.0\n")
    bring(TRUTH, LESION_HEADER + "C001,L1,R-CC,mass,11,21,30,40,1,5\n", told)
    assert read_lesions(bring.study)[0].where == Box(20.0, 40.0, 60.0, 80.0)
    told = _map(bring, "", '[coordinates]\ny_from = "bottom"\n')
    head = "case,lesion,view,types,malignant,xmin,ymin,xmax,ymax\n"
    for low, high in ((20, 60), (60, 20)):
        bring(TRUTH, f"{head}C001,L1,R-CC,mass,1,10,{low},40,{high}\n", told)
        assert read_lesions(bring.study)[0].where == Box(10.0, rows - 60.0, 30.0, 40.0)


def test_a_box_in_one_cell_is_refused_and_not_lost(bring: Bring) -> None:
    lesions = 'case,lesion,view,types,malignant,bbox\nC001,L1,R-CC,mass,1,"10,20,30,40"\n'
    (line,) = bring.refused(TRUTH, lesions)
    assert line.startswith("lesions.csv, row 2, bbox: expected each number of a box in a column")
    empty = "case,lesion,view,types,malignant,bbox\nC001,L1,R-CC,mass,1,\n"
    assert bring(TRUTH, empty).lesions == 1


def _map(bring: Bring, columns: str, more: str = "") -> ColumnMap:
    path = bring.folder / "map.toml"
    path.write_text(f"schema = 1\n[columns]\n{columns}{more}")
    return read_column_map(path)
