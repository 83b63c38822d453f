"""Marks that a table brings already matched to lesions, as estimators want them.

A case of such a table stands for an image. What a case is worth as a whole is its highest mark; a
case without any is rated below all marks.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pandas as pd

from analysis.froc.froc_data import UNMARKED, FalseMarks, FrocStudy, Lesions
from analysis.froc.marked_cases import MatchedMarks
from analysis.mrmc.ratings import BoolArray, IntArray
from analysis.rating_grid import GridRow
from analysis.rating_table import HUMAN
from analysis.result import FloatArray

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, eq=False)
class TabledMarks:
    """The marks of a table.

    Attributes
    ----------
    lesions
        One row per lesion: case, lesion, weight.
    met
        One row per curve and case that it has read: reader, arm, case.
    marks
        One row per mark: reader, arm, case, lesion ("" where it hits none), rating.
    arms
        The arms in order.
    """

    lesions: pd.DataFrame
    met: pd.DataFrame
    marks: pd.DataFrame
    arms: tuple[str, ...]


def matched_of_table(tabled: TabledMarks) -> MatchedMarks:
    """Return the marks as they are matched in the table, curves by arm and reader."""
    readers = tuple(dict.fromkeys(tabled.met["reader"]))
    cases = tuple(dict.fromkeys(tabled.met["case"]))
    curves = sorted(
        set(zip(tabled.met["arm"], tabled.met["reader"], strict=True)),
        key=lambda one: (tabled.arms.index(one[0]), readers.index(one[1])),
    )
    curve_of = {curve: place for place, curve in enumerate(curves)}
    case_of = {case: place for place, case in enumerate(cases)}
    marks = tabled.marks
    curve = _places(zip(marks["arm"], marks["reader"], strict=True), curve_of)
    case = _places(marks["case"], case_of)
    hit = (marks["lesion"] != "").to_numpy()
    study = FrocStudy(
        tabled.arms,
        readers,
        np.array([tabled.arms.index(arm) for arm, _ in curves]),
        np.array([readers.index(reader) for _, reader in curves]),
        _lesions(tabled, case_of, curve[hit], hit, len(curves)),
        FalseMarks(curve[~hit], case[~hit], marks["rating"].to_numpy(dtype=float)[~hit]),
        np.arange(len(cases)),
        _read(tabled, curve_of, case_of),
    )
    rows = tuple(GridRow(reader, HUMAN, "", arm) for arm, reader in curves)
    return MatchedMarks(study, rows, cases, np.arange(len(cases)))


def highest_marks(tabled: TabledMarks) -> pd.DataFrame:
    """Return one row per curve and case: reader, arm, case, truth and the highest mark's rating.

    Without any mark it is 1 less than the lowest of all marks; only the order counts.
    """
    key = ["reader", "arm", "case"]
    highest = tabled.marks.groupby(key, sort=False)["rating"].max()
    rows = tabled.met.drop_duplicates(key).reset_index(drop=True)
    rating = rows.merge(highest.rename("rating"), how="left", left_on=key, right_index=True)
    lowest = float(tabled.marks["rating"].min()) - 1 if len(tabled.marks) else 0.0
    diseased = set(tabled.lesions["case"])
    return rating.assign(
        rating=rating["rating"].fillna(lowest),
        truth=rating["case"].isin(diseased).astype(int),
    )


def _lesions(
    tabled: TabledMarks, case_of: dict[str, int], curve: IntArray, hit: BoolArray, curves: int
) -> Lesions:
    """Return the lesions with the highest rating that each curve gave them."""
    lesions = tabled.lesions
    place_of = {
        key: place for place, key in enumerate(zip(lesions["case"], lesions["lesion"], strict=True))
    }
    marks = tabled.marks[hit]
    place = _places(zip(marks["case"], marks["lesion"], strict=True), place_of)
    rating: FloatArray = np.full((curves, len(lesions)), UNMARKED)
    np.maximum.at(rating, (curve, place), marks["rating"].to_numpy(dtype=float))
    return Lesions(
        _places(lesions["case"], case_of), lesions["weight"].to_numpy(dtype=float), rating
    )


def _read(
    tabled: TabledMarks, curve_of: dict[tuple[str, str], int], case_of: dict[str, int]
) -> BoolArray:
    """Return which curve has read which case (k, n)."""
    read = np.zeros((len(curve_of), len(case_of)), dtype=bool)
    met = tabled.met
    curve = _places(zip(met["arm"], met["reader"], strict=True), curve_of)
    read[curve, _places(met["case"], case_of)] = True
    return read


def _places(keys: Iterable[Key], place_of: Mapping[Key, int]) -> IntArray:
    """Return the place of each key."""
    return np.array([place_of[key] for key in keys], dtype=np.int64)
