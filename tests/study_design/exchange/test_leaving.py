"""Every export stands in the record before anybody can see it, and says whether it was blind."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from study_design.errors import ProtocolError, RecordError
from study_design.exchange.dicom_export import export_dicom
from study_design.exchange.leaving import Leave, NotedExport
from study_design.exchange.ratings.mrmc_export import WRITERS, export_ratings
from study_design.exchange.tidy import export_tables
from study_design.life.freezing import freeze_study, lift_freeze
from study_design.life.signed_acts import unblind_study
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.record.events import StoredEvent
from study_design.record.payloads.staff import StudyExported
from study_design.record.reads.deviations import deviations_of
from study_design.record.release import NOT_NOTED, NOT_OURS, note_results
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder


class SmallDisk(Protocol):
    """A disk of its own."""

    path: Path


Export = Callable[[StudyFolder, Path, Leave], object]
FORMS: dict[str, Export] = {
    "tidy": lambda folder, out, leave: export_tables(folder, out, leave=leave),
    "dicom": lambda folder, out, leave: export_dicom(folder, out, leave=leave),
    **{
        form: lambda folder, out, leave, form=form: export_ratings(folder, out, form, leave=leave)  # type: ignore[misc]
        for form in WRITERS
    },
}


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(days=60)


def last_event(folder: StudyFolder) -> StoredEvent:
    with open_store(folder) as store:
        last = store.last()
    assert last is not None
    return last


def noted(folder: StudyFolder, form: str, later: datetime) -> NotedExport:
    return NotedExport(folder, form, all_reads=False, by=Actor("Bob"), now=later)


@pytest.mark.parametrize("form", FORMS)
def test_an_export_is_an_event_before_it_can_be_seen(
    read_study: StudyFolder, tmp_path: Path, later: datetime, form: str
) -> None:
    freeze_study(read_study, by=Actor("Ann"), now=later)
    before = last_event(read_study).number
    out, note = tmp_path / "out", noted(read_study, form, later)

    def look(ready: Path) -> None:
        assert not out.exists()
        note(ready)
        assert last_event(read_study).number == before + 1
        assert not out.exists()

    FORMS[form](read_study, out, look)
    assert any(out.iterdir())
    last = last_event(read_study)
    assert (last.number, last.event.actor) == (before + 1, "Bob")
    export = last.event.payload
    assert isinstance(export, StudyExported)
    assert (export.form, export.blind) == (form, form == "dicom")
    assert note.notes == ()


def test_the_event_holds_the_hash_of_the_manifest(
    read_study: StudyFolder, tmp_path: Path, later: datetime
) -> None:
    manifest = export_tables(read_study, tmp_path, leave=noted(read_study, "tidy", later))[-1]
    export = last_event(read_study).event.payload
    assert isinstance(export, StudyExported)
    assert export.blind
    assert export.manifest_sha256 == hashlib.sha256(manifest.read_bytes()).hexdigest()
    assert export.what == (
        "README.md, ai_systems.json, cases.csv, deviations.csv, manifest.json, protocol.json, "
        "readers.csv, schedule.csv"
    )


def test_of_a_format_without_manifest_it_holds_that_of_the_list_of_its_files(
    read_study: StudyFolder, tmp_path: Path, later: datetime
) -> None:
    freeze_study(read_study, by=Actor("Ann"), now=later)
    files = export_ratings(
        read_study, tmp_path / "out", "imrmc", leave=noted(read_study, "imrmc", later)
    )
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    listed = json.dumps(hashes, sort_keys=True, separators=(",", ":"))
    export = last_event(read_study).event.payload
    assert isinstance(export, StudyExported)
    assert export.manifest_sha256 == hashlib.sha256(listed.encode()).hexdigest()


@pytest.mark.parametrize("form", WRITERS)
def test_ratings_of_an_open_study_do_not_go_out(
    read_study: StudyFolder, tmp_path: Path, later: datetime, form: str
) -> None:
    before = last_event(read_study)
    with pytest.raises(ProtocolError, match="still open"):
        FORMS[form](read_study, tmp_path / "out", noted(read_study, form, later))
    assert not (tmp_path / "out").exists()
    assert last_event(read_study) == before


def test_an_export_of_an_unblinded_study_is_a_deviation_of_its_own(
    read_study: StudyFolder, tmp_path: Path, later: datetime
) -> None:
    unblind_study(read_study, Signature(Actor("Ann"), "safety board", later))
    export_tables(read_study, tmp_path / "out", leave=noted(read_study, "tidy", later))
    with open_store(read_study) as store:
        events = store.events()
    study = read_study_file(read_study.study_toml)
    told = [(one.who, one.category) for one in deviations_of(events, (), (), study)]
    assert told == [("Ann", "unblinding"), ("Bob", "unblinding")]


def test_nothing_is_seen_where_the_note_cannot_be_written(
    read_study: StudyFolder, tmp_path: Path, later: datetime
) -> None:
    freeze_study(read_study, by=Actor("Ann"), now=later)
    note = noted(read_study, "tidy", later)

    def lifted_meanwhile(ready: Path) -> None:
        lift_freeze(read_study, Signature(Actor("Ann"), "one more read", later))
        note(ready)

    with pytest.raises(ProtocolError, match="freeze was lifted since"):
        export_tables(read_study, tmp_path / "out", leave=lifted_meanwhile)
    assert list(tmp_path.glob("*out*")) == []


@pytest.fixture
def medium(read_study: StudyFolder, later: datetime, small_disk: SmallDisk) -> StudyFolder:
    """The frozen study on a medium that cannot be written."""
    freeze_study(read_study, by=Actor("Ann"), now=later)
    return _on_medium(read_study, small_disk)


def _on_medium(folder: StudyFolder, disk: SmallDisk) -> StudyFolder:
    copy = StudyFolder(disk.path / "study")
    shutil.copytree(folder.path, copy.path, ignore=shutil.ignore_patterns("images", "cache"))
    subprocess.run(["mount", "-o", "remount,ro", str(disk.path)], check=True)
    return copy


def test_a_frozen_study_on_a_medium_is_exported_and_analysed_with_a_note_instead(
    medium: StudyFolder, tmp_path: Path, later: datetime
) -> None:
    before = last_event(medium)
    note = noted(medium, "tidy", later)
    export_tables(medium, tmp_path / "out", leave=note)
    assert (tmp_path / "out" / "reads.csv").is_file()
    assert note.notes == (NOT_NOTED,)
    assert note_results(medium, "analysis", by=Actor("Bob"), now=later) == (NOT_NOTED,)
    assert last_event(medium) == before


def test_an_open_study_on_a_medium_is_not_exported(
    read_study: StudyFolder, tmp_path: Path, later: datetime, small_disk: SmallDisk
) -> None:
    copy = _on_medium(read_study, small_disk)
    with pytest.raises(RecordError, match="may not be written"):
        export_tables(copy, tmp_path / "out", leave=noted(copy, "tidy", later))
    assert not (tmp_path / "out").exists()


def test_an_account_that_may_not_sign_exports_a_frozen_study_and_no_open_one(
    read_study: StudyFolder, tmp_path: Path, later: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen = StudyFolder(tmp_path / "frozen")
    shutil.copytree(read_study.path, frozen.path)
    freeze_study(frozen, by=Actor("Ann"), now=later)
    before = last_event(frozen)
    monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "statistician"))
    note = noted(frozen, "tidy", later)
    export_tables(frozen, tmp_path / "out", leave=note)
    assert (tmp_path / "out" / "reads.csv").is_file()
    assert note.notes == (NOT_OURS,)
    assert note_results(frozen, "analysis", by=Actor("Bob"), now=later) == (NOT_OURS,)
    assert last_event(frozen) == before
    with pytest.raises(RecordError, match="not enrolled"):
        export_tables(read_study, tmp_path / "blind", leave=noted(read_study, "tidy", later))
    assert not (tmp_path / "blind").exists()
