"""What was altered, lost, doubled or read too early is named."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from study_design.errors import ProtocolError, RecordError
from study_design.exchange.truth_import import import_truth
from study_design.images.image_store import load_mammogram, load_pixels, write_image
from study_design.life.freezing import Without, freeze_study
from study_design.life.integrity import verify_study
from study_design.protocol.plan import Assignment, read_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature, staff_act
from study_design.record.locked import study_hashes
from study_design.record.newest import is_frozen
from study_design.record.payloads.reading import SittingClosed, SittingOpened
from study_design.record.payloads.staff import StudyFrozen
from study_design.record.record import Record
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

ReadCell = Callable[[Record, Assignment, datetime], None]


def closed(folder: StudyFolder) -> bool:
    with open_store(folder) as store:
        return is_frozen(store.events())


def notes(folder: StudyFolder) -> list[str]:
    """What is said besides; that a copy of a study was not written here is true of all of them."""
    said = [problem.what for problem in verify_study(folder) if not problem.grave]
    return [what for what in said if "This is a copy" not in what]


def grave(folder: StudyFolder) -> list[str]:
    return [problem.what for problem in verify_study(folder) if problem.grave]


def test_a_study_that_was_read_as_planned_has_no_problem(
    masters: dict[str, StudyFolder], read_study: StudyFolder
) -> None:
    assert verify_study(masters["read"]) == ()
    assert (grave(read_study), notes(read_study)) == ([], [])


def test_a_frozen_study_stays_well_and_cannot_be_frozen_twice(
    read_study: StudyFolder, now: datetime
) -> None:
    later = now + timedelta(days=60)
    assert not closed(read_study)
    frozen = freeze_study(read_study, by=Actor("Coordinator"), now=later)
    assert (frozen.reads, frozen.warnings) == (16, ())
    assert closed(read_study)
    assert verify_study(read_study) == ()  # the freeze was written here: its end is known
    with pytest.raises(ProtocolError, match="already frozen"):
        freeze_study(read_study, by=Actor("Coordinator"), now=later)


def test_missing_reads_are_a_note_while_reading_and_once_the_freeze_says_why(
    locked_study: StudyFolder, now: datetime
) -> None:
    assert len(notes(locked_study)) == 4
    assert notes(locked_study)[0] == "junior1, period 1: 4 planned reads are missing."
    assert grave(locked_study) == []
    title = read_study_file(locked_study.study_toml).title
    without = Without("both readers  left", title)
    frozen = freeze_study(locked_study, by=Actor("Coordinator"), now=now, without=without)
    assert len(frozen.warnings) == 4
    assert grave(locked_study) == []
    assert notes(locked_study)[0] == (
        "junior1, period 1: 4 planned reads are missing; frozen without: both readers left"
    )


def test_a_record_that_was_closed_without_a_word_on_missing_reads_is_named(
    locked_study: StudyFolder, now: datetime
) -> None:
    hashes = {known.file: known.sha256 for known in study_hashes(locked_study)}
    with open_store(locked_study) as store:
        store.append(staff_act(StudyFrozen(hashes), by=Actor("C"), now=now, once="frozen"))
    assert len(grave(locked_study)) == 4


def test_an_unlocked_study_has_nothing_to_verify_and_cannot_be_frozen(
    study: StudyFolder, now: datetime
) -> None:
    assert (grave(study), notes(study)) == ([], ["The protocol is not locked yet."])
    with pytest.raises(ProtocolError, match="Expected a locked protocol"):
        freeze_study(study, by=Actor("Coordinator"), now=now)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("study.toml", "study.toml was changed."),
        ("plan.csv", "plan.csv was changed."),
        ("cases.csv", "cases.csv was changed."),
        ("readers.csv", "readers.csv was changed."),
        ("detections/demo.json", "detections/demo.json was changed."),
        ("reference_standard/reference.csv", "reference_standard/reference.csv was changed."),
        ("protocol/1.toml", "protocol/1.toml was changed."),
    ],
)
def test_a_changed_file_is_named_and_a_missing_one_too(
    read_study: StudyFolder, name: str, problem: str
) -> None:
    path = read_study.path / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert grave(read_study) == [problem]
    path.unlink()
    assert grave(read_study) == [problem.replace("was changed", "is missing")]


def test_truth_may_come_in_after_the_lock_by_name_and_nothing_else_may(
    read_study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("case,truth,breast_right\nC001,0,benign\n")
    signature = Signature(Actor("Ann"), "biopsy", now + timedelta(days=50))
    import_truth(read_study, sheet, resolve=lambda _: None, signature=signature)
    assert grave(read_study) == []
    added = ("detections/other.json", "images/C009.dcm", "protocol/2.toml")
    for name in (*added, "reference_standard/lesions2.csv"):
        (read_study.path / name).write_text("")
    assert set(grave(read_study)) == {
        f"{name} was added." for name in (*added, "reference_standard/lesions2.csv")
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("images/C001_R-CC.dcm", "images/C001_R-CC.dcm {}"),
        ("cache/C001_R-CC.npy", "cache/C001_R-CC: its files are missing or damaged."),
        ("cache/C001_R-CC.air", "cache/C001_R-CC: its files are missing or damaged."),
        ("cache/C001_R-CC.json", "cache/C001_R-CC: its files are missing or damaged."),
    ],
)
def test_every_picture_is_compared_with_the_list_of_cases(
    read_study: StudyFolder, name: str, said: str
) -> None:
    path = read_study.path / name
    content = bytearray(path.read_bytes())
    content[-10] ^= 1
    path.write_bytes(content)
    assert grave(read_study) == [said.format("was changed: its pixels are not those of cases.csv.")]
    path.unlink()
    assert grave(read_study) == [said.format("is missing.")]


def test_facts_of_a_picture_that_were_sealed_anew_are_compared_with_the_list_of_cases(
    read_study: StudyFolder,
) -> None:
    shown = load_mammogram(read_study, "C001_R-CC")
    pixels = load_pixels(read_study, shown)
    write_image(read_study, replace(shown, spacing_mm=0.4), pixels.codes, pixels.air)
    assert grave(read_study) == ["cache/C001_R-CC.json was changed: it is not what cases.csv says."]


def test_nothing_may_come_in_after_the_freeze(read_study: StudyFolder, now: datetime) -> None:
    freeze_study(read_study, by=Actor("Coordinator"), now=now + timedelta(days=60))
    (read_study.reference_standard / "lesions2.csv").write_text("")
    assert grave(read_study) == ["reference_standard/lesions2.csv was added."]


def test_a_study_with_a_changed_file_is_not_frozen(read_study: StudyFolder, now: datetime) -> None:
    path = read_study.reference_standard / "reference.csv"
    path.write_bytes(path.read_bytes().replace(b"C001,1", b"C001,0"))
    with pytest.raises(ProtocolError, match=r"reference_standard/reference\.csv as it was locked"):
        freeze_study(read_study, by=Actor("Coordinator"), now=now)


def test_an_altered_event_is_named_and_stops_the_freeze(
    read_study: StudyFolder, now: datetime
) -> None:
    connection = sqlite3.connect(read_study.record)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute("UPDATE events SET payload = replace(payload, '30.1', '20.1')")
    connection.commit()
    connection.close()
    assert set(grave(read_study)) >= {"Event 8 is not what was recorded."}
    with pytest.raises(RecordError, match="The record was altered"):
        freeze_study(read_study, by=Actor("Coordinator"), now=now)


def test_a_damaged_event_is_named(read_study: StudyFolder) -> None:
    connection = sqlite3.connect(read_study.record)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute("UPDATE events SET payload = '{}' WHERE number = 4")
    connection.commit()
    connection.close()
    problems = grave(read_study)
    assert problems[0] == "Event 4 is not what was recorded."
    assert any(
        "Event 4 (read_opened) of the record is damaged: " in problem for problem in problems
    )


def test_a_read_before_the_washout_was_over_is_named(
    locked_study: StudyFolder, now: datetime, read_cell: ReadCell
) -> None:
    with open_store(locked_study) as store:
        for cell in read_plan(locked_study):
            read_cell(store, cell, now + timedelta(days=20 * cell.period, hours=cell.position))
    problems = grave(locked_study)
    assert len(problems) == 8
    assert "before the washout was over" in problems[0]


def test_a_read_out_of_plan_and_a_cell_read_twice_are_named(
    locked_study: StudyFolder, now: datetime, read_cell: ReadCell
) -> None:
    first, second, *_ = read_plan(locked_study)
    with open_store(locked_study) as store:
        read_cell(store, first, now)
        read_cell(store, replace(first, cell="R09-P1-001"), now)
        read_cell(store, replace(second, case=first.case), now)
    problems = grave(locked_study)
    assert [problem.split(" of case")[0] for problem in problems] == [
        "Read read-R09-P1-001",
        f"Read read-{second.cell}",
    ]


def test_a_simulated_clock_is_named_and_grave_where_the_study_is_not_simulated(
    read_study: StudyFolder, now: datetime
) -> None:
    opened = SittingOpened("", "simulated", "", "")
    with open_store(read_study) as store:
        store.append(staff_act(opened, by=Actor("junior1"), now=now + timedelta(days=50)))
    assert [f"Note: {note}" for note in notes(read_study)] == [
        "Note: junior1 read on a simulated clock: no data of persons."
    ]


def test_dates_that_run_backwards_are_named(read_study: StudyFolder, now: datetime) -> None:
    with open_store(read_study) as store:
        store.append(staff_act(SittingClosed(), by=Actor("junior1"), now=now))
        last = store.last()
    assert last is not None
    assert grave(read_study) == [
        f"Event {last.number} of junior1 is dated before the one before it."
    ]


@pytest.mark.parametrize("column", ["at_utc", "payload", "type", "actor", "read", "hash", "once"])
def test_whatever_is_altered_in_the_record_verify_says_so_and_does_not_fail(
    read_study: StudyFolder, column: str
) -> None:
    connection = sqlite3.connect(read_study.record)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute(f"UPDATE events SET {column} = 'x' WHERE number = 4")
    connection.commit()
    connection.close()
    assert grave(read_study)
