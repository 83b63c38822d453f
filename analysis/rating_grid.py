"""Ratings as a grid: one row per curve (a reader in an arm, or an AI system), one column per case.

Beside it stands of whom quantities are computed: a reader, the mean of a group or of all readers,
an AI system; and which of them are compared.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.arm_order import arms_in_order
from analysis.estimators.clustered_components import IntArray
from analysis.rating_table import AI, RatingTable
from analysis.result import Counts, FloatArray, Of
from analysis.sequences import Sequences
from analysis.settings import AnalysisSettings

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class GridRow:
    """Whose ratings a row of the grid holds."""

    reader: str
    kind: str
    group: str
    arm: str


@dataclass(frozen=True, slots=True, eq=False)
class RatedCases:
    """Truth and rating (n,) of the cases that one row has."""

    truth: FloatArray
    rating: FloatArray

    @property
    def both_classes(self) -> bool:
        """Whether positive and negative cases are there."""
        return bool(0 < self.truth.sum() < len(self.truth))


@dataclass(frozen=True, slots=True, eq=False)
class RatingGrid:
    """The ratings of k curves on the same n cases; NaN where a case was not rated.

    Attributes
    ----------
    cases
        The n cases: units of the analysis.
    exam
        (n,) the number, from 0 on, of the exam that each unit is one of: of an exam its own, shared
        by breasts and images.
    truth
        (n,) 1 = positive, 0 = negative.
    ratings, times_s
        (k, n).
    cluster
        (n,) the number of each case's cluster, from 0 on; each case its own where clusters are
        ignored.
    """

    rows: tuple[GridRow, ...]
    cases: tuple[str, ...]
    exam: IntArray
    truth: FloatArray
    ratings: FloatArray
    times_s: FloatArray
    cluster: IntArray

    @property
    def shared_clusters(self) -> IntArray | None:
        """The cases' clusters where some hold several cases; None where each is its own."""
        return self.cluster if len(np.unique(self.cluster)) < len(self.cluster) else None

    @property
    def two_valued(self) -> bool:
        """Whether all ratings take at most two values: a decision rather than a rating."""
        return 0 < len(np.unique(self.ratings[~np.isnan(self.ratings)])) <= 2

    def seen(self, rows: tuple[int, ...]) -> BoolArray:
        """Return which units (n,) any of some rows has."""
        return np.asarray(~np.isnan(self.ratings[list(rows)]).all(axis=0))

    def counts(self, used: BoolArray) -> Counts:
        """Return how many units, their exams and positive units there are among (n,)."""
        return Counts(
            n_units=int(used.sum()),
            n_cases=int(np.count_nonzero(np.bincount(self.exam[used]))),
            n_clusters=None if self.shared_clusters is None else len(np.unique(self.cluster[used])),
            n_positive=int(self.truth[used].sum()),
        )

    def restricted_to(self, kept: BoolArray) -> "RatingGrid":
        """Return the grid with some of the cases (n,) only."""
        return RatingGrid(
            self.rows,
            tuple(case for case, one in zip(self.cases, kept.tolist(), strict=True) if one),
            np.unique(self.exam[kept], return_inverse=True)[1],
            self.truth[kept],
            self.ratings[:, kept],
            self.times_s[:, kept],
            np.unique(self.cluster[kept], return_inverse=True)[1],
        )

    def rated(self, row: int) -> RatedCases:
        """Return truth and rating of the cases that a row has."""
        has = ~np.isnan(self.ratings[row])
        return RatedCases(self.truth[has], self.ratings[row, has])


@dataclass(frozen=True, slots=True)
class Pool:
    """Of whom a quantity is: rows of the grid, of which the mean is taken."""

    of: Of
    rows: tuple[int, ...]

    def weights(self, k: int) -> FloatArray:
        """Return the (k,) weights of the mean."""
        weights = np.zeros(k)
        weights[list(self.rows)] = 1 / len(self.rows)
        return weights

    def counts(self, grid: RatingGrid) -> Counts:
        """Return the units that any row has, the positive ones, and the readers."""
        seen = grid.seen(self.rows)
        readers = len({grid.rows[row].reader for row in self.rows})
        return replace(grid.counts(seen), n_readers=None if self.of.system is not None else readers)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pools that are compared: first minus second.

    `sequences` are those of the readers who are in both arms of a crossover or case-split; None of
    anything else.
    """

    first: Pool
    second: Pool
    sequences: Sequences | None = None

    @property
    def of(self) -> tuple[Of, Of]:
        """The two things compared."""
        return self.first.of, self.second.of

    @property
    def arms(self) -> tuple[str, str]:
        """The arms of both sides, in the order of the difference."""
        return self.first.of.arm or "", self.second.of.arm or ""

    @property
    def uneven(self) -> bool:
        """Whether the mean of the sequences' means is another one than the plain mean."""
        return self.sequences is not None and self.sequences.shares(self.arms) is not None

    @property
    def by_sequence(self) -> bool:
        """Whether the difference is that mean: all readers are in both arms."""
        return self.uneven and len(self.first.rows) == len(self.second.rows) == self._paired

    @property
    def _paired(self) -> int:
        """How many readers have sequences."""
        return 0 if self.sequences is None else len(self.sequences.readers)

    def weights(self, grid: RatingGrid) -> FloatArray:
        """Return the (k,) weights of the difference."""
        k = len(grid.rows)
        shares = None if self.sequences is None else self.sequences.shares(self.arms)
        if self.sequences is None or shares is None or not self.by_sequence:
            return self.first.weights(k) - self.second.weights(k)
        share = dict(zip(self.sequences.readers, shares.tolist(), strict=True))
        weights = np.zeros(k)
        for pool, sign in ((self.first, 1), (self.second, -1)):
            weights[list(pool.rows)] = [sign * share[grid.rows[row].reader] for row in pool.rows]
        return weights

    def counts(self, grid: RatingGrid) -> Counts:
        """Return units and readers on either side, and the units seen on both."""
        rows = sorted({*self.first.rows, *self.second.rows})
        either = Pool(self.first.of, tuple(rows)).counts(grid)
        human = {grid.rows[row].reader for row in rows if grid.rows[row].kind != AI}
        n_pairs = int((grid.seen(self.first.rows) & grid.seen(self.second.rows)).sum())
        return replace(either, n_readers=len(human) or None, n_pairs=n_pairs)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The grid, of whom quantities are computed, what is compared, and how."""

    grid: RatingGrid
    pools: tuple[Pool, ...]
    pairs: tuple[Pair, ...]
    settings: AnalysisSettings

    def sequences_of(self, pair: Pair) -> Sequences | None:
        """Return the sequences of a pair of arms, which may have some of the readers only.

        None where some of them have none.
        """
        own = self.whole_sequences(pair)
        readers = [self.grid.rows[row].reader for row in pair.first.rows]
        return own.of(readers) if own is not None and set(readers) <= set(own.readers) else None

    def whole_sequences(self, pair: Pair) -> Sequences | None:
        """Return the sequences of all readers of two arms."""
        return next((one.sequences for one in self.pairs if one.of == pair.of), None)


def rating_grid(table: RatingTable, settings: AnalysisSettings) -> RatingGrid:
    """Return the table as a grid, readers before AI systems, arms in their order."""
    rows = table.rows
    case_place, cases = pd.factorize(rows["case"])
    identity = ["reader", "kind", "group", "arm"]
    curve_place, curves = pd.factorize(pd.MultiIndex.from_frame(rows[identity]))
    order = arms_in_order(table, settings)
    named = [GridRow(*map(str, curve)) for curve in curves]
    places = sorted(range(len(named)), key=lambda place: _sort_key(named[place], order, place))
    rank = np.argsort(places)
    shape = (len(named), len(cases))
    ratings, times_s = np.full(shape, np.nan), np.full(shape, np.nan)
    ratings[rank[curve_place], case_place] = rows["rating"].to_numpy(dtype=float)
    times_s[rank[curve_place], case_place] = rows["time_s"].to_numpy(dtype=float)
    truth = np.zeros(len(cases))
    truth[case_place] = rows["truth"].to_numpy(dtype=float)
    grid = RatingGrid(
        tuple(named[place] for place in places),
        tuple(map(str, cases)),
        _of_cases(rows["exam"], case_place, len(cases)),
        truth,
        ratings,
        times_s,
        np.arange(len(cases))
        if settings.clusters == "ignored"
        else _of_cases(rows["cluster"], case_place, len(cases)),
    )
    return _complete(grid) if settings.missing == "complete" else grid


def _sort_key(row: GridRow, arms: tuple[str, ...], place: int) -> tuple[bool, str, str, int, int]:
    """Return the place of a row in the grid: readers by group and name, then AI systems."""
    arm = arms.index(row.arm) if row.arm in arms else len(arms)
    return row.kind == AI, row.group, row.reader, arm, place


def _complete(grid: RatingGrid) -> RatingGrid:
    """Return the grid with the cases only that every reader rated in every arm."""
    human = [place for place, row in enumerate(grid.rows) if row.kind != AI]
    return grid.restricted_to(np.isnan(grid.ratings[human]).sum(axis=0) == 0)


def _of_cases(names: "pd.Series[str]", case_place: IntArray, cases: int) -> IntArray:
    """Return the number of each case's cluster or exam (n,), from the names in the rows."""
    number = np.zeros(cases, dtype=np.int64)
    number[case_place] = pd.factorize(names)[0]
    return number
