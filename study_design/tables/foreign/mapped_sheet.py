"""A sheet that somebody brings, brought into the form of ours: columns, words, numbers and units.

Every column is found by its names or by a map file; every cell goes through the door of its column.
What was understood otherwise than it is written is said; what was not understood is a fault, and
all faults of the sheet are told together.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from study_design.tables.csv_file import CsvTable
from study_design.tables.foreign.cell_doors import NumberDoor, unit_of
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.column_reader import (
    ColumnReader,
    is_no_value,
    refuse_cell,
)
from study_design.tables.foreign.found_columns import FoundColumn, found_columns
from study_design.tables.foreign.known_columns import plain_header
from study_design.tables.foreign.known_words import plain_word
from study_design.tables.foreign.sheet_columns import SheetColumn
from study_design.tables.held_cells import Dated
from study_design.tables.number_style import NumberStyles
from study_design.tables.table_faults import Faults


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
        reader = ColumnReader(table, one, own, faults)
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
        if (isinstance(cell, Dated) and mixed) or is_no_value(cell):
            refuse_cell(table, place, name, "text as it was typed", cell, faults)
    return tuple(map(str, cells))
