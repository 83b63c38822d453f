from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inference.blob import BlobDetector
from inference.prepared import PreparedExam
from reader_app.evaluation.detect_study import detect_study
from reader_app.evaluation.detection_run import ReadySystem, ready_system
from study_design.cases.exclusion import exclude_case
from study_design.detections import CaseResult
from study_design.errors import BadInputError, ImageError
from study_design.exchange.detection_json import read_system_results
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AiStatus

NOW = datetime(2026, 1, 2, tzinfo=UTC)


class Moody(BlobDetector):
    """Fails on one exam, finds nothing on another, and is stopped at a third."""

    def __init__(self, *, stops: bool = False) -> None:
        self.stops = stops
        self.asked: list[str] = []

    def detect(self, exam: PreparedExam) -> CaseResult:
        self.asked.append(exam.case)
        if exam.case.endswith("1"):
            raise ImageError("too dark")
        if exam.case.endswith("2"):
            return CaseResult(exam.case, AiStatus.NONE)
        if self.stops:
            raise KeyboardInterrupt
        return super().detect(exam)


def test_results_come_into_the_study_with_their_provenance(phantom_study: StudyFolder) -> None:
    done = detect_study(phantom_study, ready_system("blob", None), by=Actor("B"), now=NOW)
    assert done.finding == 3
    results = read_system_results(phantom_study.detections / "blob.json")
    assert "yardstick without training" in results.provenance
    assert "Run by B on 2026-01-02" in results.provenance
    assert not results.simulated
    assert results.scale == "0-1"
    assert all(case.seconds is not None for case in results.cases)
    assert not list(phantom_study.detections.glob(".*"))


def test_failed_none_and_not_processed_are_three_things(phantom_study: StudyFolder) -> None:
    exclude_case(phantom_study, "PHANTOM-0003", "test", by=Actor("B"), now=NOW)
    told: list[str] = []
    done = detect_study(
        phantom_study,
        ReadySystem(Moody(), None, ""),
        by=Actor("B"),
        now=NOW,
        report=lambda _done, _total, result, why: told.append(f"{result.case}: {why}"),
    )
    assert (done.finding, done.none, done.failed) == (0, 1, 1)
    results = read_system_results(done.path)
    statuses = {case.case: case.status for case in results.cases}
    assert statuses["PHANTOM-0001"] is AiStatus.FAILED
    assert statuses["PHANTOM-0002"] is AiStatus.NONE
    assert "PHANTOM-0003" not in statuses
    assert "PHANTOM-0001: too dark" in told


def test_a_run_that_was_stopped_goes_on(phantom_study: StudyFolder) -> None:
    with pytest.raises(KeyboardInterrupt):
        detect_study(
            phantom_study, ReadySystem(Moody(stops=True), None, ""), by=Actor("B"), now=NOW
        )
    assert not list(phantom_study.detections.glob("*.json"))
    again = Moody()
    done = detect_study(phantom_study, ReadySystem(again, None, ""), by=Actor("B"), now=NOW)
    assert again.asked == ["PHANTOM-0003"]
    assert (done.finding, done.none, done.failed) == (1, 1, 1)


def test_a_study_without_images_is_refused(phantom_study: StudyFolder) -> None:
    empty = replace(phantom_study, path=phantom_study.path.with_name("empty"))
    empty.path.mkdir()
    (empty.study_toml).write_bytes(phantom_study.study_toml.read_bytes())
    with pytest.raises(BadInputError, match="Import them first"):
        detect_study(empty, ready_system("blob", None), by=Actor("B"), now=NOW)


def test_a_system_that_is_trained_needs_its_own_weights() -> None:
    with pytest.raises(BadInputError, match="Expected --weights for zhou"):
        ready_system("zhou", None)
    with pytest.raises(BadInputError, match="Expected one of the systems"):
        ready_system("unheard-of", None)
