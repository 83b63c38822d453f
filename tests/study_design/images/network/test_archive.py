"""Archives that offer less than most: a search and C-GET, or nothing but an echo."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from pynetdicom import AE, evt

from study_design.images.header.picture_kinds import MAMMOGRAPHY
from study_design.images.network.archive import Archive
from study_design.images.network.dicom_entity import FIND, GET, VERIFICATION, Partner
from study_design.images.network.dicom_line import NotAllowedError, PacsError
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.receive import Listener
from study_design.images.network.remote_images import Asked, Filters, RemoteImage, TransferStep
from study_design.images.network.retrieval import Callback, fetch_images
from study_design.study_folder import StudyFolder

MakeExam = Callable[..., list[Path]]
_KEYS = {"STUDY": "StudyInstanceUID", "SERIES": "SeriesInstanceUID", "IMAGE": "SOPInstanceUID"}


def nothing(step: TransferStep) -> None:
    assert step.done <= step.total


class SmallPacs:
    """An archive of the same library, which sends everything that it has, whatever the filter."""

    def __init__(self, files: list[Path], *services: str) -> None:
        self.images = [dcmread(file) for file in files]
        for image in self.images:
            image.SeriesInstanceUID = generate_uid(entropy_srcs=[image.StudyInstanceUID])
        entity = AE(ae_title="SMALL")
        for service in services:
            entity.add_supported_context(service)
        if GET in services:
            entity.add_supported_context(
                MAMMOGRAPHY, ExplicitVRLittleEndian, scu_role=True, scp_role=True
            )
        handlers: list[Any] = [(evt.EVT_C_FIND, self._find), (evt.EVT_C_GET, self._get)]
        self.server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
        assert self.server is not None
        self.partner = Partner("SMALL", "127.0.0.1", int(self.server.server_address[1]))

    def _find(self, event: Any) -> Iterator[tuple[int, Dataset]]:
        asked = event.identifier
        key = _KEYS[asked.QueryRetrieveLevel]
        seen = set()
        for image in self.images:
            if image[key].value in seen:
                continue
            seen.add(image[key].value)
            match = Dataset()
            for element in asked:
                value = image.get(element.keyword, "")
                setattr(match, element.keyword, value or element.value)
            yield 0xFF00, match

    def _get(self, event: Any) -> Iterator[Any]:
        wanted = event.identifier.SOPInstanceUID
        uids = [wanted] if isinstance(wanted, str) else list(wanted)
        found = [image for image in self.images if image.SOPInstanceUID in uids]
        yield len(found)
        for image in found:
            yield 0xFF00, image


@pytest.fixture
def small_pacs(make_exam: MakeExam) -> Iterator[Callable[..., SmallPacs]]:
    """Return a function that starts an archive of two exams with some services."""
    started: list[SmallPacs] = []

    def start(*services: str) -> SmallPacs:
        started.append(SmallPacs([*make_exam("A"), *make_exam("B")], *services))
        return started[-1]

    yield start
    for pacs in started:
        pacs.server.shutdown()


def test_an_archive_without_move_lets_us_take_what_the_filters_name(
    small_pacs: Callable[..., SmallPacs], tmp_path: Path, port: int
) -> None:
    archive = Archive(small_pacs(FIND, GET).partner)
    found = archive.find_images(Filters(patient_ids=("A",)), progress=nothing)
    assert (len(found.exams), len(found.images), found.left) == (1, 4, 0)
    incoming = IncomingFolder.of(StudyFolder(tmp_path / "STUDY"), "pacs")
    callback = Callback("127.0.0.1", port, Listener(incoming, port=port))
    fetch_images(archive, found.images, incoming, callback=callback, progress=nothing)
    assert {file.stem for file in incoming.files()} == {image.sop_uid for image in found.images}


def test_an_archive_that_offers_nothing_says_so_for_each_service(
    small_pacs: Callable[..., SmallPacs], tmp_path: Path, port: int
) -> None:
    archive = Archive(small_pacs(VERIFICATION).partner)
    assert archive.echo() >= 0
    with pytest.raises(NotAllowedError, match=r"to offer a search for exams \(C-FIND\)"):
        archive.find_images(Filters(patient_ids=("A",)), progress=nothing)
    incoming = IncomingFolder.of(StudyFolder(tmp_path / "STUDY"), "pacs")
    callback = Callback("127.0.0.1", port, Listener(incoming, port=port))
    wanted = [RemoteImage("1.2", "1.3", "1.4")]
    with pytest.raises(PacsError) as refused:
        fetch_images(archive, wanted, incoming, callback=callback, progress=nothing)
    why = "got none: C-MOVE: it does not allow that; C-GET: it does not allow that. Ask"
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("keys", "said", "met"),
    [
        ({"PatientID": "a1"}, {"PatientID": "A1 "}, True),
        ({"PatientID": "A1"}, {"PatientID": "A2"}, False),
        ({"PatientID": "A*"}, {"PatientID": "anything"}, True),
        ({"PatientID": "A1"}, {}, True),
        ({"StudyDate": "20240101-20240131"}, {"StudyDate": "20240201"}, False),
        ({"StudyDate": "20240101-"}, {"StudyDate": "20240201"}, True),
        ({"StudyDate": "-20240131"}, {"StudyDate": "20240131"}, True),
        ({"StudyDate": "20240131"}, {"StudyDate": "20240130"}, False),
        ({"AccessionNumber": "7", "PatientID": "A"}, {"AccessionNumber": "8"}, False),
    ],
)
def test_what_an_archive_sends_beyond_the_filters_is_left_out(
    keys: dict[str, str], said: dict[str, str], met: bool
) -> None:
    assert Asked(keys).is_met_by(said) is met
