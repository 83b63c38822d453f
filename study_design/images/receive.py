"""A DICOM listener: a PACS or a mammography unit sends, and the images wait in the incoming folder.

C-STORE and C-ECHO (PS3.4 annexes B and A). Datasets are stored as they come and not parsed here.
Each association that ends is told to whoever waits, who then imports; so nothing is imported twice
at a time, and a sender never waits for an import.
"""

import logging
import queue
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, cast

from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalMammographyXRayImageStorageForProcessing,
    DigitalXRayImageStorageForPresentation,
    DigitalXRayImageStorageForProcessing,
)
from pynetdicom import AE, ALL_TRANSFER_SYNTAXES, evt
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event
from pynetdicom.transport import ThreadedAssociationServer

from study_design.errors import BadInputError
from study_design.images.incoming import IncomingFolder

TITLE = "CROSSREAD"
VERIFICATION = UID("1.2.840.10008.1.1")  # C-ECHO
# A sender may be silent for this long before it is cut off.
SILENCE_SECONDS = 120.0
MOST_ASSOCIATIONS = 8
MOST_PDU_BYTES = 1 << 18
# What one association may send between two images: more is no mammogram.
MOST_IMAGE_BYTES = 1_000_000_000

STORED_CLASSES = (
    DigitalMammographyXRayImageStorageForPresentation,
    DigitalMammographyXRayImageStorageForProcessing,
    DigitalXRayImageStorageForPresentation,
    DigitalXRayImageStorageForProcessing,
    ComputedRadiographyImageStorage,
)

_SUCCESS = 0x0000
_OUT_OF_RESOURCES = 0xA700  # PS3.4 B.2.3
_CANNOT_UNDERSTAND = 0xC000


@dataclass(frozen=True, slots=True)
class Arrival:
    """An association that ended.

    Attributes
    ----------
    caller
        The AE title that the sender gave; letters, digits and `-_. ` only.
    images
        How many images it brought.
    whole
        False where the connection broke; what had arrived by then counts.
    """

    caller: str
    images: int
    whole: bool


class Listener:
    """Listens on a port while it is open as a context.

    Parameters
    ----------
    incoming
        Where images are stored.
    port
        TCP port; 0 takes a free one, which `port` then tells.
    title
        Our AE title.
    callers
        AE titles that may send; empty for all.
    host
        The address to listen on; empty for all of this computer.
    """

    def __init__(
        self,
        incoming: IncomingFolder,
        *,
        port: int,
        title: str = TITLE,
        callers: Iterable[str] = (),
        host: str = "",
    ) -> None:
        # The library quotes datasets in its log, which is no place for identities.
        logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
        self._incoming = incoming
        self._address = (host, port)
        self._arrivals: queue.Queue[Arrival] = queue.Queue()
        self._lock = threading.Lock()
        self._stored: dict[int, int] = {}
        self._bytes: dict[int, int] = {}
        self._server: ThreadedAssociationServer | None = None
        self._entity = _entity(title, tuple(callers))

    def __enter__(self) -> Self:
        """Start to listen.

        Raises
        ------
        BadInputError
            Where the port is taken or not ours to take.
        """
        handlers: list[Any] = [  # the library's own types do not fit one another
            (evt.EVT_C_STORE, self._store),
            (evt.EVT_DATA_RECV, self._count),
            (evt.EVT_CONN_CLOSE, self._ended),
        ]
        try:
            self._server = self._entity.start_server(
                self._address, block=False, evt_handlers=handlers
            )
        except (OSError, OverflowError) as error:
            raise BadInputError(
                f"Expected port {self._address[1]} to be free, got: {error}. "
                "Choose another --port, and tell it to the sender."
            ) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._entity.shutdown()

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.server_address[1]) if self._server else self._address[1]

    def wait(self, seconds: float) -> Arrival | None:
        """Return the next association that ended; None where none did in time."""
        try:
            return self._arrivals.get(timeout=seconds)
        except queue.Empty:
            return None

    def _store(self, event: Event) -> int:
        """Write one image; tell the sender whether it is safe on the disk."""
        association = id(event.assoc)
        sop_uid = str(cast(C_STORE, event.request).AffectedSOPInstanceUID)
        try:
            with self._lock:
                # The thread that counts cuts the sender off; a message that was complete by then
                # comes here all the same.
                if self._bytes.get(association, 0) > MOST_IMAGE_BYTES:
                    return _OUT_OF_RESOURCES
                self._incoming.store(sop_uid, event.encoded_dataset())
                self._stored[association] = self._stored.get(association, 0) + 1
                self._bytes[association] = 0
        except BadInputError:
            return _CANNOT_UNDERSTAND
        except OSError:
            return _OUT_OF_RESOURCES
        return _SUCCESS

    def _count(self, event: Event) -> None:
        """Cut a sender off that sends without end."""
        association = id(event.assoc)
        with self._lock:
            total = self._bytes[association] = self._bytes.get(association, 0) + len(event.data)
        if total > MOST_IMAGE_BYTES:
            event.assoc.abort()

    def _ended(self, event: Event) -> None:
        """Tell whoever waits that an association ended, if it brought anything."""
        association = id(event.assoc)
        with self._lock:
            images = self._stored.pop(association, 0)
            self._bytes.pop(association, None)
        if images:
            caller = "".join(
                letter
                for letter in str(event.assoc.requestor.ae_title)
                if letter.isalnum() or letter in "-_. "
            )
            self._arrivals.put(Arrival(caller, images, whole=event.assoc.is_released))


def _entity(title: str, callers: tuple[str, ...]) -> AE:
    """Return the application entity with what it accepts.

    Raises
    ------
    BadInputError
        Where a title is none.
    """
    try:
        entity = AE(ae_title=title)
        entity.require_calling_aet = list(callers)
    except (ValueError, TypeError) as error:
        raise BadInputError(
            "Expected AE titles of 1 to 16 letters, digits and blanks, got "
            f"{', '.join(map(repr, (title, *callers)))}. Correct them."
        ) from error
    entity.maximum_associations = MOST_ASSOCIATIONS
    entity.maximum_pdu_size = MOST_PDU_BYTES
    entity.network_timeout = entity.acse_timeout = entity.dimse_timeout = SILENCE_SECONDS
    entity.add_supported_context(VERIFICATION)
    for storage_class in STORED_CLASSES:
        entity.add_supported_context(storage_class, ALL_TRANSFER_SYNTAXES)
    return entity
