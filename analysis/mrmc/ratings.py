"""The ratings of a reader study, curve by curve, and the design that they follow.

A curve is one reader in one arm. Who read what tells the design: either any two curves share all
their cases, or they share none; whatever lies between has missing readings, which the
Obuchowski-Rockette model cannot take and U-statistics can.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from analysis.result import FloatArray

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class MrmcError(ValueError):
    """A reader study cannot be analysed this way; the text says what was expected and got."""


class Design(StrEnum):
    """Who read what, as it is printed."""

    CROSSED = "fully crossed"
    CASES_IN_READERS = "cases nested in readers"
    CASES_IN_GROUPS = "cases nested in groups of readers (split-plot)"
    CASES_IN_ARMS = "cases nested in arms"
    READERS_IN_ARMS = "readers nested in arms (split-plot)"


@dataclass(frozen=True, slots=True, eq=False)
class StudyRatings:
    """The ratings of k curves on n columns of cases.

    Attributes
    ----------
    arms, readers
        Their names in order.
    arm, reader
        (k,) place of each curve's arm and reader; arms in order, readers in order in each.
    truth
        (n,) 1 = positive, 0 = negative.
    ratings
        (k, n), higher = more suspicious; NaN where a curve has no rating.
    unit
        (n,) the sampling unit of each column: what the jackknife leaves out together. Columns of
        one unit are a cluster.
    """

    arms: tuple[str, ...]
    readers: tuple[str, ...]
    arm: IntArray
    reader: IntArray
    truth: FloatArray
    ratings: FloatArray
    unit: IntArray

    def __post_init__(self) -> None:
        _check_shapes(self)
        rated = ~np.isnan(self.ratings)
        for curve in range(len(self.ratings)):
            classes = np.unique(self.truth[rated[curve]])
            if set(classes.tolist()) != {0.0, 1.0}:
                name = f"{self.readers[self.reader[curve]]}, {self.arms[self.arm[curve]]}"
                raise MrmcError(
                    f"expected positive (1) and negative (0) cases, both, got one class or none "
                    f"of {name}"
                )

    @property
    def clustered(self) -> bool:
        """Whether a sampling unit has several columns."""
        return len(np.unique(self.unit)) < len(self.unit)


@dataclass(frozen=True, slots=True, eq=False)
class ReadBy:
    """The design of a study, and for each reader (j,) which group of readers shares the cases."""

    design: Design
    group: IntArray


def crossed_ratings(
    truth: npt.ArrayLike,
    ratings: npt.ArrayLike,
    *,
    arms: tuple[str, ...] | None = None,
    readers: tuple[str, ...] | None = None,
) -> StudyRatings:
    """Return the ratings (arms, readers, cases) of a study; curves without any rating are dropped.

    Names default to "1", "2", ...; NaN where a case was not rated.
    """
    cube = np.asarray(ratings, dtype=np.float64)
    if cube.ndim != 3:
        raise MrmcError(f"expected ratings by arm, reader and case, got {cube.ndim} dimensions")
    arm, reader = np.nonzero(~np.isnan(cube).all(axis=2))
    return StudyRatings(
        arms or tuple(str(place + 1) for place in range(cube.shape[0])),
        readers or tuple(str(place + 1) for place in range(cube.shape[1])),
        arm,
        reader,
        np.asarray(truth, dtype=np.float64),
        cube[arm, reader],
        np.arange(cube.shape[2]),
    )


def read_by(study: StudyRatings) -> ReadBy:
    """Return the design of a study.

    Raises
    ------
    MrmcError
        Where readings are missing: two curves share some cases and not all, or a reader is in
        several arms and not in every one.
    """
    rated = ~np.isnan(study.ratings)
    shared = rated.astype(np.float64) @ rated.astype(np.float64).T
    own = np.diag(shared)
    partly = (shared > 0) & ((shared < own[:, None]) | (shared < own))
    if partly.any():
        _refuse_missing(study, int(np.argmax(partly.any(axis=1))), rated)
    arms_of_reader = np.bincount(study.reader, minlength=len(study.readers))
    one_set = bool((shared > 0).all())
    if (arms_of_reader == len(study.arms)).all():
        return _of_crossed_readers(study, shared > 0)
    if (arms_of_reader == 1).all() and one_set:
        return ReadBy(Design.READERS_IN_ARMS, np.zeros(len(study.readers), dtype=np.int64))
    lacking = int(np.argmax(arms_of_reader != len(study.arms)))
    raise MrmcError(
        f"expected each reader in every arm, or each in one arm with the same cases, got "
        f"{study.readers[lacking]} in {arms_of_reader[lacking]} of {len(study.arms)} arms; "
        "U-statistics can analyse this"
    )


def _of_crossed_readers(study: StudyRatings, share: BoolArray) -> ReadBy:
    """Return the design of readers who all are in every arm."""
    count = len(study.readers)
    # The curves of each reader, arm by arm: curves are in the order of arms, then readers.
    curve = np.arange(len(study.arms) * count).reshape(len(study.arms), count)
    same_reader = all(
        share[np.ix_(curve[:, place], curve[:, place])].all() for place in range(count)
    )
    if share.all():
        return ReadBy(Design.CROSSED, np.zeros(count, dtype=np.int64))
    if same_reader:
        group = np.unique(share[np.ix_(curve[0], curve[0])], axis=0, return_inverse=True)[1]
        several = len(np.unique(group)) < count
        return ReadBy(Design.CASES_IN_GROUPS if several else Design.CASES_IN_READERS, group)
    in_arm = study.arm[:, None] == study.arm
    if (share == in_arm).all():
        return ReadBy(Design.CASES_IN_ARMS, np.zeros(count, dtype=np.int64))
    raise MrmcError(
        "expected cases nested in readers, in groups of readers or in arms, got another way of "
        "sharing them; U-statistics can analyse this"
    )


def _refuse_missing(study: StudyRatings, curve: int, rated: BoolArray) -> None:
    """Refuse missing readings and name the curve that lacks most."""
    lacking = (~rated).sum(axis=1)
    worst = int(np.argmax(lacking)) if lacking.any() else curve
    raise MrmcError(
        "expected curves that share all their cases or none, got missing readings (most: "
        f"{study.readers[study.reader[worst]]}, {study.arms[study.arm[worst]]} lacks "
        f"{int(lacking[worst])} of {rated.shape[1]} cases); analyse complete cases, or use "
        "U-statistics"
    )


def _check_shapes(study: StudyRatings) -> None:
    """Refuse ratings, truth and names that do not fit together."""
    k, n = study.ratings.shape
    if study.truth.shape != (n,) or study.unit.shape != (n,):
        raise MrmcError(f"expected truth and unit of {n} cases, got {study.truth.shape}")
    if study.arm.shape != (k,) or study.reader.shape != (k,) or k == 0:
        raise MrmcError(f"expected arm and reader of at least one curve, got {k}")
    if np.isinf(study.ratings).any():
        raise MrmcError("expected ratings that are numbers, got an infinite one")
    order = np.lexsort((study.reader, study.arm))
    if (order != np.arange(k)).any():
        raise MrmcError("expected curves in the order of arms, then readers")
