"""A study's reads, marks and lesions as tables by unit, and their matching into a `FrocStudy`.

Nothing here knows a study; the tables come through `analysis.tables`. The unit is the exam, the
breast or the image. A finding with marks on two views of an exam is one mark there, and two where
the unit is the image.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.estimators.localisation import Mark, mark_at
from analysis.froc.froc_data import UNMARKED, FalseMarks, FrocStudy, Lesions
from analysis.froc.hit_rules import LesionHitRule, lesion_hit
from analysis.mrmc.ratings import BoolArray, IntArray
from analysis.rating_grid import GridRow
from analysis.sequences import Order, orders_of

BOX = ["x_px", "y_px", "width_px", "height_px"]
BY_CURVE = ["arm", "reader"]


@dataclass(frozen=True, slots=True, eq=False)
class MarkedCases:
    """Who has read which unit, what was marked in it and what is there.

    Attributes
    ----------
    units
        One row per unit: case, exam (whose unit it is), cluster.
    reads
        One row per curve and unit: reader, kind, group, arm, case; period where it is known.
    marks
        One row per mark: reader, arm, case, finding, view, box in stored pixels, spacing_mm,
        rating. Marks of one finding share its name.
    lesions
        One row per place of a lesion: case, lesion, view, box, spacing_mm. A unit without a row
        is a normal one.
    arms
        The readers' arms in order; an AI system has the arm "".
    unit
        exam, breast or image.
    notes
        What had to be left out, in words.
    """

    units: pd.DataFrame
    reads: pd.DataFrame
    marks: pd.DataFrame
    lesions: pd.DataFrame
    arms: tuple[str, ...]
    unit: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class MatchedMarks:
    """Marks matched to lesions; `rows` tell whose the curves are, `exam` (n,) the units' exams.

    `orders` are those in which readers of a crossover read the arms.
    """

    study: FrocStudy
    rows: tuple[GridRow, ...]
    cases: tuple[str, ...]
    exam: IntArray
    orders: Mapping[str, Order] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """A lesion: its place among all lesions, and where it is seen."""

    place: int
    seen: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _LesionsOfCases:
    """The lesions of each unit that has some, and (L,) the unit's place for each lesion."""

    by_case: dict[str, list[_Place]]
    case: IntArray


def matched_marks(marked: MarkedCases, rule: LesionHitRule) -> MatchedMarks:
    """Return the marks of every curve as hit lesions and false marks.

    A lesion hit by several findings has the highest of their ratings; the others count neither as
    hits nor as false marks. Lesions of one unit weigh the same.
    """
    rows = _curves(marked)
    curve_of = {(row.arm, row.reader): curve for curve, row in enumerate(rows)}
    cases = tuple(map(str, marked.units["case"]))
    case_of = {case: place for place, case in enumerate(cases)}
    lesions = _lesions(marked, case_of)
    rating = np.full((len(rows), len(lesions.case)), UNMARKED)
    false: list[tuple[int, int, float]] = []
    groups = marked.marks.groupby([*BY_CURVE, "case", "finding"], sort=False)
    for key, finding in groups:
        arm, reader, case, _ = map(str, key)
        curve, worth = curve_of[arm, reader], float(finding["rating"].max())
        there = lesions.by_case.get(case, [])
        hit = lesion_hit(_marks(finding), [one.seen for one in there], rule)
        if hit is None:
            false.append((curve, case_of[case], worth))
        else:
            place = there[hit].place
            rating[curve, place] = max(rating[curve, place], worth)
    arms = tuple(dict.fromkeys(row.arm for row in rows))
    readers = tuple(sorted({row.reader for row in rows}))
    study = FrocStudy(
        arms,
        readers,
        np.array([arms.index(row.arm) for row in rows]),
        np.array([readers.index(row.reader) for row in rows]),
        Lesions(lesions.case, 1.0 / np.bincount(lesions.case)[lesions.case], rating),
        _false_marks(false),
        np.unique(marked.units["cluster"].to_numpy(dtype=str), return_inverse=True)[1],
        _read(marked, curve_of, case_of),
    )
    orders = orders_of(marked.reads) if "period" in marked.reads else {}
    return MatchedMarks(study, rows, cases, pd.factorize(marked.units["exam"])[0], orders)


def _curves(marked: MarkedCases) -> tuple[GridRow, ...]:
    """Return whose marks there are, arms in their order and readers by name in each."""
    known = marked.reads[["reader", "kind", "group", "arm"]].drop_duplicates()
    arms = tuple(dict.fromkeys((*marked.arms, "")))
    rows = [GridRow(*map(str, row)) for row in known.itertuples(index=False)]
    return tuple(sorted(rows, key=lambda row: (arms.index(row.arm), row.reader)))


def _lesions(marked: MarkedCases, case_of: dict[str, int]) -> _LesionsOfCases:
    """Return where each lesion is."""
    by_case: dict[str, list[_Place]] = {}
    cases: list[int] = []
    for key, places in marked.lesions.groupby(["case", "lesion"], sort=False):
        case, _ = map(str, key)
        by_case.setdefault(case, []).append(_Place(len(cases), _marks(places)))
        cases.append(case_of[case])
    return _LesionsOfCases(by_case, np.array(cases, dtype=np.int64))


def _read(
    marked: MarkedCases, curve_of: dict[tuple[str, str], int], case_of: dict[str, int]
) -> BoolArray:
    """Return which curve has read which unit (k, n)."""
    read = np.zeros((len(curve_of), len(case_of)), dtype=bool)
    columns = (marked.reads[name].astype(str).tolist() for name in (*BY_CURVE, "case"))
    for arm, reader, case in zip(*columns, strict=True):
        read[curve_of[arm, reader], case_of[case]] = True
    return read


def _marks(rows: pd.DataFrame) -> tuple[Mark, ...]:
    """Return the places in some rows."""
    columns = (rows[name].tolist() for name in ("view", *BOX, "spacing_mm"))
    return tuple(mark_at(*cells) for cells in zip(*columns, strict=True))


def _false_marks(false: Sequence[tuple[int, int, float]]) -> FalseMarks:
    """Return marks that hit nothing."""
    curve, case, rating = zip(*false, strict=True) if false else ((), (), ())
    return FalseMarks(
        np.array(curve, dtype=np.int64), np.array(case, dtype=np.int64), np.array(rating, float)
    )
