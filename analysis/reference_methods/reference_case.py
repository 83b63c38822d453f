"""A reference case: data, what a tool of the field was asked, and what it answered.

The form is one JSON file a case with its tables as CSV beside it. What a name asks for stands in
`analysis.reference_methods`; every answer is broken into single numbers with a label each, so that
the reference's answer and ours are compared number by number.
"""

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.result import FloatArray

# How R's NaN, NA and infinities are written in JSON.
SPELLED = {"NaN": math.nan, "NA": math.nan, "Inf": math.inf, "-Inf": -math.inf}

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]


class ReferenceCaseError(ValueError):
    """A reference case cannot be read."""


@dataclass(frozen=True, slots=True)
class Part:
    """One number of an answer; the label is empty where the answer is a single number."""

    label: str
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceTable:
    """One input table, column by column, as text."""

    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]

    def numbers(self, column: str) -> FloatArray:
        """Return a column as numbers; NaN where R's NA stands."""
        return np.array(_without_na(self._column(column)), dtype=np.float64)

    def whole(self, column: str) -> tuple[int, ...]:
        """Return a column of counts."""
        return tuple(int(cell) for cell in self._column(column))

    def categories(self, column: str) -> npt.NDArray[np.float64] | npt.NDArray[np.str_]:
        """Return a column as numbers where all cells are, else as text."""
        cells = self._column(column)
        try:
            return np.array(_without_na(cells), dtype=np.float64)
        except ValueError:
            return np.array(cells, dtype=np.str_)

    def texts(self, column: str) -> tuple[str, ...]:
        """Return a column as it is written."""
        return self._column(column)

    def _column(self, column: str) -> tuple[str, ...]:
        """Return the cells of a column."""
        if column not in self.columns:
            raise ReferenceCaseError(f"expected a column {column}, got {', '.join(self.columns)}")
        return self.cells[self.columns.index(column)]


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceCase:
    """One case; `calls` and `expected` share their names."""

    id: str
    method: str
    tables: Mapping[str, ReferenceTable]
    calls: Mapping[str, str]
    expected: Mapping[str, tuple[Part, ...]]

    @property
    def table(self) -> ReferenceTable:
        """The table of a case that has one."""
        return next(iter(self.tables.values()))

    @property
    def n_values(self) -> int:
        """How many numbers the reference gives."""
        return sum(len(parts) for parts in self.expected.values())


def _without_na(cells: tuple[str, ...]) -> list[str]:
    """Return cells with NaN, which is a number, in the place of R's NA."""
    return ["nan" if cell in ("NA", "") else cell for cell in cells]


def number(value: float) -> tuple[Part, ...]:
    """Return an answer that is a single number."""
    return (Part("", float(value)),)


def named(**values: float) -> tuple[Part, ...]:
    """Return an answer of named numbers."""
    return tuple(Part(f".{name}", float(value)) for name, value in values.items())


def vector(values: Iterable[float], name: str = "") -> tuple[Part, ...]:
    """Return an answer of numbers in a row; a row of one is a number. Labels hold the length."""
    row = [float(value) for value in values]
    prefix = f".{name}" if name else ""
    if len(row) == 1:
        return (Part(prefix, row[0]),)
    return tuple(
        Part(f"{prefix}[{place} of {len(row)}]", value) for place, value in enumerate(row, 1)
    )


def matrix(
    rows: Sequence[str], columns: Sequence[str], values: Sequence[Sequence[float]]
) -> tuple[Part, ...]:
    """Return an answer that is a table with named rows and columns."""
    return tuple(
        Part(f"[{row}, {column}]", float(value))
        for row, line in zip(rows, values, strict=True)
        for column, value in zip(columns, line, strict=True)
    )


# What a file that is no reference case makes of the reading.
_NO_CASE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)


def read_cases(folder: Path) -> tuple[ReferenceCase, ...]:
    """Return the cases of a folder with one folder a method, in the order of their names.

    Raises
    ------
    ReferenceCaseError
        Where the folder is not there, holds no case, or a case cannot be read.
    """
    if not folder.is_dir():
        raise ReferenceCaseError(f"expected a folder of reference cases, got {folder}")
    cases = tuple(_cases_of(folder))
    if not cases:
        raise ReferenceCaseError(f"expected METHOD/CASE.json in {folder}, got no such file")
    return cases


def _cases_of(folder: Path) -> Iterator[ReferenceCase]:
    """Return every case below a folder."""
    for path in sorted(folder.glob("*/*.json")):
        try:
            content = json.loads(path.read_text(encoding="utf-8-sig"))
            if isinstance(content, dict) and {"method", "expected"} <= set(content):
                yield _case(path, content)
        except _NO_CASE as error:
            raise ReferenceCaseError(
                f"{path.parent.name}/{path.name}: expected a reference case, got {error!r}"
            ) from error


def _case(path: Path, content: Mapping[str, dict[str, JsonValue]]) -> ReferenceCase:
    """Return one case with its tables; an input of another form is left to its method."""
    return ReferenceCase(
        str(content["id"]),
        str(content["method"]),
        {
            name: _TABLES[Path(str(file)).suffix](path.parent / str(file))
            for name, file in content["input"].items()
            if Path(str(file)).suffix in _TABLES and name != "same_data_as"
        },
        {name: str(call) for name, call in content["calls"].items()},
        {name: tuple(_parts("", value)) for name, value in content["expected"].items()},
    )


def _table(path: Path) -> ReferenceTable:
    """Return a CSV file, with or without a byte-order mark; empty lines are left out."""
    with path.open(newline="", encoding="utf-8-sig") as stream:
        header, *rows = [row for row in csv.reader(stream) if row]
    return ReferenceTable(
        tuple(header), tuple(tuple(row[place] for row in rows) for place in range(len(header)))
    )


def _imrmc(path: Path) -> ReferenceTable:
    """Return the rows of an .imrmc file: those below BEGIN DATA, without a header."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    begin = [line.startswith("BEGIN DATA") for line in lines].index(True)
    rows = [line.split(",") for line in lines[begin + 1 :] if line.strip()]
    columns = ("readerID", "caseID", "modalityID", "score")
    return ReferenceTable(columns, tuple(tuple(cells) for cells in zip(*rows, strict=True)))


_TABLES = {".csv": _table, ".imrmc": _imrmc}


def _parts(label: str, value: JsonValue) -> Iterator[Part]:
    """Return the single numbers of an expected value; text that is no number has none."""
    if isinstance(value, dict):
        yield from _table_or_named_parts(label, value)
    elif isinstance(value, list):
        for place, one in enumerate(value, 1):
            where = f"[{place} of {len(value)}]" if len(value) > 1 else ""
            yield from _parts(f"{label}{where}", one)
    elif isinstance(value, int | float):
        yield Part(label, float(value))
    elif value in SPELLED:
        yield Part(label, SPELLED[str(value)])


def _table_or_named_parts(label: str, value: dict[str, JsonValue]) -> Iterator[Part]:
    """Return the single numbers of a table, or of values with names."""
    if {"rows", "cols", "values"} <= set(value):
        yield from _matrix_parts(label, value)
        return
    for name, one in value.items():
        yield from _parts(f"{label}.{name}", one)


def _matrix_parts(label: str, value: dict[str, JsonValue]) -> Iterator[Part]:
    """Return the single numbers of a table; of one row or column it may be a name or a number."""
    columns, lines = _listed(value["cols"]), _listed(value["values"])
    rows = [*range(1, len(lines) + 1)] if value["rows"] is None else _listed(value["rows"])
    for row, line in zip(rows, lines, strict=True):
        for column, one in zip(columns, _listed(line), strict=True):
            yield from _parts(f"{label}[{row}, {column}]", one)


def _listed(value: JsonValue) -> list[JsonValue]:
    """Return a list as it is, and what is none as a list of one."""
    return value if isinstance(value, list) else [value]
