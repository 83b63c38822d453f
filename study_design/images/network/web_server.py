"""An HTTP server asked without trust: bounded answers, no redirect elsewhere, one line per failure.

What the server or a library says of a failure is never quoted: it may hold identifiers of patients.
"""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.auth import HTTPBasicAuth

from study_design.errors import BadInputError, CrossreadError

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
MOST_REDIRECTS = 3
_CHUNK_BYTES = 1 << 18
_DEFAULT_PORTS = {"http": 80, "https": 443}


class ServerError(CrossreadError):
    """A server cannot be reached, or does not do what it must."""


class CredentialsError(ServerError):
    """A server wants other credentials."""


class FormError(ServerError):
    """A server does not have the answer in the form asked for (HTTP 406)."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: a bearer token, or else a user with a password, or nobody."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request; a session that has this never looks for a .netrc file."""
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        elif self.user:
            HTTPBasicAuth(self.user.encode(), self.password.encode())(request)
        return request


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered with success."""

    content_type: str
    content: bytes


class WebServer:
    """A server at an address; use it as a context.

    Parameters
    ----------
    address
        `http://` or `https://`, host, port and path; without user and password.
    credentials
        Who asks.
    answer_seconds
        How long the server may be silent.

    Raises
    ------
    BadInputError
        Where the address is none.
    """

    def __init__(
        self,
        address: str,
        credentials: Credentials,
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._parts = _checked(address)
        self.address = address.rstrip("/")
        self._credentials = credentials
        self._answer_seconds = answer_seconds
        self._session = requests.Session()
        self._session.auth = credentials

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._session.close()

    @property
    def sends_password_in_clear(self) -> bool:
        """Whether somebody on the way can read the password: no TLS, and not this computer."""
        secret = self._credentials.password or self._credentials.token
        here = self._parts.hostname in {"localhost", "127.0.0.1", "::1"}
        return bool(secret) and self._parts.scheme == "http" and not here

    def get(
        self, path: str, *, accept: str, most_bytes: int, query: dict[str, str] | None = None
    ) -> Answer:
        """Return what lies at a path under the address.

        Raises
        ------
        CredentialsError
            Where the server does not let us in.
        ServerError
            Where there is no such answer, or more than `most_bytes`.
        """
        url = f"{self.address}{path}"
        try:
            for _ in range(MOST_REDIRECTS + 1):
                with self._session.get(
                    url,
                    params=query,
                    headers={"Accept": accept, "Accept-Encoding": "identity"},
                    timeout=(CONNECT_SECONDS, self._answer_seconds),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    if response.is_redirect:
                        # The new address says whether the query still belongs to it.
                        url, query = self._redirected(url, response.headers["location"]), None
                        continue
                    self._refuse_failure(response.status_code)
                    kind = response.headers.get("content-type", "")
                    return Answer(kind, self._body(response, most_bytes))
        except (requests.RequestException, ValueError) as error:
            raise ServerError(self._sentence(error)) from None
        raise ServerError(f"Expected an answer of {self.address}, got one redirect after another.")

    def _redirected(self, url: str, location: str) -> str:
        """Return where a redirect leads within the same server."""
        target = urljoin(url, location)
        if _origin(urlsplit(target)) != _origin(self._parts):
            raise ServerError(
                f"Expected {self.address} to answer itself, got a redirect to another server, "
                "which is not followed. Give the address of that server if you trust it."
            )
        return target

    def _refuse_failure(self, status: int) -> None:
        """Raise what an HTTP status means to a user, unless it is a success."""
        if status in {401, 403}:
            said = "none" if self._credentials == Credentials() else "others"
            raise CredentialsError(
                f"Expected user and password, or a token, that {self.address} accepts, got {said}. "
                "Set CROSSREAD_DICOMWEB_USER and CROSSREAD_DICOMWEB_PASSWORD, or "
                "CROSSREAD_DICOMWEB_TOKEN."
            )
        if status == 406:
            raise FormError(
                f"Expected {self.address} to give DICOM files, got a refusal of that form. "
                "Ask whoever runs the server."
            )
        if 400 <= status < 500:
            raise ServerError(
                f"Expected a DICOMweb service at {self.address}, got HTTP status {status}. "
                "Check the path; it often ends in /dicom-web."
            )
        if not 200 <= status < 300:
            raise ServerError(
                f"Expected an answer of {self.address}, got HTTP status {status}. "
                "Ask whoever runs the server."
            )

    def _body(self, response: requests.Response, most_bytes: int) -> bytes:
        """Return the content of an answer, read to its end or to the limit."""
        content = bytearray()
        for chunk in response.iter_content(_CHUNK_BYTES):
            content += chunk
            if len(content) > most_bytes:
                raise ServerError(
                    f"Expected at most {most_bytes / 1e6:.0f} MB in one answer of {self.address}, "
                    "got more. Check that it is the right server."
                )
        return bytes(content)

    def _sentence(self, error: Exception) -> str:
        """Return what a failure means to a user; the first kind that fits decides."""
        for kind, sentence in _FAILURES:
            if isinstance(error, kind):
                return sentence.format(address=self.address)
        return f"Expected an answer of {self.address}, got none that makes sense. Check the server."


# From the special to the general: a failure of TLS is a failure to connect as well.
_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (
        requests.exceptions.SSLError,
        "Expected a TLS certificate of {address} that this computer trusts, got none. Check "
        "https:// and the port, or set REQUESTS_CA_BUNDLE to the file of the hospital's authority.",
    ),
    (
        requests.exceptions.ProxyError,
        "Expected the proxy to lead to {address}, got a refusal. Check HTTP_PROXY and NO_PROXY.",
    ),
    (
        requests.exceptions.Timeout,
        "Expected an answer of {address} in time, got none. Check host and port, and that a "
        "firewall lets this computer through.",
    ),
    (
        requests.exceptions.ChunkedEncodingError,
        "Expected a whole answer of {address}, got part of one: the connection broke.",
    ),
    (
        requests.exceptions.ConnectionError,
        "Expected a server at {address}, got no connection. Check host and port, and that the "
        "server runs.",
    ),
)


def _checked(address: str) -> SplitResult:
    """Return the parts of an address, or refuse it without repeating a password in it."""
    advice = "Write it like https://pacs.example.org:8042/dicom-web."
    try:
        parts = urlsplit(address)
        port_makes_sense = parts.port != 0
    except ValueError:
        raise BadInputError(f"Expected the address of a server, got none. {advice}") from None
    if parts.username or parts.password or "@" in parts.netloc:
        raise BadInputError(
            "Expected an address without user and password, got one with them. Set "
            "CROSSREAD_DICOMWEB_USER and CROSSREAD_DICOMWEB_PASSWORD instead."
        )
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or not port_makes_sense:
        raise BadInputError(f"Expected an http or https address, got {address!r}. {advice}")
    if parts.query or parts.fragment:
        raise BadInputError(f"Expected an address without ? and #, got one with them. {advice}")
    return parts


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port."""
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)
