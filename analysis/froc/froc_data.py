"""The marks of a reader study: lesion localisations and non-lesion localisations, curve by curve.

The one door of everything in this package. A curve is one reader in one arm, or an AI system alone.
A lesion that a curve left unmarked has the rating -inf, as has a case without any mark; a case with
a lesion is diseased.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from analysis.mrmc.ratings import BoolArray, IntArray
from analysis.result import FloatArray

UNMARKED = -np.inf
# The weights of a case's lesions sum to 1; tables print a third as .333333.
WEIGHT_ROUNDING = 1e-4


class FrocError(ValueError):
    """Marks cannot be analysed this way; the text says what was expected and got."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesions:
    """The L lesions of a study.

    Attributes
    ----------
    case
        (L,) place of each lesion's case.
    weight
        (L,) clinical importance; the weights of a case sum to 1.
    rating
        (k, L) rating of the mark that hit it, by curve; -inf where none did.
    """

    case: IntArray
    weight: FloatArray
    rating: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class FalseMarks:
    """The marks (f,) of all curves that hit no lesion: whose, in which case, with which rating."""

    curve: IntArray
    case: IntArray
    rating: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class FrocStudy:
    """The marks of k curves on n cases.

    Attributes
    ----------
    arms, readers
        Their names in order.
    arm, reader
        (k,) place of each curve's arm and reader; arms in order, readers in order in each.
    lesions, false_marks
        What was hit, and what was marked beside it.
    unit
        (n,) the sampling unit of each case: what the jackknife leaves out together.
    read
        (k, n) whether the curve has read the case; a case read and not marked is no missing one.
    """

    arms: tuple[str, ...]
    readers: tuple[str, ...]
    arm: IntArray
    reader: IntArray
    lesions: Lesions
    false_marks: FalseMarks
    unit: IntArray
    read: BoolArray

    def __post_init__(self) -> None:
        _check_shapes(self)
        _check_lesions(self)
        _check_marks(self)

    @property
    def diseased(self) -> BoolArray:
        """Which cases (n,) have a lesion."""
        return np.bincount(self.lesions.case, minlength=len(self.unit)) > 0

    def marks(self, curve: int) -> "CurveMarks":
        """Return the marks of one curve on the cases that it has read."""
        read = self.read[curve]
        place = np.cumsum(read) - 1
        lesion = read[self.lesions.case]
        own = self.false_marks.curve == curve
        return CurveMarks(
            self.diseased[read],
            self.unit[read],
            place[self.lesions.case[lesion]],
            self.lesions.weight[lesion],
            self.lesions.rating[curve, lesion],
            place[self.false_marks.case[own]],
            self.false_marks.rating[own],
        )

    def name(self, curve: int) -> str:
        """Return who read in which arm, in words."""
        reader, arm = self.readers[self.reader[curve]], self.arms[self.arm[curve]]
        return f"{reader}, {arm}" if arm else reader


@dataclass(frozen=True, eq=False)
class CurveMarks:
    """The marks of one curve on its n cases; places count these cases.

    Attributes
    ----------
    diseased, unit
        (n,) whether a case has a lesion, and its sampling unit.
    lesion_case, lesion_weight, lesion_rating
        (L,) as in `Lesions`.
    false_case, false_rating
        (f,) as in `FalseMarks`.
    """

    diseased: BoolArray
    unit: IntArray
    lesion_case: IntArray
    lesion_weight: FloatArray
    lesion_rating: FloatArray
    false_case: IntArray
    false_rating: FloatArray

    @cached_property
    def highest_false(self) -> FloatArray:
        """The highest rating (n,) of a false mark of each case; -inf without any."""
        return self._highest(self.false_case, self.false_rating)

    @cached_property
    def highest(self) -> FloatArray:
        """The highest rating (n,) of any mark of each case; -inf without any."""
        lesion = self._highest(self.lesion_case, self.lesion_rating)
        return np.maximum(lesion, self.highest_false)

    def _highest(self, case: IntArray, rating: FloatArray) -> FloatArray:
        """Return the highest of some ratings of each case."""
        highest = np.full(len(self.diseased), UNMARKED)
        np.maximum.at(highest, case, rating)
        return highest


def crossed_froc(
    arms: tuple[str, ...],
    readers: tuple[str, ...],
    lesions: Lesions,
    false_marks: FalseMarks,
    *,
    cases: int,
    unit: npt.ArrayLike | None = None,
) -> FrocStudy:
    """Return a study in which each reader has read each case in each arm.

    Curves are counted arm by arm, and reader by reader in each; `unit` defaults to the case.
    """
    arm, reader = (places.ravel() for places in np.indices((len(arms), len(readers))))
    return FrocStudy(
        arms,
        readers,
        arm,
        reader,
        lesions,
        false_marks,
        np.arange(cases) if unit is None else np.asarray(unit, dtype=np.int64),
        np.ones((len(arm), cases), dtype=bool),
    )


def _check_shapes(study: FrocStudy) -> None:
    """Refuse parts that do not fit together."""
    k, n = study.read.shape
    lesions, marks = study.lesions, study.false_marks
    if study.arm.shape != (k,) or study.reader.shape != (k,) or k == 0:
        raise FrocError(f"expected arm and reader of at least one curve, got {k} curves")
    if study.unit.shape != (n,) or len(np.unique(study.unit)) == 0:
        raise FrocError(f"expected a sampling unit of each of {n} cases, one case at least")
    if lesions.weight.shape != lesions.case.shape or lesions.rating.shape != (k, len(lesions.case)):
        raise FrocError(
            f"expected weights ({len(lesions.case)},) and ratings ({k}, {len(lesions.case)}) of "
            f"lesions, got {lesions.weight.shape} and {lesions.rating.shape}"
        )
    if not marks.curve.shape == marks.case.shape == marks.rating.shape:
        raise FrocError("expected curve, case and rating of each false mark, got other lengths")
    if (np.lexsort((study.reader, study.arm)) != np.arange(k)).any():
        raise FrocError("expected curves in the order of arms, then readers")


def _check_lesions(study: FrocStudy) -> None:
    """Refuse weights that do not sum to 1, and places that are no case."""
    case, weight = study.lesions.case, study.lesions.weight
    if not np.isin(case, np.arange(len(study.unit))).all():
        raise FrocError(f"expected lesions in cases 0 to {len(study.unit) - 1}, got another case")
    if (weight < 0).any() or not np.isfinite(weight).all():
        raise FrocError("expected weights of lesions of 0 or more, got another")
    sums = np.bincount(case, weights=weight, minlength=len(study.unit))[study.diseased]
    if (abs(sums - 1) > WEIGHT_ROUNDING).any():
        worst = float(sums[np.argmax(abs(sums - 1))])
        raise FrocError(f"expected weights that sum to 1 in each case, got a sum of {worst:g}")


def _check_marks(study: FrocStudy) -> None:
    """Refuse ratings that are no numbers, and marks in cases that were not read."""
    rating, marks = study.lesions.rating, study.false_marks
    if np.isnan(rating).any() or (rating == np.inf).any() or not np.isfinite(marks.rating).all():
        raise FrocError("expected ratings that are numbers (-inf: lesion not marked), got another")
    if not study.read[marks.curve, marks.case].all():
        raise FrocError("expected marks in cases that were read, got one in another case")
    if (np.isfinite(rating) & ~study.read[:, study.lesions.case]).any():
        raise FrocError("expected hit lesions in cases that were read, got one in another case")
