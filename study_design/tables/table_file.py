"""A table from whatever file a spreadsheet wrote: CSV in any form, or an xlsx workbook."""

import re
from pathlib import Path

from study_design.errors import BadInputError
from study_design.tables.cell_grid import IsHeader
from study_design.tables.csv_file import AS_FOUND, CsvTable, TableForm, csv_table, read_csv

_WORKBOOK = b"PK\x03\x04"
# Files that are often taken for tables, by how they begin, and what to do.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "a workbook of before 2007, or one with a password"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document"),
)
# Others that hold no table at all.
_NO_TABLES = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"II*\0", "a picture (TIFF)"),
    (b"MM\0*", "a picture (TIFF)"),
    (b"\x93NUMPY", "an array of NumPy"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x80\x02", "a pickle of Python"),
    (b"\x80\x03", "a pickle of Python"),
    (b"\x80\x04", "a pickle of Python"),
    (b"\x80\x05", "a pickle of Python"),
    (b"MATLAB 5", "a file of MATLAB"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"SQLite format 3", "a database"),
)
_WEB_PAGE = (b"<html", b"<table", b"<!doctype")
# A web page may begin as XML does.
_HTML = b"<html"
_XML = re.compile(rb"\s*<(\?xml|[a-z_][\w.:-]*[\s/>])", re.IGNORECASE)
_LOOKED_AT = 512


def read_table(
    path: Path, form: TableForm = AS_FOUND, is_header: IsHeader | None = None
) -> CsvTable:
    """Return the table in a file, told by what is in it and not by its name.

    Raises
    ------
    BadInputError
        For a file that is no table, and as `csv_table` and `workbook_table`.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(_LOOKED_AT)
    except OSError as error:
        raise BadInputError(
            f"Expected a table at {path}, got: {error.strerror}. Check the path."
        ) from error
    return _table(path, start, form, is_header) or read_csv(path, form, is_header)


def table_in(path: Path, raw: bytes, form: TableForm = AS_FOUND) -> CsvTable:
    """Return the table in the bytes of a file that lies at a path; as `read_table`."""
    return _table(path, raw[:_LOOKED_AT], form, None) or csv_table(path, raw, form)


def _table(
    path: Path, start: bytes, form: TableForm, is_header: IsHeader | None
) -> CsvTable | None:
    """Return the table of a workbook; None where the file may be text."""
    if start.startswith(_WORKBOOK):
        # openpyxl brings a picture library with it, which no process but the guarded one needs.
        from study_design.tables.workbook_table import workbook_table

        return workbook_table(path, form, is_header)
    no_table = next((what for sign, what in _NO_TABLES if start.startswith(sign)), "")
    if not no_table and _is_markup(start):
        no_table = "XML"
    if no_table:
        raise BadInputError(
            f"{path.name}: expected a table, got {no_table}. Write what it holds as CSV."
        )
    other = next((what for sign, what in _OTHERS if start.startswith(sign)), "")
    if start.lstrip().lower().startswith(_WEB_PAGE) or (
        _XML.match(start) and _HTML in start.lower()
    ):
        other = "a web page"
    if other:
        raise BadInputError(
            f"{path.name}: expected CSV or an xlsx workbook, got {other}. Open it in a spreadsheet "
            "program and save it as .xlsx."
        )
    return None


def _is_markup(start: bytes) -> bool:
    """Tell XML that is no web page."""
    found = start.lstrip().lower()
    return bool(_XML.match(found)) and _HTML not in found and not found.startswith(_WEB_PAGE)
