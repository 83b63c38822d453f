"""Sheets that somebody brings are read rightly, asked about or refused; nothing is half taken."""

import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from study_design.errors import BadInputError
from study_design.exchange.brought_sheets import SheetOptions
from study_design.exchange.reference_sheet import read_lesions, read_reference
from study_design.exchange.truth_import import TruthImport, import_truth
from study_design.geometry import Box
from study_design.images.case_list import read_images
from study_design.record.actor import Actor
from study_design.record.events import EventType
from study_design.record.payloads.staff import TruthRowsLeftOut
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import TableForm
from study_design.tables.foreign.column_map import (
    ColumnMap,
    read_column_map,
    write_column_map,
)
from study_design.tables.number_style import DecimalSign
from study_design.tables.table_faults import MOST_LINES, BadTableError
from study_design.vocabulary import View

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
TRUTH = "case,truth\nC001,1\nC002,0\n"
LESION_HEADER = "case,lesion,view,types,x_px,y_px,width_px,height_px,malignant,size_mm\n"


@pytest.fixture
def bring(study: StudyFolder, tmp_path: Path) -> "Bring":
    return Bring(study, tmp_path)


class Bring:
    """Brings sheets in that are given as text, bytes or rows of a workbook."""

    def __init__(self, study: StudyFolder, folder: Path) -> None:
        self.study = study
        self.folder = folder

    def __call__(
        self,
        truth: str | bytes | list[list[object]],
        lesions: str | None = None,
        column_map: ColumnMap | None = None,
        *,
        leave_out_others: bool = False,
    ) -> TruthImport:
        path = self.folder / "truth.csv"
        if isinstance(truth, list):
            path = path.with_suffix(".xlsx")
            book = Workbook()
            for row in truth:
                book.active.append(row)
            book.save(path)
        else:
            path.write_bytes(truth if isinstance(truth, bytes) else truth.encode())
        lesion_path = self.folder / "lesions.csv"
        lesion_path.write_text(lesions or "", encoding="utf-8")
        return import_truth(
            self.study,
            path,
            lesion_path if lesions is not None else None,
            resolve=lambda _: None,
            options=SheetOptions(column_map or ColumnMap(), leave_out_others),
            by=Actor("Ann"),
            now=NOW,
        )

    def refused(self, *sheets: object, **options: object) -> tuple[str, ...]:
        """Return the lines of a refusal; nothing is written."""
        with pytest.raises(BadInputError) as refusal:
            self(*sheets, **options)  # type: ignore[arg-type]
        assert not list(self.study.reference_standard.iterdir())
        error = refusal.value
        return error.lines if isinstance(error, BadTableError) else (str(error),)


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


def test_numbers_from_0_to_1_are_no_pixels_unless_a_map_says_fractions(bring: Bring) -> None:
    sheet = (
        "case,view,xmin,ymin,xmax,ymax,lesion,type,malignant\nC001,R-CC,.1,.25,.9,.5,L1,Mass,1\n"
    )
    (line,) = bring.refused(TRUTH, sheet)
    assert 'unit = "fractions"' in line
    path = bring.folder / "map.toml"
    path.write_text('schema = 1\n[coordinates]\nunit = "fractions"\n')
    bring(TRUTH, sheet, read_column_map(path))
    where = read_lesions(bring.study)[0].where
    assert where is not None
    assert (where.x_px, where.y_px) == (30.0, 100.0)
    assert (where.width_px, where.height_px) == (pytest.approx(240.0), pytest.approx(100.0))


def test_a_map_says_columns_words_and_the_file_s_form(bring: Bring) -> None:
    path = bring.folder / "map.toml"
    path.write_text(
        'schema = 1\nencoding = "windows-1252"\ndecimal = "comma"\n'
        '[columns]\ncase = "Nr"\ntruth = "Score"\nsize_mm = "D"\n'
        '[types]\n"Kugel" = "mass"\n[words.truth]\n"B5" = "1"\n"B2" = "0"\n',
        encoding="utf-8",
    )
    column_map = read_column_map(path)
    bring(
        "Nr;Score;Klinik\nC001;B5;Zürich\nC002;b2;Genève\n".encode("cp1252"),
        "Nr;lesion;type;malignant;D\nC001;L1;Kugel;1;1,234\n",
        column_map,
    )
    assert [(one.case, one.truth) for one in read_reference(bring.study)] == [
        ("C001", True),
        ("C002", False),
    ]
    assert read_lesions(bring.study)[0].size_mm == 1.234
    written = bring.folder / "written.toml"
    write_column_map(written, column_map)
    assert read_column_map(written) == column_map


def test_a_map_that_names_a_column_which_is_not_there_is_refused(bring: Bring) -> None:
    path = bring.folder / "map.toml"
    path.write_text('schema = 1\n[columns]\ndensity = "Dichtee"\n')
    (line,) = bring.refused("case,truth,Dichte\nC001,1,b\n", column_map=read_column_map(path))
    assert "expected a column 'Dichtee' for density, as the map says" in line


def test_rows_of_other_studies_are_asked_about_then_left_out_and_recorded(bring: Bring) -> None:
    sheet = "case,truth\nC001,1\nX1,1\nC002,0\nX2,0\n"
    (line,) = bring.refused(sheet)
    assert line.startswith("truth.csv, row 3, case: expected a case of the study, got 'X1'; 2 of 4")
    assert line.endswith("--leave-out-others.")
    imported = bring(sheet, leave_out_others=True)
    assert imported.cases == 2
    assert any("2 of 4 rows left out: not of this study (row 3 'X1'" in w for w in imported.notes)
    with open_store(bring.study) as store:
        (event,) = store.events(types=(EventType.TRUTH_ROWS_LEFT_OUT,))
    assert (event.event.payload, event.event.actor) == (TruthRowsLeftOut(2, 4), "Ann")


def test_a_row_without_a_case_or_of_one_exam_of_several_is_never_left_out(
    bring: Bring, tmp_path: Path
) -> None:
    lines = bring.refused("case,truth\nC001,1\n,1\nX,0\n", leave_out_others=True)
    assert [line.split(": expected")[0] for line in lines] == ["truth.csv, row 3, case"]

    def resolve(named: str) -> str | None:
        if named == "MRN":
            raise BadInputError("MRN: expected one case, got C001, C002.")
        return None

    sheet = tmp_path / "several.csv"
    sheet.write_text("case,truth\nC001,1\nMRN,0\n")
    options = SheetOptions(leave_out_others=True)
    with pytest.raises(BadInputError, match=r"several\.csv, row 3, case: MRN: expected one case"):
        import_truth(bring.study, sheet, resolve=resolve, options=options)


def test_a_sheet_of_another_study_alone_is_refused_even_so(bring: Bring) -> None:
    (line,) = bring.refused("case,truth\nX1,1\nX2,0\n", leave_out_others=True)
    assert "No row of 2 is of this study" in line


def test_a_workbook_s_booleans_numbers_titles_and_blank_rows(bring: Bring) -> None:
    bring(
        [
            ["Reference standard of the study"],
            [],
            [None, "case", "truth", "followup_months", None],
            [None, "C001", True, 24, None],
            [],
            [None, "C002", 0, 12.5],
            [None, "C003", "0", "18 months"],
            [None, "C004", 1.0, None],
        ]
    )
    told = [(one.case, one.truth, one.followup_months) for one in read_reference(bring.study)]
    assert told == [
        ("C001", True, 24.0),
        ("C002", False, 12.5),
        ("C003", False, 18.0),
        ("C004", True, None),
    ]


def test_both_sheets_may_stand_in_one_workbook(bring: Bring, tmp_path: Path) -> None:
    path = tmp_path / "both.xlsx"
    book = Workbook()
    sheets = {
        "Lesions": [
            ["PatientID", "Laterality", "ViewPosition", "xmin", "ymin", "xmax", "ymax", "Lesion",
             "Type", "Malignant"],
            ["C001", "R", "CC", 10.5, 20, 40.5, 60, "L1", "Mass", True],
        ],
        "Reference": [["Case", "Diagnosis"], ["C001", "malignant"], ["C002", "benign"]],
        "Notes": [["Anything"], ["else"]],
    }  # fmt: skip
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    imported = import_truth(bring.study, path, path, resolve=lambda _: None)
    assert (imported.cases, imported.malignant, imported.lesions) == (2, 1, 1)
    assert "both.xlsx, sheet Reference: read as the table" in imported.notes
    assert "both.xlsx, sheet Lesions: read as the table" in imported.notes


def test_a_date_that_a_spreadsheet_made_is_refused_and_never_a_number(bring: Bring) -> None:
    day, other = datetime.date(2024, 1, 4), datetime.date(2024, 10, 5)
    lines = bring.refused(
        [
            ["case", "truth", "followup_months", "age_group", "stratum", "examined"],
            ["C001", 1, day, other, 1, day],
            ["C002", 0, 12, "40-49", day, other],
        ]
    )
    assert [line.split(": expected")[0] for line in lines] == [
        "truth.xlsx, row 2, age_group",
        "truth.xlsx, row 2, followup_months",
        "truth.xlsx, row 3, stratum",
    ]
    assert all("made a date of it" in line for line in lines)


def test_a_formula_that_nobody_computed_is_refused(bring: Bring) -> None:
    (line,) = bring.refused([["case", "truth"], ["C001", 1], ["C002", "=1-1"]])
    assert "expected 1 or 0 (malignant or benign), got a formula without a value in B3" in line


def test_errors_of_a_spreadsheet_are_no_text(bring: Bring) -> None:
    (line,) = bring.refused("case,truth,site\nC001,1,#REF!\n")
    assert "row 2, site: expected text as it was typed, got '#REF!'" in line
    bring("case,truth,density\nC001,1,#N/A\n")
    assert read_reference(bring.study)[0].density == ""


def test_a_value_without_a_column_name_is_refused(bring: Bring) -> None:
    (line,) = bring.refused([["case", "truth", "breast", None], ["C001", 1, "x", "y"]])
    assert "row 2" in line
    assert "expected 3 cells, got 4" in line


def test_a_percent_a_unit_and_unused_columns_are_said(bring: Bring) -> None:
    imported = bring(TRUTH, "case,lesion,types,malignant,size (cm),remark\nC001,L1,mass,1,1.2,so\n")
    told = "\n".join(imported.notes)
    assert "columns read: 'size (cm)' as size_mm" in told
    assert "columns not used: 'remark'" in told
    assert read_lesions(bring.study)[0].size_mm == 12.0
