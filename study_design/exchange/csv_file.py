"""CSV files as this project writes them and as other programs write them.

Written: UTF-8, comma, one header row, full precision, text cells that a spreadsheet would take for
a formula escaped by an apostrophe. Read: also a byte-order mark, UTF-16, semicolon or tab, decimal
comma, GB18030 and Shift-JIS; what had to be guessed is named.
"""

import csv
import io
import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from study_design.disk import named_when_full, sync_folder
from study_design.errors import BadInputError
from study_design.foreign_text import read_bounded
from study_design.plain_text import shown, spelled

# More than any table of a reader study has; a file beyond them is another one.
MOST_COLUMNS = 2000
MOST_ROWS = 1_000_000
MOST_CSV_BYTES = 100_000_000
# Python reads underlines and the digits of all scripts too.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# Of control characters a cell may hold tabs and ends of lines.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
FORMULA_STARTS = ("=", "+", "-", "@")
# What Chinese text in GB18030 turns into when taken for Shift-JIS; Japanese files hardly use it.
HALF_WIDTH_KATAKANA = frozenset(map(chr, range(0xFF61, 0xFFA0)))

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table read from a file: text cells by column, and what was guessed of the file's form."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    guesses: tuple[str, ...] = ()

    def require(self, *columns: str) -> "CsvTable":
        """Return the table itself, or refuse where a column is missing."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise BadInputError(
                f"{self.path.name}: expected the columns {', '.join(columns)}, got "
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
        strangers = set(row) - set(columns)
        if strangers:
            raise ValueError(f"the table has no columns {sorted(strangers)}")
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


def read_csv(path: Path) -> CsvTable:
    """Read a table as text cells, whatever program wrote it."""
    try:
        raw = read_bounded(path, MOST_CSV_BYTES)
    except OSError as error:
        raise BadInputError(
            f"Expected a CSV file at {path}, got: {error.strerror}. Check the path."
        ) from error
    return csv_table(path, raw)


def csv_table(path: Path, raw: bytes) -> CsvTable:
    """Return the table in the bytes of a CSV file; `path` is named in errors and guesses."""
    text, guesses = _decoded(path, raw)
    delimiter = _delimiter(text)
    if delimiter != ",":
        guesses.append(f"{path.name}: columns separated by {'tab' if delimiter == chr(9) else ';'}")
    lines = _lines(path, text, delimiter)
    header = _header(path, next(lines, (1, []))[1])
    rows: list[dict[str, str]] = []
    for number, line in lines:
        if not any(cell.strip() for cell in line):
            continue
        if len(line) > len(header):
            raise BadInputError(
                f"{path.name}, row {number}: expected {len(header)} cells, got {len(line)}. "
                "Put text that contains a separator in quotation marks."
            )
        cells = [_unescaped(cell.strip()) for cell in line]
        if len(rows) == MOST_ROWS:
            raise BadInputError(
                f"{path.name}: expected at most {MOST_ROWS} rows, got more. Split the table."
            )
        cells += [""] * (len(header) - len(cells))
        rows.append(dict(zip(header, cells, strict=True)))
    return CsvTable(path, header, tuple(rows), tuple(guesses))


def _header(path: Path, cells: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns, each of which stands there once."""
    header = tuple(name.strip() for name in cells)
    if not any(header):
        raise BadInputError(f"{path.name}: expected a header row, got an empty file.")
    if len(header) > MOST_COLUMNS:
        raise BadInputError(
            f"{path.name}: expected at most {MOST_COLUMNS} columns, got {len(header)}. Check that "
            "it is a table with one header row."
        )
    doubled = sorted(name for name, count in Counter(header).items() if count > 1)
    if doubled:
        raise BadInputError(
            f"{path.name}: expected each column once, got {', '.join(map(shown, doubled[:5]))} "
            "twice. Remove one."
        )
    return header


def _lines(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Return the lines of a table with their numbers, or refuse what is no table."""
    found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    while True:
        number += 1
        try:
            line = next(found)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadInputError(
                f"{path.name}, row {number}: expected cells, got text that is no table ({error}). "
                "Look for a quotation mark that is not closed."
            ) from error
        for cell in line:
            if _CONTROL.search(cell):
                raise BadInputError(
                    f"{path.name}, row {number}: expected text without control characters, got "
                    f"{shown(cell)!r}. Remove them."
                )
        yield number, line


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
    """Return the number in a cell, which may have a decimal comma.

    Raises
    ------
    BadInputError
        Where the cell holds no finite number; `where` names file, row and column.
    """
    plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    try:
        value = float(plain) if _NUMBER.fullmatch(plain.strip()) else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInputError(f"{where}: expected a number, got {shown(text)!r}. Correct the cell.")
    return value


def _looks_like_formula(text: str) -> bool:
    """Tell whether text begins as a formula, or as one that is escaped already."""
    return text.lstrip("'").startswith(FORMULA_STARTS)


def _unescaped(cell: str) -> str:
    """Undo the escaping of `cell_text`."""
    return cell[1:] if cell.startswith("'") and _looks_like_formula(cell) else cell


def _decoded(path: Path, raw: bytes) -> tuple[str, list[str]]:
    """Return the file's text and what was guessed about its encoding."""
    if raw.startswith(b"\xef\xbb\xbf"):
        return raw.decode("utf-8-sig", errors="replace"), []
    try:
        if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return raw.decode("utf-16"), [f"{path.name}: UTF-16"]
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"{path.name}: expected text in UTF-16, as its first bytes say, got something else. "
            "Save it as CSV UTF-8."
        ) from error
    try:
        return raw.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    for encoding in ("shift_jis", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "shift_jis" and any(char in HALF_WIDTH_KATAKANA for char in text):
            continue
        return text, [f"{path.name}: {encoding}, guessed"]
    raise BadInputError(
        f"{path.name}: expected text in UTF-8, got something else. Save it as CSV UTF-8."
    )


def _delimiter(text: str) -> str:
    """Return the separator that the header row uses most."""
    header = text.split("\n", 1)[0]
    return max((",", ";", "\t"), key=header.count)
