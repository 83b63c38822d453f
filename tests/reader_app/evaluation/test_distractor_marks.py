from pathlib import Path

import pytest

from inference.data.exam_set import KnownExam, KnownLesion
from inference.data.open_set import open_exam_set
from inference.data.view_sources import PictureView
from reader_app.evaluation.detection_run import detect_in, ready_system
from reader_app.evaluation.detector_marks import detector_marks
from reader_app.evaluation.distractor_marks import (
    KnownDistractor,
    distractor_measures,
    read_distractors,
)
from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.phantom.distractors import DistractorKind
from study_design.phantom.sheets import DISTRACTORS_FILE
from study_design.reference_standard import CaseTruth, Lesion
from study_design.vocabulary import AbnormalityType, AiStatus, BreastTruth, View

HERE, THERE, ELSEWHERE = Box(10, 10, 20, 20), Box(100, 100, 20, 20), Box(200, 10, 20, 20)
MASS = (AbnormalityType.MASS,)
SUPERPOSITION, NODE = DistractorKind.SUPERPOSITION, DistractorKind.LYMPH_NODE


def _exam(case: str, *lesions: Lesion) -> KnownExam:
    views = tuple(PictureView(Path(), f"{case}-{view}", view, 0.2) for view in View)
    truth = CaseTruth(case, False, BreastTruth.NORMAL, BreastTruth.NORMAL)
    return KnownExam(case, f"P-{case}", views, truth, tuple(map(KnownLesion, lesions)))


def _result(case: str, *found: tuple[float, Box]) -> CaseResult:
    detections = tuple(
        Detection(f"D{n}", MASS, score, (DetectionBox(f"B{n}", View.R_CC, f"{case}-R-CC", where),))
        for n, (score, where) in enumerate(found)
    )
    return CaseResult(case, AiStatus.FINDING, detections)


def _estimates(
    exams: list[KnownExam], results: list[CaseResult], *distractors: KnownDistractor
) -> dict[str, float]:
    marks = detector_marks(exams, {result.case: result for result in results})
    found = distractor_measures(marks, exams, distractors, seed=0)
    return {one.name: one.value.estimate for one in found}


def test_a_distractor_counts_from_the_rate_on_that_its_mark_needs() -> None:
    # Eight images: two false marks are .25 an image, four are .5.
    exams = [_exam("A"), _exam("B")]
    results = [
        _result("A", (0.9, ELSEWHERE), (0.6, HERE), (0.5, THERE)),
        _result("B", (0.8, HERE)),
    ]
    estimates = _estimates(
        exams,
        results,
        KnownDistractor("A", SUPERPOSITION, View.R_CC, HERE),
        KnownDistractor("B", SUPERPOSITION, View.R_CC, HERE),
        KnownDistractor("B", SUPERPOSITION, View.R_CC, THERE),
        KnownDistractor("A", NODE, View.R_MLO, HERE),
    )
    assert estimates["superposition marked at 0.25"] == pytest.approx(1 / 3)
    assert estimates["superposition marked at 0.5"] == pytest.approx(2 / 3)
    assert estimates["superposition marked at 1"] == pytest.approx(2 / 3)
    assert estimates["lymph node marked at 1"] == 0.0
    assert "vessel marked at 1" not in estimates


def test_a_mark_that_hits_a_lesion_is_none_on_a_distractor() -> None:
    lesion = Lesion("A", "L1", View.R_CC, MASS, HERE, malignant=False)
    distractor = KnownDistractor("A", SUPERPOSITION, View.R_CC, HERE)
    results = [_result("A", (0.9, HERE))]
    assert _estimates([_exam("A")], results, distractor)["superposition marked at 1"] == 1.0
    assert _estimates([_exam("A", lesion)], results, distractor)["superposition marked at 1"] == 0.0


def test_distractors_of_other_exams_do_not_count() -> None:
    other = KnownDistractor("B", SUPERPOSITION, View.R_CC, HERE)
    assert _estimates([_exam("A")], [_result("A", (0.9, HERE))], other) == {}


def test_two_systems_on_the_same_exams_are_compared_on_the_same_draws() -> None:
    exams = [_exam(case) for case in "ABCD"]
    distractors = [KnownDistractor(case, SUPERPOSITION, View.R_CC, HERE) for case in "ABCD"]
    marks = detector_marks(exams, {case: _result(case, (0.9, HERE)) for case in "ABCD"})
    first, second = (distractor_measures(marks, exams, distractors, seed=3) for _ in range(2))
    gap = first[2].value.minus(second[2].value)
    assert gap.estimate == 0.0
    assert not gap.draws.any()


def test_the_sheet_of_a_set_of_phantoms_is_read(phantoms: Path, tmp_path: Path) -> None:
    distractors = read_distractors(phantoms)
    assert {one.kind for one in distractors} <= set(DistractorKind)
    exams = open_exam_set(phantoms)
    assert {one.case for one in distractors} <= {exam.case for exam in exams.exams}
    some = exams.known[:1]
    found = detect_in(some, ready_system("blob", None), journal=tmp_path / "j", cache=tmp_path)
    measured = distractor_measures(detector_marks(some, found), some, distractors, seed=0)
    kinds = [one.kind for one in distractors if one.case == some[0].case]
    assert {one.name: one.value.n for one in measured} == {
        f"{kind} marked at {rate:g}": kinds.count(kind)
        for kind in set(kinds)
        for rate in (0.25, 0.5, 1.0)
    }
    assert read_distractors(tmp_path) == ()


def test_a_distractor_without_a_box_is_refused(tmp_path: Path) -> None:
    (tmp_path / DISTRACTORS_FILE).write_text(
        "case,kind,view,x_px,y_px,width_px,height_px\nA,superposition,R-CC,,,,\n"
    )
    with pytest.raises(BadInputError, match="row 2, x_px: expected a box"):
        read_distractors(tmp_path)
