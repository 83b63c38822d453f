"""A DICOM listener: a PACS or a mammography unit sends, and the images wait in the incoming folder.

C-STORE of every storage class, private ones too, and C-ECHO (PS3.4 annexes B and A): what is no
mammogram is sorted out by the import, which says why, and never costs the sender its association.
Each association that ends is told to whoever waits, who then imports; so nothing is imported twice
at a time, and a sender never waits for an import.
"""

import queue
import socket
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from pynetdicom import evt
from pynetdicom.events import Event

from study_design.errors import BadInputError
from study_design.images.network.callers import RejectedCaller
from study_design.images.network.dicom_entity import (
    LOOPBACK,
    TITLE,
    VERIFICATION,
    checked_title,
    entity,
)
from study_design.images.network.dicom_tls import TlsFiles, listening_context
from study_design.images.network.filing import Filing, prefer_lossless
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.listening_server import ListeningServer, start

# Whoever only connects counts too, until it has been silent for too long.
MOST_ASSOCIATIONS = 32
# Within which it is noticed that the listener is to stop; a caller is noticed at once.
_NOTICE_SECONDS = 0.05
_NO_TLS = TlsFiles()


@dataclass(frozen=True, slots=True)
class Arrival:
    """An association that ended.

    Attributes
    ----------
    caller
        The AE title that the sender gave; letters, digits and `-_. ` only.
    images
        How many images it brought, of classes that mammograms come in.
    whole
        False where the connection broke; what had arrived by then counts.
    others
        How many objects of other classes it brought.
    """

    caller: str
    images: int
    whole: bool
    others: int = 0


class Listener:
    """Listens on a port while it is open as a context.

    Parameters
    ----------
    incoming
        Where images are stored.
    port
        TCP port; 0 takes a free one, which `port` then tells.
    title
        Our AE title; who calls another one is turned away.
    callers
        AE titles that may send; empty for all.
    host
        The address to listen on: this computer alone unless another is named; `0.0.0.0` for all.
    tls
        With which files connections are secured; without them they are not.
    """

    def __init__(
        self,
        incoming: IncomingFolder,
        *,
        port: int,
        title: str = TITLE,
        callers: Iterable[str] = (),
        host: str = LOOPBACK,
        tls: TlsFiles = _NO_TLS,
    ) -> None:
        self._address = (host, port)
        self._told: queue.Queue[Arrival | RejectedCaller] = queue.Queue()
        self._filing = Filing(incoming)
        self._server: ListeningServer | None = None
        self._callers = tuple(map(checked_title, callers))
        self._title = checked_title(title)
        self._entity = entity(title, self._callers)
        self._entity.maximum_associations = MOST_ASSOCIATIONS
        self._entity.add_supported_context(VERIFICATION)
        self._tls = listening_context(tls)

    def __enter__(self) -> Self:
        """Start to listen.

        Raises
        ------
        BadInputError
            Where address or port is taken or not ours to take.
        """
        handlers: list[Any] = [  # the library's own types do not fit one another
            *self._filing.handlers,
            (evt.EVT_REQUESTED, prefer_lossless),
            (evt.EVT_REJECTED, self._rejected),
            (evt.EVT_CONN_CLOSE, self._ended),
        ]
        host, port = self._address
        try:
            address = socket.gethostbyname(host) if ":" not in host else host
            self._server = start(self._entity, (address, port), handlers)
        except (OSError, OverflowError, UnicodeError) as error:
            raise BadInputError(
                f"Expected port {port} of {host} to be free, got: {error}. Choose another --port, "
                "and tell it to the sender; --address is one of this computer."
            ) from error
        self._server.tls = self._tls
        self._server.refused = self._refused
        self._filing.__enter__()
        threading.Thread(
            target=self._server.serve_forever, args=(_NOTICE_SECONDS,), daemon=True, name="listener"
        ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.stop()
        self._filing.__exit__(kind, error, trace)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.server_address[1]) if self._server else self._address[1]

    @property
    def is_busy(self) -> bool:
        """Whether somebody is connected."""
        return bool(self._server and self._server.active_associations)

    def wait(self, seconds: float) -> Arrival | RejectedCaller | None:
        """Return the next association that ended or was refused; None where none did in time."""
        try:
            return self._told.get(timeout=seconds)
        except queue.Empty:
            if not self.is_busy:
                self._filing.sweep()
            return None

    def _ended(self, event: Event) -> None:
        """Tell whoever waits what an association that ended brought, or why we cut it off."""
        filed = self._filing.ended(event.assoc)
        caller = _plain(event.assoc.requestor.ae_title)
        if filed.cut:
            address = str(event.assoc.requestor.address)
            self._told.put(RejectedCaller(address, caller, self._title, filed.cut))
        if filed.images or filed.others:
            whole = bool(event.assoc.is_released)
            self._told.put(Arrival(caller, filed.images, whole, filed.others))

    def _rejected(self, event: Event) -> None:
        """Tell whoever waits who was turned away, and why."""
        asked = event.assoc.requestor.primitive
        called = str(asked.called_ae_title if asked else "").strip()
        calling = str(event.assoc.requestor.ae_title).strip()
        if called != self._title:
            why = f"it called {_plain(called)!r}, and we are {self._title!r}"
        elif self._callers and calling not in self._callers:
            why = "its title is not among those that may send (--from)"
        else:
            why = f"more than {MOST_ASSOCIATIONS} senders at a time; it may try again"
        address = str(event.assoc.requestor.address)
        self._told.put(RejectedCaller(address, _plain(calling), _plain(called), why))

    def _refused(self, address: str, why: str) -> None:
        """Tell whoever waits of a caller whose connection could not be secured."""
        self._told.put(RejectedCaller(address, "", "", why))


def _plain(title: object) -> str:
    """Return a title that a stranger gave, without what a terminal might obey."""
    return "".join(c for c in str(title) if c.isascii() and (c.isalnum() or c in "-_. ")).strip()
