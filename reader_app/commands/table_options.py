"""Options of commands that take tables: what somebody says of a file's form."""

from dataclasses import replace
from typing import Annotated

import typer

from study_design.exchange.csv_file import TableForm
from study_design.exchange.foreign_tables.column_map import ColumnMap
from study_design.exchange.number_style import DecimalSign

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


def form_of(encoding: str, decimal: DecimalSign | None, sheet: str) -> TableForm:
    """Return what the options say of a file's form."""
    return TableForm(encoding, decimal, sheet)


def with_form(
    column_map: ColumnMap, encoding: str, decimal: DecimalSign | None, sheet: str
) -> ColumnMap:
    """Return a map with what the options say in the place of what it says of the form itself."""
    said = column_map.form
    form = TableForm(encoding or said.encoding, decimal or said.decimal, sheet or said.sheet)
    return replace(column_map, form=form)
