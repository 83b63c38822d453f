"""In which order the readers of a crossover or case-split read the arms, and what each weighs.

Where sequences have unequal numbers of readers, the plain mean of the readers' differences holds a
part of the period effect, (n1 - n2) / n of it with two arms. The mean of the sequences' means
holds none, for over all sequences every arm stands equally often in every period; in a case-split,
where each reader reads one half of the cases with one arm first and the other half with the other,
in every period with every half.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimators.clustered_components import IntArray
from analysis.result import FloatArray

# Period, arm and half of the cases that a reader read, from the first period on; the half is empty
# where the arm is the same for all cases of a period.
Order = tuple[tuple[str, str, str], ...]
PAIR = 2


@dataclass(frozen=True, slots=True)
class Sequences:
    """The orders of some readers (r); readers with the same order are one sequence.

    `pooled` says that every reader is to weigh the same, and not every sequence.
    """

    readers: tuple[str, ...]
    orders: tuple[Order, ...]
    pooled: bool = False

    @property
    def number(self) -> IntArray:
        """(r,) the sequence of each reader, from 0 on, by the period and arm that come first."""
        found = sorted(set(self.orders))
        return np.array([found.index(order) for order in self.orders], dtype=np.int64)

    @property
    def sizes(self) -> IntArray:
        """How many readers have each sequence."""
        return np.bincount(self.number)

    @property
    def of_two(self) -> bool:
        """Whether there are two arms and the same two periods for everybody."""
        periods = {tuple(period for period, _, _ in order) for order in self.orders}
        return len(periods) == 1 and len(self.orders[0]) == PAIR

    @property
    def halved(self) -> bool:
        """Whether readers read halves of the cases in opposite orders: a case-split."""
        return any(half for order in self.orders for _, _, half in order)

    def of(self, readers: Iterable[str]) -> "Sequences":
        """Return those of some of the readers, in the order of the names."""
        order = dict(zip(self.readers, self.orders, strict=True))
        named = tuple(readers)
        return Sequences(named, tuple(order[reader] for reader in named), self.pooled)

    def first_of(self, arms: tuple[str, str]) -> IntArray:
        """Return (r,) which of two arms each reader read first, 0 or 1."""
        places = [[arm for _, arm, _ in order] for order in self.orders]
        return np.array([int(p.index(arms[1]) < p.index(arms[0])) for p in places], dtype=np.int64)

    def shares(self, arms: tuple[str, str]) -> FloatArray | None:
        """Return (r,) the weights that make a mean over readers the mean of the sequences' means.

        None where they are those of the plain mean, or are to be, or the mean of the sequences
        would hold a part of the period effect, too: sequences are lacking.
        """
        sizes = self.sizes
        if self.pooled or len(set(sizes.tolist())) == 1 or not self.balanced(arms):
            return None
        shares: FloatArray = 1 / (len(sizes) * sizes[self.number])
        return shares

    def balanced(self, arms: tuple[str, str]) -> bool:
        """Tell whether over the sequences, each taken once, two arms meet the same periods."""
        met = _met(set(self.orders), arms)
        return met[0] == met[1]

    def period_share(self, arms: tuple[str, str]) -> float:
        """Return which part of the period effect the plain difference of two arms holds.

        With more than two periods: the largest of any period. Of a case-split: which part of the
        difference that the period makes between the halves.
        """
        met = _met(self.orders, arms)
        return max(abs(met[0][one] - met[1][one]) for one in {*met[0], *met[1]}) / len(self.readers)


def _met(orders: Iterable[Order], arms: tuple[str, str]) -> list[Counter[tuple[str, str]]]:
    """Return how often each of two arms stands in which period, with which half of the cases."""
    every = tuple(orders)
    return [
        Counter((period, half) for order in every for period, one, half in order if one == arm)
        for arm in arms
    ]


def orders_of(rows: pd.DataFrame) -> Mapping[str, Order]:
    """Return the order of each reader who read every arm of theirs in a period of its own.

    Where readers read two arms in the same two periods, it is that of a case-split if there are two
    halves of the cases that all of them read in opposite orders.

    Parameters
    ----------
    rows
        Columns reader, arm, period, case; a period that is not known is empty.
    """
    known = rows[["reader", "arm", "period"]].astype(str).drop_duplicates()
    found, mixed = {}, []
    for reader, own in known.groupby("reader", sort=True):
        if not (own["period"] != "").all() or own["arm"].nunique() < PAIR:
            continue
        if own["arm"].is_unique and own["period"].is_unique:
            read = zip(own["period"], own["arm"], [""] * len(own), strict=True)
            found[str(reader)] = tuple(sorted(read))
        else:
            mixed.append(reader)
    return found or _halved(rows[rows["reader"].isin(mixed)].astype({"period": str, "arm": str}))


def _halved(rows: pd.DataFrame) -> Mapping[str, Order]:
    """Return the orders of a case-split; none where the rows are of no such design."""
    arms, periods = (tuple(sorted(rows[name].unique())) for name in ("arm", "period"))
    if len(arms) != PAIR or len(periods) != PAIR:
        return {}
    # Which arm a reader read first of a case: the arm that is in the first period, or not in the
    # second; 1 is the first arm, -1 the second.
    as_first = (rows["arm"] == arms[0]) == (rows["period"] == periods[0])
    told = rows.assign(sign=np.where(as_first, 1.0, -1.0)).groupby(["reader", "case"])["sign"]
    if not (told.nunique() == 1).all():
        return {}
    signs = told.first().unstack("case")
    sides = _sides(signs.to_numpy(dtype=float))
    if sides is None:
        return {}
    found = {}
    for reader, side in zip(signs.index, sides.tolist(), strict=True):
        first, second = arms if side > 0 else arms[::-1]
        read = [(periods[0], first, "1"), (periods[0], second, "2"),
                (periods[1], second, "1"), (periods[1], first, "2")]  # fmt: skip
        found[str(reader)] = tuple(sorted(read))
    return found


def _sides(signs: FloatArray) -> FloatArray | None:
    """Return (r,) who read the half of the first case with which arm first, 1 or -1.

    None where the cases (r, c) do not fall into two halves that all readers read in opposite
    orders; NaN is what a reader has not read.
    """
    half, sides = signs[0].copy(), np.ones(len(signs))
    for row, own in enumerate(signs):
        agrees = half * own
        sides[row] = np.nanmax(agrees) if not np.isnan(agrees).all() else np.nan
        if np.isnan(sides[row]) or not np.all(np.isnan(agrees) | (agrees == sides[row])):
            return None
        half = np.where(np.isnan(half), sides[row] * own, half)
    aligned: FloatArray = sides * half[0]
    return aligned


def sequences_of(
    orders: Mapping[str, Order],
    readers: Iterable[str],
    arms: tuple[str, str],
    *,
    pooled: bool = False,
) -> Sequences | None:
    """Return the orders of some readers; None where one has none with both arms."""
    named = tuple(readers)
    found = tuple(orders.get(reader, ()) for reader in named)
    if not named or not all(set(arms) <= {arm for _, arm, _ in order} for order in found):
        return None
    return Sequences(named, found, pooled)
