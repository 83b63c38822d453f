"""Mammograms from a real archive into a study: fetched by DICOMweb, sent to a listener."""

import json
import shutil
import signal
import subprocess
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from study_design.images.case_list import cases_of
from study_design.images.link_file import LinkFile
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

PASSWORD, USER = "CROSSREAD_DICOMWEB_PASSWORD", "CROSSREAD_DICOMWEB_USER"


@pytest.fixture(scope="module")
def phantoms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two exams, eight files, PHANTOM-4001 and PHANTOM-4002."""
    folder = tmp_path_factory.mktemp("phantoms")
    for seed in (4001, 4002):
        write_dicom(
            render(draw_exam(seed, lesions=(), storage=Storage.HUNG), spacing_mm=1.0), folder
        )
    return folder


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    return new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=now)


@pytest.fixture
def archive(orthanc: Any, phantoms: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The archive with the phantoms in it, and its credentials in the environment."""
    orthanc.store(sorted(phantoms.glob("*.dcm")))
    monkeypatch.setenv(USER, orthanc.USER)
    monkeypatch.setenv(PASSWORD, orthanc.PASSWORD)
    return orthanc


def listening_port(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said.startswith("Listening as CROSSREAD on port "), process.communicate()
    return int(said.split("port ")[1].split(".")[0])


def beside(study: StudyFolder) -> set[str]:
    return {path.name for path in study.path.parent.iterdir()}


def test_an_archive_sends_to_the_listener_which_imports(
    archive: Any, study: StudyFolder, start: Callable[..., "subprocess.Popen[str]"]
) -> None:
    process = start("receive", study.path, "--port", 0, "--once", "--from", "ORTHANC")
    station = {"AET": "CROSSREAD", "Host": "127.0.0.1", "Port": listening_port(process)}
    archive.ask("PUT", "/modalities/crossread", station)
    wanted = {"Level": "Study", "Query": {"PatientID": "PHANTOM-400*"}}
    exams = archive.ask("POST", "/tools/find", wanted)
    sent = archive.ask("POST", "/modalities/crossread/store", exams)
    assert sent["FailedInstancesCount"] == 0
    out, err = process.communicate(timeout=240)
    assert (process.returncode, err) == (0, "")
    assert "ORTHANC sent 8 images." in out
    assert "Imported: 8 accepted; 2 exams touched, 0 with problems." in out
    assert [len(case.images) for case in cases_of(study)] == [4, 4]
    assert not any(name.endswith(".incoming") for name in beside(study))


def test_a_listener_stops_at_ctrl_c_and_leaves_nothing_behind(
    study: StudyFolder, start: Callable[..., "subprocess.Popen[str]"]
) -> None:
    process = start("receive", study.path, "--port", 0)
    listening_port(process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=240)
    assert (process.returncode, err) == (0, "")
    assert out.startswith("Stopped.")
    assert not any(name.endswith(".incoming") for name in beside(study))


def test_what_had_arrived_when_the_listener_was_killed_is_imported_at_the_next_start(
    study: StudyFolder, phantoms: Path, start: Callable[..., "subprocess.Popen[str]"]
) -> None:
    waiting = study.path.with_name("STUDY.incoming") / "receive"
    waiting.mkdir(parents=True)
    for number, file in enumerate(sorted(phantoms.glob("PHANTOM-4001*"))):
        shutil.copy(file, waiting / f"1.{number}.dcm")
    (waiting / "1.9.dcm").write_bytes(b"no image")
    (waiting / ".1.8.dcm.77.part").write_bytes(b"half")
    process = start("receive", study.path, "--port", 0)
    listening_port(process)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Imported: 4 accepted, 1 refused; 1 exam ")
    assert "1.9.dcm" in process.stdout.readline()
    assert "look at them, then delete them" in process.stdout.readline()
    process.terminate()
    assert process.wait(30) == 0
    process.communicate()
    left = study.path.with_name("STUDY.incoming").rglob("*")
    assert [path.name for path in left if path.is_file()] == ["1.9.dcm"]


def test_exams_come_by_dicomweb_and_are_not_fetched_twice(
    archive: Any, study: StudyFolder, crossread: Callable[..., Any]
) -> None:
    words = ("import", study.path, "--dicomweb", archive.dicomweb, "--patient-id", "PHANTOM-4001")
    first = crossread(*words, "--json")
    assert (first.status, first.err) == (0, "")
    assert [file["verdict"] for file in json.loads(first.out)["files"]] == ["accepted"] * 4
    second = crossread(*words, "--patient-id", "PHANTOM-4002")
    assert second.status == 0
    assert "2 exams at the server: 4 images fetched, 4 in the study already" in second.out
    third = crossread(*words)
    assert third.status == 0
    assert "0 images fetched, 4 in the study already" in third.out
    fourth = json.loads(crossread(*words, "--json").out)
    assert [file["verdict"] for file in fourth["files"]] == ["duplicate"] * 4
    assert {file["view"] for file in fourth["files"]} == {"R-CC", "L-CC", "R-MLO", "L-MLO"}
    assert all("in the study already as C0" in file["reason"] for file in fourth["files"])
    assert len(fourth["earlier"]) == 4  # those of the other patient
    assert len(fourth["exams"]) == 1
    assert [len(case.images) for case in cases_of(study)] == [4, 4]
    assert LinkFile.read(study).resolve_case("PHANTOM-4002") in {"C001", "C002"}
    assert not any(name.endswith(".incoming") for name in beside(study))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({PASSWORD: "wrong-password"}, "user and password, or a token, that"),
        ({USER: "", PASSWORD: ""}, "got none. Set CROSSREAD_DICOMWEB_USER"),
    ],
)
def test_bad_credentials_are_one_line_without_the_password(
    archive: Any,
    study: StudyFolder,
    crossread: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, str],
    words: str,
) -> None:
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    done = crossread("import", study.path, "--dicomweb", archive.dicomweb, "--accession", "PH4001")
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert words in done.err
    assert "wrong-password" not in done.err + done.out
    assert beside(study) == {"STUDY"}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://127.0.0.1:1/dicom-web", "got no connection. Check host and port"),
        ("http://me:secret@127.0.0.1/x", "an address without user and password"),
        ("pacs", "Expected an http or https address"),
    ],
)
def test_a_wrong_address_is_one_line(
    study: StudyFolder, crossread: Callable[..., Any], address: str, words: str
) -> None:
    done = crossread("import", study.path, "--dicomweb", address, "--date", "20260105")
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert words in done.err
    assert "secret" not in done.err


def test_filters_belong_to_a_server_and_a_server_needs_some(
    study: StudyFolder, crossread: Callable[..., Any]
) -> None:
    assert crossread("import", study.path, "x", "--date", "20260105").status == 2
    done = crossread("import", study.path, "--dicomweb", "http://127.0.0.1:1/")
    assert done.status == 1
    assert "got no filter" in done.err


def test_a_patient_whom_the_server_does_not_know_is_said_in_one_line(
    archive: Any, study: StudyFolder, crossread: Callable[..., Any]
) -> None:
    done = crossread("import", study.path, "--dicomweb", archive.dicomweb, "--patient-id", "NOBODY")
    assert (done.status, done.err.count("\n")) == (1, 1)
    assert "got no objects of other kinds. Check the filters" in done.err
    assert beside(study) == {"STUDY"}


def test_an_archive_file_is_unpacked_imported_and_removed(
    study: StudyFolder, phantoms: Path, tmp_path: Path, crossread: Callable[..., Any]
) -> None:
    with zipfile.ZipFile(tmp_path / "exams.zip", "w") as archive:
        for file in phantoms.glob("*.dcm"):
            archive.write(file, f"disc/{file.name[:12]}/{file.name}")
    crashed = study.path / ".import-crashed" / "unpacked"
    crashed.mkdir(parents=True)
    done = crossread("import", study.path, tmp_path / "exams.zip", "--json")
    assert done.status == 0, done.err
    told = json.loads(done.out)
    assert len(told["files"]) == 8
    assert all(str(tmp_path / "exams.zip" / "disc") in file["path"] for file in told["files"])
    assert list(study.path.glob(".import-*")) == []
    assert LinkFile.read(study).resolve_image("PHANTOM-4001-1") is not None


def test_a_disc_written_by_an_archive_is_imported_and_a_missing_file_is_named(
    archive: Any, study: StudyFolder, tmp_path: Path, crossread: Callable[..., Any]
) -> None:
    wanted = {"Level": "Study", "Query": {"PatientID": "PHANTOM-4002"}}
    (exam,) = archive.ask("POST", "/tools/find", wanted)
    disc = requests.get(
        f"{archive.url}/studies/{exam}/media", auth=(archive.USER, archive.PASSWORD), timeout=60
    )
    (tmp_path / "disc.zip").write_bytes(disc.content)
    with zipfile.ZipFile(tmp_path / "disc.zip") as opened:
        opened.extractall(tmp_path / "disc")
    first = next(path for path in sorted((tmp_path / "disc").rglob("IM*")) if path.is_file())
    first.unlink()
    broken = crossread("import", study.path, tmp_path / "disc" / "DICOMDIR")
    assert (broken.status, broken.err.count("\n")) == (1, 1)
    assert f"{first.name} (named by DICOMDIR, but not there)" in broken.err
    whole = crossread("import", study.path, tmp_path / "disc.zip", "--json")
    assert whole.status == 0, whole.err
    verdicts = Counter(file["verdict"] for file in json.loads(whole.out)["files"])
    assert verdicts == {"accepted": 4, "extra": 1}
