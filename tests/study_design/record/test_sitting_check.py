"""A sitting opens on a sound record and unchanged files only, and opens neither truth nor AI."""

import json
import os
import sqlite3
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from study_design.errors import ProtocolError, RecordError
from study_design.life.freezing import freeze_study
from study_design.life.signed_acts import unblind_study
from study_design.record.actor import Actor
from study_design.record.acts import Signature, staff_act
from study_design.record.checked import checked_until, remember_checked
from study_design.record.payloads.reading import SittingClosed
from study_design.record.record import file_identity
from study_design.record.sitting_check import check_sitting
from study_design.record.soundness import sound_events
from study_design.record.store.record_store import open_store
from study_design.secrets import data_folder
from study_design.study_folder import StudyFolder


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An account that has checked nothing yet and may write to no study."""
    monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "account"))
    return data_folder()


def altered(folder: StudyFolder, *statements: str) -> None:
    """Change the record behind the program's back, guards put back."""
    connection = sqlite3.connect(folder.record)
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    standing = guards.fetchall()
    for name, _ in standing:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for _, sql in standing:
        connection.execute(sql)
    connection.commit()
    connection.close()


def checked(folder: StudyFolder) -> int:
    with open_store(folder) as store:
        return checked_until(store.identity, store.events())


def open_sitting(folder: StudyFolder) -> None:
    with open_store(folder) as store:
        check_sitting(folder, store).check_rest()


def test_a_sound_study_opens_and_the_next_sitting_goes_on_from_there(
    read_study: StudyFolder, now: datetime
) -> None:
    assert checked(read_study) == 0
    with open_store(read_study) as store:
        sitting = check_sitting(read_study, store)
        assert (sitting.protocol.version, sitting.events) == (1, store.events())
        assert checked(read_study) == 0, "the rest was not looked at yet"
        sitting.check_rest()
    count = checked(read_study)
    assert count == len(sitting.events)
    unblind_study(read_study, Signature(Actor("Ann"), "looked at the wall clock", now))
    assert checked(read_study) == count
    open_sitting(read_study)
    assert checked(read_study) == count + 1


@pytest.mark.parametrize("before", [False, True], ids=["never checked", "checked before"])
def test_what_was_altered_since_the_last_check_stops_the_sitting_at_once(
    read_study: StudyFolder, now: datetime, before: bool
) -> None:
    if before:
        open_sitting(read_study)
    unblind_study(read_study, Signature(Actor("Ann"), "looked at the wall clock", now))
    last = "(SELECT max(number) FROM events)"
    altered(
        read_study,
        f"UPDATE events SET payload = replace(payload, 'wall', 'hall') WHERE number = {last}",
    )
    with open_store(read_study) as store, pytest.raises(RecordError) as refused:
        check_sitting(read_study, store)
    assert "The record was altered: Event" in str(refused.value)
    assert str(refused.value).endswith("Please call the coordinator.")


def test_what_was_altered_before_the_last_check_is_found_while_reading_begins(
    read_study: StudyFolder,
) -> None:
    open_sitting(read_study)
    altered(read_study, "UPDATE events SET payload = replace(payload, '30.1', '20.1')")
    with open_store(read_study) as store:
        sitting = check_sitting(read_study, store)
        with pytest.raises(RecordError, match="is not what was recorded"):
            sitting.check_rest()
    altered(read_study, "UPDATE events SET payload = replace(payload, '20.1', '30.1')")
    open_sitting(read_study)


def test_a_record_that_was_cut_off_or_whose_guards_are_gone_stops_the_sitting(
    read_study: StudyFolder, now: datetime
) -> None:
    unblind_study(read_study, Signature(Actor("Ann"), "looked at the wall clock", now))
    kept = read_study.record.read_bytes()
    altered(read_study, "DELETE FROM events WHERE number = (SELECT max(number) FROM events)")
    with open_store(read_study) as store, pytest.raises(RecordError, match="cut off"):
        check_sitting(read_study, store)
    read_study.record.write_bytes(kept)
    connection = sqlite3.connect(read_study.record)
    connection.execute("DROP TRIGGER events_no_update")
    connection.commit()
    connection.close()
    with pytest.raises(RecordError, match="guards"):
        open_sitting(read_study)


def test_an_event_that_nobody_signed_who_may_stops_the_sitting(read_study: StudyFolder) -> None:
    open_sitting(read_study)
    flipped = "CASE substr(signature, 1, 1) WHEN '0' THEN '1' ELSE '0' END"
    altered(
        read_study,
        f"UPDATE events SET signature = {flipped} || substr(signature, 2) WHERE signature <> '' "
        "AND number = (SELECT max(number) FROM events WHERE signature <> '')",
    )
    with pytest.raises(RecordError, match="signature"):
        open_sitting(read_study)


@pytest.mark.parametrize("name", ["study.toml", "plan.csv", "cases.csv", "readers.csv"])
def test_a_file_that_was_changed_stops_the_sitting(read_study: StudyFolder, name: str) -> None:
    path = read_study.path / name
    path.write_bytes(path.read_bytes() + b"\n")
    with open_store(read_study) as store, pytest.raises(ProtocolError, match=f"Expected {name}"):
        check_sitting(read_study, store)


def test_a_frozen_study_is_read_no_more(read_study: StudyFolder, now: datetime) -> None:
    freeze_study(read_study, by=Actor("Ann"), now=now + timedelta(days=60))
    with open_store(read_study) as store, pytest.raises(ProtocolError, match="is frozen"):
        check_sitting(read_study, store)


_heard: list[str] = []
_listening = threading.Event()


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _listening.is_set() and event in ("open", "sqlite3.connect"):
        _heard.append(os.fsdecode(str(arguments[0])))


def test_neither_truth_nor_ai_results_are_opened_not_even_to_hash_them(
    read_study: StudyFolder,
) -> None:
    sys.addaudithook(_hear)
    _heard.clear()
    _listening.set()
    try:
        open_sitting(read_study)
    finally:
        _listening.clear()
    assert any(name.endswith("plan.csv") for name in _heard)
    private = (str(read_study.reference_standard), str(read_study.detections))
    assert [name for name in _heard if name.startswith(private)] == []


def test_others_who_read_meanwhile_are_no_false_alarm(
    read_study: StudyFolder, now: datetime
) -> None:
    stop = threading.Event()

    def write() -> None:
        with open_store(read_study) as store:
            # Often enough to fall between any two looks, not so often that the record grows long.
            while not stop.wait(0.003):
                store.append(staff_act(SittingClosed(), by=Actor("senior1"), now=now))

    other = threading.Thread(target=write)
    other.start()
    try:
        for _ in range(20):
            open_sitting(read_study)
            with open_store(read_study) as store:
                assert sound_events(store)
    finally:
        stop.set()
        other.join()


def test_what_is_remembered_is_trusted_under_its_seal_and_for_its_own_events_only(
    read_study: StudyFolder,
) -> None:
    open_sitting(read_study)
    with open_store(read_study) as store:
        events = store.events()
    (file,) = [
        path
        for path in (data_folder() / "checked").glob("*.json")
        if str(read_study.record) in path.read_text()
    ]
    kept = json.loads(file.read_text())
    for change in ({"number": 3, "hash": events[2].hash}, {"seal": "0" * 64}, {"number": "x"}, {}):
        file.write_text(json.dumps({**kept, **change} if change else []))
        assert checked(read_study) == 0
    remember_checked(file_identity(read_study.record), events[:5])
    assert checked(read_study) == 5
    with open_store(read_study) as store:
        assert checked_until(store.identity, (*events[:4], events[5])) == 0


def test_an_account_that_never_saw_the_study_checks_all_of_it(
    read_study: StudyFolder, account: Path
) -> None:
    assert list(account.glob("checked/*")) == []
    altered(read_study, "UPDATE events SET payload = replace(payload, '30.1', '20.1')")
    with open_store(read_study) as store, pytest.raises(RecordError, match="was altered"):
        check_sitting(read_study, store)


def test_a_check_that_nobody_waits_for_remembers_nothing(read_study: StudyFolder) -> None:
    with open_store(read_study) as store:
        check_sitting(read_study, store).check_rest(lambda: True)
    assert checked(read_study) == 0


def test_a_step_that_was_taken_on_a_sound_record_is_not_lost(
    read_study: StudyFolder, now: datetime
) -> None:
    with open_store(read_study) as store:
        sitting = check_sitting(read_study, store)
        store.append(staff_act(SittingClosed(), by=Actor("Ann"), now=now))
        sitting.check_rest()
    assert checked(read_study) == len(sitting.events)
