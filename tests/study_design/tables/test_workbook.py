"""Workbooks are read within bounds, whatever they claim."""

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from study_design.errors import BadInputError
from study_design.tables.workbook import read_sheets


def saved(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    book.active.title = "TRUTH"
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def rewritten(path: Path, name: str, content: bytes) -> Path:
    """Put other content in the place of a member."""
    body = BytesIO(path.read_bytes())
    with zipfile.ZipFile(body) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, content if info.filename == name else old.read(info))
    return path


def test_rows_come_as_they_are_without_empty_ends(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", [["a", 1, None], [], [None, 2.5], [None, None]])
    assert read_sheets(path) == {"TRUTH": [("a", 1), (), (None, 2.5)]}


def test_what_a_sheet_claims_of_its_size_is_not_believed(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", [["a"]])
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    assert read_sheets(rewritten(path, "xl/worksheets/sheet1.xml", sheet)) == {"TRUTH": [(1,)]}


def test_a_cell_at_the_far_end_of_a_sheet_is_counted(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", [["a"]])
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(BadInputError, match="expected at most 1000000 cells"):
        read_sheets(rewritten(path, "xl/worksheets/sheet1.xml", sheet))


MEASURED = """
import resource, sys
from pathlib import Path
from study_design.errors import BadInputError
from study_design.tables.workbook import read_sheets
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_sheets(Path(sys.argv[1]))
except BadInputError as error:
    print(error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units")
@pytest.mark.parametrize("kind", ["cells", "text", "shared"])
def test_a_small_file_that_unpacks_to_much_takes_little_memory(tmp_path: Path, kind: str) -> None:
    path = saved(tmp_path / "a.xlsx", [["a"]])
    if kind == "shared":
        content = b"<sst>" + b"<si><t>abcdefgh</t></si>" * 1_500_000 + b"</sst>"
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/sharedStrings.xml", content)
    else:
        cell = (
            b"<c><v>1</v></c>" if kind == "cells" else b"<c t='inlineStr'><is><t>abc</t></is></c>"
        )
        content = (
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b"<sheetData>"
            + (b"<row>" + cell * 100 + b"</row>") * 40_000
            + b"</sheetData></worksheet>"
        )
        rewritten(path, "xl/worksheets/sheet1.xml", content)
    assert path.stat().st_size < 3_000_000
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True
    )
    told, grown_kb = done.stdout.splitlines()
    assert "expected a" in told
    assert int(grown_kb) < 200_000


@pytest.mark.parametrize("content", [b"", b"<", b"<a>", b"\xff\xfe", b"<a></b>", b"no XML"])
@pytest.mark.parametrize(
    "name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml"]
)
def test_a_part_that_is_no_xml_is_a_damaged_workbook(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = rewritten(saved(tmp_path / "a.xlsx", [["a"]]), name, content)
    with pytest.raises(BadInputError, match="Expected an xlsx workbook at"):
        read_sheets(path)
