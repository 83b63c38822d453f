"""The cells of an xlsx workbook, read row by row within bounds.

A workbook is a ZIP archive of XML: three megabytes can unpack to gigabytes, and a sheet may claim a
million rows of which one is filled. So what it unpacks to is looked at first, sheets are streamed,
and cells are counted.
"""

import struct
import warnings
import zlib
from collections.abc import Iterable
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from study_design.errors import BadInputError

Cells = tuple[object, ...]

MOST_UNPACKED_BYTES = 200_000_000
# Text that cells share is held whole while a workbook is read.
MOST_SHARED_BYTES = 20_000_000
MOST_CELLS = 1_000_000
_SHARED = "xl/sharedStrings.xml"
# What openpyxl raises for a damaged workbook.
_DAMAGED = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    InvalidFileException,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def read_sheets(path: Path) -> dict[str, list[Cells]]:
    """Return the rows of each sheet by its name; empty rows at its end are left out.

    Raises
    ------
    BadInputError
        Where it is no workbook, a damaged one, or larger than tables of a study are.
    """
    try:
        _refuse_bomb(path)
        with warnings.catch_warnings():
            # Extensions of Excel hold looks, no data; dates that cannot be are told by our doors.
            warnings.simplefilter("ignore")
            book = load_workbook(path, data_only=True, read_only=True)
            try:
                return _filled(path, book.worksheets)
            finally:
                book.close()
    except _DAMAGED as error:
        raise BadInputError(
            f"Expected an xlsx workbook at {path}, got: {str(error)[:200]}. Save it as .xlsx, not "
            ".xls."
        ) from error


def _refuse_bomb(path: Path) -> None:
    """Refuse a workbook that unpacks to more than tables of a study do."""
    with ZipFile(path) as archive:
        members = archive.infolist()
    unpacked = sum(info.file_size for info in members)
    shared = sum(info.file_size for info in members if info.filename == _SHARED)
    if unpacked > MOST_UNPACKED_BYTES or shared > MOST_SHARED_BYTES:
        raise BadInputError(
            f"{path.name}: expected a workbook of at most {MOST_UNPACKED_BYTES / 1e6:g} MB "
            f"unpacked, {MOST_SHARED_BYTES / 1e6:g} MB of it text, got {unpacked / 1e6:.0f} MB. "
            "Save the table as CSV."
        )


def _filled(path: Path, sheets: Iterable[object]) -> dict[str, list[Cells]]:
    """Return the rows of sheets up to the last that holds something."""
    found: dict[str, list[Cells]] = {}
    count = 0
    for sheet in sheets:
        sheet.reset_dimensions()  # type: ignore[attr-defined]
        rows: list[Cells] = []
        blank = 0
        for cells in sheet.iter_rows(values_only=True):  # type: ignore[attr-defined]
            held = _without_empty_end(cells)
            count += len(held) or 1
            if count > MOST_CELLS:
                raise BadInputError(
                    f"{path.name}: expected at most {MOST_CELLS} cells, got more. Save the table "
                    "as CSV."
                )
            if not held:
                blank += 1
                continue
            rows += [()] * blank
            rows.append(held)
            blank = 0
        found[sheet.title] = rows  # type: ignore[attr-defined]
    return found


def _without_empty_end(cells: Cells) -> Cells:
    """Return cells up to the last that holds something."""
    last = max((place for place, cell in enumerate(cells, start=1) if cell is not None), default=0)
    return cells[:last]
