"""A sheet of an xlsx workbook as a table of text cells, with what the cells were kept in mind.

A spreadsheet holds numbers, dates and truth values where a person sees text: a number keeps its
decimal point, and a date that a spreadsheet made of `4-1` is told from text that looks like one.
"""

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

from openpyxl.utils.cell import range_boundaries

from study_design.errors import BadInputError
from study_design.tables.cell_grid import GridRow, IsHeader, headed
from study_design.tables.csv_file import CsvTable, TableForm
from study_design.tables.held_cells import Dated, NotComputed
from study_design.tables.number_style import Typed
from study_design.tables.workbook import Sheet, Uncomputed, read_workbook


def workbook_table(path: Path, form: TableForm, is_header: IsHeader | None = None) -> CsvTable:
    """Return the table on a sheet of a workbook.

    Parameters
    ----------
    form
        `sheet`: on which sheet the table is; without it, the only visible one whose header is one.
    is_header
        Tells the header of the table that is looked for.

    Raises
    ------
    BadInputError
        Where it is no workbook, or which sheet is meant cannot be told.
    """
    sheets = [sheet for sheet in read_workbook(path) if sheet.rows]
    sheet = _named(path, sheets, form.sheet) if form.sheet else _only(path, sheets, is_header)
    several = sum(one.is_visible for one in sheets) > 1 or bool(form.sheet)
    name = f"{path.name}, sheet {sheet.name}" if several else path.name
    notes = [f"{name}: read as the table"] if several and not form.sheet else []
    if sheet.hidden_rows:
        notes.append(f"{name}: hidden rows are read too: {sheet.hidden_rows}")
    rows, filled = _with_merged(sheet)
    if filled:
        notes.append(f"{name}: merged cells hold for each of their rows: {', '.join(filled)}")
    grid = headed(name, _grid(rows), is_header)
    return CsvTable(
        path,
        grid.columns,
        tuple(dict(zip(grid.columns, row.cells, strict=True)) for row in grid.rows),
        (*notes, *grid.passed_over),
        tuple((row.row, row.line) for row in grid.rows),
        decimal=form.decimal,
        commas_part_columns=False,
        sheet=sheet.name if several else "",
    )


def _named(path: Path, sheets: Sequence[Sheet], name: str) -> Sheet:
    """Return the sheet of a name."""
    found = [sheet for sheet in sheets if sheet.name.casefold() == name.strip().casefold()]
    if not found:
        raise BadInputError(
            f"{path.name}: expected a sheet {name}, got {_names(sheets)}. Correct --sheet."
        )
    return found[0]


def _only(path: Path, sheets: Sequence[Sheet], is_header: IsHeader | None) -> Sheet:
    """Return the visible sheet on which the table is."""
    visible = [sheet for sheet in sheets if sheet.is_visible]
    fitting = [
        sheet
        for sheet in visible
        if is_header is not None and any(is_header(_texts(row)) for row in sheet.rows[:30])
    ]
    chosen = fitting or visible
    if len(chosen) == 1:
        return chosen[0]
    if not chosen:
        raise BadInputError(f"{path.name}: expected a filled sheet, got none. Check the file.")
    which = "several that hold the table" if fitting else "several, none with its columns"
    raise BadInputError(
        f"{path.name}: expected one sheet, got {which}: {_names(chosen)}. Say which: --sheet NAME."
    )


def _names(sheets: Sequence[Sheet]) -> str:
    """Return the names of sheets."""
    return ", ".join(sheet.name for sheet in sheets) or "none that is filled"


def _with_merged(sheet: Sheet) -> tuple[list[list[object]], list[str]]:
    """Return rows in which a cell that is merged over several rows stands in each of them."""
    rows = [list(row) for row in sheet.rows]
    filled = []
    for area in sheet.merged:
        left, top, right, bottom = (edge or 0 for edge in range_boundaries(area))
        if left != right or not left or not top or top > len(rows):
            continue
        value = rows[top - 1][left - 1] if left <= len(rows[top - 1]) else None
        for row in rows[top - 1 : bottom]:
            row += [None] * (left - len(row))
            row[left - 1] = value
        filled.append(area)
    return rows, filled


def _grid(rows: Sequence[Sequence[object]]) -> Iterator[GridRow]:
    """Return rows of text with their places."""
    for number, row in enumerate(rows, start=1):
        yield GridRow(number, number, _texts(row) or [""])


def _texts(row: Sequence[object]) -> list[str]:
    """Return the cells of a row as text."""
    return [_text(cell) for cell in row]


def _text(cell: object) -> str:
    """Return a cell as text that remembers what it was."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return Typed(repr(cell).removesuffix(".0"))
    if isinstance(cell, datetime.date | datetime.time | datetime.timedelta):
        return Dated(str(cell).removesuffix(" 00:00:00"))
    if isinstance(cell, Uncomputed):
        return NotComputed(f"a formula without a value in {cell.cell}")
    return str(cell).strip() if cell is not None else ""
