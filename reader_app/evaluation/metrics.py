"""The numbers of an evaluation, in the words of inference.md's benchmark, each with its draws."""

from dataclasses import dataclass

import numpy as np

from analysis.froc.detector_froc import (
    BoolArray,
    Bootstrapped,
    FloatArray,
    bootstrapped_auc,
    bootstrapped_mean,
    partial_area,
    patient_weights,
    sensitivity_at,
)
from reader_app.evaluation.detector_marks import DetectorMarks, UnitScore
from study_design.vocabulary import AbnormalityType

FALSE_POSITIVES = (0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """A named quantity of one system."""

    name: str
    value: Bootstrapped


def measures(marks: DetectorMarks, *, seed: int = 0) -> tuple[Measure, ...]:
    """Return everything that is measured of a system on a set of exams.

    Systems on the same exams get the same bootstrap draws from the same seed, so their differences
    are paired.
    """
    weights = patient_weights(len(marks.patients), seed=seed)
    located = marks.located()
    found = []
    for name, kept in _kinds(marks):
        lesions = located.of(kept)
        for rate in FALSE_POSITIVES:
            value = sensitivity_at(lesions, weights, false_positives=rate)
            found.append(Measure(f"sensitivity at {rate:g}, {name}", value))
    found.append(Measure("partial AUC to 1", partial_area(located, weights)))
    found.append(Measure("breast AUC", _auc(marks.breasts, weights)))
    found.append(Measure("image AUC", _auc(marks.image_scores, weights)))
    joined = [(match.patient, float(match.joined)) for match in marks.matches]
    found.append(Measure("match accuracy", _mean(joined, weights)))
    errors = [(hit.patient, hit.depth_error) for hit in marks.hits if hit.depth_error is not None]
    found.append(Measure("depth error", _mean(errors, weights)))
    return tuple(found)


def _kinds(marks: DetectorMarks) -> list[tuple[str, BoolArray]]:
    """Return all lesions, then each type that there is."""
    kinds = [hit.type for hit in marks.hits]
    present = [kind for kind in AbnormalityType if kind in kinds]
    every = [("all", np.ones(len(kinds), dtype=np.bool_))]
    return every + [(kind.value, np.array([k is kind for k in kinds])) for kind in present]


def _auc(units: tuple[UnitScore, ...], weights: FloatArray) -> Bootstrapped:
    """Return the AUC of breasts or images."""
    if not units:
        return Bootstrapped(float("nan"), np.full(len(weights) - 1, np.nan), 0)
    return bootstrapped_auc(
        np.array([unit.positive for unit in units]),
        np.array([unit.score for unit in units], dtype=np.float64),
        np.array([unit.patient for unit in units]),
        weights,
    )


def _mean(values: list[tuple[int, float]], weights: FloatArray) -> Bootstrapped:
    """Return the mean of values, each with its patient."""
    patients = np.array([patient for patient, _ in values], dtype=np.int64)
    return bootstrapped_mean(np.array([value for _, value in values]), patients, weights)
