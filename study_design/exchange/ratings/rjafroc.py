"""The content of an RJafroc workbook: what is true of each case, who marked what, and the checks.

Paradigms: ROC (one rating a case), LROC (one rating a case, at a lesion or elsewhere), FROC (any
number of marks; an unmarked case has no row). Designs: FCTRL (all readers, arms and cases crossed),
SPLIT-PLOT-A (readers nested within arms; Hillis 2014, table VII a), SPLIT-PLOT-C (cases nested
within readers; table VII c), FCTRL-X-MOD (two crossed factors of arms). Arms are called modalities
there. What RJafroc refuses is refused here, by row.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby, product

from study_design.errors import BadInputError
from study_design.exchange.ratings.mrmc_ratings import (
    MrmcRatings,
    RatedCase,
    Reading,
    check_complete,
    check_ratings,
)

# RJafroc mends sums of weights that are so close to 1.
WEIGHT_TOLERANCE = 0.01


class Paradigm(StrEnum):
    """How readers were asked."""

    ROC = "ROC"
    FROC = "FROC"
    LROC = "LROC"


class Design(StrEnum):
    """Which readers met which cases in which arms."""

    CROSSED = "FCTRL"
    SPLIT_PLOT_A = "SPLIT-PLOT-A"
    SPLIT_PLOT_C = "SPLIT-PLOT-C"
    CROSSED_ARMS = "FCTRL-X-MOD"


@dataclass(frozen=True, slots=True)
class TruthRow:
    """A lesion of a case, from 1; 0 is a case without. Readers and arms are those that met it."""

    case: str
    lesion: int
    weight: float
    readers: tuple[str, ...]
    arms: tuple[str, ...]
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A mark with its rating, on a lesion or, with lesion 0, elsewhere."""

    reader: str
    arm: str
    case: str
    lesion: int
    rating: float
    second_arm: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class MarkedStudy:
    """All of a workbook; `marks` holds the sheet TP (lesion 1, ...), then FP (lesion 0)."""

    paradigm: Paradigm
    design: Design
    truth: tuple[TruthRow, ...]
    marks: tuple[MarkRow, ...]


def check_marks(name: str, study: MarkedStudy) -> MarkedStudy:
    """Return the study, or refuse what RJafroc would.

    Raises
    ------
    BadInputError
        For a case number that is no integer, lesions not numbered 1, 2, ..., weights of a case that
        do not add up to 1 (all 0 stands for equal ones), a mark on an unknown case or lesion or by
        a reader or in an arm that did not meet the case, a lesion rated twice, and, in ROC and LROC
        studies, a reader who has not rated a case once.
    """
    for (case, _), rows in groupby(sorted(study.truth, key=_place), key=lambda r: (r.case, r.arms)):
        _check_case(name, case, list(rows))
    lesions: dict[tuple[str, int], list[TruthRow]] = {}
    for row in study.truth:
        lesions.setdefault((row.case, row.lesion), []).append(row)
    met: set[tuple[str, str, str, str, int]] = set()
    for mark in study.marks:
        _check_mark(name, mark, lesions)
        key = (mark.reader, mark.arm, mark.second_arm, mark.case, mark.lesion)
        if mark.lesion and key in met:
            raise _wrong(name, "TP", mark.row, "one rating of a lesion", "a second one")
        met.add(key)
    if study.paradigm is not Paradigm.FROC and study.design is not Design.CROSSED_ARMS:
        _check_one_rating(name, study)
    return study


def roc_study(name: str, ratings: MrmcRatings) -> MarkedStudy:
    """Return ratings as an ROC study: crossed, or split-plot where each reader has one arm.

    Raises
    ------
    BadInputError
        For what `check_ratings` refuses, and a missing reading.
    """
    check_ratings(name, ratings)
    readers_of = {
        arm: tuple(dict.fromkeys(one.reader for one in ratings.readings if one.arm == arm))
        for arm in ratings.arms
    }
    nested = len(ratings.arms) > 1 and sum(map(len, readers_of.values())) == len(ratings.readers)
    if not nested:
        check_complete(name, ratings, "RJafroc")
    met = (
        [(readers, (arm,)) for arm, readers in readers_of.items()]
        if nested
        else [(ratings.readers, ratings.arms)]
    )
    truth = {case.case: case.truth for case in ratings.cases}
    return check_marks(
        name,
        MarkedStudy(
            Paradigm.ROC,
            Design.SPLIT_PLOT_A if nested else Design.CROSSED,
            tuple(
                TruthRow(case.case, int(case.truth), float(case.truth), readers, arms)
                for case in sorted(ratings.cases, key=lambda case: case.truth)
                for readers, arms in met
            ),
            tuple(
                MarkRow(one.reader, one.arm, one.case, int(truth[one.case]), one.rating)
                for one in sorted(ratings.readings, key=lambda one: not truth[one.case])
            ),
        ),
    )


def roc_ratings(name: str, study: MarkedStudy) -> MrmcRatings:
    """Return the one rating of each case in an ROC or LROC study.

    Raises
    ------
    BadInputError
        For FROC studies, which have any number of marks a case.
    """
    if study.paradigm is Paradigm.FROC:
        raise BadInputError(
            f"{name}: expected one rating a case (ROC or LROC), got {study.paradigm}, "
            f"{study.design}. Such marks are no table of ratings."
        )
    diseased = {row.case: row.lesion > 0 for row in study.truth}
    return check_ratings(
        name,
        MrmcRatings(
            name.rsplit(".", 1)[0],
            tuple(RatedCase(case, truth) for case, truth in diseased.items()),
            tuple(Reading(m.reader, m.arm, m.case, m.rating, m.row) for m in study.marks),
        ),
    )


def _place(row: TruthRow) -> tuple[str, tuple[str, ...], int]:
    """Return what orders rows; a split plot names a case once for each arm's readers."""
    return (row.case, row.arms, row.lesion)


def _check_case(name: str, case: str, rows: list[TruthRow]) -> None:
    """Refuse a case whose number, lesions or weights RJafroc cannot take."""
    at, lesions = rows[0].row, [row.lesion for row in rows]
    if not case.isdecimal():
        raise _wrong(name, "TRUTH", at, "an integer for a case", case)
    if lesions not in ([0], list(range(1, len(rows) + 1))):
        got = ", ".join(map(str, lesions))
        raise _wrong(name, "TRUTH", at, f"lesions 1, 2, ... of case {case}, or 0 for none", got)
    weights = sum(row.weight for row in rows)
    if lesions[0] and any(row.weight for row in rows) and abs(weights - 1) > WEIGHT_TOLERANCE:
        raise _wrong(name, "TRUTH", at, f"weights of case {case} that sum to 1", f"{weights:g}")


def _check_mark(name: str, mark: MarkRow, lesions: dict[tuple[str, int], list[TruthRow]]) -> None:
    """Refuse a mark of which the truth sheet knows nothing."""
    sheet = "TP" if mark.lesion else "FP"
    rows = lesions.get((mark.case, mark.lesion), [])
    if not rows and not mark.lesion:
        rows = lesions.get((mark.case, 1), [])
    if not rows:
        what = f"case {mark.case}" + (f", lesion {mark.lesion}" if mark.lesion else "")
        raise _wrong(name, sheet, mark.row, "a case and lesion of the sheet TRUTH", what)
    if any(row.readers for row in rows) and not any(
        mark.reader in row.readers and mark.arm in row.arms for row in rows
    ):
        expected = f"a reader and an arm that TRUTH names for case {mark.case}"
        raise _wrong(name, sheet, mark.row, expected, f"reader {mark.reader}, arm {mark.arm}")


def _check_one_rating(name: str, study: MarkedStudy) -> None:
    """Refuse a case that a reader who met it in an arm has not rated just once."""
    found = Counter((mark.reader, mark.arm, mark.case) for mark in study.marks)
    for row in study.truth:
        for reader, arm in product(row.readers, row.arms):
            count = found[reader, arm, row.case]
            if count != 1:
                expected = (
                    f"one rating of case {row.case} by reader {reader} in arm {arm}, for the "
                    f"paradigm is {study.paradigm}"
                )
                raise _wrong(name, "TRUTH", row.row, expected, str(count))


def _wrong(name: str, sheet: str, row: int, expected: str, got: str) -> BadInputError:
    """Return the refusal of a row."""
    where = f", row {row}" if row else ""
    return BadInputError(
        f"{name}, sheet {sheet}{where}: expected {expected}, got {got}. Correct the row."
    )
