"""The rates that Li 2023 reports, counted by hand."""

from dataclasses import dataclass

import pytest

from inference.data.exam_set import KnownExam, KnownLesion
from inference.preprocess import StoredView
from reader_app.evaluation.judged_images import Verdict, judged_images, judged_measures
from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.geometry import Box
from study_design.images.arriving.guarded_worker import GuardedWorker
from study_design.reference_standard import Lesion
from study_design.vocabulary import AbnormalityType, AiStatus, View

_MASS = (AbnormalityType.MASS,)
_HERE, _THERE = Box(10, 10, 20, 20), Box(100, 10, 20, 20)


@dataclass(frozen=True, slots=True)
class _Image:
    """An image of which only the view is asked."""

    view: View
    image: str = "image"

    def fingerprint(self) -> str:
        return ""

    def stored(self, worker: GuardedWorker) -> StoredView:
        raise AssertionError(worker)


def _exam(case: str, *lesions: Lesion) -> KnownExam:
    views = tuple(_Image(view) for view in View)
    return KnownExam(case, case, views, None, tuple(KnownLesion(each) for each in lesions))


def _lesion(
    view: View,
    where: Box | None = _HERE,
    *,
    malignant: bool = False,
    kind: AbnormalityType = AbnormalityType.MASS,
) -> Lesion:
    return Lesion("case", "L1", view, (kind,), where, malignant)


def _result(case: str, *detections: Detection) -> CaseResult:
    return CaseResult(case, AiStatus.FINDING, detections)


def _detection(view: View, where: Box, malignancy: float | None, score: float = 50.0) -> Detection:
    box = DetectionBox("", view, "image", where)
    return Detection("", _MASS, score, (box,), malignancy=malignancy)


def test_images_with_a_mass_are_counted_whatever_number_of_masses_they_show() -> None:
    exams = [
        _exam("a", _lesion(View.L_CC), _lesion(View.L_CC, _THERE), _lesion(View.L_MLO)),
        _exam("b", _lesion(View.R_CC)),
        _exam("c"),
    ]
    results = {"a": _result("a", _detection(View.L_CC, _THERE, 20.0))}
    judged = judged_images(exams, results, types=_MASS, threshold=50.0)
    assert [verdict.right for verdict in judged.images] == [True, False, False]
    assert judged.benign == (Verdict("a", True),)
    assert judged.malignant == ()
    images, malignant, benign = judged_measures(judged, exams)
    assert images.value.estimate == pytest.approx(1 / 3)
    assert (images.value.n, benign.value.n) == (3, 1)
    assert benign.value.estimate == 1.0
    assert not malignant.value.is_known


def test_images_of_one_patient_are_drawn_together() -> None:
    exams = [_exam(case, _lesion(View.L_CC), _lesion(View.L_MLO)) for case in "ab"]
    marks = (_detection(View.L_CC, _HERE, 1.0), _detection(View.L_MLO, _HERE, 1.0))
    judged = judged_images(exams, {"a": _result("a", *marks)}, types=_MASS, threshold=50.0)
    draws = judged_measures(judged, exams)[0].value.draws
    assert set(draws.tolist()) == {0.0, 0.5, 1.0}


def test_only_lesions_of_the_types_asked_for_and_with_a_place_count() -> None:
    exams = [
        _exam(
            "a",
            _lesion(View.L_CC, kind=AbnormalityType.ASYMMETRY),
            _lesion(View.L_MLO, None),
            _lesion(View.R_CC),
        )
    ]
    results = {"a": _result("a", _detection(View.L_CC, _HERE, 90.0))}
    judged = judged_images(exams, results, types=_MASS, threshold=50.0)
    assert judged.images == (Verdict("a", False),)


def test_the_most_confident_mark_on_a_lesion_says_what_it_is() -> None:
    exams = [_exam("a", _lesion(View.L_CC, malignant=True))]
    near = Box(12, 10, 20, 20)
    marks = (
        _detection(View.L_CC, _HERE, 10.0, score=40.0),
        _detection(View.L_CC, near, 50.0, score=60.0),
        _detection(View.L_CC, _THERE, 5.0, score=99.0),
        _detection(View.R_CC, _HERE, 5.0, score=99.0),
    )
    called = judged_images(exams, {"a": _result("a", *marks)}, types=_MASS, threshold=50.0)
    assert called.malignant == (Verdict("a", True),)
    passed = judged_images(exams, {"a": _result("a", *marks)}, types=_MASS, threshold=51.0)
    assert passed.malignant == (Verdict("a", False),)
