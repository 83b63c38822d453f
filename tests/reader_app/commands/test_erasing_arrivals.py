"""Consent withdrawn for an exam that a real Orthanc brought: nothing of the patient is left."""

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from pydicom import dcmread
from pydicom.uid import generate_uid
from pynetdicom import AE

from reader_app.commands.receiving import _import_arrived
from study_design.images.arriving.file_list import kept_files
from study_design.images.arriving.file_names import read_names
from study_design.images.arriving.work_folder import work_folder
from study_design.images.case_list import cases_of, read_images
from study_design.images.link_file import LinkFile
from study_design.images.network.incoming import IncomingFolder
from study_design.life.integrity import verify_study
from study_design.life.new_study import new_study
from study_design.phantom.dicom_file import write_dicom
from study_design.phantom.exam import Storage, draw_exam
from study_design.phantom.render import render
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

Crossread = Callable[..., Any]
Start = Callable[..., "subprocess.Popen[str]"]
GOES, STAYS = "PHANTOM-4301", "PHANTOM-4302"
VERDICTS = {"accepted": 8, "extra": 9, "refused": 2}
IDENTIFYING = ("PatientID", "PatientName", "AccessionNumber", "StudyInstanceUID", "SOPInstanceUID")


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    now = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    return new_study(tmp_path / "STUDY", template="zhou2023", by=Actor("Coordinator"), now=now)


@pytest.fixture(scope="module")
def exams(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """The exams of two patients, four mammograms each."""
    folder = tmp_path_factory.mktemp("exams")
    drawn = {seed: draw_exam(seed, lesions=(), storage=Storage.HUNG) for seed in (4301, 4302)}
    return {
        f"PHANTOM-{seed}": [
            file.path for file in write_dicom(render(exam, spacing_mm=1.0), folder).files
        ]
        for seed, exam in drawn.items()
    }


def damaged(mammogram: Path, to: Path) -> Path:
    """A second image of an exam whose pixels end early, so that no import takes it."""
    image = dcmread(mammogram)
    image.SOPInstanceUID = generate_uid(entropy_srcs=["damaged", image.SOPInstanceUID])
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    image.PixelData = image.PixelData[: len(image.PixelData) // 3 // 2 * 2]
    image.save_as(to)
    return to


def of_another_day(report: Path, to: Path) -> Path:
    """A report of the same patient whose exam has no mammogram here."""
    made = dcmread(report)
    made.StudyInstanceUID = generate_uid(entropy_srcs=["another day", made.SOPInstanceUID])
    made.SOPInstanceUID = generate_uid(entropy_srcs=["report", made.SOPInstanceUID])
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.AccessionNumber = "AD4301"
    made.save_as(to)
    return to


@pytest.fixture
def objects(
    exams: dict[str, list[Path]], make_companions: Callable[..., list[Path]], tmp_path: Path
) -> dict[str, list[Path]]:
    """What the archive holds of each patient: mammograms, others, a damaged one, another day."""
    held = {}
    for patient, files in exams.items():
        kinds = ("tomosynthesis", "raw image", "CAD report", "dose report")
        others = make_companions(files[0], kinds)
        broken = damaged(files[1], tmp_path / f"damaged {patient}.dcm")
        held[patient] = [*files, *others, broken]
    day = of_another_day(held[GOES][-2], tmp_path / "another day.dcm")
    held[GOES].append(day)
    return held


@pytest.fixture
def archive(orthanc: Any, objects: dict[str, list[Path]]) -> Any:
    for path in (path for held in objects.values() for path in held):
        requests.post(
            f"{orthanc.url}/instances",
            data=path.read_bytes(),
            auth=(orthanc.USER, orthanc.PASSWORD),
            timeout=60,
        ).raise_for_status()
    return orthanc


def words_of(files: list[Path]) -> set[bytes]:
    """What names a patient or one of the objects."""
    headers = [dcmread(path, stop_before_pixels=True) for path in files]
    found = {str(header.get(keyword, "")) for header in headers for keyword in IDENTIFYING}
    return {word.encode() for word in found if word}


def left_of(study: StudyFolder, words: set[bytes]) -> Iterator[str]:
    """Name every place in and beside a study that holds one of some words, sealed ones too."""
    for path in sorted(study.path.parent.rglob("*")):
        within = path.relative_to(study.path.parent)
        if within.parts[0].startswith("STUDY"):
            held = path.read_bytes() if path.is_file() else b""
            yield from (f"{within}: {w!r}" for w in words if w in held or w in str(within).encode())
    sealed = {
        "link file": str(LinkFile.read(study)),
        "names of files": str(read_names(study)),
    }
    yield from (
        f"{name}: {w!r}" for name, text in sealed.items() for w in words if w.decode() in text
    )


def listening_port(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    said = process.stdout.readline()
    assert said.startswith("Listening as CROSSREAD on port "), process.communicate()
    return int(said.split("port ")[1].split(".")[0])


def send_all(archive: Any, port: int) -> int:
    archive.ask("PUT", "/modalities/crossread", ["CROSSREAD", "127.0.0.1", port])
    wanted = {"Level": "Study", "Query": {"PatientID": "PHANTOM-430*"}}
    found = archive.ask("POST", "/tools/find", wanted)
    sent = archive.ask("POST", "/modalities/crossread/store", found)
    assert sent["FailedInstancesCount"] == 0
    return int(sent["InstancesCount"])


def case_of(study: StudyFolder, patient: str) -> str:
    (case,) = {row.case for row in LinkFile.read(study).rows if row.original_patient == patient}
    return case


def test_nothing_is_left_of_a_patient_whose_exam_was_sent_to_the_listener(
    archive: Any,
    objects: dict[str, list[Path]],
    study: StudyFolder,
    start: Start,
    crossread: Crossread,
) -> None:
    words, others = words_of(objects[GOES]), words_of(objects[STAYS])
    process = start("receive", study.path, "--port", 0, "--once")
    port = listening_port(process)
    stranger = AE(ae_title="STRANGER")
    stranger.add_requested_context("1.2.840.10008.1.1")
    assert stranger.associate("127.0.0.1", port, ae_title="ELSEWHERE").is_rejected
    assert send_all(archive, port) == 19
    out, err = process.communicate(timeout=240)
    assert (process.returncode, err) == (0, ""), out
    assert "8 accepted, 9 extra, 2 refused" in out
    refused = study.path.with_name("STUDY.incoming") / "refused"
    assert len(list(refused.iterdir())) == 2
    goes, stays = (case_of(study, patient) for patient in (GOES, STAYS))
    before = len(read_names(study))
    done = crossread("withdraw", study.path, goes, "--erase", "--sure", goes, "--reason", "wish")
    assert (done.status, "Deleted as well, of what had arrived: " in done.out) == (0, True)
    assert list(left_of(study, words)) == []
    assert [path.stem.encode() in others for path in refused.iterdir()] == [True]
    images = {image.image for image in read_images(study) if image.case == stays}
    assert {path.stem for path in study.images.iterdir()} == images
    assert (before, len(read_names(study))) == (19, 9)
    assert Counter(file.verdict.value for file in kept_files(study)) == VERDICTS  # they count on
    assert b"STRANGER" in study.callers_csv.read_bytes()
    assert [problem.what for problem in verify_study(study) if problem.grave] == []

    again = start("receive", study.path, "--port", 0, "--once")
    send_all(archive, listening_port(again))
    out, err = again.communicate(timeout=240)
    assert (again.returncode, err) == (0, ""), out
    assert out.count("of an exam that was erased, for consent was withdrawn") == 9
    # The report of another day comes as anybody's: nothing tells any more whose it is.
    assert list(left_of(study, words - words_of(objects[GOES][-1:]))) == []
    assert {path.stem for path in study.images.iterdir()} == images
    assert [case.case for case in cases_of(study) if not case.excluded] == [stays]


def test_nothing_is_left_of_a_patient_whose_exam_was_fetched_from_the_archive(
    archive: Any,
    objects: dict[str, list[Path]],
    study: StudyFolder,
    crossread: Crossread,
    port: int,
) -> None:
    words = words_of(objects[GOES])
    archive.ask("PUT", "/modalities/us", ["CROSSREAD", "127.0.0.1", port])
    pacs = f"{archive.TITLE}@127.0.0.1:{archive.dicom_port}"
    fetch = ("import", study.path, "--pacs", pacs, "--patient-id", GOES, "--patient-id", STAYS)
    fetch = (*fetch, "--port", port)
    assert crossread(*fetch).status == 1  # for the damaged ones
    waiting = study.path.with_name("STUDY.incoming") / "pacs"
    assert len(list(waiting.iterdir())) == 10
    assert crossread(*fetch, "--keep-going").status == 0
    goes, stays = (case_of(study, patient) for patient in (GOES, STAYS))
    assert crossread(*fetch).status == 1  # the damaged ones are fetched again, and wait
    assert len(list(waiting.iterdir())) == 2
    done = crossread("withdraw", study.path, goes, "--erase", "--sure", goes, "--reason", "wish")
    assert done.status == 0
    assert list(left_of(study, words)) == []
    assert len(list(waiting.iterdir())) == 1
    again = crossread(*fetch, "--keep-going", "--json")
    assert (again.status, again.err) == (0, "")
    told = json.loads(again.out)["files"]
    of_erased = [file for file in told if file["reason"].startswith("of an exam that was erased")]
    assert len(of_erased) == 7  # what its mammography series hold, and no report
    assert list(left_of(study, words)) == []
    plain = crossread(*fetch, "--keep-going")
    assert "5 images of an exam that was erased, for consent was withdrawn." in plain.out
    assert [case.case for case in cases_of(study) if not case.excluded] == [stays]


def test_nothing_is_left_of_a_patient_whose_exam_was_fetched_over_the_web(
    archive: Any,
    objects: dict[str, list[Path]],
    study: StudyFolder,
    crossread: Crossread,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = words_of(objects[GOES])
    monkeypatch.setenv("CROSSREAD_DICOMWEB_USER", archive.USER)
    monkeypatch.setenv("CROSSREAD_DICOMWEB_PASSWORD", archive.PASSWORD)
    fetch = ("import", study.path, "--dicomweb", archive.dicomweb, "--patient-id", GOES)
    fetch = (*fetch, "--keep-going")
    assert crossread(*fetch).status == 0
    goes = case_of(study, GOES)
    done = crossread("withdraw", study.path, goes, "--erase", "--sure", goes, "--reason", "wish")
    assert done.status == 0
    assert list(left_of(study, words)) == []
    again = crossread(*fetch)
    assert again.status == 0, again.err
    assert "0 images fetched" in again.out
    assert "5 images of an exam that was erased" in again.out
    assert list(left_of(study, words)) == []


def test_what_is_erased_while_it_waits_stops_no_listener(
    exams: dict[str, list[Path]], study: StudyFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    incoming = IncomingFolder.of(study, "receive")
    for number, path in enumerate(exams[GOES]):
        incoming.store(f"1.{number}", path.read_bytes())

    class Seen(IncomingFolder):
        """What waited as the listener looked, before one object was erased."""

        def stamps(self) -> dict[Path, tuple[int, int, int]]:
            return {**super().stamps(), self.file_of("1.77"): (0, 0, 0)}

    assert not _import_arrived(study, Seen(incoming.path))
    assert _import_arrived(study, incoming)
    assert "Imported: 4 accepted; 1 exam touched" in capsys.readouterr().out


def test_no_case_is_erased_while_an_import_runs_that_would_name_it_again(
    exams: dict[str, list[Path]], study: StudyFolder, crossread: Crossread
) -> None:
    assert crossread("import", study.path, *exams[GOES]).status == 0
    words = ("withdraw", study.path, "C001", "--erase", "--sure", "C001", "--reason", "wish")
    with work_folder(study):
        refused = crossread(*words)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "Expected no other import into STUDY, got one under way" in refused.err
    assert len(list(study.images.iterdir())) == 4
    assert crossread(*words).status == 0
    assert not list(study.images.iterdir())
