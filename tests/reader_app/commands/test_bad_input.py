"""Bad input gets one clear line on standard error and exit status 1; nothing is half written."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pydicom
import pytest
from pydicom.uid import generate_uid

from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import draw_exam
from study_design.phantom.render import render
from study_design.protocol.plan import read_plan
from study_design.study_folder import StudyFolder


class Answer(Protocol):
    """What a command said and how it ended."""

    status: int
    out: str
    err: str


Crossread = Callable[..., Answer]


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four DICOM files of one phantom exam."""
    folder = tmp_path_factory.mktemp("exam")
    write_dicom(render(draw_exam(5, lesions=()), spacing_mm=0.5), folder)
    return folder


@pytest.fixture
def new(crossread: Crossread, tmp_path: Path) -> Path:
    """A new study with a reader of each group."""
    study = tmp_path / "new"
    assert crossread("new", study, "--template", "zhou2023").status == 0
    for reader, group in (("a", "junior"), ("b", "senior")):
        assert crossread("readers", study, "add", reader, "--group", group).status == 0
    return study


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a study, but for the record's journal and a lock."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "sqlite-" not in path.name and path.suffix != ".lock"
    }


def refused(answer: Answer, *words: str) -> None:
    """Check that a command refused in one line that holds these words."""
    assert answer.status == 1, answer
    lines = [line for line in answer.err.splitlines() if not line.startswith("Read ")]
    assert len(lines) == 1, answer.err
    for word in words:
        assert word in lines[0]


def test_an_unreadable_file_fails_the_import_and_leaves_reasons_alone(
    crossread: Crossread, new: Path, exam: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    shutil.copytree(exam, source)
    (source / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"no dataset at all")
    before = files_of(new)
    refused(crossread("import", new, source), "broken.dcm")
    after = files_of(new)
    reasons = after.pop("files.csv")
    assert reasons.count(b",refused,") == 5
    assert b"broken" not in reasons
    assert after == before
    assert not StudyFolder(new).link_file.exists()
    assert crossread("import", new, source, "--keep-going").status == 0


def test_a_second_view_of_a_slot_is_a_problem_that_plan_refuses(
    crossread: Crossread, new: Path, exam: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    shutil.copytree(exam, source)
    write_second_exposure(source / "PHANTOM-0005-1.dcm", source / "second.dcm")
    answer = crossread("import", new, source, "--json")
    assert answer.status == 0
    assert "one of several images for R-CC" in answer.out
    refused(crossread("plan", new), "lacks R-CC")


def write_second_exposure(first: Path, second: Path) -> None:
    """Write the same view of the same exam once more, as another exposure would lie there."""
    dataset = pydicom.dcmread(first)
    dataset.PixelData = dataset.pixel_array[:, ::-1].tobytes()
    dataset.SOPInstanceUID = generate_uid()
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.save_as(second)


def test_a_slip_of_the_pen_in_study_toml_is_named(crossread: Crossread, new: Path) -> None:
    path = new / "study.toml"
    path.write_text(path.read_text().replace("washout_days", "washuot_days"))
    refused(crossread("plan", new), "washuot_days", "Did you mean washout_days?")


def test_an_incomplete_exam_is_accepted_and_stops_the_plan(
    crossread: Crossread, new: Path, exam: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    shutil.copytree(exam, source)
    sorted(source.iterdir())[0].unlink()
    assert crossread("import", new, source).status == 0
    refused(crossread("plan", new), "C001", "lacks", "exclude")
    assert not (new / "plan.csv").exists()
    assert crossread("exclude", new, "C001", "--reason", "view lost").status == 0
    refused(crossread("plan", new), "case")


def test_a_plan_without_cases_is_refused(crossread: Crossread, new: Path) -> None:
    refused(crossread("plan", new), "case")


def test_a_folder_that_is_no_study_is_refused(crossread: Crossread, tmp_path: Path) -> None:
    refused(crossread("plan", tmp_path / "nowhere"), "study.toml")


def test_an_unknown_template_is_refused_and_leaves_no_folder(
    crossread: Crossread, tmp_path: Path
) -> None:
    refused(crossread("new", tmp_path / "x", "--template", "zhuo2023"), "zhou2023")
    assert not (tmp_path / "x").exists()


def test_a_lock_without_a_plan_is_refused(crossread: Crossread, new: Path) -> None:
    refused(crossread("lock", new), "plan")
    assert not list((new / "protocol").iterdir())


def test_a_table_without_truth_is_refused(crossread: Crossread, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("reader,case,rating\nR1,C1,50\n")
    refused(crossread("analyse", "--table", table, "--out", tmp_path / "out"), "truth")
    assert not (tmp_path / "out").exists()


def test_a_study_that_is_open_is_not_analysed(
    crossread: Crossread, study: StudyFolder, tmp_path: Path
) -> None:
    refused(crossread("analyse", study.path, "--out", tmp_path / "out"), "freeze")
    interim = ("analyse", study.path, "--out", tmp_path / "out", "--interim")
    refused(crossread(*interim), "--reason")
    assert not (tmp_path / "out").exists()


def test_wrong_usage_ends_with_two(crossread: Crossread) -> None:
    assert crossread("plan").status == 2
    assert crossread("no-such-command").status == 2


def test_a_locked_study_takes_no_more_images(
    crossread: Crossread, study: StudyFolder, exam: Path
) -> None:
    before = files_of(study.path)
    refused(crossread("import", study.path, exam), "locked")
    assert files_of(study.path) == before


def test_a_person_cannot_read_as_a_simulated_reader(
    crossread: Crossread, study: StudyFolder
) -> None:
    refused(crossread("read", study.path, "--reader", "junior-1"), "simulate")


def test_an_unknown_reader_is_named_with_those_that_are_known(
    crossread: Crossread, study: StudyFolder
) -> None:
    refused(crossread("read", study.path, "--reader", "nobody"), "junior-1", "senior-1", "nobody")


def test_a_plan_that_was_edited_after_the_lock_is_refused(
    crossread: Crossread, study: StudyFolder
) -> None:
    text = study.plan_csv.read_text()
    study.plan_csv.write_text(text.replace("unaided", "aided", 1))
    refused(crossread("read", study.path, "--reader", "junior-1"), "plan.csv")
    assert crossread("verify", study.path).status == 1


def test_readers_are_listed_and_a_consensus_names_who_agrees(
    crossread: Crossread, new: Path, tmp_path: Path
) -> None:
    joint = ("readers", new, "add", "both", "--group", "senior", "--kind", "consensus")
    refused(crossread(*joint), "two or more readers", "got none")
    added = crossread(*joint, "--members", "a+b")
    assert added.status == 0
    assert added.out.splitlines()[-1] == "both\tsenior\tconsensus\t\ta+b"
    assert crossread("readers", new, "list").out == added.out
    empty = tmp_path / "empty"
    assert crossread("new", empty, "--template", "zhou2023").status == 0
    nobody = crossread("readers", empty, "list")
    assert (nobody.status, nobody.out) == (0, "")
    assert "no readers yet" in nobody.err


def test_an_export_to_a_full_disk_is_told_with_the_disk_in_one_line(
    crossread: Crossread, study: StudyFolder, small_disk: Any
) -> None:
    small_disk.fill(leave_bytes=4096)
    answer = crossread("export", study.path, "--out", small_disk.path / "out")
    refused(answer, str(small_disk.path))
    assert "free" in answer.err
    assert small_disk.names == set()


def test_a_moved_study_is_told_as_that(crossread: Crossread, study: StudyFolder) -> None:
    study.path.rename(study.path.with_name("elsewhere"))
    refused(crossread("export", study.path, "--out", study.path.with_name("out")), "study folder")


def test_nobody_sits_down_or_signs_at_a_record_that_verify_and_export_refuse(
    crossread: Crossread, study: StudyFolder, tmp_path: Path
) -> None:
    connection = sqlite3.connect(study.record)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute("UPDATE events SET actor = 'Somebody' WHERE number = 2")
    connection.commit()
    connection.close()
    assert crossread("verify", study.path).status == 1
    refused(crossread("export", study.path, "--out", tmp_path / "out"), "was altered")
    answer = crossread("read", study.path, "--reader", "junior-1")
    refused(answer, "The record was altered: Event 2", "Please call the coordinator.")
    before = study.record.read_bytes()
    version_2 = tmp_path / "amended.toml"
    version_2.write_text(study.study_toml.read_text().replace("version = 1", "version = 2"))
    signed = ("--by", "Ann", "--reason", "as if all were well")
    for act in (
        ("withdraw", study.path, read_plan(study)[0].case),
        ("unblind", study.path),
        ("attest", study.path),
        ("unlock", study.path),
        ("amend", study.path, version_2),
        ("reopen", study.path, "--reader", "junior-1", "--case", read_plan(study)[0].case),
    ):
        refused(crossread(*act, *signed), "The record was altered: Event 2")
    assert study.record.read_bytes() == before
