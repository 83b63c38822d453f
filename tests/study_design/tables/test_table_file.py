"""A table is told by what is in its file, and a sheet is chosen or asked for."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from study_design.errors import BadInputError
from study_design.tables.csv_file import TableForm
from study_design.tables.number_style import Typed
from study_design.tables.table_file import read_table


def is_header(cells: object) -> bool:
    return {"case", "truth"} <= set(cells)  # type: ignore[call-overload]


def saved(path: Path, **sheets: list[list[object]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


REFERENCE: list[list[object]] = [["case", "truth"], ["C1", 1]]
OTHER: list[list[object]] = [["a", "b"], [1, 2.25]]


def test_a_workbook_is_told_by_its_content_whatever_its_name(tmp_path: Path) -> None:
    table = read_table(saved(tmp_path / "t.csv", Only=REFERENCE))
    assert table.rows == ({"case": "C1", "truth": "1"},)
    assert table.name == "t.csv"


def test_the_sheet_with_the_header_is_taken_and_named(tmp_path: Path) -> None:
    path = saved(tmp_path / "t.xlsx", Notes=OTHER, Truth=REFERENCE)
    table = read_table(path, is_header=is_header)
    assert table.name == "t.xlsx, sheet Truth"
    assert "t.xlsx, sheet Truth: read as the table" in table.guesses
    numbers = read_table(path, TableForm(sheet="notes"))
    assert numbers.rows == ({"a": "1", "b": "2.25"},)
    assert isinstance(numbers.rows[0]["b"], Typed)


@pytest.mark.parametrize(
    ("sheets", "line"),
    [
        ({"A": REFERENCE, "B": REFERENCE}, "several that hold the table: A, B. Say which: --sheet"),
        ({"A": OTHER, "B": OTHER}, "several, none with its columns: A, B"),
        ({"A": [], "B": []}, "expected a filled sheet, got none"),
    ],
)
def test_which_sheet_is_asked(
    tmp_path: Path, sheets: dict[str, list[list[object]]], line: str
) -> None:
    with pytest.raises(BadInputError, match=line):
        read_table(saved(tmp_path / "t.xlsx", **sheets), is_header=is_header)


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="expected a sheet Nope, got Only"):
        read_table(saved(tmp_path / "t.xlsx", Only=REFERENCE), TableForm(sheet="Nope"))


def test_hidden_rows_are_read_and_said_and_hidden_sheets_are_not_taken(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for row in (*REFERENCE, ["C2", 0]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    behind = book.create_sheet("Behind")
    behind.append(["case", "truth"])
    behind.sheet_state = "hidden"
    book.save(tmp_path / "t.xlsx")
    table = read_table(tmp_path / "t.xlsx", is_header=is_header)
    assert [row["case"] for row in table.rows] == ["C1", "C2"]
    assert table.guesses == ("t.xlsx: hidden rows are read too: 1",)


def test_a_cell_merged_over_rows_holds_for_each_of_them(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    for row in (["case", "lesion"], ["C1", "L1"], [None, "L2"], ["C2", "L1"]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "t.xlsx")
    table = read_table(tmp_path / "t.xlsx")
    assert [tuple(row.values()) for row in table.rows] == [("C1", "L1"), ("C1", "L2"), ("C2", "L1")]
    assert "merged cells hold for each of their rows: A2:A3" in table.guesses[0]


def test_a_formula_with_a_stored_value_holds_it(tmp_path: Path) -> None:
    path = saved(tmp_path / "t.xlsx", Only=[["case", "x"], ["C1", 1]])
    body = path.read_bytes()
    del body
    import zipfile

    with zipfile.ZipFile(path) as old:
        members = {info.filename: old.read(info) for info in old.infolist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    cells = b'<c r="B2"><f>A1&amp;1</f><v>7</v></c><c r="C2" t="str"><f>""</f><v></v></c>'
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b'<c r="B2" t="n"><v>1</v></c>', cells)
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    assert read_table(path).rows == ({"case": "C1", "x": "7"},)


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a workbook of before 2007"),
        (b"<html><table><tr><td>case</td></tr></table></html>", "a web page"),
        (b"%PDF-1.7\n", "a PDF"),
    ],
)
def test_files_that_are_taken_for_tables_are_named(tmp_path: Path, start: bytes, what: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(start)
    with pytest.raises(BadInputError, match=f"expected CSV or an xlsx workbook, got {what}"):
        read_table(path)
