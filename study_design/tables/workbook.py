"""The cells of an xlsx workbook, read row by row within bounds.

A workbook is a ZIP archive of XML: three megabytes can unpack to gigabytes, and a sheet may claim a
million rows of which one is filled. So what it unpacks to is looked at first, sheets are streamed,
and cells are counted. A formula holds the value that a spreadsheet stored beside it; one without is
told, for nobody has computed it.
"""

import re
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from study_design.errors import BadInputError

Cells = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Uncomputed:
    """A formula beside which no value is stored."""

    cell: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook.

    Attributes
    ----------
    rows
        Up to the last that holds something; values as Python has them, None where a cell is empty.
    merged
        Areas of cells that are one, such as `A3:A5`; only the first of each holds the value.
    hidden_rows
        How many rows are hidden, as a filter hides them.
    """

    name: str
    is_visible: bool
    rows: list[Cells]
    merged: tuple[str, ...] = ()
    hidden_rows: int = 0


MOST_UNPACKED_BYTES = 200_000_000
# Text that cells share is held whole while a workbook is read.
MOST_SHARED_BYTES = 20_000_000
MOST_CELLS = 1_000_000
_SHARED = "xl/sharedStrings.xml"
_VALUES = {"data_only": True, "read_only": True}
_FORMULAS = {"data_only": False, "read_only": True}
_PIECE = 1_000_000
_TAG = re.compile(rb"<(?:row|mergeCell)\s[^>]*>")
_MERGED = re.compile(rb'<mergeCell\s[^>]*\bref="([A-Z0-9:]+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
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
    """Return the rows of each sheet by its name, None for formulas that nobody computed.

    Raises
    ------
    BadInputError
        As `read_workbook`.
    """
    return {
        sheet.name: [
            tuple(None if isinstance(cell, Uncomputed) else cell for cell in row)
            for row in sheet.rows
        ]
        for sheet in read_workbook(path)
    }


def read_workbook(path: Path) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook; empty rows at their ends are left out.

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
            # By its content: a name may end in anything.
            with path.open("rb") as stream:
                sheets = _filled(path, load_workbook(stream, **_VALUES).worksheets)
                return _with_formulas(sheets, load_workbook(stream, **_FORMULAS).worksheets)
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


def _filled(path: Path, sheets: Iterable[object]) -> list[Sheet]:
    """Return sheets with their rows up to the last that holds something."""
    found: list[Sheet] = []
    count = 0
    for sheet in sheets:
        sheet.reset_dimensions()  # type: ignore[attr-defined]
        rows: list[Cells] = []
        blank = 0
        for cells in sheet.iter_rows():  # type: ignore[attr-defined]
            held = _without_empty_end(tuple(map(_value, cells)))
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
        with sheet._get_source() as source:  # type: ignore[attr-defined]
            merged, hidden_rows = _marked_up(source)
        found.append(
            Sheet(
                sheet.title,  # type: ignore[attr-defined]
                sheet.sheet_state == "visible",  # type: ignore[attr-defined]
                rows,
                merged,
                hidden_rows,
            )
        )
    return found


def _value(cell: ReadOnlyCell) -> object:
    """Return what a cell holds; empty text where a formula gave that, None where nothing is."""
    return "" if cell.value is None and cell.data_type == "str" else cell.value


def _with_formulas(sheets: list[Sheet], with_formulas: Iterable[object]) -> tuple[Sheet, ...]:
    """Return sheets with the formulas marked beside which no value is stored."""
    for sheet, formulas in zip(sheets, with_formulas, strict=True):
        formulas.reset_dimensions()  # type: ignore[attr-defined]
        for number, cells in enumerate(formulas.iter_rows()):  # type: ignore[attr-defined]
            lacking = [
                place
                for place, cell in enumerate(cells)
                if cell.data_type == "f" and _is_empty(sheet.rows, number, place)
            ]
            _mark(sheet.rows, number, lacking)
    return tuple(sheets)


def _is_empty(rows: list[Cells], number: int, place: int) -> bool:
    """Tell whether no value stands in a cell."""
    return number >= len(rows) or place >= len(rows[number]) or rows[number][place] is None


def _mark(rows: list[Cells], number: int, places: list[int]) -> None:
    """Put marks of formulas without a value into a row."""
    if not places:
        return
    rows += [()] * (number + 1 - len(rows))
    cells = list(rows[number]) + [None] * (places[-1] + 1 - len(rows[number]))
    for place in places:
        cells[place] = Uncomputed(f"{get_column_letter(place + 1)}{number + 1}")
    rows[number] = tuple(cells)


def _marked_up(source: IO[bytes]) -> tuple[tuple[str, ...], int]:
    """Return the merged areas in a sheet's XML, and how many rows are hidden."""
    merged: list[str] = []
    hidden = 0
    for tag in _tags(source):
        area = _MERGED.match(tag)
        if area:
            merged.append(area[1].decode("ascii", "replace"))
        hidden += bool(_HIDDEN.search(tag)) and tag.startswith(b"<row")
    return tuple(merged), hidden


def _tags(source: IO[bytes]) -> Iterator[bytes]:
    """Return the tags of rows and merged cells in XML, which is read piece by piece."""
    rest = b""
    while piece := source.read(_PIECE):
        rest += piece
        yield from (found[0] for found in _TAG.finditer(rest))
        rest = rest[rest.rfind(b"<") :][:_PIECE] if rest.rfind(b">") < rest.rfind(b"<") else b""


def _without_empty_end(cells: Cells) -> Cells:
    """Return cells up to the last that holds something."""
    last = max((place for place, cell in enumerate(cells, start=1) if cell is not None), default=0)
    return cells[:last]
