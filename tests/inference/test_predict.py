import sys
from pathlib import Path

import pytest

from inference.predict import kept_results, predict
from inference.prepared import PreparedExam
from study_design.detections import CaseResult, Detection, DetectionBox
from study_design.errors import ImageError
from study_design.geometry import Box
from study_design.vocabulary import AiStatus, View

sys.path.insert(0, str(Path(__file__).parent / "training"))
from tiny_system import tiny_exams


class Detector:
    """Counts what it is asked, and cannot do with one of the cases."""

    def __init__(self, fails: str = "", stops: str = "") -> None:
        self.asked: list[tuple[str, str]] = []
        self.fails, self.stops = fails, stops

    def __call__(self, exam: PreparedExam, before: PreparedExam) -> CaseResult:
        self.asked.append((exam.case, before.case))
        if exam.case == self.fails:
            raise ImageError("too dark")
        if exam.case == self.stops:
            raise KeyboardInterrupt
        where = Box(-3.0, 2.0, 30.0, 5.0)
        box = DetectionBox("B", View.L_CC, "i", where)
        return CaseResult(exam.case, AiStatus.FINDING, (Detection("D", (), 0.5, (box,)),))


CASES = [f"C{number}" for number in range(4)]


def _run(detector: Detector, journal: Path, identity: str = "one") -> tuple[CaseResult, ...]:
    return predict(detector, tiny_exams(4), CASES, journal=journal, identity=identity)


def test_a_run_that_stopped_goes_on_with_the_next_case(tmp_path: Path) -> None:
    stopped = Detector(stops="C2")
    with pytest.raises(KeyboardInterrupt):
        _run(stopped, tmp_path / "j")
    again = Detector()
    results = _run(again, tmp_path / "j")
    assert [case for case, _ in stopped.asked] == ["C0", "C1", "C2"]
    assert [case for case, _ in again.asked] == ["C2", "C3"]
    assert [result.case for result in results] == CASES
    assert _run(Detector(fails="C0"), tmp_path / "j") == results


def test_a_line_that_was_cut_off_is_done_again(tmp_path: Path) -> None:
    first = _run(Detector(), tmp_path / "j")
    whole = (tmp_path / "j").read_bytes()
    (tmp_path / "j").write_bytes(whole[:-20])
    again = Detector()
    results = _run(again, tmp_path / "j")
    assert [case for case, _ in again.asked] == ["C3"]
    assert [r.case for r in results] == [r.case for r in first]
    assert len(list(kept_results(tmp_path / "j"))) == 4


def test_results_of_other_weights_are_not_taken_over(tmp_path: Path) -> None:
    _run(Detector(), tmp_path / "j", "one")
    other = Detector()
    _run(other, tmp_path / "j", "two")
    assert len(other.asked) == 4


def test_a_case_that_cannot_be_done_has_failed_and_the_others_are_done(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    results = predict(
        Detector(fails="C1"),
        tiny_exams(4),
        CASES,
        journal=tmp_path / "j",
        identity="one",
        report=lambda _done, _total, result, why: told.append((result.case, why)),
    )
    assert [result.status for result in results].count(AiStatus.FAILED) == 1
    assert results[1].status is AiStatus.FAILED
    assert ("C1", "too dark") in told
    assert results[0].seconds is not None


def test_boxes_end_where_the_image_ends(tmp_path: Path) -> None:
    where = _run(Detector(), tmp_path / "j")[0].detections[0].boxes[0].where
    assert where == Box(0.0, 2.0, 16.0, 5.0)


def test_a_control_is_given_the_exam_before(tmp_path: Path) -> None:
    detector = Detector()
    _run(detector, tmp_path / "j")
    assert detector.asked == [("C0", "C3"), ("C1", "C0"), ("C2", "C1"), ("C3", "C2")]
