"""The sockets of the listener: TLS is agreed on with each caller beside the others.

The library agrees on TLS while it waits for the next caller, so that one who connects and says
nothing would keep everybody else out.
"""

import socket
import ssl
from collections.abc import Callable
from socketserver import BaseServer
from typing import Any, cast

from pynetdicom import AE
from pynetdicom.transport import ThreadedAssociationServer

HANDSHAKE_SECONDS = 15.0

Refused = Callable[[str, str], None]
_Request = socket.socket | tuple[bytes, socket.socket]
_Address = tuple[str, int] | str


class ListeningServer(ThreadedAssociationServer):
    """A server of associations; `refused` is told the address of a caller without TLS, and why."""

    daemon_threads = True
    request_queue_size = 32
    tls: ssl.SSLContext | None = None
    refused: Refused = staticmethod(lambda _address, _why: None)

    def stop(self) -> None:
        """Take no more callers, and end the associations that are open."""
        BaseServer.shutdown(self)
        for association in self.active_associations:
            association.abort()
        self.server_close()

    def finish_request(self, request: _Request, client_address: _Address) -> None:
        """Agree on TLS where it is wanted, then hand the connection on; runs in its own thread."""
        if self.tls is None or not isinstance(request, socket.socket):
            super().finish_request(request, client_address)
            return
        request.settimeout(HANDSHAKE_SECONDS)
        try:
            secured = self.tls.wrap_socket(request, server_side=True)
        except (OSError, ValueError) as error:
            self.refused(str(client_address[0]), _why(error))
            self.shutdown_request(request)
            return
        secured.settimeout(None)
        super().finish_request(secured, client_address)

    def handle_error(self, request: _Request, client_address: _Address) -> None:
        """Say nothing: a caller that broke off is told by the end of its association."""


def start(entity: AE, address: tuple[str, int], handlers: list[Any]) -> ListeningServer:
    """Return a server that is bound to an address; its own thread has yet to serve."""
    return cast(
        ListeningServer,
        entity.make_server(address, evt_handlers=handlers, server_class=ListeningServer),
    )


def _why(error: Exception) -> str:
    """Return why a caller was turned away before it said anything."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its TLS certificate is not of our authority ({error.verify_message})"
    if isinstance(error, ssl.SSLError) and "PEER_DID_NOT_RETURN" in str(error.reason):
        return "it showed no TLS certificate"
    if isinstance(error, ssl.SSLError) and "UNKNOWN_CA" in str(error.reason):
        return "it does not trust our TLS certificate"
    return "it did not speak TLS"
