"""Exams with what is known of them, as a training set lists them; no pixel has been read yet."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from inference.data.view_sources import ViewSource
from study_design.reference_standard import CaseTruth, Lesion


@dataclass(frozen=True, slots=True)
class KnownLesion:
    """A lesion on one view, and what sheets may say beyond the reference standard's own columns."""

    lesion: Lesion
    birads: str | None = None
    quadrant: str | None = None
    depth: float | None = None
    morphology: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownExam:
    """An exam of a set.

    Attributes
    ----------
    truth
        None where nothing is known of the exam: it can be predicted, never trained on.
    lesions
        In stored pixels, one for each view that shows it; a lesion without a box has no place.
    """

    case: str
    patient: str
    views: tuple[ViewSource, ...]
    truth: CaseTruth | None
    lesions: tuple[KnownLesion, ...]


@dataclass(frozen=True, slots=True)
class ExamSet:
    """The exams under one `--data` folder, in a fixed order."""

    name: str
    exams: tuple[KnownExam, ...]

    @property
    def known(self) -> tuple[KnownExam, ...]:
        """The exams whose truth is known."""
        return tuple(exam for exam in self.exams if exam.truth is not None)

    @property
    def unknown(self) -> tuple[KnownExam, ...]:
        """The exams whose truth is not known."""
        return tuple(exam for exam in self.exams if exam.truth is None)


def set_sha256(exams: Sequence[KnownExam]) -> str:
    """Return the SHA-256 of exams: of their pixels and of what is known of them."""
    digest = hashlib.sha256()
    for exam in exams:
        digest.update(repr((exam.case, exam.patient, exam.truth, exam.lesions)).encode())
        for view in exam.views:
            digest.update(view.fingerprint().encode())
    return digest.hexdigest()
