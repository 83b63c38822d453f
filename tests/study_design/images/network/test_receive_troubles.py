"""Silent, cut-off and endless senders, full disks and odd identifiers at the listener."""

import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from given_receive import MAMMOGRAM, connect
from pydicom import dcmread
from pynetdicom import AE, evt
from pynetdicom.association import Association

from study_design.errors import BadInputError
from study_design.images.network import filing
from study_design.images.network.callers import RejectedCaller
from study_design.images.network.dicom_entity import TITLE, VERIFICATION
from study_design.images.network.dicom_tls import TlsFiles, asking_context
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.receive import Arrival, Listener
from study_design.study_folder import StudyFolder

pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"
)


def test_one_who_connects_and_says_nothing_keeps_nobody_out(
    incoming: IncomingFolder, certificates: Any
) -> None:
    files = TlsFiles(*(of("station") for of in (certificates.pem, certificates.key)))
    for tls in (TlsFiles(), files):
        arguments = None
        if tls:
            context = asking_context(TlsFiles(authority=certificates.pem("authority")))
            assert context is not None
            arguments = (context, "127.0.0.1")
        with Listener(incoming, port=0, tls=tls) as listener:
            silent = [socket.create_connection(("127.0.0.1", listener.port)) for _ in range(12)]
            sender = AE(ae_title="UNIT 1")
            sender.add_requested_context(VERIFICATION)
            association = sender.associate(
                "127.0.0.1", listener.port, ae_title=TITLE, tls_args=arguments
            )
            assert association.send_c_echo().Status == 0
            association.release()
            for plug in silent:
                plug.close()


def test_a_connection_cut_within_an_object_keeps_the_earlier_ones_and_leaves_no_part(
    incoming: IncomingFolder, make_exam: Callable[..., list[Path]]
) -> None:
    with Listener(incoming, port=0) as listener:
        first, second, *_ = (dcmread(path) for path in make_exam("CUT"))
        association = connect(listener)
        assert association.send_c_store(first).Status == 0
        plug = association.dul.socket.socket
        real, sent = plug.send, 0

        class Cut:
            """A plug that is pulled after two thousand bytes."""

            def send(self, content: bytes) -> int:
                nonlocal sent
                sent += len(content)
                if sent > 2_000:
                    plug.shutdown(socket.SHUT_RDWR)
                return int(real(content))

            def __getattr__(self, name: str) -> Any:
                return getattr(plug, name)

        association.dul.socket.socket = Cut()
        association.send_c_store(second)
        assert listener.wait(10) == Arrival("UNIT 1", 1, whole=False)
        assert [file.stem for file in incoming.files()] == [first.SOPInstanceUID]
        plug.close()
    assert [path.name for path in incoming.path.iterdir()] == [f"{first.SOPInstanceUID}.dcm"]


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


def test_a_disk_that_fills_up_meanwhile_loses_neither_listener_nor_images(
    small_disk: Any, make_exam: Callable[..., list[Path]]
) -> None:
    incoming = IncomingFolder.of(StudyFolder(small_disk.path / "STUDY"), "receive")
    first, second, *_ = (dcmread(path) for path in make_exam("DISK"))
    with Listener(incoming, port=0) as listener:
        association = connect(listener)
        assert association.send_c_store(first).Status == 0
        small_disk.fill(leave_bytes=12_000)
        assert association.send_c_store(second).get("Status", None) != 0
        assert isinstance(listener.wait(10), RejectedCaller)
        arrival = listener.wait(10)
        assert arrival == Arrival("UNIT 1", 1, whole=False)
        (small_disk.path / "ballast").unlink()
        again = connect(listener)
        assert again.send_c_store(second).Status == 0
        again.release()
    assert len(incoming.files()) == 2
    assert not list(incoming.path.glob(".arriving*"))


def test_a_sender_without_end_is_cut_off(
    listener: Listener,
    incoming: IncomingFolder,
    make_exam: Callable[..., list[Path]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filing, "MOST_IMAGE_BYTES", 20_000)
    association = connect(listener)
    answer = association.send_c_store(dcmread(make_exam("ENDLESS")[0]))
    # Cut off in the middle there is no answer; a message that was complete is refused.
    assert answer.get("Status", None) != 0x0000
    assert incoming.files() == ()


def test_a_message_that_was_complete_when_its_sender_was_cut_off_is_not_kept(
    incoming: IncomingFolder, tmp_path: Path
) -> None:
    association = Association(AE(), "acceptor")
    whole = tmp_path / "arrived.dcm"
    whole.write_bytes(b"1")
    sent = SimpleNamespace(AffectedSOPInstanceUID="1.2.3", AffectedSOPClassUID=MAMMOGRAM)
    message: Any = SimpleNamespace(assoc=association, request=sent, dataset_path=whole)
    with filing.Filing(incoming) as opened:
        store = dict(opened.handlers)[evt.EVT_C_STORE]
        # The connection is closed, and its end told, while the message waits for its turn.
        assert opened.ended(association) == filing.Filed()
        assert store(message) == 0xA700
    assert incoming.files() == ()


def test_a_taken_port_and_a_title_that_is_none_are_one_line(
    listener: Listener, incoming: IncomingFolder
) -> None:
    with (
        pytest.raises(BadInputError, match="Choose another --port"),
        Listener(incoming, port=listener.port),
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


def test_an_image_sent_again_while_it_is_imported_is_not_thrown_away(tmp_path: Path) -> None:
    incoming = IncomingFolder.of(StudyFolder(tmp_path / "STUDY"), "receive")
    incoming.store("1.3", b"first")
    incoming.store("1.4", b"other")
    stamps = incoming.stamps()
    incoming.store("1.3", b"again")
    incoming.discard(tuple(stamps), stamps)
    assert [path.read_bytes() for path in incoming.files()] == [b"again"]


def test_a_uid_that_is_none_is_filed_under_one_made_of_it() -> None:
    assert filing._name(" 1.2.3\0") == "1.2.3"
    made = filing._name("IMAGE/../1")
    assert made.startswith("2.25.")
    assert len(made) <= 64
    assert filing._name("IMAGE/../1") == made
