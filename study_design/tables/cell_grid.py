"""Rows of cells, each with its place in the file, made into columns with names.

A file may begin with blank rows, comments and a title; its header may end in empty cells; programs
number their rows in a column without a name. Whatever is passed over is said, and a value that
stands under no name is refused.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.plain_text import shown

# More than any table of a reader study has; a file beyond them is another one.
MOST_COLUMNS = 2000
MOST_ROWS = 1_000_000
# How far down a header is looked for, below titles and notes.
_DEEPEST_HEADER = 30
COMMENT = "#"
# What pandas calls a column without a name.
_UNNAMED = re.compile(r"Unnamed: \d+")

IsHeader = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class GridRow:
    """The cells of a row, and where they stand.

    Attributes
    ----------
    row
        As a spreadsheet counts: blank rows and comments count, a cell of several lines is one row.
    line
        As an editor counts; another number below cells of several lines.
    """

    row: int
    line: int
    cells: Sequence[str]

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in the row."""
        return not any(cell.strip() for cell in self.cells)

    @property
    def is_comment(self) -> bool:
        """Whether the row begins with a number sign; the sign alone may name a column."""
        first = self.cells[0].strip()
        return first.startswith(COMMENT) and (first != COMMENT or _first_alone(self))


@dataclass(frozen=True, slots=True)
class HeadedGrid:
    """Columns with names, rows of as many cells, and what was passed over."""

    columns: tuple[str, ...]
    rows: tuple[GridRow, ...]
    passed_over: tuple[str, ...]


def headed(name: str, grid: Iterable[GridRow], is_header: IsHeader | None = None) -> HeadedGrid:
    """Return the columns and rows of a table.

    Parameters
    ----------
    name
        The file, and the sheet where there are several, for errors.
    is_header
        Tells a header from titles above it; without it, or where no row is one, the first row that
        is neither blank nor a comment is the header.

    Raises
    ------
    BadInputError
        For a table without a header, a name that stands there twice, a value under no name, and
        more rows or columns than tables have.
    """
    rows = iter(grid)
    head = list(islice(_filled(rows), _DEEPEST_HEADER))
    found = _header_place(head, is_header)
    if found is None:
        raise BadInputError(f"{name}: expected a header row, got an empty file. Add the header.")
    passed = [f"row {row.row} ({shown(_first_cell(row))!r})" for row in head[:found]]
    header = [_UNNAMED.sub("", cell.strip()) for cell in head[found].cells]
    while header and not header[-1]:
        header.pop()
    _check_header(name, header)
    kept: list[GridRow] = []
    comments = 0
    for row in chain(head[found + 1 :], _filled(rows)):
        if row.is_comment and _first_alone(row):
            comments += 1
            continue
        if len(kept) == MOST_ROWS:
            raise BadInputError(
                f"{name}: expected at most {MOST_ROWS} rows, got more. Split the table."
            )
        kept.append(GridRow(row.row, row.line, _fitted(name, row, len(header))))
    unnamed = [place for place, column in enumerate(header) if not column]
    numbered = _counts_rows(kept, unnamed)
    if unnamed and not numbered:
        _refuse_unnamed(name, kept, unnamed)
    places = [place for place, column in enumerate(header) if column]
    if unnamed:
        kept = [GridRow(r.row, r.line, [r.cells[place] for place in places]) for r in kept]
    notes = (
        *((f"passed over above the header: {', '.join(passed)}",) if passed else ()),
        *(
            (f"comments passed over below the header: {counted(comments, 'row')}",)
            if comments
            else ()
        ),
        *(("a column of row numbers without a name was passed over",) if numbered else ()),
    )
    return HeadedGrid(
        tuple(header[place] for place in places),
        tuple(kept),
        tuple(f"{name}: {note}" for note in notes),
    )


def _filled(rows: Iterable[GridRow]) -> Iterator[GridRow]:
    """Return the rows in which something stands."""
    return (row for row in rows if not row.is_blank)


def _header_place(head: Sequence[GridRow], is_header: IsHeader | None) -> int | None:
    """Return which of the first rows is the header."""
    for place, row in enumerate(head):
        if is_header is not None and is_header([cell.strip() for cell in row.cells]):
            return place
    return next((place for place, row in enumerate(head) if not row.is_comment), None)


def _first_cell(row: GridRow) -> str:
    """Return the first cell in which something stands."""
    return next(cell.strip() for cell in row.cells if cell.strip())


def _first_alone(row: GridRow) -> bool:
    """Tell whether nothing stands behind the first cell."""
    return not any(cell.strip() for cell in row.cells[1:])


def _check_header(name: str, header: Sequence[str]) -> None:
    """Refuse names that stand there twice, and more columns than tables have."""
    if len(header) > MOST_COLUMNS:
        raise BadInputError(
            f"{name}: expected at most {MOST_COLUMNS} columns, got {len(header)}. Check that it "
            "is a table with one header row."
        )
    doubled = sorted(one for one, count in Counter(filter(None, header)).items() if count > 1)
    if doubled:
        raise BadInputError(
            f"{name}: expected each column once, got {', '.join(map(shown, doubled[:5]))} twice. "
            "Remove one."
        )


def _fitted(name: str, row: GridRow, width: int) -> list[str]:
    """Return as many cells as there are columns; what stands beyond the last one is refused."""
    beyond = [cell for cell in row.cells[width:] if cell.strip()]
    if beyond:
        last = max(place for place, cell in enumerate(row.cells, start=1) if cell.strip())
        raise BadInputError(
            f"{name}, row {row.row}: expected {width} cells, got {last}. Put text that contains a "
            "separator in quotation marks, or name the column."
        )
    cells = list(row.cells[:width])
    return cells + [""] * (width - len(cells))


def _counts_rows(rows: Sequence[GridRow], unnamed: Sequence[int]) -> bool:
    """Tell whether the only column without a name is the first, and counts the rows."""
    if list(unnamed) != [0] or not rows:
        return False
    numbers = [row.cells[0].strip().removesuffix(".0") for row in rows]
    return any(
        numbers == [str(number) for number in range(first, first + len(rows))] for first in (0, 1)
    )


def _refuse_unnamed(name: str, rows: Sequence[GridRow], unnamed: Sequence[int]) -> None:
    """Refuse the first value that stands under no name."""
    for row in rows:
        for place in unnamed:
            if row.cells[place].strip():
                raise BadInputError(
                    f"{name}, row {row.row}, column {place + 1}: expected a column with a name, "
                    f"got {shown(row.cells[place].strip())!r} under an empty header cell. Name the "
                    "column (merged header cells name the first one alone), or empty it."
                )
