"""A call to another application in a DICOM network: made, secured, and explained where it fails.

The library tells no reasons, so the archive is looked for by a connection of our own before the
first call, and what becomes of a call is noted as it happens.
"""

import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydicom.uid import UID
from pynetdicom import evt
from pynetdicom.association import Association
from pynetdicom.events import Event
from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RJ
from pynetdicom.pdu_primitives import SCP_SCU_RoleSelectionNegotiation

from study_design.errors import CrossreadError
from study_design.images.network.dicom_entity import (
    CONNECT_SECONDS,
    FIND,
    GET,
    LOOPBACK,
    MOVE,
    VERIFICATION,
    Partner,
    entity,
)
from study_design.images.network.dicom_tls import TlsFiles, asking_context, failure_words

_SERVICES = {
    VERIFICATION: "C-ECHO",
    FIND: "a search for exams (C-FIND)",
    MOVE: "to send exams (C-MOVE)",
    GET: "to let exams be taken (C-GET)",
}
# PS3.8 9.3.4: who refused, and why.
_CALLED_UNKNOWN, _CALLING_UNKNOWN = (1, 7), (1, 3)


class PacsError(CrossreadError):
    """An archive cannot be reached, or does not do what it must."""


class NotAllowedError(PacsError):
    """An archive talks to us and does not offer the service that is asked for."""


class DicomLine:
    """The line to an application under a title of ours.

    Attributes
    ----------
    own_address
        The address of this computer from which the way leads there, once it was called.

    Raises
    ------
    BadInputError
        Where the title or a file makes no sense.
    """

    def __init__(self, partner: Partner, title: str, tls: TlsFiles) -> None:
        self.partner = partner
        self.title = title
        self.own_address = LOOPBACK
        self._tls_files = tls
        self._tls = asking_context(tls)
        self._is_reached = False
        self._address = partner.host
        entity(title)

    @contextmanager
    def connected(
        self,
        contexts: Iterable[tuple[UID, list[str]]],
        *,
        roles: Iterable[SCP_SCU_RoleSelectionNegotiation] = (),
        handlers: Iterable[Any] = (),
    ) -> Iterator[Association]:
        """Give an association that stands; released where the block ends well, else aborted.

        Parameters
        ----------
        contexts
            Classes with their transfer syntaxes; none: those that every application knows.
        roles, handlers
            Of the classes that come back over the association, and what the library calls then.

        Raises
        ------
        NotAllowedError
            Where the archive accepts none of the classes.
        PacsError
            Where there is none; says why, as far as can be found out.
        """
        if not self._is_reached:
            self._reach()
        ours = entity(self.title)
        noted = _Noted()
        services = []
        for of_class, syntaxes in contexts:
            ours.add_requested_context(of_class, syntaxes or None)
            services.append(of_class)
        host, port = self.partner.host, self.partner.port
        association = ours.associate(
            self._address,
            port,
            ae_title=self.partner.title,
            tls_args=(self._tls, host) if self._tls else None,
            ext_neg=list(roles),
            evt_handlers=[*handlers, *noted.handlers],
        )
        try:
            if not association.is_established:
                raise self._why_not(noted, services[0])
            yield association
            association.release()
        finally:
            if association.is_established:
                association.abort()
            association.dul.join(CONNECT_SECONDS)
            noted.close()

    def _why_not(self, noted: "_Noted", service: UID) -> PacsError:
        """Return why there is no association: what the archive said, if it said anything."""
        if noted.is_accepted:
            return NotAllowedError(
                f"Expected {self.partner} to offer {_SERVICES[service]}, got a refusal. Ask the "
                f"PACS administrator to allow it to {self.title}."
            )
        if noted.refusal == _CALLED_UNKNOWN:
            return PacsError(
                f"Expected an archive called {self.partner.title} at {self.partner.host}, got one "
                "of another title. Check the title with the PACS administrator."
            )
        if noted.refusal == _CALLING_UNKNOWN:
            return PacsError(
                f"Expected {self.partner} to know us as {self.title}, got a refusal. Ask the PACS "
                "administrator to add that title, or give the one that it knows: --title."
            )
        if noted.refusal is not None:
            return PacsError(
                f"Expected {self.partner} to talk to us, got a refusal. Try again later."
            )
        if self._tls is not None:
            return PacsError(
                f"Expected {self.partner} to talk to us, got the end of the connection. Check that "
                "it trusts our certificate (--tls-certificate, --tls-key)."
            )
        return PacsError(
            f"Expected DICOM of {self.partner}, got the end of the connection. Check the port; an "
            "archive that wants TLS needs --tls-ca, --tls-certificate and --tls-key."
        )

    def _reach(self) -> None:
        """Find the archive once before it is asked, and say what stands in the way."""
        host, port = self.partner.host, self.partner.port
        try:
            with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as plug:
                self._address = str(plug.getpeername()[0])
                self.own_address = str(plug.getsockname()[0])
                if self._tls is not None:
                    with self._tls.wrap_socket(plug, server_hostname=host):
                        pass
        except ssl.SSLError as error:
            words = failure_words(error, self._tls_files)
            raise PacsError(f"Expected of {self.partner} {words}") from error
        except (OSError, UnicodeError) as error:
            raise PacsError(
                f"Expected an archive at {host}, port {port}, got no connection. Check both, and "
                "that a firewall lets this computer through."
            ) from error
        self._is_reached = True


@dataclass(slots=True)
class _Noted:
    """What becomes of a call, for the library forgets it where the connection ends at once."""

    is_accepted: bool = False
    refusal: tuple[int, int] | None = None
    _plugs: list[socket.socket] = field(default_factory=list)

    @property
    def handlers(self) -> list[Any]:
        """What the library calls."""
        return [
            (evt.EVT_CONN_OPEN, self._opened),
            (evt.EVT_PDU_RECV, self._received),
        ]

    def close(self) -> None:
        """Close what the library leaves open where the other end went first."""
        for plug in self._plugs:
            plug.close()

    def _opened(self, event: Event) -> None:
        """Note the connection."""
        line = event.assoc.dul.socket
        if line is not None and line.socket is not None:
            self._plugs.append(line.socket)

    def _received(self, event: Event) -> None:
        """Note what the archive says."""
        if isinstance(event.pdu, A_ASSOCIATE_AC):
            self.is_accepted = True
        elif isinstance(event.pdu, A_ASSOCIATE_RJ):
            self.refusal = (event.pdu.source or 0, event.pdu.reason_diagnostic or 0)
