"""Brings a sheet into one that is kept, row by row under a key and cell by cell; counts changes.

A sheet that lacks rows, columns or cells takes nothing away; only a replacement does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from study_design.tables.cells import SheetRow
from study_design.tables.csv_file import Cell, csv_bytes, csv_table

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SheetChange:
    """What a sheet does to the one that is kept, counted in rows.

    Attributes
    ----------
    added, changed, unchanged
        Rows of the sheet that came in.
    kept
        Rows that it does not name and that stay.
    removed
        The keys of rows that go.
    emptied
        Key and column of each cell that loses its value in a row that stays.
    rewritten
        Key, column, what stood there and what stands there now, of each cell that gets another
        value.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    removed: tuple[tuple[str, ...], ...] = ()
    emptied: tuple[tuple[tuple[str, ...], str], ...] = ()
    rewritten: tuple[tuple[tuple[str, ...], str, str, str], ...] = ()

    @property
    def changes_anything(self) -> bool:
        """Whether the kept sheet is another one afterwards."""
        return bool(self.added or self.changed or self.removed)


def merged_rows(
    given: Sequence[SheetRow], kept: Sequence[SheetRow], key: Sequence[str]
) -> Iterator[SheetRow]:
    """Return the kept rows with what is given laid over them, then the rows that are new.

    A given cell that is empty leaves the kept one. A row that was given is named by its own line.
    """
    news = {_key(row.cells, key): row for row in given}
    for old in kept:
        new = news.pop(_key(old.cells, key), None)
        if new is None:
            yield old
            continue
        said = {column: text for column, text in new.cells.items() if text}
        yield replace(new, cells={**old.cells, **said})
    yield from news.values()


def sheet_change(
    given: Sequence[SheetRow],
    before: Sequence[SheetRow],
    after: tuple[Sequence[str], Iterable[Mapping[str, Cell]]],
    key: Sequence[str],
) -> SheetChange:
    """Compare the sheet that is kept with the one that takes its place.

    Parameters
    ----------
    given
        The rows of the sheet that came in.
    after
        Columns and rows, as they are about to be written.
    """
    old = {_key(row.cells, key): row.cells for row in before}
    written = csv_table(Path("sheet"), csv_bytes(*after)).rows
    new = {_key(cells, key): cells for cells in written}
    named = {_key(row.cells, key) for row in given}
    both = [one for one in new if one in old and one in named]
    differing = [one for one in both if _filled(old[one]) != _filled(new[one])]
    return SheetChange(
        added=len(new.keys() - old.keys()),
        changed=len(differing),
        unchanged=len(both) - len(differing),
        kept=len((new.keys() & old.keys()) - named),
        removed=tuple(one for one in old if one not in new),
        emptied=tuple(
            (one, column)
            for one in differing
            for column in _filled(old[one])
            if not new[one].get(column)
        ),
        rewritten=tuple(
            (one, column, text, new[one][column])
            for one in differing
            for column, text in _filled(old[one]).items()
            if new[one].get(column, "") not in ("", text)
        ),
    )


def _key(cells: Texts, key: Sequence[str]) -> tuple[str, ...]:
    """Return what names a row."""
    return tuple(cells.get(column, "") for column in key)


def _filled(cells: Texts) -> dict[str, str]:
    """Return the cells that hold something."""
    return {column: text for column, text in cells.items() if text}
