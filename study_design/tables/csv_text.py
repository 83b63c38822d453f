"""The text of a CSV file as rows of cells: what parts the columns, and where each row stands."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import count

from study_design.errors import BadInputError
from study_design.plain_text import shown
from study_design.tables.cell_grid import GridRow

TAB = "\t"
DELIMITERS = (",", ";", TAB, "|")
# The first row by which Excel is told what parts the columns.
_SEPARATOR_ROW = re.compile(r'"?sep=(.)"?[,;\t|]*', re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_QUOTED = re.compile(r'"[^"]*"')
# How many lines are looked at to tell what parts the columns.
_LOOKED_AT = 30
# Of control characters a cell may hold tabs and ends of lines.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def rows_in(name: str, text: str, delimiter: str, begin: int) -> Iterator[GridRow]:
    """Return the rows of a table from a line on with their places, or refuse what is no table.

    Strict: a quotation mark that is never closed would swallow all rows behind it.
    """
    found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    for number in count(1):
        line = found.line_num + 1
        try:
            cells = next(found)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadInputError(
                f"{name}, row {number}: expected cells, got text that is no table ({error}). "
                "Look for a quotation mark that is not closed."
            ) from error
        for cell in cells:
            if _CONTROL.search(cell):
                raise BadInputError(
                    f"{name}, row {number}: expected text without control characters, got "
                    f"{shown(cell)!r}. Remove them."
                )
        if number > begin:
            yield GridRow(number, line, cells or [""])


def delimiter_of(text: str) -> tuple[str, int]:
    """Return the separator that the header uses most, and how many rows stand before the table."""
    lines = _LINE_END.split(text[:1_000_000], maxsplit=_LOOKED_AT)[:_LOOKED_AT]
    told = _SEPARATOR_ROW.fullmatch(lines[0].strip(" \ufeff"))
    if told:
        return told[1], 1
    for line in lines:
        header = _QUOTED.sub("", line)
        found = max(DELIMITERS, key=header.count)
        if found in header and not header.lstrip().startswith("#"):
            return found, 0
    return ",", 0
