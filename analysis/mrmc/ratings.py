"""The ratings of a reader study, curve by curve, and the design that they follow.

A curve is one reader in one arm. Who read what tells the design. Where any two curves share all
their cases or none, the design is crossed or nested; where some share a part of them, as with
readings missing here and there, it is partially paired: the covariance of two curves comes from the
cases that both have. Readers who are in some arms and not in others fit no such model.
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
    PARTIALLY_PAIRED = "partially paired (reading sets overlap in part)"


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
    """The design of a study: who shares cases with whom.

    Attributes
    ----------
    design
        Its name.
    group
        (j,) for each reader which group of readers shares the cases.
    arms_share, readers_share
        Whether two arms, and two readers, have any case in common; without one their errors are
        independent.
    """

    design: Design
    group: IntArray
    arms_share: bool = True
    readers_share: bool = True


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
        Where a reader is in some arms and not in every one, or each is in one arm and their cases
        are not the same.
    """
    rated = ~np.isnan(study.ratings)
    shared = rated.astype(np.float64) @ rated.astype(np.float64).T
    own = np.diag(shared)
    partly = bool(((shared > 0) & ((shared < own[:, None]) | (shared < own))).any())
    arms_of_reader = np.bincount(study.reader, minlength=len(study.readers))
    if (arms_of_reader == len(study.arms)).all():
        found = None if partly else _of_crossed_readers(study, shared > 0)
        return found or _partially_paired(study, shared > 0)
    if (arms_of_reader == 1).all() and not partly and (shared > 0).all():
        return ReadBy(Design.READERS_IN_ARMS, np.zeros(len(study.readers), dtype=np.int64))
    lacking = int(np.argmax(arms_of_reader != len(study.arms)))
    raise MrmcError(
        f"expected each reader in every arm, or each in one arm with the same cases, got "
        f"{study.readers[lacking]} in {arms_of_reader[lacking]} of {len(study.arms)} arms"
    )


def _partially_paired(study: StudyRatings, share: BoolArray) -> ReadBy:
    """Return the design of readers in every arm whose curves share some of their cases."""
    other_arm = study.arm[:, None] != study.arm
    other_reader = study.reader[:, None] != study.reader
    return ReadBy(
        Design.PARTIALLY_PAIRED,
        np.zeros(len(study.readers), dtype=np.int64),
        arms_share=bool((share & other_arm).any()),
        readers_share=bool((share & other_reader).any()),
    )


def _of_crossed_readers(study: StudyRatings, share: BoolArray) -> ReadBy | None:
    """Return the design of readers who all are in every arm; None where it is another one."""
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
        zero = np.zeros(count, dtype=np.int64)
        return ReadBy(Design.CASES_IN_ARMS, zero, arms_share=False)
    return None


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
