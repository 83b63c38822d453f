"""From which malignancy on a system calls a lesion malignant, and on what that was settled.

A threshold that is settled on the exams a system has learned is too sure of itself, so some
patients are kept out of training for it where there are enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from inference.data.exam_set import KnownExam
from inference.data.splits import folds
from inference.prepared import PreparedExam
from study_design.vocabulary import AbnormalityType

# One patient of so many is kept out of training for the threshold.
_SHARE = 10


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """A threshold and where it comes from.

    Attributes
    ----------
    threshold
        From this malignancy on a lesion is called malignant.
    lesions
        Lesions, one a view, over which Youden's index was highest there; 0 where there were none
        of both kinds and the threshold is the one that the system is built with.
    held_out
        Whether those lesions were kept out of training.
    """

    threshold: float
    lesions: int
    held_out: bool

    @property
    def line(self) -> str:
        """The threshold and its origin, for people."""
        if not self.lesions:
            return f"from {self.threshold:.1f} on, as built: no lesions of both kinds to settle it"
        which = "kept out of training" if self.held_out else "of training, so it is too sure"
        return (
            f"from {self.threshold:.1f} on, by Youden's index over {self.lesions} lesions {which}"
        )


@runtime_checkable
class CallsMalignant(Protocol):
    """The part of a system that calls lesions malignant from a threshold on."""

    @property
    def malignancy_threshold(self) -> float:
        """From this malignancy on, in the system's own scale."""
        ...

    @property
    def reported(self) -> tuple[AbnormalityType, ...]:
        """The types of lesions that the system is about."""
        ...

    def settle_threshold(self, exams: Sequence[PreparedExam]) -> int:
        """Set the threshold by the lesions of exams; return their number, 0 where it stays."""
        ...


@dataclass(frozen=True, slots=True)
class Apart:
    """Exams to learn from, and exams of other patients to settle a threshold on."""

    learned: tuple[KnownExam, ...]
    aside: tuple[KnownExam, ...]


def kept_apart(system: object, exams: Sequence[KnownExam], *, seed: int) -> Apart:
    """Return the exams divided by patients; none aside for a system without a threshold.

    Fewer patients than the share is drawn from are all learned.
    """
    patients = {exam.patient for exam in exams}
    if not isinstance(system, CallsMalignant) or len(patients) < _SHARE:
        return Apart(tuple(exams), ())
    fold = folds(exams, _SHARE, seed=seed)[0]
    return Apart(fold.train, fold.held_out)


def settled_point(
    system: object, learned: Sequence[PreparedExam], aside: Sequence[PreparedExam]
) -> OperatingPoint | None:
    """Settle a system's threshold, on the exams kept aside if they hold lesions of both kinds.

    Returns
    -------
    OperatingPoint or None
        None for a system without a threshold.
    """
    if not isinstance(system, CallsMalignant):
        return None
    for exams, held_out in ((aside, True), (learned, False)):
        lesions = system.settle_threshold(exams)
        if lesions:
            return OperatingPoint(system.malignancy_threshold, lesions, held_out)
    return OperatingPoint(system.malignancy_threshold, 0, held_out=False)
