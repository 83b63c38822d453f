"""AI results one case a file: written and fixed by the lock, and all that the desk opens."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from study_design.detections import SystemResults
from study_design.errors import ProtocolError
from study_design.exchange.case_results import results_at_desk, write_case_results
from study_design.life.freezing import freeze_study
from study_design.life.integrity import verify_study
from study_design.protocol.study_file import Arm
from study_design.record.actor import Actor
from study_design.record.locked import FileHash, LockedProtocol, locked_protocol
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import AiStatus


def protocol_of(folder: StudyFolder) -> LockedProtocol:
    with open_store(folder) as store:
        return locked_protocol(folder, store.events())


def aided(protocol: LockedProtocol) -> Arm:
    return next(arm for arm in protocol.study_file.arms if arm.ai)


def at_desk(folder: StudyFolder, case: str) -> SystemResults:
    protocol = protocol_of(folder)
    return results_at_desk(folder, protocol, aided(protocol), case)


def case_file(folder: StudyFolder, case: str) -> Path:
    return folder.detections / "demo" / f"{case}.json"


@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("C001", AiStatus.FINDING),
        ("C002", AiStatus.NONE),
        ("C003", AiStatus.FAILED),
        ("C004", AiStatus.NOT_PROCESSED),
    ],
)
def test_a_case_has_what_its_system_says_of_it_and_nothing_of_another(
    locked_study: StudyFolder, system_results: SystemResults, case: str, status: AiStatus
) -> None:
    found = at_desk(locked_study, case)
    assert [(one.case, one.status) for one in found.cases] == [(case, status)]
    if case == "C001":
        assert found.cases[0] == system_results.cases[0]
    assert (found.system, found.version, found.nature) == ("demo", "1.0", "simulated")


def test_neither_the_whole_results_nor_those_of_other_cases_are_read_for_one(
    locked_study: StudyFolder,
) -> None:
    whole = at_desk(locked_study, "C001")
    (locked_study.detections / "demo.json").write_text("nobody reads this")
    for other in ("C002", "C003", "C004"):
        case_file(locked_study, other).write_text("nor this")
    assert at_desk(locked_study, "C001") == whole


def test_results_of_a_case_that_were_altered_swapped_or_taken_away_are_refused(
    locked_study: StudyFolder,
) -> None:
    own, other = case_file(locked_study, "C001"), case_file(locked_study, "C002")
    shutil.copy(other, own)
    with pytest.raises(ProtocolError, match=r"detections/demo/C001\.json as it was locked"):
        at_desk(locked_study, "C001")
    own.unlink()
    with pytest.raises(ProtocolError, match="got no such file"):
        at_desk(locked_study, "C001")


def test_a_case_that_was_not_there_at_the_lock_has_no_results(locked_study: StudyFolder) -> None:
    shutil.copy(case_file(locked_study, "C001"), case_file(locked_study, "C009"))
    with pytest.raises(ProtocolError, match="was not there when the protocol was locked"):
        at_desk(locked_study, "C009")


def test_a_study_that_was_locked_with_whole_results_has_those_read(
    locked_study: StudyFolder, system_results: SystemResults
) -> None:
    protocol = protocol_of(locked_study)
    early = LockedProtocol(
        1, protocol.study_file, tuple(one for one in protocol.hashes if "/demo/" not in one.file)
    )
    found = results_at_desk(locked_study, early, aided(protocol), "C001")
    assert found.cases[0] == system_results.cases[0]
    stale = LockedProtocol(1, protocol.study_file, (FileHash("detections/demo.json", "0" * 64),))
    with pytest.raises(ProtocolError, match=r"detections/demo\.json as it was locked"):
        results_at_desk(locked_study, stale, aided(protocol), "C001")


def test_files_of_cases_that_were_altered_or_added_are_named_and_stop_the_freeze(
    locked_study: StudyFolder, now: datetime
) -> None:
    case_file(locked_study, "C001").write_text("{}")
    shutil.copy(case_file(locked_study, "C002"), case_file(locked_study, "C009"))
    named = [problem.what for problem in verify_study(locked_study) if problem.grave]
    assert "detections/demo/C001.json was changed." in named
    assert "detections/demo/C009.json was added." in named
    with pytest.raises(ProtocolError, match=r"detections/demo/C001\.json"):
        freeze_study(locked_study, by=Actor("Coordinator"), now=now)


def test_what_an_earlier_lock_wrote_of_another_system_goes(study: StudyFolder) -> None:
    write_case_results(study)
    (study.detections / "demo.json").rename(study.detections / "other.v2.json")
    write_case_results(study)
    assert sorted(path.name for path in study.detections.glob("*")) == ["other.v2", "other.v2.json"]
    assert len(list((study.detections / "other.v2").glob("*.json"))) == 4
