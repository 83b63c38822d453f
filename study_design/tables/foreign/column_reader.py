"""Reads the cells of one column of a foreign table; what is not understood is a fault."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from study_design.plain_text import shown
from study_design.tables.csv_file import CsvTable
from study_design.tables.foreign.cell_doors import (
    NumberDoor,
    TextDoor,
    WordDoor,
    unit_of,
)
from study_design.tables.foreign.found_columns import FoundColumn
from study_design.tables.foreign.known_words import NOTHING, SHEET_ERRORS, plain_word
from study_design.tables.held_cells import Dated, NotComputed
from study_design.tables.number_style import NumberStyles, Typed, two_readings
from study_design.tables.table_faults import Faults

# Characters without width that come along when text is copied.
_UNSEEN = " \u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00a0"
# How many words of a column are told; the rest is counted.
_WORDS_TOLD = 12


def is_no_value(cell: str) -> bool:
    """Tell whether a spreadsheet has no value for a cell."""
    return isinstance(cell, NotComputed) or cell.casefold() in SHEET_ERRORS


def refuse_cell(
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
class ColumnReader:
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
        if isinstance(cell, Dated) or is_no_value(cell):
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
        refuse_cell(self.table, place, self.column.header, expected, cell, self.faults)
        return ""


def _is_nothing(cell: str) -> bool:
    """Tell whether a cell is empty, or says so."""
    return cell.strip().casefold() in NOTHING
