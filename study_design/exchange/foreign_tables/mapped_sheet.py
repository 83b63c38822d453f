"""A sheet that somebody brings, brought into the form of ours: columns, words, numbers and units.

Every column is found by its names or by a map file; every cell goes through the door of its column.
What was understood otherwise than it is written is said; what was not understood is a fault, and
all faults of the sheet are told together.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from study_design.exchange.csv_file import CsvTable
from study_design.exchange.foreign_tables.cell_doors import (
    Door,
    NumberDoor,
    TextDoor,
    WordDoor,
    unit_of,
)
from study_design.exchange.foreign_tables.column_map import ColumnMap
from study_design.exchange.foreign_tables.known_columns import plain_header
from study_design.exchange.foreign_tables.known_words import NOTHING, SHEET_ERRORS, plain_word
from study_design.exchange.foreign_tables.sheet_columns import SheetColumn
from study_design.exchange.held_cells import Dated, NotComputed
from study_design.exchange.number_style import NumberStyles, Typed, two_readings
from study_design.exchange.table_faults import Faults
from study_design.plain_text import shown

_IN_BRACKETS = re.compile(r"(.+?)\s*[(\[\uff08]\s*([^)\]\uff09]+?)\s*[)\]\uff09]\s*")
# What may stand in brackets behind a column of words without changing it.
_HARMLESS = (
    "0/1",
    "1/0",
    "y/n",
    "yes/no",
    "j/n",
    "ja/nein",
    "o/n",
    "oui/non",
    "是/否",
    "r/l",
    "l/r",
)
# Characters without width that come along when text is copied.
_UNSEEN = " \u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00a0"
_LONGEST_HEADER = 200
# How many words of a column are told; the rest is counted.
_WORDS_TOLD = 12


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column of a table that was found.

    Attributes
    ----------
    name
        Ours.
    header
        As the table has it.
    factor
        By which its numbers are multiplied, for the unit in its header.
    unit_is_known
        Whether the header says the unit, or the numbers have none.
    """

    name: str
    header: str
    door: Door
    factor: float = 1.0
    unit_is_known: bool = True


@dataclass(frozen=True, slots=True)
class MappedSheet:
    """A table in our columns and words.

    Attributes
    ----------
    table
        Cells as ours: numbers with a decimal point, our words; columns that are not ours behind.
    others
        The columns that are not ours, under their own names.
    notes
        How columns and words were understood.
    faults
        What was not understood.
    """

    table: CsvTable
    others: tuple[str, ...]
    notes: tuple[str, ...]
    faults: Faults = field(default_factory=Faults)


def found_columns(
    header: Sequence[str], columns: Iterable[SheetColumn], column_map: ColumnMap
) -> dict[str, FoundColumn]:
    """Return which column of a table is which of ours: by the map, else by their names.

    A header is taken once: by the column whose name it is rather than by one of whose other names.
    """
    wanted = tuple(columns)
    free = _Headers(header)
    found: dict[str, FoundColumn] = {}
    for column in wanted:
        said = column_map.column_of(column.name)
        if said in header:
            found[column.name] = FoundColumn(column.name, said, column.door)
            free.taken.add(said)
    for first in (True, False):
        for column in wanted:
            names = column.names[:1] if first else column.names
            match = free.match(names, column) if column.name not in found else None
            if match is not None:
                found[column.name] = match
                free.taken.add(match.header)
    return {column.name: found[column.name] for column in wanted if column.name in found}


def names_columns(
    cells: Sequence[str], needed: Iterable[SheetColumn], column_map: ColumnMap
) -> bool:
    """Tell whether a row of cells is a header that names all of some columns."""
    wanted = tuple(needed)
    return len(found_columns([c for c in cells if c], wanted, column_map)) == len(wanted)


def mapped_sheet(
    table: CsvTable, columns: Sequence[SheetColumn], column_map: ColumnMap
) -> MappedSheet:
    """Return a table in our columns and words, with all that was not understood."""
    found = found_columns(table.columns, columns, column_map)
    faults = Faults()
    notes = _told_columns(table, found.values())
    texts: dict[str, Sequence[str]] = {}
    for one in found.values():
        cells = [row.get(one.header, "") for row in table.rows]
        own = {
            plain_word(word.word): word.meaning
            for word in column_map.words
            if word.column == one.name
        }
        reader = _ColumnReader(table, one, own, faults)
        texts[one.name] = reader.read(cells, _styles(table, found))
        notes += reader.notes
    taken = {one.header for one in found.values()}
    others = tuple(name for name in table.columns if name not in taken)
    for name in others:
        cells = [row.get(name, "") for row in table.rows]
        texts[name] = _other(table, name, cells, faults)
    rows = tuple(
        {name: column[place] for name, column in texts.items()} for place in range(len(table.rows))
    )
    mapped = replace(table, columns=tuple(texts), rows=rows)
    return MappedSheet(mapped, others, tuple(notes), faults)


class _Headers:
    """The headers of a table by their plain names, with and without what stands in brackets."""

    def __init__(self, header: Sequence[str]) -> None:
        self.taken: set[str] = set()
        self._plain: dict[str, str] = {}
        self._bracketed: dict[str, list[tuple[str, str]]] = {}
        for name in header:
            if len(name) > _LONGEST_HEADER:
                continue
            self._plain.setdefault(plain_header(name), name)
            found = _IN_BRACKETS.fullmatch(name)
            if found:
                within = (name, found[2])
                self._bracketed.setdefault(plain_header(found[1]), []).append(within)

    def match(self, names: Sequence[str], column: SheetColumn) -> FoundColumn | None:
        """Return the first free header that is one of some names, perhaps with a unit behind."""
        for name in names:
            for header, factor, unit_is_known in self._named(name, column):
                if header not in self.taken:
                    return FoundColumn(column.name, header, column.door, factor, unit_is_known)
        return None

    def _named(self, name: str, column: SheetColumn) -> Iterator[tuple[str, float, bool]]:
        """Return headers of a name with the factor of their unit, and whether it is known."""
        plain, door = plain_header(name), column.door
        if plain in self._plain:
            yield self._plain[plain], 1.0, _says_its_unit(name, column)
        for header, within in self._bracketed.get(plain, ()):
            if isinstance(door, NumberDoor):
                unit = plain_word(within).rstrip(".")
                if unit in door.units:
                    yield header, door.units[unit], True
            elif within.casefold().replace(" ", "") in _HARMLESS:
                yield header, 1.0, True
        for unit, factor in door.units.items() if isinstance(door, NumberDoor) else ():
            with_unit = plain + plain_header(unit)
            if with_unit != plain and with_unit in self._plain:
                yield self._plain[with_unit], factor, True


def _says_its_unit(name: str, column: SheetColumn) -> bool:
    """Tell whether a name is ours or ends in a unit, or whether its numbers need none."""
    door = column.door
    if not isinstance(door, NumberDoor) or not door.needs_unit or name == column.name:
        return True
    words = name.replace("_", " ").split()
    return len(words) > 1 and plain_word(words[-1]) in door.units


def _told_columns(table: CsvTable, found: Iterable[FoundColumn]) -> list[str]:
    """Return which columns were found under other names than ours."""
    told = [
        f"{one.header!r} as {one.name}"
        for one in found
        if plain_header(one.header) != plain_header(one.name)
    ]
    return [f"{table.name}: columns read: {', '.join(told)}"] if told else []


def _styles(table: CsvTable, found: Mapping[str, FoundColumn]) -> NumberStyles:
    """Return how the numbers of a table are written, their units taken off."""
    numbers = {one.header: one.door for one in found.values() if isinstance(one.door, NumberDoor)}
    # Each number once: how often one is written tells nothing but what most of them look like.
    columns = {
        header: [
            unit_of(text, door.units)[0]
            for text in dict.fromkeys(row.get(header, "") for row in table.rows)
        ]
        for header, door in numbers.items()
    }
    rows = [
        dict(zip(columns, cells, strict=True))
        for cells in zip_longest(*columns.values(), fillvalue="")
    ]
    return NumberStyles(tuple(numbers), rows, table.decimal, table.commas_part_columns)


def _other(table: CsvTable, name: str, cells: Sequence[str], faults: Faults) -> tuple[str, ...]:
    """Return the cells of a column that is not ours; dates among other values are faults."""
    filled = [cell for cell in cells if cell]
    mixed = not all(isinstance(cell, Dated) for cell in filled)
    for place, cell in enumerate(cells):
        if (isinstance(cell, Dated) and mixed) or _is_no_value(cell):
            _refuse(table, place, name, "text as it was typed", cell, faults)
    return tuple(map(str, cells))


def _is_no_value(cell: str) -> bool:
    """Tell whether a spreadsheet has no value for a cell."""
    return isinstance(cell, NotComputed) or cell.casefold() in SHEET_ERRORS


def _refuse(
    table: CsvTable, place: int, header: str, expected: str, cell: str, faults: Faults
) -> None:
    """Take down a cell that was not understood."""
    advice = "Correct the cell."
    if isinstance(cell, Dated):
        advice = "A spreadsheet made a date of it: format the cell as text and type it again."
    if isinstance(cell, NotComputed):
        advice = "Open the workbook in a spreadsheet program and save it."
    got = shown(cell) if isinstance(cell, NotComputed) else repr(shown(cell))
    faults.add(
        table.place(place)[0],
        f"{place_in(table, place)}, {header}: expected {expected}, got {got}. {advice}",
    )


def place_in(table: CsvTable, place: int) -> str:
    """Return where a row of a table stands, for errors."""
    row, line = table.place(place)
    return f"{table.name}, row {row}{f' (line {line})' if line != row else ''}"


@dataclass(slots=True)
class _ColumnReader:
    """Reads the cells of one column."""

    table: CsvTable
    column: FoundColumn
    own: Mapping[str, str]
    faults: Faults
    notes: list[str] = field(default_factory=list)
    _told: Counter[tuple[str, str]] = field(default_factory=Counter)
    _known: dict[str, str | None] = field(default_factory=dict)
    _as_written: dict[str, str] = field(default_factory=dict)

    def read(self, cells: Sequence[str], styles: NumberStyles) -> tuple[str, ...]:
        """Return the cells as ours; empty where one was not understood."""
        door = self.column.door
        if isinstance(door, NumberDoor):
            texts = self._numbers(cells, door, styles)
        else:
            texts = tuple(self._read(place, cell, door) for place, cell in enumerate(cells))
        if self._told:
            words = [
                f"{word if isinstance(door, NumberDoor) else repr(word)} as {meaning} ({count})"
                for (word, meaning), count in self._told.most_common(_WORDS_TOLD)
            ]
            more = len(self._told) - _WORDS_TOLD
            words += [f"{more} more words"] if more > 0 else []
            self.notes.append(f"{self.table.name}, {self.column.header}: read {', '.join(words)}")
        return texts

    def _read(self, place: int, cell: str, door: TextDoor | WordDoor) -> str:
        """Return a cell that is no number; one that was understood as it is written at once."""
        if type(cell) is str and cell in self._as_written:
            return self._as_written[cell]
        text = self._cell(place, cell, door)
        if type(cell) is str and text == cell:
            self._as_written[cell] = text
        return text

    def _cell(self, place: int, cell: str, door: TextDoor | WordDoor) -> str:
        """Return a cell that is no number, as ours."""
        if isinstance(cell, Dated) or _is_no_value(cell):
            expected = door.expected if isinstance(door, WordDoor) else "text as it was typed"
            return self._wrong(place, expected, cell)
        if isinstance(door, TextDoor):
            own = self.own.get(plain_word(cell)) if self.own else ""
            if own or door.keeps_nothing:
                return own or str(cell)
            return "" if _is_nothing(cell) else str(cell).strip(_UNSEEN)
        meaning = self._understood(cell, door)
        if meaning is None and _is_nothing(cell):
            return ""
        if meaning is None:
            return self._wrong(place, door.expected, cell)
        if meaning != cell:
            self._told[(str(cell), meaning)] += 1
        return meaning

    def _understood(self, cell: str, door: WordDoor) -> str | None:
        """Return what a word stands for; what somebody decided on goes first."""
        if not cell:
            return None
        if cell not in self._known:
            own = self.own.get(plain_word(cell))
            self._known[cell] = door.understand(own if own is not None else cell)
        return self._known[cell]

    def _numbers(
        self, cells: Sequence[str], door: NumberDoor, styles: NumberStyles
    ) -> tuple[str, ...]:
        """Return numbers as ours, in our unit."""
        parted = {
            cell: ("", "") if _is_nothing(cell) else unit_of(cell, door.units)
            for cell in dict.fromkeys(cells)
        }
        parts = [parted[cell] for cell in cells]
        mixed = {unit in door.never_mixed for text, unit in parts if text} == {True, False}
        texts = []
        for place, (cell, (text, unit)) in enumerate(zip(cells, parts, strict=True)):
            plain = cell if isinstance(cell, Typed) else str(text)
            value = styles.number(plain, self.column.header) if text else None
            if not text:
                texts.append("")
            elif isinstance(cell, Dated) or value is None:
                texts.append(self._no_number(place, cell, plain, styles))
            else:
                lacks = self._lacking_unit(value, unit, door, mixed=mixed)
                texts.append(
                    self._wrong(place, lacks, cell)
                    if lacks
                    else self._in_our_unit(value, unit, door)
                )
        return tuple(texts)

    def _lacking_unit(self, value: float, unit: str, door: NumberDoor, *, mixed: bool) -> str:
        """Return what is expected of a number that lacks its unit; empty where it lacks none."""
        if not value or unit in door.never_mixed:
            return ""
        if mixed:
            return f"a number with {door.never_mixed[0]}, as other cells have it"
        if door.needs_unit and not unit and not self.column.unit_is_known:
            return f"a number with its unit ({', '.join(list(door.units)[:6])})"
        return ""

    def _in_our_unit(self, value: float, unit: str, door: NumberDoor) -> str:
        """Return a number in our unit, as our tables spell it."""
        factor = door.units[unit] if unit else self.column.factor
        if unit or factor != 1:
            how = "they are" if factor == 1 else f"times {factor:g}"
            self._told[(f"numbers in {unit}" if unit else "numbers", how)] += 1
        # Tenths times ten are whole numbers again.
        number = value if factor == 1 else float(f"{value * factor:.15g}")
        return repr(number).removesuffix(".0")

    def _no_number(self, place: int, cell: str, text: str, styles: NumberStyles) -> str:
        """Take down a cell that is no number, or of which the decimal sign is not known."""
        readings = two_readings(text)
        if readings.is_open and not isinstance(cell, Dated):
            expected = (
                f"a number of a known decimal sign ({readings.point:g} or {readings.comma:g}; say "
                "--decimal point or --decimal comma, or write it without a sign between thousands)"
            )
        elif styles.contradicts(text, self.column.header):
            expected = "the decimal sign of the other numbers of the column"
        else:
            expected = "a number"
        return self._wrong(place, expected, cell)

    def _wrong(self, place: int, expected: str, cell: str) -> str:
        """Take down a cell that was not understood; it holds nothing."""
        _refuse(self.table, place, self.column.header, expected, cell, self.faults)
        return ""


def _is_nothing(cell: str) -> bool:
    """Tell whether a cell is empty, or says so."""
    return cell.strip().casefold() in NOTHING
