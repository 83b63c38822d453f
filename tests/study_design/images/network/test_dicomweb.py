"""The DICOMweb client against a real Orthanc."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.uid import (
    DigitalMammographyXRayImageStorageForProcessing,
    JPEGLosslessSV1,
    SecondaryCaptureImageStorage,
    generate_uid,
)

from study_design.errors import BadInputError
from study_design.images.network.dicomweb import Filters, TransferStep, fetch_images, find_images
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.web_server import (
    Credentials,
    CredentialsError,
    ServerError,
    WebServer,
)
from study_design.study_folder import StudyFolder

MakeExam = Callable[..., list[Path]]


def nothing(step: TransferStep) -> None:
    assert step.done <= step.total


def server_of(orthanc: Any, **changes: Any) -> WebServer:
    said = {"address": orthanc.dicomweb, "password": orthanc.PASSWORD} | changes
    return WebServer(
        said["address"], Credentials(orthanc.USER, said["password"]), answer_seconds=20
    )


@pytest.fixture
def make_series(make_exam: MakeExam) -> MakeExam:
    """Return a function that writes an exam of one series; an archive takes nothing without."""
    return lambda patient, **attributes: make_exam(
        patient, SeriesInstanceUID=generate_uid(), **attributes
    )


@pytest.fixture
def incoming(tmp_path: Path) -> IncomingFolder:
    return IncomingFolder.of(StudyFolder(tmp_path / "STUDY"), "dicomweb")


def test_images_arrive_as_they_are_stored(
    orthanc: Any, make_series: MakeExam, incoming: IncomingFolder
) -> None:
    sent = make_series("WEB-1", syntax=JPEGLosslessSV1)
    orthanc.store(sent)
    orthanc.store(make_series("WEB-2"))
    with server_of(orthanc) as server:
        found = find_images(server, Filters(patient_ids=("WEB-1",)), progress=nothing)
        fetch_images(server, found.images, incoming, progress=nothing)
    assert (len(found.exams), len(found.images), found.left) == (1, 4, 0)
    arrived = {dcmread(file).SOPInstanceUID: dcmread(file) for file in incoming.files()}
    for file in sent:
        original = dcmread(file)
        copy = arrived[original.SOPInstanceUID]
        assert copy.file_meta.TransferSyntaxUID == JPEGLosslessSV1
        assert copy.PixelData == original.PixelData


def test_exams_are_found_by_accession_number_and_date_as_well(
    orthanc: Any, make_series: MakeExam
) -> None:
    orthanc.store(make_series("WEB-3", StudyDate="20240115", AccessionNumber="A3"))
    orthanc.store(make_series("WEB-4", StudyDate="20240215", AccessionNumber="A4"))
    with server_of(orthanc) as server:
        for filters, studies in (
            (Filters(accessions=("A3", "A4")), 2),
            (Filters(accessions=("A4",), dates="20240101-20240131"), 0),
            (Filters(patient_ids=("WEB-3", "WEB-4"), dates="20240115"), 1),
            (Filters(patient_ids=("nobody",)), 0),
        ):
            assert len(find_images(server, filters, progress=nothing).exams) == studies


def test_objects_that_are_no_2d_mammogram_stay_at_the_server(
    orthanc: Any, make_series: MakeExam, make_dicom: Callable[..., Path]
) -> None:
    others = [
        make_dicom(
            f"{storage_class}.dcm",
            patient="WEB-5",
            SOPClassUID=storage_class,
            SeriesInstanceUID=generate_uid(),
        )
        for storage_class in (
            SecondaryCaptureImageStorage,
            DigitalMammographyXRayImageStorageForProcessing,
        )
    ]
    orthanc.store([*make_series("WEB-5"), *others])
    with server_of(orthanc) as server:
        found = find_images(server, Filters(patient_ids=("WEB-5",)), progress=nothing)
    assert (len(found.images), found.left) == (4, 2)


def test_a_transfer_goes_on_where_the_server_was_killed(
    orthanc: Any, make_series: MakeExam, incoming: IncomingFolder
) -> None:
    orthanc.store(make_series("WEB-6"))
    fetched: list[int] = []

    def kill_after_two(step: TransferStep) -> None:
        fetched.append(step.done)
        if step.done == 2:
            orthanc.kill()

    with server_of(orthanc) as server:
        found = find_images(server, Filters(patient_ids=("WEB-6",)), progress=nothing)
        with pytest.raises(ServerError, match="2 of 4 images have arrived and are kept"):
            fetch_images(server, found.images, incoming, progress=kill_after_two)
    there = {file: file.stat().st_mtime_ns for file in incoming.files()}
    assert len(there) == 2
    orthanc.start()
    with server_of(orthanc) as server:
        fetch_images(
            server, found.images, incoming, progress=lambda step: fetched.append(step.done)
        )
    assert fetched == [1, 2, 3, 4]
    assert len(incoming.files()) == 4
    assert all(file.stat().st_mtime_ns == moment for file, moment in there.items())


def test_a_wrong_password_is_told_apart_from_none(orthanc: Any) -> None:
    filters = Filters(patient_ids=("x",))
    with (
        server_of(orthanc, password="wrong") as server,
        pytest.raises(CredentialsError, match="got others"),
    ):
        find_images(server, filters, progress=nothing)
    with (
        WebServer(orthanc.dicomweb, Credentials()) as server,
        pytest.raises(CredentialsError, match="got none"),
    ):
        find_images(server, filters, progress=nothing)


@pytest.mark.parametrize(
    ("path", "words"),
    # Orthanc answers /studies in a language of its own.
    [("/wrong", "got HTTP status 404"), ("", "got HTTP status 400")],
)
def test_a_wrong_path_is_no_dicomweb_service(orthanc: Any, path: str, words: str) -> None:
    with (
        server_of(orthanc, address=orthanc.url + path) as server,
        pytest.raises(ServerError, match=words),
    ):
        find_images(server, Filters(patient_ids=("x",)), progress=nothing)


def test_two_transfers_do_not_mix_their_parts(incoming: IncomingFolder) -> None:
    content = bytes(200_000)
    threads = [threading.Thread(target=incoming.store, args=(f"1.{n}", content)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [file.stat().st_size for file in incoming.files()] == [200_000] * 8


@pytest.mark.parametrize("dates", ["2024", "2024-01-01", "20240101-2024", "-", "today"])
def test_a_date_that_is_none_is_refused(dates: str) -> None:
    with pytest.raises(BadInputError, match="Expected a date"):
        Filters(dates=dates).required()


def test_no_filter_never_means_the_whole_archive() -> None:
    with pytest.raises(BadInputError, match="got no filter"):
        Filters().required()
