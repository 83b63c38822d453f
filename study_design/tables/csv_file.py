"""CSV files as this project writes them and as other programs write them.

Written: UTF-8, comma, one header row, full precision, text cells that a spreadsheet would take for
a formula escaped by an apostrophe. Read: also other encodings, semicolon, tab or bar, `sep=;` in
the first row, decimal commas, blank rows and comments; what had to be guessed is named, and rows
are those of the file.
"""

import csv
import io
import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from study_design.disk import named_when_full, sync_folder
from study_design.errors import BadInputError
from study_design.foreign_text import read_bounded
from study_design.plain_text import shown, spelled
from study_design.tables.cell_grid import IsHeader, headed
from study_design.tables.csv_text import TAB, delimiter_of, rows_in
from study_design.tables.number_style import DecimalSign, NumberStyles, two_readings
from study_design.tables.text_encoding import decoded

# More than any table of a reader study has; a file beyond it is another one.
MOST_CSV_BYTES = 100_000_000
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
FORMULA_STARTS = ("=", "+", "-", "@")

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class TableForm:
    """What somebody said of a file's form; empty and None: to be found out.

    Attributes
    ----------
    encoding
        Of the text, as Python or the web name it.
    decimal
        The sign before decimals.
    sheet
        Of a workbook.
    ours
        Whether this program wrote the file, so that what is UTF-8 is nothing else by chance.
    """

    encoding: str = ""
    decimal: DecimalSign | None = None
    sheet: str = ""
    ours: bool = False


AS_FOUND = TableForm()
OURS = TableForm(ours=True)


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table read from a file: text cells by column, and what was guessed of the file's form.

    Attributes
    ----------
    places
        Of each row its number as spreadsheets and as editors count; empty: from 2 on.
    decimal
        The sign before decimals, where somebody said it.
    commas_part_columns
        Whether columns are parted by commas, so that a comma in a cell is a quoted one.
    sheet
        Of a workbook with several.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    guesses: tuple[str, ...] = ()
    places: tuple[tuple[int, int], ...] = ()
    decimal: DecimalSign | None = None
    commas_part_columns: bool = True
    sheet: str = ""

    @property
    def name(self) -> str:
        """What errors call the table: its file, and the sheet where there are several."""
        return f"{self.path.name}, sheet {self.sheet}" if self.sheet else self.path.name

    def place(self, number: int) -> tuple[int, int]:
        """Return where the row of a number, from 0, stands: its row and its line in the file."""
        return self.places[number] if self.places else (number + 2, number + 2)

    def number_styles(self) -> NumberStyles:
        """Return how numbers of its columns are to be read."""
        return NumberStyles(self.columns, self.rows, self.decimal, self.commas_part_columns)

    def require(self, *columns: str) -> "CsvTable":
        """Return the table itself, or refuse where a column is missing."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise BadInputError(
                f"{self.name}: expected the columns {', '.join(columns)}, got "
                f"{', '.join(self.columns) or 'none'}. Add {', '.join(missing)}."
            )
        return self


def cell_text(value: Cell) -> str:
    """Return a value as the files spell it: empty for none, 1 and 0 for truth values.

    Text that begins as a formula is escaped; numbers, negative ones too, are left as they are. Of
    control characters, which a file's name may hold, tabs and ends of lines alone stay.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return repr(value)
    text = _UNWRITABLE.sub(lambda found: spelled(found[0]), value)
    return f"'{text}" if _looks_like_formula(text) else str(text)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> None:
    """Write a table: to a temporary file first, then in one step in the place of the old one.

    A row may leave columns out (they stay empty) but may not bring columns of its own.
    """
    try:
        content = csv_bytes(columns, rows)
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error
    write_atomically(path, content)


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """Return a table as the bytes of a CSV file; rows as in `write_csv`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        unknown = set(row) - set(columns)
        if unknown:
            raise ValueError(f"the table has no columns {sorted(unknown)}")
        writer.writerow([cell_text(row.get(column)) for column in columns])
    return text.getvalue().encode()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader finds the old content or the new, never a part.

    Raises
    ------
    DiskFullError
        Where the disk has no room; the old content stands.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with named_when_full(path, path.name):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def read_csv(path: Path, form: TableForm = OURS, is_header: IsHeader | None = None) -> CsvTable:
    """Read a table as text cells, whatever program wrote it; see `csv_table`."""
    try:
        raw = read_bounded(path, MOST_CSV_BYTES)
    except OSError as error:
        raise BadInputError(
            f"Expected a CSV file at {path}, got: {error.strerror}. Check the path."
        ) from error
    return csv_table(path, raw, form, is_header)


def csv_table(
    path: Path, raw: bytes, form: TableForm = OURS, is_header: IsHeader | None = None
) -> CsvTable:
    """Return the table in the bytes of a CSV file; `path` is named in errors and guesses.

    Parameters
    ----------
    form
        What somebody said of the file's form; the rest is found out.
    is_header
        Tells a header from titles above it.
    """
    text = decoded(path.name, raw, form.encoding, ours=form.ours)
    guesses = [f"{path.name}: {text.note}"] if text.note else []
    delimiter, begin = delimiter_of(text.text)
    if delimiter != ",":
        guesses.append(
            f"{path.name}: columns separated by {'tab' if delimiter == TAB else delimiter}"
        )
    grid = headed(path.name, rows_in(path.name, text.text, delimiter, begin), is_header)
    rows = tuple(
        dict(zip(grid.columns, (_unescaped(cell.strip()) for cell in row.cells), strict=True))
        for row in grid.rows
    )
    return CsvTable(
        path,
        grid.columns,
        rows,
        (*guesses, *grid.passed_over),
        tuple((row.row, row.line) for row in grid.rows),
        decimal=form.decimal,
        commas_part_columns=delimiter == ",",
    )


def whole_number(text: str, where: str, least: int = 0, most: int = 2**31 - 1) -> int:
    """Return the integer in a cell, which lies within bounds.

    Raises
    ------
    BadInputError
        Where the cell holds none; `where` names file, row and column.
    """
    value = number(text, where)
    if value != int(value) or not least <= value <= most:
        raise BadInputError(
            f"{where}: expected a whole number from {least} to {most}, got {shown(text)!r}. "
            "Correct the cell."
        )
    return int(value)


def number(text: str, where: str) -> float:
    """Return the number in a cell, which may have a decimal comma, but not one left open.

    Raises
    ------
    BadInputError
        Where the cell holds no finite number; `where` names file, row and column.
    """
    readings = two_readings(text)
    # Our own tables have decimal points.
    value = readings.by(DecimalSign.POINT if readings.is_open and "," not in text else None)
    if value is None:
        raise BadInputError(f"{where}: {no_number(text)}")
    return value


def no_number(text: str) -> str:
    """Return the refusal of a cell that is no number, or of which the decimal sign is not known."""
    readings = two_readings(text)
    if readings.is_open:
        return (
            f"expected a number of a known decimal sign, got {shown(text)!r}, which is "
            f"{readings.point:g} or {readings.comma:g}. Say --decimal point or --decimal comma, or "
            "write it without a sign between thousands."
        )
    return f"expected a number, got {shown(text)!r}. Correct the cell."


def _looks_like_formula(text: str) -> bool:
    """Tell whether text begins as a formula, or as one that is escaped already."""
    return text.lstrip("'").startswith(FORMULA_STARTS)


def _unescaped(cell: str) -> str:
    """Undo the escaping of `cell_text`, and the formula by which spreadsheets are told of text."""
    if cell.startswith("'") and _looks_like_formula(cell):
        return cell[1:]
    told = _TEXT_FORMULA.fullmatch(cell)
    return told[1] if told else cell
