"""Checks a table of ratings column by column and takes down what is wrong, by its row."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.rating_table import AI
from study_design.tables.csv_file import CsvTable
from study_design.tables.foreign.column_reader import place_in
from study_design.tables.table_faults import Faults


@dataclass(frozen=True, slots=True, eq=False)
class TableChecks:
    """Checks a table column by column and takes down every cell that is wrong."""

    source: CsvTable
    cells: pd.DataFrame
    faults: Faults

    def text(self, column: str) -> pd.Series:
        """Return a column of text; empty where the file has no such column."""
        if column in self.cells:
            return self.cells[column]
        return pd.Series("", index=self.cells.index, dtype=self.cells["reader"].dtype)

    def names(self, column: str) -> pd.Series:
        """Return a column that must be filled in."""
        self.refuse(self.cells[column] == "", column, "a name")
        return self.cells[column]

    def numbers(self, column: str) -> pd.Series:
        """Return a column as numbers, NaN where none is given."""
        return pd.to_numeric(self.cells[column].replace("", None), errors="coerce").astype(float)

    def truth(self) -> pd.Series:
        """Return the truth of each row."""
        number = pd.to_numeric(self.cells["truth"], errors="coerce")
        self.refuse(number.isna(), "truth", "0 or 1")
        return number.fillna(0).astype(int)

    def refuse_negative_times(self, time_s: pd.Series) -> None:
        """Refuse reading times below 0."""
        if "time_s" in self.cells:
            self.refuse(time_s < 0, "time_s", "seconds, 0 or more")

    def refuse_gaps(self, rows: pd.DataFrame, column: str) -> None:
        """Refuse rows of readers that lack what other rows of readers state."""
        of_reader = rows["kind"] != AI
        stated = rows[column] != ""
        if (of_reader & stated).any():
            self.refuse(of_reader & ~stated, column, f"an {column}, as in other rows of readers")

    def refuse_contradictions(self, rows: pd.DataFrame, key: str, column: str) -> None:
        """Refuse cases with two truths, and readers of two kinds or groups."""
        first = rows.groupby(key, sort=False)[column].transform("first")
        for place in places_of(rows[column] != first):
            expected = f"{first.iloc[place]!s} for {key} {rows[key].iloc[place]}"
            self._wrong(place, column, f"{expected}, as in the rows before")

    def refuse_doubles(self, rows: pd.DataFrame) -> None:
        """Refuse two ratings of one case by one reader in one arm."""
        key = ["reader", "arm", "case"]
        places = pd.Series(range(len(rows)), index=rows.index)
        firsts = places.groupby([rows[name] for name in key], sort=False).transform("first")
        for place in places_of(rows.duplicated(key)):
            reader, arm, case = (str(rows[name].iloc[place]) for name in key)
            where = f"reader {reader}, {f'arm {arm}, ' if arm else ''}case {case}"
            first = self.source.place(int(firsts.iloc[place]))[0]
            self.faults.add(
                self.source.place(place)[0],
                f"{place_in(self.source, place)}, {', '.join(key)}: expected one rating for "
                f"{where}, got a second one (the first stands in row {first}). Remove one, or tell "
                "them apart by an arm.",
            )

    def refuse(self, wrong: "pd.Series[bool]", column: str, expected: str) -> None:
        """Take down all wrong cells of a column."""
        for place in places_of(wrong):
            self._wrong(place, column, expected)

    def refuse_first(self, wrong: "pd.Series[bool]", column: str, expected: str) -> None:
        """Take down the first wrong cell of a column."""
        for place in places_of(wrong)[:1]:
            self._wrong(place, column, expected)

    def _wrong(self, place: int, column: str, expected: str) -> None:
        """Take down a wrong cell, unless something is wrong in its row already."""
        row = self.source.place(place)[0]
        if not self.faults.has(row):
            self.faults.add(
                row,
                f"{place_in(self.source, place)}, {column}: expected {expected}, got "
                f"{self.cells[column].iloc[place]!r}. Correct the cell.",
            )


def places_of(wrong: "pd.Series[bool]") -> list[int]:
    """Return the positions of the true values."""
    return [int(place) for place in np.flatnonzero(wrong.to_numpy())]
