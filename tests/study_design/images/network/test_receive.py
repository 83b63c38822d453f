"""The DICOM listener, sent to by a real sender of the same machine."""

from collections.abc import Callable
from pathlib import Path

import pytest
from given_receive import MAMMOGRAM, connect
from pydicom import dcmread
from pydicom.uid import (
    BreastTomosynthesisImageStorage,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
)
from pynetdicom import AE, ALL_TRANSFER_SYNTAXES, AllStoragePresentationContexts

from study_design.errors import BadInputError
from study_design.images.network.callers import RejectedCaller
from study_design.images.network.dicom_entity import TITLE
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.receive import Arrival, Listener

pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"
)


def test_images_are_stored_as_they_come_and_the_end_is_told(
    listener: Listener, incoming: IncomingFolder, make_exam: Callable[..., list[Path]]
) -> None:
    for syntax in (ExplicitVRLittleEndian, JPEGLosslessSV1, JPEG2000Lossless):
        sent = [dcmread(path) for path in make_exam(f"P-{syntax}"[:16], syntax=syntax)]
        association = connect(listener, syntax)
        assert [association.send_c_store(dataset).Status for dataset in sent] == [0] * 4
        association.release()
        arrival = listener.wait(10)
        assert arrival == Arrival("UNIT 1", 4, whole=True)
        for dataset in sent:
            stored = dcmread(incoming.file_of(dataset.SOPInstanceUID))
            assert stored.file_meta.TransferSyntaxUID == syntax
            assert stored == dataset


def test_every_transfer_syntax_is_accepted_as_it_is_proposed(listener: Listener) -> None:
    private = "1.2.840.113619.5.2"  # implicit little endian with pixels in big endian
    association = connect(listener, *ALL_TRANSFER_SYNTAXES, private)
    accepted = {context.transfer_syntax[0] for context in association.accepted_contexts}
    association.release()
    assert accepted >= {*ALL_TRANSFER_SYNTAXES, private}


def test_every_storage_class_is_accepted_private_and_unknown_ones_too(listener: Listener) -> None:
    classes = [str(context.abstract_syntax) for context in AllStoragePresentationContexts]
    classes += ["1.2.840.113619.4.30", "1.2.840.113681.2231477.1", "1.2.840.10008.5.1.4.1.1.999.9"]
    assert len(classes) > 128  # more than one sender can propose at a time
    for some in (classes[:100], classes[100:]):
        sender = AE(ae_title="PACS")
        for storage_class in some:
            sender.add_requested_context(storage_class)
        association = sender.associate("127.0.0.1", listener.port, ae_title=TITLE)
        accepted = [context.abstract_syntax for context in association.accepted_contexts]
        association.release()
        assert sorted(accepted) == sorted(some)


def test_what_loses_nothing_is_chosen_where_a_sender_offers_it(listener: Listener) -> None:
    for offered, chosen in (
        ([JPEGBaseline8Bit, ImplicitVRLittleEndian], ImplicitVRLittleEndian),
        ([JPEGLosslessSV1, ExplicitVRLittleEndian], JPEGLosslessSV1),
        ([JPEGBaseline8Bit], JPEGBaseline8Bit),
    ):
        sender = AE(ae_title="PACS")
        sender.add_requested_context(MAMMOGRAM, offered)
        association = sender.associate("127.0.0.1", listener.port, ae_title=TITLE)
        (context,) = association.accepted_contexts
        association.release()
        assert context.transfer_syntax == [chosen]


def test_other_objects_come_in_beside_images_and_are_counted_apart(
    listener: Listener, incoming: IncomingFolder, make_exam: Callable[..., list[Path]]
) -> None:
    sender = AE(ae_title="PACS")
    private = "1.2.840.113619.4.30"
    for storage_class in (MAMMOGRAM, BreastTomosynthesisImageStorage, private):
        sender.add_requested_context(storage_class, ExplicitVRLittleEndian)
    association = sender.associate("127.0.0.1", listener.port, ae_title=TITLE)
    images = [dcmread(path) for path in make_exam("MIXED")]
    images[1].SOPClassUID = BreastTomosynthesisImageStorage
    images[2].SOPClassUID = private
    for dataset in images:
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
        assert association.send_c_store(dataset).Status == 0
    association.release()
    assert listener.wait(10) == Arrival("PACS", 2, whole=True, others=2)
    assert len(incoming.files()) == 4


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
    assert listener.wait(10) == Arrival("UNIT 1", 1, whole=False)
    assert len(incoming.files()) == 1


def test_only_titles_on_the_list_may_send_and_the_others_are_told(
    incoming: IncomingFolder,
) -> None:
    with Listener(incoming, port=0, callers=["UNIT 2"]) as listener:
        assert connect(listener, title="UNIT 1").is_rejected
        why = "its title is not among those that may send (--from)"
        assert listener.wait(10) == RejectedCaller("127.0.0.1", "UNIT 1", TITLE, why)
        association = connect(listener, title="UNIT 2")
        assert association.is_established
        association.release()


def test_who_calls_another_title_is_turned_away(listener: Listener) -> None:
    assert connect(listener, called="OTHER").is_rejected
    why = "it called 'OTHER', and we are 'CROSSREAD'"
    assert listener.wait(10) == RejectedCaller("127.0.0.1", "UNIT 1", "OTHER", why)


def test_without_an_address_only_this_computer_is_listened_to(listener: Listener) -> None:
    assert listener._server is not None
    assert listener._server.server_address[0] == "127.0.0.1"


def test_a_name_of_this_computer_may_be_listened_on_and_another_ones_is_refused(
    incoming: IncomingFolder,
) -> None:
    with Listener(incoming, port=0, host="localhost") as listener:
        association = connect(listener)
        assert association.send_c_echo().Status == 0
        association.release()
    for host in ("no.such.host.invalid", "192.0.2.1"):
        with (
            pytest.raises(BadInputError, match=f"Expected port 0 of {host} to be free"),
            Listener(incoming, port=0, host=host),
        ):
            pass
