"""`echo`, `query` and `import --pacs` against a real Orthanc, by C-MOVE and C-GET, with TLS."""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from pydicom import dcmread

from study_design.images.case_list import cases_of
from study_design.images.network.one_listener import only_listener
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

Crossread = Callable[..., Any]


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    return new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=now)


@pytest.fixture(scope="module")
def exam_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    exam = render(draw_exam(4201, lesions=(), storage=Storage.HUNG), spacing_mm=1.0)
    return [file.path for file in write_dicom(exam, tmp_path_factory.mktemp("exam")).files]


@pytest.fixture
def whole_exam(
    exam_files: list[Path], make_companions: Callable[..., list[Path]]
) -> Callable[[Any], str]:
    """Return a function that fills an archive and returns its address."""
    companions = make_companions(exam_files[0], ("tomosynthesis", "raw image", "CAD report"))

    def fill(archive: Any) -> str:
        for path in [*exam_files, *companions]:
            requests.post(
                f"{archive.url}/instances",
                data=path.read_bytes(),
                auth=(archive.USER, archive.PASSWORD),
                timeout=60,
            ).raise_for_status()
        return f"{archive.TITLE}@127.0.0.1:{archive.dicom_port}"

    return fill


def know_us(archive: Any, port: int, title: str = "CROSSREAD", **more: Any) -> None:
    station = {"AET": title, "Host": "127.0.0.1", "Port": port, **more}
    archive.ask("PUT", "/modalities/us", station)


def test_exams_are_found_and_come_by_move_and_once(
    orthanc: Any,
    whole_exam: Callable[[Any], str],
    study: StudyFolder,
    crossread: Crossread,
    port: int,
) -> None:
    pacs = whole_exam(orthanc)
    echo = crossread("echo", pacs)
    assert (echo.status, echo.err) == (0, "")
    assert echo.out.startswith(f"{pacs} answers CROSSREAD after ")
    found = crossread("query", pacs, "--patient-id", "PHANTOM-4201")
    assert (found.status, found.err) == (0, "")
    assert "1 exam with 4 images" in found.out
    line = next(line for line in found.out.splitlines() if "Computed screening" in line)
    # The report is in a series of its own, so it is not among the others.
    words = "4 images, 2 other objects  Computed screening mammogram"
    assert re.fullmatch(rf"20\d\d-\d\d-\d\d  MG(?:\+SR)?  {words}  [0-9.]{{20,64}}", line)
    assert "PHANTOM-4201" not in found.out
    for no_filter in ((), ("--patient-id", "*")):
        refused = crossread("query", pacs, *no_filter)
        assert (refused.status, refused.err.count("\n")) == (1, 1)
        assert "got no filter" in refused.err
    know_us(orthanc, port)
    words = ("import", study.path, "--pacs", pacs, "--patient-id", "PHANTOM-4201", "--port", port)
    first = crossread(*words, "--json")
    assert (first.status, first.err) == (0, "")
    told = json.loads(first.out)
    assert Counter(file["verdict"] for file in told["files"]) == {"accepted": 4, "extra": 2}
    assert {file["exam"] for file in told["files"]} == {"C001"}
    assert [exam["problems"] for exam in told["exams"]] == [[]]
    again = crossread(*words, "--json")
    told = json.loads(again.out)
    assert Counter(file["verdict"] for file in told["files"]) == {"duplicate": 4, "extra": 2}
    assert all(file["reason"] for file in told["files"])
    assert [exam["case"] for exam in told["exams"]] == ["C001"]
    assert [len(case.images) for case in cases_of(study)] == [4]
    left = {path.name for path in study.path.parent.iterdir()}
    assert not any(name.endswith(".incoming") for name in left)


def test_an_archive_that_does_not_know_where_we_are_gives_them_over_our_own_call(
    orthanc: Any,
    whole_exam: Callable[[Any], str],
    study: StudyFolder,
    crossread: Crossread,
    exam_files: list[Path],
    port: int,
) -> None:
    pacs = whole_exam(orthanc)
    uid = dcmread(exam_files[0]).StudyInstanceUID
    words = ("import", study.path, "--pacs", pacs, "--study-uid", uid, "--title", "NOBODY")
    done = crossread(*words, "--port", port)
    assert (done.status, done.err) == (0, "")
    assert "1 exam at the server: 4 images fetched, 0 in the study already, 2 objects" in done.out
    assert [len(case.images) for case in cases_of(study)] == [4]


def test_a_listener_that_runs_does_not_stop_an_import_over_our_own_call(
    orthanc: Any, whole_exam: Callable[[Any], str], study: StudyFolder, crossread: Crossread
) -> None:
    pacs = whole_exam(orthanc)
    with only_listener(study):
        done = crossread("import", study.path, "--pacs", pacs, "--patient-id", "PHANTOM-4201")
    assert (done.status, done.err) == (0, "")
    assert [len(case.images) for case in cases_of(study)] == [4]


def test_exams_come_with_tls_and_a_wrong_authority_is_one_line(
    orthanc_tls: Any,
    certificates: Any,
    whole_exam: Callable[[Any], str],
    study: StudyFolder,
    crossread: Crossread,
    port: int,
) -> None:
    pacs = whole_exam(orthanc_tls)
    know_us(orthanc_tls, port, UseDicomTls=True)

    def tls(name: str, authority: str) -> tuple[object, ...]:
        return (
            *("--tls-certificate", certificates.pem(name), "--tls-key", certificates.key(name)),
            *("--tls-ca", certificates.pem(authority)),
        )

    for options, words in (
        (tls("station", "other authority"), "a certificate signed by other authority.pem, got"),
        (tls("stranger", "authority"), "it trusts our certificate"),
        ((), "an archive that wants TLS needs --tls-ca"),
    ):
        refused = crossread("echo", pacs, *options)
        assert (refused.status, refused.err.count("\n")) == (1, 1)
        assert words in refused.err
    assert "with TLS after" in crossread("echo", pacs, *tls("station", "authority")).out
    words = ("import", study.path, "--pacs", pacs, "--patient-id", "PHANTOM-4201", "--port", port)
    unknown = crossread(*words, *tls("station", "authority"), "--title", "NOBODY")
    assert (unknown.status, unknown.err.count("\n")) == (1, 1)
    assert "got none: C-MOVE: it could not send them to us; C-GET: it could not" in unknown.err
    assert f"to enter NOBODY at 127.0.0.1, port {port}, or to allow C-GET" in unknown.err
    done = crossread(*words, *tls("station", "authority"))
    assert (done.status, done.err) == (0, "")
    assert [len(case.images) for case in cases_of(study)] == [4]


def test_what_stands_in_the_way_is_one_line_and_leaves_nothing(
    orthanc: Any, study: StudyFolder, crossread: Crossread
) -> None:
    port = orthanc.dicom_port
    for pacs, words in (
        ("ORTHANC@127.0.0.1:1", "an archive at 127.0.0.1, port 1, got no connection"),
        (f"ORTHANC@no.such.host.invalid:{port}", "got no connection. Check both"),
        (f"ORTHANC@127.0.0.1:{port}", "got no objects of other kinds. Check the filters"),
        (f"PACS@127.0.0.1:{port}", "got one of another title"),
        (f"ORTHANC@127.0.0.1:{orthanc.web_port}", "Check the port"),
        ("ORTHANC", "Expected an archive as TITLE@HOST:PORT"),
    ):
        done = crossread("import", study.path, "--pacs", pacs, "--patient-id", "NOBODY")
        assert (done.status, done.err.count("\n")) == (1, 1), done.err
        assert words in done.err
    assert [path.name for path in study.path.parent.iterdir()] == ["STUDY"]
    assert crossread("query", f"ORTHANC@127.0.0.1:{port}").status == 1
    assert crossread("import", study.path, "--patient-id", "X").status == 2
