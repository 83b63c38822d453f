"""A lock fixes every file that decides what is read and how it is analysed."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from study_design.errors import BadInputError, ProtocolError
from study_design.exchange.truth_import import import_truth
from study_design.life.freezing import freeze_study
from study_design.life.integrity import verify_study
from study_design.life.joining import add_reader
from study_design.life.lock import lock_study
from study_design.life.plan_study import plan_study
from study_design.life.simulated_copy import simulated_copy
from study_design.protocol.readers import ReaderProfile, read_readers
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.record.events import EventType
from study_design.record.locked import (
    LockedProtocol,
    file_hash,
    fixed_hashes,
    is_locked,
    locked_protocol,
)
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.vocabulary import ReaderKind


def protocol_of(folder: StudyFolder) -> LockedProtocol:
    with open_store(folder) as store:
        return locked_protocol(folder, store.events())


def test_a_lock_is_signed_and_holds_the_hash_of_every_file(
    study: StudyFolder, now: datetime
) -> None:
    plan_study(study)
    assert not is_locked(study)
    lock = lock_study(study, by=Actor("Dr Example"), now=now)
    assert is_locked(study)
    assert lock.version == 1
    with open_store(study) as store:
        last = store.last()
    assert last is not None
    assert (last.event.type, last.event.actor) == (EventType.PROTOCOL_LOCKED, "Dr Example")
    locked = protocol_of(study)
    assert locked.study_file == read_study_file(study.study_toml)
    assert sorted(known.file for known in locked.hashes) == [
        "cases.csv",
        "detections/demo.json",
        *(f"detections/demo/C00{number}.json" for number in range(1, 5)),
        "plan.csv",
        "readers.csv",
        "study.toml",
    ]
    assert (study.protocol / "1.toml").read_bytes() == study.study_toml.read_bytes()


def test_cases_without_an_ai_result_are_named_and_do_not_stop_the_lock(
    study: StudyFolder, now: datetime
) -> None:
    plan_study(study)
    assert lock_study(study, by=Actor("Coordinator"), now=now).warnings == (
        "demo: failed: 1 of 4 planned cases (C003)",
        "demo: not processed: 1 of 4 planned cases (C004)",
        "no reference standard yet: results cannot be computed without one",
    )


def test_a_study_without_plan_or_ai_results_is_not_locked(
    study: StudyFolder, now: datetime
) -> None:
    with pytest.raises(ProtocolError, match=r"got no plan\.csv"):
        lock_study(study, by=Actor("Coordinator"), now=now)
    plan_study(study)
    (study.detections / "demo.json").unlink()
    with pytest.raises(ProtocolError, match="Arm aided: expected the AI results of one system"):
        lock_study(study, by=Actor("Coordinator"), now=now)
    assert not is_locked(study)
    assert not list(study.protocol.iterdir())


def test_a_plan_that_is_not_drawn_from_the_files_is_not_locked(
    study: StudyFolder, now: datetime
) -> None:
    plan_study(study)
    add_reader(study, ReaderProfile("late", ReaderKind.HUMAN, "junior"))
    with pytest.raises(ProtocolError, match="Draw it again: crossread plan study"):
        lock_study(study, by=Actor("Coordinator"), now=now)


def test_a_locked_study_cannot_be_locked_again(locked_study: StudyFolder, now: datetime) -> None:
    with pytest.raises(ProtocolError, match="locked, so Crossread cannot lock it again"):
        lock_study(locked_study, by=Actor("Coordinator"), now=now)


@pytest.mark.parametrize("name", ["study.toml", "plan.csv", "cases.csv", "readers.csv"])
def test_nobody_reads_under_a_protocol_that_was_edited(
    locked_study: StudyFolder, name: str
) -> None:
    path = locked_study.path / name
    locked = path.read_bytes()
    path.write_bytes(locked + b"\n")
    with pytest.raises(ProtocolError, match=f"Expected {name} as it was locked, got a file that"):
        protocol_of(locked_study)
    path.unlink()
    with pytest.raises(ProtocolError, match="got no such file"):
        protocol_of(locked_study)
    path.write_bytes(locked)
    assert protocol_of(locked_study).version == 1


def test_ai_results_are_compared_when_an_arm_opens_them_and_not_before(
    locked_study: StudyFolder,
) -> None:
    path = locked_study.detections / "demo.json"
    path.write_bytes(path.read_bytes() + b" ")
    locked = protocol_of(locked_study)
    with pytest.raises(ProtocolError, match=r"detections/demo\.json as it was locked"):
        locked.check(locked_study, path)
    with pytest.raises(ProtocolError, match="was not there when the protocol was locked"):
        locked.check(locked_study, locked_study.detections / "new.json")


def test_truth_after_the_lock_is_signed_and_the_record_holds_its_hashes(
    locked_study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("case,truth,breast_right\nC001,0,benign\n")
    before = (locked_study.reference_standard / "reference.csv").read_bytes()
    with pytest.raises(ProtocolError, match="expected --by NAME --reason TEXT for truth"):
        import_truth(locked_study, sheet, resolve=lambda _: None)
    assert (locked_study.reference_standard / "reference.csv").read_bytes() == before
    signature = Signature(Actor("Ann"), "biopsy of C001\n came back", now)
    import_truth(locked_study, sheet, resolve=lambda _: None, signature=signature)
    with open_store(locked_study) as store:
        last = store.last()
        fixed = fixed_hashes(store.events())
    assert last is not None
    assert last.event.type is EventType.TRUTH_RECORDED
    assert (last.event.actor, last.event.payload.cases) == ("Ann", 4)
    assert last.event.payload.why == "biopsy of C001 came back"
    assert file_hash(locked_study, locked_study.reference_standard / "reference.csv") in fixed
    assert not list(locked_study.path.glob(".truth-*"))


@pytest.mark.parametrize(("by", "reason"), [("", "late biopsy"), ("Ann", " ")])
def test_a_signature_needs_a_name_and_a_reason(now: datetime, by: str, reason: str) -> None:
    with pytest.raises(BadInputError, match=r"is signed and goes into the deviations: expected --"):
        Signature(Actor(by), reason, now)


def test_a_frozen_record_takes_no_truth(
    read_study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    later = now + timedelta(days=60)
    freeze_study(read_study, by=Actor("Coordinator"), now=later)
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("case,truth\nC001,0\n")
    signature = Signature(Actor("Ann"), "late", later)
    with pytest.raises(ProtocolError, match="frozen, so its reference standard stays"):
        import_truth(read_study, sheet, resolve=lambda _: None, signature=signature)


def test_planned_cases_without_truth_are_named_at_the_lock(
    study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("case,truth\nC001,0\nC003,0\n")
    import_truth(study, sheet, resolve=lambda _: None)
    plan_study(study)
    assert lock_study(study, by=Actor("Coordinator"), now=now).warnings[-1] == (
        "no truth yet of 2 planned cases (C002, C004): it can come in until the freeze, signed"
    )


def test_a_simulated_copy_has_the_cases_and_design_and_nobody_s_reads(
    read_study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    text = read_study.study_toml.read_text()
    read_study.study_toml.write_text(text.replace("simulated = true", "simulated = false"))
    copy = simulated_copy(
        read_study, tmp_path / "copy", by=Actor("Coordinator"), now=now + timedelta(days=70)
    )
    study = read_study_file(copy.study_toml)
    assert study.simulated
    assert all(profile.kind is ReaderKind.SIMULATED for profile in read_readers(copy))
    assert copy.plan_csv.read_bytes() == read_study.plan_csv.read_bytes()
    assert is_locked(copy)
    assert not [problem for problem in verify_study(copy) if problem.grave]
    with open_store(copy) as store:
        assert [stored.event.type for stored in store.events()] == [
            EventType.KEY_ENROLLED,
            EventType.STUDY_CREATED,
            EventType.PROTOCOL_LOCKED,
        ]
    with pytest.raises(BadInputError, match="Expected a new path for the copy"):
        simulated_copy(read_study, copy.path, by=Actor("Coordinator"), now=now)


def test_a_copy_that_fails_leaves_nothing_behind(
    study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    (study.detections / "demo.json").unlink()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(ProtocolError, match="Arm aided: expected the AI results of one system"):
        simulated_copy(study, tmp_path / "copy", by=Actor("Coordinator"), now=now)
    assert sorted(tmp_path.iterdir()) == before


def test_a_copy_of_a_study_that_says_nothing_of_simulation_says_so(
    study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    lines = study.study_toml.read_text().splitlines(keepends=True)
    kept = (line for line in lines if not line.startswith("simulated"))
    study.study_toml.write_text("".join(kept))
    copy = simulated_copy(study, tmp_path / "copy", by=Actor("Coordinator"), now=now)
    assert read_study_file(copy.study_toml).simulated
