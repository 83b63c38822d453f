"""Exams divided so that no patient stands on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference.data.exam_set import KnownExam
from study_design.errors import BadInputError


@dataclass(frozen=True, slots=True)
class Fold:
    """One partition: exams to train on, and exams of other patients."""

    number: int
    train: tuple[KnownExam, ...]
    held_out: tuple[KnownExam, ...]


def folds(exams: Sequence[KnownExam], count: int, *, seed: int) -> tuple[Fold, ...]:
    """Return so many folds; every patient is held out in exactly one of them.

    Patients are drawn at random, those with a malignant exam first, so that folds have like shares.

    Raises
    ------
    BadInputError
        For fewer than two folds, or fewer patients than folds.
    """
    patients = sorted({exam.patient for exam in exams})
    if not 2 <= count <= len(patients):
        raise BadInputError(
            f"Expected 2 to {len(patients)} folds of {len(patients)} patients, got {count}. "
            "Correct --folds."
        )
    malignant = {exam.patient for exam in exams if exam.truth and exam.truth.truth}
    drawn = np.random.default_rng(seed).permutation(len(patients))
    order = sorted((patients[place] for place in drawn), key=lambda one: one not in malignant)
    fold_of = {patient: place % count for place, patient in enumerate(order)}
    return tuple(
        Fold(
            number + 1,
            tuple(exam for exam in exams if fold_of[exam.patient] != number),
            tuple(exam for exam in exams if fold_of[exam.patient] == number),
        )
        for number in range(count)
    )
