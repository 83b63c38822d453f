"""Which column of a foreign table is which of ours: by a map file, else by the names it goes by."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from study_design.tables.foreign.cell_doors import Door, NumberDoor
from study_design.tables.foreign.column_map import ColumnMap
from study_design.tables.foreign.known_columns import plain_header
from study_design.tables.foreign.known_words import plain_word
from study_design.tables.foreign.sheet_columns import SheetColumn

_IN_BRACKETS = re.compile(r"(.+?)\s*[(\[\uff08]\s*([^)\]\uff09]+?)\s*[)\]\uff09]\s*")
# What may stand in brackets behind a column of words without changing it.
_HARMLESS = (
    "0/1", "1/0", "y/n", "yes/no", "j/n", "ja/nein", "o/n", "oui/non", "是/否", "r/l", "l/r",
)  # fmt: skip
_LONGEST_HEADER = 200


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
