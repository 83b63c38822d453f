"""The export holds every table with all its columns, and equals the record."""

import hashlib
import json
import shutil
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from study_design.errors import RecordError
from study_design.exchange.leaving import BLIND_FILES, BLIND_TABLES
from study_design.exchange.read_tables import READS
from study_design.exchange.study_rows import TABLES, study_rows
from study_design.exchange.tidy import BLIND, SIMULATED, WITHHELD, export_tables
from study_design.exchange.truth_import import import_truth
from study_design.life.freezing import freeze_study, lift_freeze
from study_design.life.integrity import verify_study
from study_design.life.signed_acts import unblind_study
from study_design.record.actor import Actor
from study_design.record.acts import Signature, staff_act
from study_design.record.events import StoredEvent
from study_design.record.payloads.staff import StudyUnblinded
from study_design.record.store.record_store import open_store
from study_design.results import study_tables
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import cell_text, read_csv


def read_events(folder: StudyFolder) -> tuple[StoredEvent, ...]:
    with open_store(folder) as store:
        return store.events()


@pytest.fixture
def frozen_study(read_study: StudyFolder, now: datetime) -> StudyFolder:
    """The small study, read to its end and frozen."""
    freeze_study(read_study, by=Actor("Coordinator"), now=now + timedelta(days=60))
    return read_study


def test_every_table_has_all_its_columns_and_the_manifest_vouches_for_every_file(
    frozen_study: StudyFolder, tmp_path: Path
) -> None:
    files = export_tables(frozen_study, tmp_path / "out")
    for table in TABLES:
        columns = read_csv(tmp_path / "out" / table.file).columns
        assert columns[: len(table.columns)] == table.columns
    assert read_csv(tmp_path / "out" / "reference.csv").columns[-1] == "scanner"
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {*manifest["files"], "manifest.json"} == {path.name for path in files}
    for name, sha256 in manifest["files"].items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == sha256


def test_an_open_study_gives_what_a_blinded_person_may_see_and_says_what_is_withheld(
    read_study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    files = export_tables(read_study, tmp_path / "out")
    assert {path.name for path in files} == BLIND_FILES
    assert BLIND in (tmp_path / "out" / "README.md").read_text()
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["blind"]
    unblind_study(read_study, Signature(Actor("Ann"), "safety board", now + timedelta(days=50)))
    names = {path.name for path in export_tables(read_study, tmp_path / "out")}
    assert names == BLIND_FILES | set(WITHHELD)
    assert BLIND not in (tmp_path / "out" / "README.md").read_text()
    (deviation,) = read_csv(tmp_path / "out" / "deviations.csv").rows
    assert (deviation["who"], deviation["signed"]) == ("Ann", "1")
    assert deviation["what"] == "answers and truth released: safety board"


def test_no_answer_time_score_or_truth_is_in_any_byte_of_a_blind_export(
    read_study: StudyFolder, tmp_path: Path
) -> None:
    rows = {table.table: table.rows for table in study_rows(read_study, read_events(read_study))}
    secrets = {cell_text(row["rating"]) for row in rows[READS] if row["rating"] != 11.0}
    secrets |= {"0.875", "40.25", "30.1", "29.9", "benign", "scanner", "read_validated"}
    export_tables(read_study, tmp_path / "out", all_reads=True)
    for path in (tmp_path / "out").iterdir():
        content = path.read_text()
        assert not [word for word in secrets if word in content], path.name


@pytest.mark.parametrize("masked", [True, False])
def test_an_interim_look_at_named_arms_unblinds_and_one_at_masked_arms_does_not(
    read_study: StudyFolder, tmp_path: Path, now: datetime, masked: bool
) -> None:
    look = StudyUnblinded("interim analysis: board", masked=masked)
    with open_store(read_study) as store:
        store.append(staff_act(look, by=Actor("Ann"), now=now + timedelta(days=50)))
    names = {path.name for path in export_tables(read_study, tmp_path / "out")}
    assert ("reads.csv" in names) is not masked


def test_files_of_an_earlier_export_that_are_withheld_now_go(
    frozen_study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    out = tmp_path / "out"
    export_tables(frozen_study, out)
    lift_freeze(frozen_study, Signature(Actor("Ann"), "one more", now + timedelta(days=61)))
    export_tables(frozen_study, out)
    assert {path.name for path in out.iterdir()} == BLIND_FILES


def test_an_altered_record_is_not_exported(read_study: StudyFolder, tmp_path: Path) -> None:
    connection = sqlite3.connect(read_study.record)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute("UPDATE events SET payload = replace(payload, '30.1', '20.1')")
    connection.commit()
    connection.close()
    with pytest.raises(RecordError, match="The record was altered"):
        export_tables(read_study, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_manifest_shows_elsewhere_that_the_record_was_cut_off_or_the_manifest_altered(
    frozen_study: StudyFolder, tmp_path: Path
) -> None:
    manifest = export_tables(frozen_study, tmp_path / "out")[-1]
    assert verify_study(frozen_study, against=str(manifest)) == ()
    moved = StudyFolder(tmp_path / "elsewhere")
    shutil.copytree(frozen_study.path, moved.path)
    connection = sqlite3.connect(moved.record)
    guards = connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    connection.execute("DROP TRIGGER events_no_delete")
    connection.execute("DELETE FROM events WHERE number = (SELECT max(number) FROM events)")
    connection.execute(next(sql for (sql,) in guards if "DELETE" in sql))
    connection.commit()
    connection.close()
    assert not [problem for problem in verify_study(moved) if problem.grave]
    (cut,) = [p.what for p in verify_study(moved, against=str(manifest)) if p.grave]
    assert "but manifest.json vouches for event" in cut
    content = json.loads(manifest.read_text())
    (cut,) = [p.what for p in verify_study(moved, against=content["last_hash"]) if p.grave]
    assert "No event of the record has the hash" in cut
    manifest.write_text(json.dumps({**content, "events": content["events"] - 1}))
    (altered, _) = [p.what for p in verify_study(moved, against=str(manifest)) if p.grave]
    assert altered == "manifest.json was altered: its signature does not hold."


def test_simulated_reads_are_called_so_and_every_column_is_explained(
    frozen_study: StudyFolder, tmp_path: Path
) -> None:
    export_tables(frozen_study, tmp_path)
    readme = (tmp_path / "README.md").read_text()
    assert SIMULATED in readme
    assert json.loads((tmp_path / "manifest.json").read_text())["simulated"]
    assert all(f"| `{column}` |" in readme for table in TABLES for column in table.columns)
    text = frozen_study.study_toml.read_text().replace("simulated = true", "simulated = false")
    frozen_study.study_toml.write_text(text)
    export_tables(frozen_study, tmp_path)
    assert SIMULATED not in (tmp_path / "README.md").read_text()


def test_the_export_equals_the_tables_of_the_analysis(
    frozen_study: StudyFolder, tmp_path: Path
) -> None:
    export_tables(frozen_study, tmp_path)
    tables = study_tables(frozen_study)
    numeric = {table.file: table.numeric for table in TABLES}
    for name in ("reads", "findings", "detections", "ai_cases", "reference", "schedule", "cases"):
        frame: pd.DataFrame = getattr(tables, name)
        numbers = [column for column in frame.columns if column in numeric[f"{name}.csv"]]
        kinds = {column: float if column in numbers else str for column in frame.columns}
        exported = pd.read_csv(
            tmp_path / f"{name}.csv",
            dtype=kinds,
            keep_default_na=False,
            na_values={column: [""] for column in numbers},
        )
        pd.testing.assert_frame_equal(exported, frame.astype(kinds), check_exact=True)


def dumped(content: object) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"))


def test_the_exported_events_chain_as_the_dictionary_says(
    frozen_study: StudyFolder, tmp_path: Path
) -> None:
    export_tables(frozen_study, tmp_path)
    lines = (tmp_path / "events.jsonl").read_text().splitlines()
    enrolled = json.loads(lines[0])["payload"]["public_key"]
    previous = "0" * 64
    for line in lines:
        fields = json.loads(line)
        own, before, number = (fields.pop(key) for key in ("hash", "previous_hash", "number"))
        content, signature = fields.pop("content_hash"), fields.pop("signature")
        fields["payload"] = dumped(fields["payload"])
        assert before == previous
        assert content == hashlib.sha256(dumped(fields).encode()).hexdigest()
        assert own == hashlib.sha256(f"{before} {number} {content}".encode()).hexdigest()
        if signature:
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(enrolled))
            public.verify(bytes.fromhex(signature), f"Crossread event {content}".encode())
        previous = own
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert (manifest["events"], manifest["last_hash"]) == (len(lines), previous)


def test_the_locks_are_in_the_protocol(read_study: StudyFolder, tmp_path: Path) -> None:
    export_tables(read_study, tmp_path)
    protocol = json.loads((tmp_path / "protocol.json").read_text())
    assert protocol["study"]["schema"] == 1
    (lock,) = protocol["locks"]
    assert (lock["version"], lock["by"]) == (1, "Coordinator")
    assert "reference_standard/reference.csv" in lock["hashes"]


def test_a_study_that_has_only_begun_exports_empty_tables(
    study: StudyFolder, tmp_path: Path
) -> None:
    study.cases_csv.unlink()
    (study.detections / "demo.json").unlink()
    export_tables(study, tmp_path / "out")
    for table in TABLES:
        if table not in BLIND_TABLES:
            continue
        rows = read_csv(tmp_path / "out" / table.file).rows
        assert len(rows) == (2 if table.file == "readers.csv" else 0)


def test_the_exported_truth_can_be_brought_in_again(
    frozen_study: StudyFolder, masters: dict[str, StudyFolder], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    export_tables(frozen_study, out)
    shutil.copytree(masters["new"].path, tmp_path / "again")
    again = StudyFolder(tmp_path / "again")
    import_truth(again, out / "reference.csv", out / "lesions.csv", resolve=lambda _: None)
    for name in ("reference.csv", "lesions.csv"):
        stored = again.reference_standard / name
        assert stored.read_bytes() == (frozen_study.reference_standard / name).read_bytes()
