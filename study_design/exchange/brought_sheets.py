"""The two sheets of the reference standard as somebody brings them, in our columns and words.

What comes out has the form of reference.csv and lesions.csv, names cases as the study does, and
says where each row stands in its file; what is wrong with it is gathered beside it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from study_design.errors import BadInputError
from study_design.exchange.lesion_boxes import with_boxes
from study_design.images.case_sheet import CaseSheet
from study_design.plain_text import shown
from study_design.tables.cells import Resolve, SheetRow, sheet_rows
from study_design.tables.csv_file import CsvTable
from study_design.tables.foreign.cell_doors import PIXELS
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.found_columns import found_columns, names_columns
from study_design.tables.foreign.known_columns import guessed_columns, plain_header
from study_design.tables.foreign.mapped_sheet import MappedSheet, mapped_sheet
from study_design.tables.foreign.sheet_columns import (
    BOX_COLUMNS,
    LESION_SHEET,
    REFERENCE_SHEET,
    SheetColumn,
    with_own_types,
)
from study_design.tables.foreign.view_words import view_of
from study_design.tables.table_faults import Faults
from study_design.tables.table_file import read_table

_OTHERS_NAMED = 5
_OF_LESIONS = ("case", "lesion", "types", "malignant")


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """What somebody says of the sheets that come in.

    Attributes
    ----------
    leave_out_others
        Rows of cases that the study does not have are counted and left out.
    """

    column_map: ColumnMap = field(default_factory=ColumnMap)
    leave_out_others: bool = False


@dataclass(frozen=True, slots=True)
class BroughtSheet:
    """The rows of a sheet in our form, and what is to be said of it.

    Attributes
    ----------
    left_out, among
        Rows of cases that the study does not have, and all rows.
    """

    rows: tuple[SheetRow, ...]
    notes: tuple[str, ...]
    faults: Faults
    left_out: int = 0
    among: int = 0


def brought_reference(
    path: Path, cases: Collection[str], resolve: Resolve, options: SheetOptions
) -> BroughtSheet:
    """Return a reference sheet; columns that are not ours are strata.

    Raises
    ------
    BadInputError
        Where the file is no table or lacks the columns case or truth.
    """
    mapped = _mapped(path, REFERENCE_SHEET, ("case", "truth"), options.column_map)
    strata = [f"{name!r}" for name in mapped.others]
    notes = (f"{mapped.table.name}: columns kept as strata: {', '.join(strata)}",) if strata else ()
    mapped = replace(mapped, notes=(*mapped.notes, *notes))
    return _of_study(mapped, cases, resolve, ("case",), options)


def brought_lesions(
    path: Path, sheet: CaseSheet, resolve: Resolve, options: SheetOptions
) -> BroughtSheet:
    """Return a lesion sheet with boxes in stored pixels, whichever four numbers made them.

    Raises
    ------
    BadInputError
        Where the file is no table or lacks the columns case, lesion, types or malignant.
    """
    columns = with_own_types(LESION_SHEET, options.column_map.types)
    mapped = _mapped(path, columns, _OF_LESIONS, options.column_map)
    unused = [f"{name!r}" for name in mapped.others]
    notes = (f"{mapped.table.name}: columns not used: {', '.join(unused)}",) if unused else ()
    mapped = replace(mapped, notes=(*mapped.notes, *notes))
    rows = tuple(_with_view(row, mapped.faults) for row in sheet_rows(mapped.table))
    resolved = _of_study(mapped, sheet.cases, resolve, ("case", "lesion", "view"), options, rows)
    boxed = with_boxes(resolved.rows, sheet, options.column_map, resolved.faults)
    return replace(resolved, rows=boxed)


def _mapped(
    path: Path, columns: Sequence[SheetColumn], needed: Sequence[str], column_map: ColumnMap
) -> MappedSheet:
    """Return a table in our columns; those that are needed are there."""
    wanted = [column for column in columns if column.name in needed]
    of_lesions = [column for column in LESION_SHEET if column.name in _OF_LESIONS]

    def is_header(cells: Sequence[str]) -> bool:
        """Tell the header of this sheet; that of lesions names cases and a truth as well."""
        is_lesions = columns is REFERENCE_SHEET and names_columns(cells, of_lesions, column_map)
        return names_columns(cells, wanted, column_map) and not is_lesions

    table = read_table(path, column_map.form, is_header)
    found = found_columns(table.columns, columns, column_map)
    missing = [name for name in needed if name not in found]
    _refuse_unknown(table, columns, column_map)
    if missing:
        raise BadInputError(
            f"{table.name}: expected the columns {', '.join(needed)}, got "
            f"{', '.join(map(shown, table.columns)) or 'none'}. Add {', '.join(missing)}, or say "
            "in a map file (--map) which columns they are."
        )
    columns, box_map = _box_columns(table, columns, column_map)
    return mapped_sheet(table, columns, box_map)


def _refuse_unknown(table: CsvTable, columns: Sequence[SheetColumn], column_map: ColumnMap) -> None:
    """Refuse a map that names a column of this sheet which the table has not."""
    of_sheet = {one.name for one in columns}
    for name, header in column_map.sheet_columns:
        if name in of_sheet and header not in table.columns:
            raise BadInputError(
                f"{table.name}: expected a column {header!r} for {name}, as the map says, got "
                f"{', '.join(map(shown, table.columns))}. Correct the map."
            )


def _box_columns(
    table: CsvTable, columns: Sequence[SheetColumn], column_map: ColumnMap
) -> tuple[Sequence[SheetColumn], ColumnMap]:
    """Return the columns of the sheet with those of its boxes, where it has none of ours."""
    ours = {plain_header(name) for name in BOX_COLUMNS}
    if columns is REFERENCE_SHEET or ours & {plain_header(name) for name in table.columns}:
        return columns, column_map
    said = column_map.columns
    boxes = said if said.form else guessed_columns(table.columns)
    if not boxes.form:
        _refuse_one_cell(table, boxes.box)
        return columns, column_map
    named = {name: getattr(boxes, name) for name in boxes.form}
    boxed = [*columns, *(SheetColumn(name, PIXELS) for name in boxes.form)]
    return boxed, replace(column_map, columns=replace(said, **named))


def _refuse_one_cell(table: CsvTable, column: str) -> None:
    """Refuse boxes that have four numbers in one cell: a lesion would lose its place."""
    for row in sheet_rows(table) if column in table.columns else ():
        if row.text(column):
            raise row.wrong(
                column,
                "each number of a box in a column of its own (x0, y0, x1, y1; x0, y0, width, "
                "height; or a centre with width and height, or radius)",
            )


def _of_study(
    mapped: MappedSheet,
    cases: Collection[str],
    resolve: Resolve,
    key: Sequence[str],
    options: SheetOptions,
    given: Sequence[SheetRow] | None = None,
) -> BroughtSheet:
    """Return the rows of the study's cases under their names, each key once."""
    rows: dict[tuple[str, ...], SheetRow] = {}
    others: list[SheetRow] = []
    faults = mapped.faults
    all_rows = list(sheet_rows(mapped.table)) if given is None else given
    for row in all_rows:
        case = _case_of(row, resolve, faults)
        if not case:
            continue
        if case not in cases:
            others.append(row)
            continue
        in_study = replace(row.naming("case", case), styles=None)
        of_row = tuple(in_study.text(column) for column in key)
        if of_row in rows:
            once = "each case once" if key == ("case",) else f"each {key[1]} once a {key[-1]}"
            faults.add(row.line, row.wrong(key[1] if len(key) > 1 else "case", once))
            continue
        rows[of_row] = in_study
    if others and (not options.leave_out_others or len(others) == len(all_rows)):
        faults.add(others[0].line, _of_others(others, len(all_rows)))
    notes = [*mapped.table.guesses, *mapped.notes]
    if others:
        notes.append(
            f"{mapped.table.name}: {len(others)} of {len(all_rows)} rows left out: not of this "
            f"study ({_named(others)})"
        )
    return BroughtSheet(tuple(rows.values()), tuple(notes), faults, len(others), len(all_rows))


def _case_of(row: SheetRow, resolve: Resolve, faults: Faults) -> str:
    """Return the case of a row, or its own name for it; empty where that is a fault."""
    named = row.text("case")
    if not named:
        if not faults.has(row.line):
            faults.add(row.line, row.wrong("case", "a case of the study"))
        return ""
    try:
        return resolve(named) or named
    except BadInputError as error:
        # Of several exams of a patient nobody can know which is meant; but it is of this study.
        faults.add(row.line, f"{row.place}, case: {error}")
        return ""


def _of_others(others: Sequence[SheetRow], among: int) -> str:
    """Return the refusal of rows whose cases the study does not have."""
    first = others[0]
    got = repr(shown(first.text("case")))
    if len(others) == among:
        advice = f"No row of {among} is of this study. Check the column of cases."
        return f"{first.place}, case: expected a case of the study, got {got}. {advice}"
    if len(others) == 1:
        return (
            f"{first.place}, case: expected a case of the study, got {got}. Correct the cell, or "
            "leave the row out: --leave-out-others."
        )
    return (
        f"{first.place}, case: expected a case of the study, got {got}; {len(others)} of {among} "
        f"rows are not of this study ({_named(others)}). Correct them, or leave them out: "
        "--leave-out-others."
    )


def _named(others: Sequence[SheetRow]) -> str:
    """Return the first of some rows by number and case."""
    named = [f"row {row.line} {shown(row.text('case'))!r}" for row in others[:_OTHERS_NAMED]]
    return ", ".join([*named, *(["..."] if len(others) > _OTHERS_NAMED else [])])


def _with_view(row: SheetRow, faults: Faults) -> SheetRow:
    """Return a row whose view is spelt as ours, from one column or two."""
    view, side = row.text("view"), row.text("laterality")
    if not view and not side:
        return row
    found = view_of(view, side)
    if found is None:
        what = f"{view!r} and {side!r}" if side else repr(view)
        faults.add(
            row.line,
            f"{row.place}, view: expected one of R-CC, L-CC, R-MLO, L-MLO, or CC or MLO beside a "
            f"laterality, got {what}. Correct the cell.",
        )
        return row.naming("view", "")
    return row.naming("view", found.value)
