"""A column of a table, declared once: name, kind of value, unit, meaning, and where it comes from.

The file, its data dictionary, the frames of the statistics and what may leave an open study follow
from the declaration. A table stands beside the values of which its rows are made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from study_design.tables.csv_file import Cell

Value = TypeVar("Value")
Whole = TypeVar("Whole")


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    FLAG = "0 or 1"
    MOMENT = "moment"
    JSON = "JSON"


class Seen(StrEnum):
    """Who may see a table of a study that is still open."""

    BLINDED = "everybody"
    UNBLINDED = "who is unblinded"


_NUMERIC = frozenset({Kind.NUMBER, Kind.WHOLE, Kind.FLAG})


@dataclass(frozen=True, slots=True)
class Column(Generic[Value]):
    """One column.

    Attributes
    ----------
    meaning
        What it holds, as the data dictionary says it.
    of
        Returns the cell of a value; None where the study has no use for the column.
    unit
        Of numbers: s, days, mm, px (of the stored pixel matrix).
    """

    name: str
    meaning: str
    of: Callable[[Value], Cell]
    kind: Kind = Kind.TEXT
    unit: str = ""

    def through(self, value_of: Callable[[Whole], Value]) -> "Column[Whole]":
        """Return the column for rows of which its value is a part."""
        return Column(
            self.name, self.meaning, lambda row: self.of(value_of(row)), self.kind, self.unit
        )

    @property
    def is_numeric(self) -> bool:
        """Whether the statistics take its cells as numbers."""
        return self.kind in _NUMERIC


@dataclass(frozen=True, slots=True)
class Table(Generic[Value]):
    """The form of one file; studies live longer than versions, so every column is always written.

    Attributes
    ----------
    key
        The columns that tell rows apart.
    """

    file: str
    key: tuple[str, ...]
    declared: tuple[Column[Value], ...]
    seen: Seen = Seen.UNBLINDED

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names in the order of the file."""
        return tuple(column.name for column in self.declared)

    @property
    def numeric(self) -> frozenset[str]:
        """The names of the columns that hold numbers."""
        return frozenset(column.name for column in self.declared if column.is_numeric)

    def row(self, value: Value) -> dict[str, Cell]:
        """Return the row of a value."""
        return {column.name: column.of(value) for column in self.declared}


def not_asked(_value: object) -> Cell:
    """Return the empty cell of a column for which no study has values yet."""
    return None
