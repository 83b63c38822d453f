"""A backup made while somebody reads gives the same study back, and a damaged one gives none."""

import json
import shutil
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event as Signal
from typing import Any

import pytest

from study_design.errors import BadInputError
from study_design.life.backup import CONTENTS, backup_study, restore_study
from study_design.life.integrity import verify_study
from study_design.protocol.plan import Assignment, read_plan
from study_design.record.actor import Actor
from study_design.record.payloads.staff import StudyRestored
from study_design.record.record import Record
from study_design.record.signing.enrolment import record_fingerprint
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

SIGNED: dict[str, Any] = {
    "by": Actor("Coordinator"),
    "now": datetime(2026, 12, 24, 8, 0, tzinfo=UTC),
}
ReadCell = Callable[[Record, Assignment, datetime], None]


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith((".", "record.sqlite"))
    }


def test_a_restored_study_has_the_same_files_and_the_same_head(
    read_study: StudyFolder, tmp_path: Path
) -> None:
    made = backup_study(read_study, tmp_path / "backup.zip")
    restored = restore_study(tmp_path / "backup.zip", tmp_path / "again", **SIGNED)
    assert made == restored.backup
    assert restored.verdict.verified
    assert files_of(read_study.path) == files_of(tmp_path / "again")
    again = StudyFolder(tmp_path / "again")
    with open_store(read_study) as store, open_store(again) as other:
        (*before, act) = other.events()
        assert store.events() == tuple(before)
        assert before[-1].hash == restored.backup.last_hash
        restoring = act.event.payload
    assert isinstance(restoring, StudyRestored)
    assert (restoring.record_number, restoring.record_hash) == (len(before), before[-1].hash)
    assert (restoring.verified, restoring.fingerprint) == (True, record_fingerprint(before))
    said = verify_study(again)
    assert not [problem for problem in said if problem.grave]
    assert any("the study was restored from a backup" in problem.what for problem in said)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["again", "backup.zip", "study"]


def test_a_backup_may_be_made_while_somebody_reads(
    locked_study: StudyFolder, tmp_path: Path, now: datetime, read_cell: ReadCell
) -> None:
    stop = Signal()

    def read() -> int:
        with open_store(locked_study) as store:
            for number, cell in enumerate(read_plan(locked_study)):
                read_cell(store, cell, now + timedelta(days=22 * cell.period, minutes=number))
                if stop.is_set():
                    return number
        return -1

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        made = [backup_study(locked_study, tmp_path / f"{n}.zip") for n in range(2)]
        stop.set()
        reading.result()
    with open_store(locked_study) as store:
        events = store.events()
        assert store.verify_chain() == ()
    for number, backup in enumerate(made):
        assert backup.warnings == ()
        assert events[backup.events - 1].hash == backup.last_hash
        restored = restore_study(tmp_path / f"{number}.zip", tmp_path / f"again{number}", **SIGNED)
        assert restored.backup == backup


def test_nothing_is_overwritten(read_study: StudyFolder, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    file.write_text("precious")
    with pytest.raises(BadInputError, match="Expected a new file outside the study"):
        backup_study(read_study, file)
    assert file.read_text() == "precious"
    with pytest.raises(BadInputError, match="Expected a new file outside the study"):
        backup_study(read_study, read_study.path / "backup.zip")
    backup_study(read_study, tmp_path / "good.zip")
    with pytest.raises(BadInputError, match="Expected a new path for the study"):
        restore_study(tmp_path / "good.zip", read_study.path, **SIGNED)


def damaged(file: Path, place: int) -> Path:
    content = bytearray(file.read_bytes())
    content[place] ^= 0x55
    copy = file.with_name("damaged.zip")
    copy.write_bytes(content)
    return copy


def unpacks_the_same(file: Path, other: Path, name: str) -> bool:
    try:
        with zipfile.ZipFile(file) as one, zipfile.ZipFile(other) as two:
            return one.read(name) == two.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return False


@pytest.mark.parametrize("place", [0.1, 0.3, 0.5])
def test_a_backup_whose_content_is_damaged_is_refused_and_leaves_nothing(
    read_study: StudyFolder, tmp_path: Path, place: float
) -> None:
    file = tmp_path / "backup.zip"
    backup_study(read_study, file)
    with zipfile.ZipFile(file) as archive:
        largest = max(archive.infolist(), key=lambda packed: packed.compress_size)
        names = len(largest.filename.encode()) + 100  # what stands before the content
        begin = largest.header_offset + names
        at = begin + int((largest.compress_size - names) * place)
    # A match of repeated bytes can point elsewhere and unpack to the same; the next byte cannot.
    while unpacks_the_same(file, damaged(file, at), largest.filename):
        at += 1
    with pytest.raises(BadInputError, match="Expected a backup made by crossread backup"):
        restore_study(damaged(file, at), tmp_path / "again", **SIGNED)
    assert {path.name for path in tmp_path.iterdir()} == {"backup.zip", "damaged.zip", "study"}


def test_damage_to_the_archive_s_own_lists_is_refused_or_changes_nothing(
    read_study: StudyFolder, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    backup_study(read_study, file)
    size, refused = file.stat().st_size, 0
    for number, place in enumerate(range(size - 900, size, 90)):
        try:
            restore_study(damaged(file, place), tmp_path / f"again{number}", **SIGNED)
        except BadInputError:
            refused += 1
        else:
            assert files_of(tmp_path / f"again{number}") == files_of(read_study.path)
    assert refused


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "a/../../evil.txt", "C:\\evil.txt"])
def test_a_file_that_wants_to_leave_the_study_is_refused(
    read_study: StudyFolder, tmp_path: Path, name: str
) -> None:
    file, forged = tmp_path / "backup.zip", tmp_path / "forged.zip"
    backup_study(read_study, file)
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(forged, "w") as new:
        content = json.loads(old.read(CONTENTS))
        content["files"][name] = "0" * 64
        for known in old.namelist():
            new.writestr(known, json.dumps(content) if known == CONTENTS else old.read(known))
        new.writestr(name, "evil")
    with pytest.raises(BadInputError, match="none or damaged"):
        restore_study(forged, tmp_path / "again", **SIGNED)
    assert not list(tmp_path.parent.glob("evil.txt"))


def test_a_study_that_was_rolled_back_by_a_restore_says_what_is_lost(
    locked_study: StudyFolder, tmp_path: Path, now: datetime, read_cell: ReadCell
) -> None:
    first, second, *_ = read_plan(locked_study)
    with open_store(locked_study) as store:
        read_cell(store, first, now)
    backup_study(locked_study, tmp_path / "backup.zip")
    with open_store(locked_study) as store:
        read_cell(store, second, now + timedelta(minutes=5))
    shutil.move(locked_study.path, tmp_path / "broken")
    restore_study(tmp_path / "backup.zip", locked_study.path, **SIGNED)
    problems = verify_study(locked_study)
    assert not [problem for problem in problems if problem.grave]
    assert any("restored from a backup" in problem.what for problem in problems)
