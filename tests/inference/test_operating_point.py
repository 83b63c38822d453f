"""Where the threshold of malignancy comes from, and what a card says of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.blob import BlobDetector
from inference.data.exam_set import KnownExam
from inference.operating_point import OperatingPoint, kept_apart, settled_point
from inference.prepared import PreparedExam
from study_design.vocabulary import AbnormalityType


@dataclass
class Judging:
    """Finds both kinds of lesions in exams of three or more."""

    malignancy_threshold: float = 50.0
    reported: tuple[AbnormalityType, ...] = (AbnormalityType.MASS,)

    def settle_threshold(self, exams: Sequence[PreparedExam]) -> int:
        if len(exams) < 3:
            return 0
        self.malignancy_threshold = 10.0 * len(exams)
        return 2 * len(exams)


def _known(count: int) -> list[KnownExam]:
    """Two exams of each patient."""
    return [KnownExam(f"C{n}", f"P{n // 2}", (), None, ()) for n in range(2 * count)]


def _prepared(count: int) -> list[PreparedExam]:
    return [PreparedExam(f"C{n}", f"P{n}", (), ()) for n in range(count)]


def test_one_patient_of_ten_is_kept_out_of_training() -> None:
    exams = _known(30)
    apart = kept_apart(Judging(), exams, seed=1)
    assert len(apart.aside) == 6
    assert {*apart.learned, *apart.aside} == set(exams)
    aside = {exam.patient for exam in apart.aside}
    assert aside.isdisjoint(exam.patient for exam in apart.learned)
    assert kept_apart(Judging(), exams, seed=1) == apart


def test_few_patients_and_systems_without_a_threshold_are_learned_from_whole() -> None:
    assert kept_apart(Judging(), _known(9), seed=1).aside == ()
    assert kept_apart(BlobDetector(), _known(30), seed=1).aside == ()


def test_the_threshold_is_settled_on_the_exams_kept_aside() -> None:
    point = settled_point(Judging(), _prepared(9), _prepared(3))
    assert point == OperatingPoint(30.0, lesions=6, held_out=True)
    assert "kept out of training" in point.line


def test_without_lesions_of_both_kinds_aside_those_of_training_settle_it() -> None:
    point = settled_point(Judging(), _prepared(9), _prepared(2))
    assert point == OperatingPoint(90.0, lesions=18, held_out=False)
    assert "too sure" in point.line


def test_without_any_the_threshold_stays_as_built() -> None:
    point = settled_point(Judging(), _prepared(2), ())
    assert point == OperatingPoint(50.0, lesions=0, held_out=False)
    assert "as built" in point.line
    assert settled_point(BlobDetector(), _prepared(9), ()) is None
