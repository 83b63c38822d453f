"""AI results at the station: what may be shown of one case, and nothing that was altered."""

import pytest

from reader_app.reading.ai_results import AiResults
from study_design.detections import CaseResult, Detection, DetectionBox, SystemResults
from study_design.errors import ProtocolError
from study_design.exchange.detection_json import write_system_results
from study_design.geometry import Box
from study_design.protocol.plan import Assignment
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.record.locked import FileHash, LockedProtocol, file_hash
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AbnormalityType, AiStatus, View

CELL = Assignment("R01-P1-001", "R01", "senior", "aided-unaided", 1, "aided", 1, 1, "C001")


def detection(name: str, score: float) -> Detection:
    box = DetectionBox(name, View.R_CC, "C001-R-CC", Box(1.0, 2.0, 3.0, 4.0))
    return Detection(name, (AbnormalityType.MASS,), score, (box,))


def locked(folder: StudyFolder, threshold: float | None) -> LockedProtocol:
    found = CaseResult("C001", AiStatus.FINDING, (detection("a", 0.3), detection("b", 0.8)))
    path = folder.detections / "demo.json"
    write_system_results(path, SystemResults("demo", "1", "0-1", True, "made by a test", (found,)))
    study = read_study_file(folder.study_toml)
    arms = tuple(
        arm.model_copy(update={"threshold": threshold}) if arm.ai else arm for arm in study.arms
    )
    changed: StudyFile = study.model_copy(update={"arms": arms})
    return LockedProtocol(1, changed, (file_hash(folder, path),))


@pytest.mark.parametrize(
    ("threshold", "shown"), [(None, ["a", "b"]), (0.5, ["b"]), (0.8, ["b"]), (0.9, [])]
)
def test_detections_below_the_threshold_are_not_shown(
    folder: StudyFolder, threshold: float | None, shown: list[str]
) -> None:
    found = AiResults(folder, locked(folder, threshold))(CELL)
    assert [one.detection for one in found.result.detections] == shown
    assert (found.scale, found.nature) == ("0-1", "simulated")


def test_results_that_were_altered_after_the_lock_are_refused(folder: StudyFolder) -> None:
    protocol = locked(folder, None)
    stale = LockedProtocol(1, protocol.study_file, (FileHash("detections/demo.json", "0" * 64),))
    with pytest.raises(ProtocolError, match=r"demo\.json"):
        AiResults(folder, stale)(CELL)
