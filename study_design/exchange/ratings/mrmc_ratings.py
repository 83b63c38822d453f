"""Ratings of a multi-reader multi-case study as other programs exchange them, checked by row."""

from collections import Counter
from dataclasses import dataclass, field
from math import isfinite
from typing import NoReturn

from study_design.errors import BadInputError


@dataclass(frozen=True, slots=True)
class RatedCase:
    """A case and what is true of it; `row` is the line of the file it came from, 0 without one."""

    case: str
    truth: bool
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """One rating of a case by a reader in an arm; `row` as in `RatedCase`."""

    reader: str
    arm: str
    case: str
    rating: float
    row: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class MrmcRatings:
    """All ratings of a study. A reading that is missing is not there; `title` is free text."""

    title: str
    cases: tuple[RatedCase, ...]
    readings: tuple[Reading, ...]

    @property
    def readers(self) -> tuple[str, ...]:
        """The readers in the order in which they first rate."""
        return tuple(dict.fromkeys(reading.reader for reading in self.readings))

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms in the order in which they first appear."""
        return tuple(dict.fromkeys(reading.arm for reading in self.readings))


def check_ratings(name: str, ratings: MrmcRatings) -> MrmcRatings:
    """Return the ratings, or refuse what no program can analyse.

    Parameters
    ----------
    name
        Of the file, for the message.

    Raises
    ------
    BadInputError
        For the first case that is named twice, rating without truth, second rating of a case by
        one reader in one arm, or rating that is no finite number; where a class of cases or every
        reading is missing.
    """
    _check_cases(name, ratings)
    known = {case.case for case in ratings.cases}
    met: dict[tuple[str, str, str], Reading] = {}
    for reading in ratings.readings:
        if not (reading.reader and reading.case):
            refuse(name, reading, "a reader and a case", "an empty name", "Fill it in")
        if reading.case not in known:
            refuse(name, reading, "a case with truth", reading.case, "Add its truth")
        key = (reading.reader, reading.arm, reading.case)
        if key in met:
            got = f"a second one beside {_place(met[key])}"
            refuse(name, reading, "one rating a reader, arm and case", got, "Remove one")
        met[key] = reading
        if not isfinite(reading.rating):
            refuse(name, reading, "a finite rating", str(reading.rating), "Leave the row out")
    return ratings


def _check_cases(name: str, ratings: MrmcRatings) -> None:
    """Refuse a case named twice, a class without cases, and a table without readings."""
    met: set[str] = set()
    for case in ratings.cases:
        if case.case in met:
            refuse(name, case, "the truth of each case once", case.case, "Remove one")
        met.add(case.case)
    for truth in (False, True):
        if not any(case.truth is truth for case in ratings.cases):
            raise BadInputError(
                f"{name}: expected cases of truth 0 and of truth 1, got none of truth {truth:d}. "
                "Add cases of both."
            )
    if not ratings.readings:
        raise BadInputError(f"{name}: expected readings, got none. Read cases first.")


def check_complete(name: str, ratings: MrmcRatings, tool: str) -> None:
    """Refuse ratings of which some reader has not rated some case in some arm.

    Raises
    ------
    BadInputError
        For the first reading that is missing; `tool` says who cannot take that.
    """
    there = {(one.reader, one.arm, one.case) for one in ratings.readings}
    for reader in ratings.readers:
        for arm in ratings.arms:
            for case in ratings.cases:
                if (reader, arm, case.case) not in there:
                    raise BadInputError(
                        f"{name}: {tool} expects every reader to rate every case in every arm, "
                        f"got no rating by reader {reader}, arm {arm}, case {case.case}. "
                        "Export as imrmc, which may miss readings."
                    )


def class_counts(ratings: MrmcRatings) -> tuple[int, int]:
    """Return the number of cases of truth 0 and of truth 1."""
    counted = Counter(case.truth for case in ratings.cases)
    return counted[False], counted[True]


def rating_text(rating: float) -> str:
    """Return a rating in full precision, a whole one without its `.0`."""
    return repr(float(rating)).removesuffix(".0")


def refuse(name: str, where: RatedCase | Reading, expected: str, got: str, remedy: str) -> NoReturn:
    """Refuse one row of a file, or one reading of a study."""
    raise BadInputError(f"{name}, {_place(where)}: expected {expected}, got {got}. {remedy}.")


def _place(where: RatedCase | Reading) -> str:
    """Return the row of a file, or what names a reading without one."""
    if where.row:
        return f"row {where.row}"
    if isinstance(where, RatedCase):
        return f"case {where.case}"
    return f"reader {where.reader}, arm {where.arm}, case {where.case}"
