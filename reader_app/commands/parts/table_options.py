"""Options of commands that take tables: what somebody says of a file's form."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from study_design.tables.csv_file import TableForm
from study_design.tables.foreign.column_map import ColumnMap, read_column_map
from study_design.tables.number_style import DecimalSign

Encoding = Annotated[
    str,
    typer.Option(metavar="NAME", help="Encoding of a CSV file, where it is asked: windows-1252."),
]
Decimal = Annotated[
    DecimalSign | None,
    typer.Option(help="The sign before decimals, where it is asked: 1,234 may be 1234 or 1.234."),
]
SheetName = Annotated[
    str, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook that has several.")
]


def known_map(path: Path | None) -> ColumnMap:
    """Return what a map file says; nothing where none is given."""
    return read_column_map(path) if path is not None else ColumnMap()


def with_form(
    column_map: ColumnMap, encoding: str, decimal: DecimalSign | None, sheet: str
) -> ColumnMap:
    """Return a map with what the options say in the place of what it says of the form itself."""
    said = column_map.form
    form = TableForm(encoding or said.encoding, decimal or said.decimal, sheet or said.sheet)
    return replace(column_map, form=form)
