"""CSV files as this project writes them and as other programs write them.

Written: UTF-8, comma, one header row, full precision, text cells that a spreadsheet would take for
a formula escaped by an apostrophe. Read: also a byte-order mark, UTF-16, semicolon or tab, decimal
comma, GB18030 and Shift-JIS; what had to be guessed is named.
"""

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from study_design.disk import named_when_full, sync_folder
from study_design.errors import BadInputError

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

    Text that begins as a formula is escaped; numbers, negative ones too, are left as they are.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return repr(value)
    return f"'{value}" if _looks_like_formula(value) else str(value)


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
        raw = path.read_bytes()
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
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = tuple(name.strip() for name in next(lines, ()))
    if not any(header):
        raise BadInputError(f"{path.name}: expected a header row, got an empty file.")
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise BadInputError(
            f"{path.name}: expected each column once, got {', '.join(doubled)} twice. Remove one."
        )
    rows = []
    for number, line in enumerate(lines, start=2):
        if not any(cell.strip() for cell in line):
            continue
        if len(line) > len(header):
            raise BadInputError(
                f"{path.name}, row {number}: expected {len(header)} cells, got {len(line)}. "
                "Put text that contains a separator in quotation marks."
            )
        cells = [_unescaped(cell.strip()) for cell in line]
        cells += [""] * (len(header) - len(cells))
        rows.append(dict(zip(header, cells, strict=True)))
    return CsvTable(path, header, tuple(rows), tuple(guesses))


def number(text: str, where: str) -> float:
    """Return the number in a cell, which may have a decimal comma.

    Raises
    ------
    BadInputError
        Where the cell holds no finite number; `where` names file, row and column.
    """
    plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    try:
        value = float(plain)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInputError(f"{where}: expected a number, got {text!r}. Correct the cell.")
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
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16"), [f"{path.name}: UTF-16"]
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
