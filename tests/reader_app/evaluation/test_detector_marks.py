from dataclasses import replace

import numpy as np
import pytest

from inference.data.exam_set import KnownExam, KnownLesion
from inference.data.view_sources import PictureView
from reader_app.evaluation.detector_marks import detector_marks
from reader_app.evaluation.metrics import measures
from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.geometry import Box
from study_design.reference_standard import CaseTruth, Lesion
from study_design.vocabulary import AbnormalityType, AiStatus, BreastTruth, View

MASS, ASYMMETRY = AbnormalityType.MASS, AbnormalityType.ASYMMETRY
HERE, THERE = Box(10, 10, 20, 20), Box(100, 100, 20, 20)


def _exam(case: str, *lesions: KnownLesion, malignant: bool = True) -> KnownExam:
    from pathlib import Path

    views = tuple(PictureView(Path(), f"{case}-{view}", view, 0.2) for view in View)
    right = BreastTruth.MALIGNANT if malignant else BreastTruth.NORMAL
    truth = CaseTruth(case, malignant, right, BreastTruth.NORMAL)
    return KnownExam(case, f"P-{case}", views, truth, lesions)


def _lesion(
    name: str, view: View, where: Box | None = HERE, kind: AbnormalityType = MASS
) -> KnownLesion:
    lesion = Lesion("A", name, view, (kind,), where, malignant=True)
    return KnownLesion(lesion, depth=0.5)


def _found(
    name: str, score: float, *places: tuple[View, Box], depth: float | None = None
) -> Detection:
    boxes = tuple(
        DetectionBox(f"{name}{number}", view, f"A-{view}", box)
        for number, (view, box) in enumerate(places)
    )
    return Detection(name, (MASS,), score, boxes, depth=depth)


def _result(case: str, *detections: Detection) -> CaseResult:
    return CaseResult(case, AiStatus.FINDING if detections else AiStatus.NONE, detections)


def test_the_best_mark_on_a_lesion_counts_and_its_doubles_are_no_false_positives() -> None:
    exam = _exam("A", _lesion("L1", View.R_CC))
    result = _result(
        "A",
        _found("D1", 0.4, (View.R_CC, HERE)),
        _found("D2", 0.9, (View.R_CC, Box(12, 10, 20, 20)), depth=0.7),
        _found("D3", 0.8, (View.R_CC, THERE)),
    )
    marks = detector_marks([exam], {"A": result})
    assert [hit.score for hit in marks.hits] == [0.9]
    assert marks.hits[0].depth_error == pytest.approx(0.2)
    assert [mark.score for mark in marks.false] == [0.8]
    assert marks.images == (4,)


def test_a_mark_on_another_view_does_not_hit() -> None:
    exam = _exam("A", _lesion("L1", View.R_CC))
    marks = detector_marks([exam], {"A": _result("A", _found("D", 0.9, (View.R_MLO, HERE)))})
    assert marks.hits[0].detection is None
    assert len(marks.false) == 1


def test_an_overlap_below_three_tenths_is_a_false_positive() -> None:
    exam = _exam("A", _lesion("L1", View.R_CC))
    apart = Box(20.8, 10, 20, 20)  # 9.2 of 30.8 pixels: IoU 0.299
    marks = detector_marks([exam], {"A": _result("A", _found("D", 0.9, (View.R_CC, apart)))})
    assert len(marks.false) == 1


def test_a_lesion_on_two_views_is_matched_where_one_detection_names_both() -> None:
    exam = _exam("A", _lesion("L1", View.R_CC), _lesion("L1", View.R_MLO))
    both = _result("A", _found("D", 0.9, (View.R_CC, HERE), (View.R_MLO, HERE)))
    apart = _result("A", _found("D", 0.9, (View.R_CC, HERE)), _found("E", 0.8, (View.R_MLO, HERE)))
    assert [m.joined for m in detector_marks([exam], {"A": both}).matches] == [True]
    # Without a single joined pair, a system is one that does not match.
    assert detector_marks([exam], {"A": apart}).matches == ()
    again = replace(_exam("A", *exam.lesions), case="B")
    either = detector_marks([exam, again], {"A": both, "B": replace(apart, case="B")})
    assert [m.joined for m in either.matches] == [True, False]
    one = _result("A", _found("D", 0.9, (View.R_CC, HERE)))
    assert detector_marks([exam], {"A": one}).matches == ()


def test_breasts_take_the_systems_own_score_or_else_their_surest_mark() -> None:
    exam = _exam("A", _lesion("L1", View.R_CC))
    found = _found("D", 0.4, (View.R_CC, HERE))
    own = CaseResult("A", AiStatus.FINDING, (found,), score_right=0.7, score_left=0.1)
    assert [b.score for b in detector_marks([exam], {"A": own}).breasts] == [0.7, 0.1]
    assert [b.score for b in detector_marks([exam], {"A": _result("A", found)}).breasts] == [
        0.4,
        0.0,
    ]
    assert [b.positive for b in detector_marks([exam], {"A": own}).breasts] == [True, False]


def test_a_failed_case_counts_as_one_on_which_nothing_was_found() -> None:
    exam = _exam("A", _lesion("L1", View.R_CC))
    marks = detector_marks([exam], {"A": CaseResult("A", AiStatus.FAILED)})
    assert marks.failed == 1
    assert marks.hits[0].score == float("-inf")
    assert marks.images == (4,)


def test_measures_speak_of_every_type_that_there_is() -> None:
    sick = _exam("A", _lesion("L1", View.R_CC), _lesion("L2", View.R_MLO, kind=ASYMMETRY))
    well = _exam("B", malignant=False)
    results = {
        "A": _result(
            "A", _found("D", 0.9, (View.R_CC, HERE)), _found("E", 0.8, (View.R_CC, THERE))
        ),
        "B": _result("B"),
    }
    values = {
        one.name: one.value for one in measures(detector_marks([sick, well], results), seed=1)
    }
    assert values["sensitivity at 0.25, mass"].estimate == 1.0
    assert values["sensitivity at 0.25, asymmetry"].estimate == 0.0
    assert values["sensitivity at 0.25, all"].estimate == 0.5
    assert values["breast AUC"].estimate == 1.0
    assert "sensitivity at 0.25, distortion" not in values
    assert not values["match accuracy"].is_known
    assert np.isfinite(values["partial AUC to 1"].estimate)


def test_the_same_seed_gives_the_same_interval() -> None:
    exams = [_exam(case, _lesion("L1", View.R_CC)) for case in "ABCD"]
    results = {
        case: _result(case, _found(case, 0.5, (View.R_CC, HERE if case in "AB" else THERE)))
        for case in "ABCD"
    }
    first, second = (measures(detector_marks(exams, results), seed=5)[0] for _ in range(2))
    assert first.value.interval == second.value.interval
