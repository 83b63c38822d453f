"""Cells of a table from outside, checked one by one; what is wrong is named by row and column."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from study_design.category_words import birads_category
from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.tables.csv_file import CsvTable, no_number, number
from study_design.tables.number_style import NumberStyles
from study_design.vocabulary import BIRADS_CATEGORIES, AbnormalityType, View

Word = TypeVar("Word", bound=StrEnum)
# Turns an identifier of a hospital into the study's name; None where it is unknown.
Resolve = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a table.

    Attributes
    ----------
    line
        Its number as spreadsheets count: blank rows count, a cell of several lines is one row.
    text_line
        Its number as editors count; 0 where that is the same.
    styles
        How numbers of the table's columns are written; None: with decimal points, as ours are.
    """

    file: str
    line: int
    cells: Mapping[str, str]
    text_line: int = 0
    styles: NumberStyles | None = None

    @property
    def place(self) -> str:
        """Where the row stands, for errors."""
        beside = f" (line {self.text_line})" if self.text_line else ""
        return f"{self.file}, row {self.line}{beside}"

    def naming(self, column: str, text: str) -> "SheetRow":
        """Return the row with another text in a cell."""
        return replace(self, cells={**self.cells, column: text})

    def text(self, column: str) -> str:
        """Return a cell as it is; empty where the column is not there."""
        return self.cells.get(column, "")

    def number(self, column: str) -> float | None:
        """Return the number in a cell; None where it is empty."""
        text = self.text(column)
        if not text:
            return None
        if self.styles is None:
            return number(text, f"{self.place}, {column}")
        value = self.styles.number(text, column)
        if value is None:
            raise BadInputError(f"{self.place}, {column}: {self._no_number(text, column)}")
        return value

    def _no_number(self, text: str, column: str) -> str:
        """Return why a cell is no number."""
        if self.styles is not None and self.styles.contradicts(text, column):
            return (
                f"expected the decimal sign of the other cells of the column, got {text!r}. "
                "Write all of them alike."
            )
        return no_number(text)

    def needed(self, column: str) -> float:
        """Return the number in a cell that must not be empty."""
        value = self.number(column)
        if value is None:
            raise self.wrong(column, "a number")
        return value

    def birads(self, column: str) -> str | None:
        """Return a BI-RADS category in whatever spelling; None where the cell is empty."""
        if not self.text(column):
            return None
        category = birads_category(self.text(column))
        if category is None:
            raise self.wrong(column, f"one of {', '.join(BIRADS_CATEGORIES)}")
        return category

    def flag(self, column: str) -> bool:
        """Return a cell that holds 1 or 0."""
        if self.text(column) not in ("0", "1"):
            raise self.wrong(column, "1 or 0")
        return self.text(column) == "1"

    def word(self, column: str, words: type[Word]) -> Word:
        """Return a word of a closed list."""
        if self.text(column) not in list(words):
            raise self.wrong(column, f"one of {', '.join(words)}")
        return words(self.text(column))

    def optional_word(self, column: str, words: Collection[str]) -> str:
        """Return a cell that is empty or holds one of some words."""
        if self.text(column) and self.text(column) not in words:
            raise self.wrong(column, f"one of {', '.join(words)}")
        return self.text(column)

    def types(self, column: str) -> tuple[AbnormalityType, ...]:
        """Return types of abnormality, which are joined by +."""
        names = [name.strip() for name in self.text(column).split("+") if name.strip()]
        if any(name not in list(AbnormalityType) for name in names):
            raise self.wrong(column, f"{', '.join(AbnormalityType)}, several joined by +")
        return tuple(AbnormalityType(name) for name in names)

    def view(self, column: str) -> View:
        """Return a view."""
        return self.word(column, View)

    def box(self) -> Box | None:
        """Return the box in x_px, y_px, width_px, height_px; None where all four are empty."""
        columns = ("x_px", "y_px", "width_px", "height_px")
        if not any(self.text(column) for column in columns):
            return None
        x_px, y_px, width_px, height_px = (self.needed(column) for column in columns)
        for column, size in (("width_px", width_px), ("height_px", height_px)):
            if size < 0:
                raise self.wrong(column, "0 or more")
        return Box(x_px, y_px, width_px, height_px)

    def resolved(self, column: str, known: Collection[str], resolve: Resolve) -> str:
        """Return the study's own name for what a cell names, in its own or another name.

        The other names are asked first: one that spells like the name of another case is refused.
        """
        named = self.text(column)
        name = resolve(named) or named
        if name not in known:
            raise self.wrong(column, f"a {column} of the study")
        return name

    def wrong(self, column: str, expected: str) -> BadInputError:
        """Return the refusal of a cell."""
        return BadInputError(
            f"{self.place}, {column}: expected {expected}, got "
            f"{self.text(column)!r}. Correct the cell."
        )


def sheet_rows(table: CsvTable) -> Iterator[SheetRow]:
    """Return the rows of a table, for checking."""
    styles = table.number_styles()
    for number_of_row, cells in enumerate(table.rows):
        row, line = table.place(number_of_row)
        yield SheetRow(table.name, row, cells, line if line != row else 0, styles)


def resolved_rows(
    table: CsvTable, cases: Collection[str], resolve: Resolve, key: Sequence[str]
) -> tuple[SheetRow, ...]:
    """Return the rows of a table with their cases named as the study does, each key once.

    Raises
    ------
    BadInputError
        For the first row of a case that the study does not have, or that was named before.
    """
    rows: dict[tuple[str, ...], SheetRow] = {}
    for row in sheet_rows(table):
        case = row.resolved("case", cases, resolve)
        named = row.naming("case", case)
        of_row = tuple(named.text(column) for column in key)
        if of_row in rows:
            once = "each case once" if key == ("case",) else f"each {key[1]} once a {key[-1]}"
            raise row.wrong(key[1] if len(key) > 1 else "case", once)
        rows[of_row] = named
    return tuple(rows.values())
