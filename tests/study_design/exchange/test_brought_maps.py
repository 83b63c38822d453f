"""Maps, rows of other studies and workbooks of the sheets that somebody brings."""

import datetime
from pathlib import Path

import pytest
from given_brought_sheets import TRUTH, Bring
from openpyxl import Workbook

from study_design.errors import BadInputError
from study_design.exchange.brought_sheets import SheetOptions
from study_design.exchange.reference_sheet import read_lesions, read_reference
from study_design.exchange.truth_import import import_truth
from study_design.record.events import EventType
from study_design.record.payloads.staff import TruthRowsLeftOut
from study_design.record.store.record_store import open_store
from study_design.tables.foreign.column_map import (
    read_column_map,
    write_column_map,
)


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
