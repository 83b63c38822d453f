"""The DICOM listener, sent to by a real sender of the same machine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import (
    BreastTomosynthesisImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
)
from pynetdicom import AE, ALL_TRANSFER_SYNTAXES
from pynetdicom.association import Association

from study_design.errors import BadInputError
from study_design.images import receive
from study_design.images.incoming import IncomingFolder
from study_design.images.receive import VERIFICATION, Listener
from study_design.study_folder import StudyFolder

MAMMOGRAM = DigitalMammographyXRayImageStorageForPresentation


@pytest.fixture
def incoming(tmp_path: Path) -> IncomingFolder:
    return IncomingFolder.of(StudyFolder(tmp_path / "STUDY"), "receive")


@pytest.fixture
def listener(incoming: IncomingFolder) -> Iterator[Listener]:
    with Listener(incoming, port=0, host="127.0.0.1") as opened:
        yield opened


def connect(listener: Listener, *syntaxes: str, title: str = "UNIT 1") -> Association:
    sender = AE(ae_title=title)
    sender.add_requested_context(VERIFICATION)
    for syntax in syntaxes or (ExplicitVRLittleEndian,):
        sender.add_requested_context(MAMMOGRAM, syntax)
    sender.add_requested_context(BreastTomosynthesisImageStorage)
    return sender.associate("127.0.0.1", listener.port)


def test_images_are_stored_as_they_come_and_the_end_is_told(
    listener: Listener, incoming: IncomingFolder, make_exam: Callable[..., list[Path]]
) -> None:
    for syntax in (ExplicitVRLittleEndian, JPEGLosslessSV1, JPEG2000Lossless):
        sent = [dcmread(path) for path in make_exam(f"P-{syntax}"[:16], syntax=syntax)]
        association = connect(listener, syntax)
        assert [association.send_c_store(dataset).Status for dataset in sent] == [0] * 4
        association.release()
        arrival = listener.wait(10)
        assert arrival == receive.Arrival("UNIT 1", 4, whole=True)
        for dataset in sent:
            stored = dcmread(incoming.file_of(dataset.SOPInstanceUID))
            assert stored.file_meta.TransferSyntaxUID == syntax
            assert stored == dataset


def test_every_transfer_syntax_is_accepted_and_other_objects_are_not(listener: Listener) -> None:
    association = connect(listener, *ALL_TRANSFER_SYNTAXES)
    accepted = {context.transfer_syntax[0] for context in association.accepted_contexts}
    rejected = [context.abstract_syntax for context in association.rejected_contexts]
    association.release()
    assert accepted >= set(ALL_TRANSFER_SYNTAXES)
    assert rejected == [BreastTomosynthesisImageStorage]


def test_an_echo_is_answered_and_brings_nothing(listener: Listener) -> None:
    association = connect(listener)
    assert association.send_c_echo().Status == 0
    association.release()
    assert listener.wait(0.3) is None


def test_what_came_before_the_connection_broke_is_kept(
    listener: Listener, incoming: IncomingFolder, make_exam: Callable[..., list[Path]]
) -> None:
    first, *_ = make_exam("BROKEN")
    association = connect(listener)
    association.send_c_store(dcmread(first))
    association.abort()
    assert listener.wait(10) == receive.Arrival("UNIT 1", 1, whole=False)
    assert len(incoming.files()) == 1


def test_only_titles_on_the_list_may_send(incoming: IncomingFolder) -> None:
    with Listener(incoming, port=0, host="127.0.0.1", callers=["UNIT 2"]) as listener:
        assert connect(listener, title="UNIT 1").is_rejected
        association = connect(listener, title="UNIT 2")
        assert association.is_established
        association.release()


def test_a_full_disk_is_told_to_the_sender(
    listener: Listener, incoming: IncomingFolder, make_exam: Callable[..., list[Path]]
) -> None:
    dataset = dcmread(make_exam("FULL")[0])
    # A folder in the place of the file fails to be replaced, as a full disk fails to take it.
    (incoming.path / f"{dataset.SOPInstanceUID}.dcm" / "in the way").mkdir(parents=True)
    association = connect(listener)
    assert association.send_c_store(dataset).Status == 0xA700
    association.release()
    assert listener.wait(0.3) is None


def test_a_sender_without_end_is_cut_off(
    listener: Listener,
    incoming: IncomingFolder,
    make_exam: Callable[..., list[Path]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(receive, "MOST_IMAGE_BYTES", 20_000)
    association = connect(listener)
    answer = association.send_c_store(dcmread(make_exam("ENDLESS")[0]))
    # Cut off in the middle there is no answer; a message that was complete is refused.
    assert answer.get("Status", None) != 0x0000
    assert incoming.files() == ()


def test_a_taken_port_and_a_title_that_is_none_are_one_line(
    listener: Listener, incoming: IncomingFolder
) -> None:
    with (
        pytest.raises(BadInputError, match="Choose another --port"),
        Listener(incoming, port=listener.port, host="127.0.0.1"),
    ):
        pass
    with pytest.raises(BadInputError, match="AE titles of 1 to 16"):
        Listener(incoming, port=0, title="a title that is far too long")


@pytest.mark.parametrize("name", ["../x", "1.2/3", "", "a", "1" * 65, "1.2\n"])
def test_a_uid_never_becomes_a_path(incoming: IncomingFolder, name: str) -> None:
    with pytest.raises(BadInputError, match="Expected a SOP Instance UID"):
        incoming.store(name, b"1")


def test_half_written_images_go_at_the_next_start(tmp_path: Path) -> None:
    study = StudyFolder(tmp_path / "STUDY")
    incoming = IncomingFolder.of(study, "receive")
    (incoming.path / ".1.2.dcm.77.part").write_bytes(b"half")
    incoming.store("1.3", b"whole")
    again = IncomingFolder.of(study, "receive")
    assert [path.name for path in again.path.iterdir()] == ["1.3.dcm"]
    assert again.path.parent.stat().st_mode & 0o077 == 0
    again.discard(again.files())
    assert not again.path.parent.exists()
