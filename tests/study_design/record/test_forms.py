"""A study of every form that was ever written opens, goes on, verifies and exports as it did."""

import csv
import json
import sqlite3
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from study_design.errors import ProtocolError
from study_design.exchange.tidy import export_tables
from study_design.images.case_list import read_images
from study_design.images.image_store import load_mammogram, load_pixels, write_image
from study_design.life.backup import backup_study, restore_study
from study_design.life.freezing import lift_freeze
from study_design.life.integrity import verify_study
from study_design.life.restoring import Vouching
from study_design.protocol.plan import Assignment, read_plan
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.record.events import EventType
from study_design.record.problem import Problem
from study_design.record.reads.replay import open_read, reads_of
from study_design.record.record import Record
from study_design.record.store.record_store import open_store
from study_design.results import study_tables
from study_design.study_folder import StudyFolder

ReadCell = Callable[[Record, Assignment, datetime], None]
FORMS = Path(__file__).parent / "forms"
LATER = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(params=["78708db"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Two studies as an older version left them, and what it exported of them."""
    with zipfile.ZipFile(FORMS / f"{request.param}.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path


@pytest.fixture
def own_account(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be the account that wrote the studies, moved to another folder since."""
    monkeypatch.setenv("CROSSREAD_DATA", str(old / "account"))


def grave(folder: StudyFolder) -> list[str]:
    return [problem.what for problem in verify_study(folder) if problem.grave]


@pytest.mark.usefixtures("own_account")
def test_a_freeze_of_which_nobody_noted_who_saw_results_is_not_lifted(old: Path) -> None:
    folder = StudyFolder(old / "finished")
    before = folder.record.read_bytes()
    with pytest.raises(ProtocolError, match="kept no note of who saw results"):
        lift_freeze(folder, Signature(Actor("Ann"), "one more read", LATER))
    assert folder.record.read_bytes() == before


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_it_opens_and_verifies_without_being_changed(old: Path) -> None:
    for name in ("finished", "open"):
        folder = StudyFolder(old / name)
        before = folder.record.read_bytes()
        assert grave(folder) == []
        assert Problem("The record bears no signatures.", grave=False) in verify_study(folder)
        assert folder.record.read_bytes() == before
        with open_store(folder) as store:
            assert {stored.form for stored in store.events()} == {1}


def test_keys_that_its_analysis_plan_lacks_mean_what_they_meant(old: Path) -> None:
    folder = StudyFolder(old / "finished")
    text = folder.study_toml.read_text(encoding="utf-8")
    keys = ("mcnemar", "adjust", "sequences", "reopened_time")
    assert not any(f"{key} =" in text for key in keys)
    plan = study_tables(folder).plan
    assert [getattr(plan, key) for key in keys] == ["asymptotic", "none", "pooled", "last"]
    assert 'method = "delong"' in text
    assert plan.method == "delong"


@pytest.mark.parametrize("name", ["finished", "open"])
def test_it_exports_the_same_tables(old: Path, tmp_path: Path, name: str) -> None:
    export_tables(StudyFolder(old / name), tmp_path / "out")
    for file in sorted((old / f"{name}-tables").glob("*.csv")):
        now = tmp_path / "out" / file.name
        if not now.exists():
            continue  # an open study exports less than it did
        then, rows = rows_of(file), rows_of(now)
        assert [{key: row[key] for key in then[0]} for row in rows] == then, file.name
    events = (old / f"{name}-tables" / "events.jsonl").read_text().splitlines()
    exported = tmp_path / "out" / "events.jsonl"
    if exported.exists():
        lines = exported.read_text().splitlines()
        assert [json.loads(line) for line in lines[: len(events)]] == [
            json.loads(line) for line in events
        ]


@pytest.mark.usefixtures("own_account")
def test_it_goes_on_and_is_signed_from_there(old: Path, read_cell: ReadCell) -> None:
    folder = StudyFolder(old / "open")
    with open_store(folder) as store:
        events = store.events()
        pending = open_read(events, "bob")
        assert pending is not None
        cell = next(c for c in read_plan(folder) if c.cell == pending.cell)
        other = next(
            c
            for c in read_plan(folder)
            if c.reader == "bob" and c.cell not in {r.cell for r in reads_of(events)} | {cell.cell}
        )
        read_cell(store, other, LATER)
        enrolled = store.events()[len(events)]
        assert store.events()[: len(events)] == events
        assert store.verify_chain() == ()
        assert open_read(store.events(), "bob") == pending
    assert enrolled.event.type is EventType.KEY_ENROLLED
    payload = enrolled.event.payload
    assert (payload.record_number, payload.record_hash) == (len(events), events[-1].hash)
    assert len(payload.display) == 16
    assert set(payload.files) >= {"study.toml", "plan.csv", "cases.csv", "readers.csv"}
    said = verify_study(folder)
    note = f"The record is unsigned until event {len(events) + 1}."
    assert Problem(note, grave=False) in said
    assert [problem.what for problem in said if problem.grave] == []


@pytest.mark.usefixtures("own_account")
def test_how_its_images_are_shown_is_fixed_from_its_first_new_event_on(
    old: Path, read_cell: ReadCell
) -> None:
    folder = StudyFolder(old / "open")
    with open_store(folder) as store:
        read_cell(store, read_plan(folder)[-1], LATER)
    assert grave(folder) == []
    (image, *_) = read_images(folder)
    shown = load_mammogram(folder, image.image, image.case)
    loaded = load_pixels(folder, shown)
    write_image(folder, replace(shown, flip_horizontal=True), loaded.codes, loaded.air)
    assert any(image.image in line for line in grave(folder))


@pytest.mark.usefixtures("own_account")
def test_what_is_unsigned_after_that_is_grave(old: Path, read_cell: ReadCell) -> None:
    folder = StudyFolder(old / "open")
    with open_store(folder) as store:
        read_cell(store, read_plan(folder)[-1], LATER)
        number = store.events()[-1].number
    connection = sqlite3.connect(folder.record)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute(
        f"UPDATE events SET form = 1, key = '', signature = '' WHERE number = {number}"
    )
    connection.commit()
    connection.close()
    assert any("is not what was recorded" in line for line in grave(folder))


@pytest.mark.usefixtures("own_account")
def test_its_backup_is_restored_as_verified_where_it_is_remembered_only(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = StudyFolder(old / "finished")
    backup_study(folder, tmp_path / "b.zip")
    who = {"by": Actor("C"), "now": LATER + timedelta(days=1)}
    with open_store(folder) as store:
        last_hash = store.events()[-1].hash
    assert restore_study(tmp_path / "b.zip", tmp_path / "one", **who).verdict.verified
    monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "elsewhere"))
    assert not restore_study(tmp_path / "b.zip", tmp_path / "two", **who).verdict.verified
    assert any("unverified" in line for line in grave(StudyFolder(tmp_path / "two")))
    known = Vouching(against=last_hash)
    again = restore_study(tmp_path / "b.zip", tmp_path / "three", **who, vouching=known)
    assert again.verdict.verified
    assert grave(StudyFolder(tmp_path / "three")) == []
