"""What tests of `receive` begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydicom.uid import (
    BreastTomosynthesisImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
)
from pynetdicom import AE
from pynetdicom.association import Association

from study_design.images.network.dicom_entity import TITLE, VERIFICATION
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.receive import Listener
from study_design.study_folder import StudyFolder

MAMMOGRAM = DigitalMammographyXRayImageStorageForPresentation


@pytest.fixture
def incoming(tmp_path: Path) -> IncomingFolder:
    return IncomingFolder.of(StudyFolder(tmp_path / "STUDY"), "receive")


@pytest.fixture
def listener(incoming: IncomingFolder) -> Iterator[Listener]:
    with Listener(incoming, port=0) as opened:
        yield opened


def connect(
    listener: Listener, *syntaxes: str, title: str = "UNIT 1", called: str = TITLE
) -> Association:
    sender = AE(ae_title=title)
    sender.add_requested_context(VERIFICATION)
    for syntax in syntaxes or (ExplicitVRLittleEndian,):
        sender.add_requested_context(MAMMOGRAM, syntax)
    sender.add_requested_context(BreastTomosynthesisImageStorage)
    return sender.associate("127.0.0.1", listener.port, ae_title=called)
