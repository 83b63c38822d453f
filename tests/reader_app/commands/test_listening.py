"""`receive` as archives and strangers meet it: a real Orthanc sends, others are turned away."""

import re
import socket
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from pynetdicom import AE

from study_design.images.arriving.file_list import kept_files
from study_design.images.case_list import cases_of
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import read_csv

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    return new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=now)


@pytest.fixture(scope="module")
def mammograms(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    exam = render(draw_exam(4101, lesions=(), storage=Storage.HUNG), spacing_mm=1.0)
    return [file.path for file in write_dicom(exam, tmp_path_factory.mktemp("exam")).files]


@pytest.fixture
def whole_exam(mammograms: list[Path], make_companions: Callable[..., list[Path]]) -> list[Path]:
    """An exam of four mammograms among a dozen other objects."""
    return [*mammograms, *make_companions(mammograms[0])]


def fill(archive: Any, files: list[Path]) -> list[str]:
    """Put files into an archive; return its name for their exam."""
    for path in files:
        requests.post(
            f"{archive.url}/instances",
            data=path.read_bytes(),
            auth=(archive.USER, archive.PASSWORD),
            timeout=60,
        ).raise_for_status()
    wanted = {"Level": "Study", "Query": {"PatientID": "PHANTOM-4101"}}
    exams: list[str] = archive.ask("POST", "/tools/find", wanted)
    return exams


def listening_port(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said.startswith("Listening as CROSSREAD on port "), process.communicate()
    return int(said.split("port ")[1].split(".")[0])


def beside(study: StudyFolder) -> set[str]:
    return {path.name for path in study.path.parent.iterdir()}


def test_a_whole_exam_comes_with_tls_and_what_is_no_mammogram_is_listed(
    orthanc_tls: Any,
    whole_exam: list[Path],
    certificates: Any,
    study: StudyFolder,
    start: Start,
) -> None:
    exams = fill(orthanc_tls, whole_exam)
    process = start(
        *("receive", study.path, "--port", 0, "--once"),
        *("--tls-certificate", certificates.pem("station")),
        *("--tls-key", certificates.key("station")),
        *("--tls-ca", certificates.pem("authority")),
    )
    port = listening_port(process)
    with socket.create_connection(("127.0.0.1", port)) as plain, suppress(OSError):
        plain.sendall(b"a sender that knows nothing of TLS")
        plain.recv(1)
    tls = ssl.create_default_context(cafile=certificates.pem("authority"))
    tls.load_cert_chain(certificates.pem("stranger"), certificates.key("stranger"))
    plug = socket.create_connection(("127.0.0.1", port))
    with suppress(OSError), tls.wrap_socket(plug, server_hostname="127.0.0.1") as secured:
        secured.recv(1)
    station = {"AET": "CROSSREAD", "Host": "127.0.0.1", "Port": port, "UseDicomTls": True}
    orthanc_tls.ask("PUT", "/modalities/crossread", station)
    orthanc_tls.ask("POST", "/modalities/crossread/echo", {})  # fails where nobody answers
    sent = orthanc_tls.ask("POST", "/modalities/crossread/store", exams)
    assert (sent["InstancesCount"], sent["FailedInstancesCount"]) == (16, 0)
    out, err = process.communicate(timeout=240)
    assert (process.returncode, err) == (0, "")
    assert "Turned away 127.0.0.1: it did not speak TLS." in out
    assert "Turned away 127.0.0.1: its TLS certificate is not of our authority" in out
    # This archive makes a new association for each kind of object that it comes to.
    brought = re.findall(r"(\d+) (image|object)", out)
    assert sum(int(number) for number, _ in brought) == 16
    assert "Imported: 4 accepted, 12 extra; 1 exam touched, 0 with problems." in out
    told = [line for line in out.splitlines() if line.startswith("  extra: ")]
    assert len(told) == 12
    assert all("(C001): " in line for line in told)
    for words in ("tomosynthesis", "raw detector values", "a segmentation", "its maker alone"):
        assert any(words in line for line in told), words
    assert [len(case.images) for case in cases_of(study)] == [4]
    assert not any(name.endswith(".incoming") for name in beside(study))


def test_a_listener_that_is_killed_while_it_receives_ends_as_if_it_had_not_been(
    orthanc: Any, whole_exam: list[Path], study: StudyFolder, start: Start
) -> None:
    exams = fill(orthanc, whole_exam)
    process = start("receive", study.path, "--port", 0)
    station = ["CROSSREAD", "127.0.0.1", listening_port(process)]
    orthanc.ask("PUT", "/modalities/crossread", station)
    job = {"Asynchronous": True, "Resources": exams}
    orthanc.ask("POST", "/modalities/crossread/store", job)
    waiting = study.path.with_name("STUDY.incoming")
    while len(list(waiting.rglob("[0-9]*.dcm"))) < 3:
        assert process.poll() is None
        time.sleep(0.02)  # whoever looks without a rest takes the processor from the listener
    process.kill()
    process.communicate()
    again = start("receive", study.path, "--port", 0, "--once")
    orthanc.ask("PUT", "/modalities/crossread", [*station[:2], listening_port(again)])
    orthanc.ask("POST", "/modalities/crossread/store", exams)
    _, err = again.communicate(timeout=240)
    assert (again.returncode, err) == (0, "")
    assert [len(case.images) for case in cases_of(study)] == [4]
    assert [case.problems for case in cases_of(study)] == [()]
    files = kept_files(study)
    assert Counter(file.verdict.value for file in files) == {"accepted": 4, "extra": 12}
    assert {file.exam for file in files} == {"C001"}
    assert not any(name.endswith(".incoming") for name in beside(study))


def test_one_listener_a_study_and_who_is_turned_away_is_printed_and_logged(
    study: StudyFolder, start: Start, crossread: Callable[..., Any]
) -> None:
    first = start("receive", study.path, "--port", 0, "--from", "PACS")
    port = listening_port(first)
    second = crossread("receive", study.path, "--port", 0)
    assert (second.status, second.err.count("\n")) == (1, 1)
    assert f"got CROSSREAD on port {port} of 127.0.0.1 (process {first.pid} of" in second.err
    for calling, called in (("PACS", "ELSEWHERE"), ("STRANGER", "CROSSREAD")):
        sender = AE(ae_title=calling)
        sender.add_requested_context("1.2.840.10008.1.1")
        assert sender.associate("127.0.0.1", port, ae_title=called).is_rejected
    assert first.stdout is not None
    said = [first.stdout.readline() for _ in range(2)]
    assert said[0].startswith("Turned away PACS at 127.0.0.1: it called 'ELSEWHERE', and we are")
    assert said[1].startswith("Turned away STRANGER at 127.0.0.1: its title is not among those")
    first.kill()
    first.communicate()
    log = read_csv(study.path / "callers.csv")
    assert log.columns == ("when_utc", "address", "calling", "called", "why")
    assert [row["calling"] for row in log.rows] == ["PACS", "STRANGER"]
    third = start("receive", study.path, "--port", 0)
    listening_port(third)
    third.terminate()
    third.communicate(timeout=60)
    assert third.returncode == 0
