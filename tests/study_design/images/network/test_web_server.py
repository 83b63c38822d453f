"""What a bad server can do to us, with servers that do it."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from study_design.errors import BadInputError
from study_design.images.network.dicomweb import Filters, RemoteImage, fetch_images, find_images
from study_design.images.network.incoming import IncomingFolder
from study_design.images.network.web_server import (
    Credentials,
    CredentialsError,
    ServerError,
    WebServer,
)

SECRET = Credentials("user", "secret-password")
Reply = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Reply], str]]:
    """Return a function that starts a server with one reply to everything; gives its address."""
    opened: list[ThreadingHTTPServer] = []

    def start(reply: Reply) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                reply(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        opened.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in opened:
        server.shutdown()
        server.server_close()


def say(status: int, content: bytes = b"", *, length: int | None = None, **headers: str) -> Reply:
    def reply(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(content) if length is None else length))
        request.end_headers()
        request.wfile.write(content)

    return reply


def ask(address: str, *, most_bytes: int = 1000, seconds: float = 5.0) -> bytes:
    with WebServer(address, SECRET, answer_seconds=seconds) as server:
        return server.get("/x", accept="*/*", most_bytes=most_bytes).content


def test_a_redirect_to_another_server_is_not_followed(serve: Callable[[Reply], str]) -> None:
    asked: list[str | None] = []

    def note(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.headers["Authorization"])
        say(200, b"stolen")(request)

    other = serve(note)
    with pytest.raises(ServerError, match="redirect to another server") as caught:
        ask(serve(say(302, Location=f"{other}/metadata")))
    assert asked == []
    assert other not in str(caught.value)


def test_a_redirect_within_the_server_is_followed(serve: Callable[[Reply], str]) -> None:
    def reply(request: BaseHTTPRequestHandler) -> None:
        found = request.path == "/y" and request.headers["Authorization"] is not None
        (say(200, b"there") if found else say(307, Location="/y"))(request)

    assert ask(serve(reply)) == b"there"


def test_redirects_in_a_circle_end(serve: Callable[[Reply], str]) -> None:
    with pytest.raises(ServerError, match="one redirect after another"):
        ask(serve(say(302, Location="/x")))


def test_an_answer_without_end_is_cut(serve: Callable[[Reply], str]) -> None:
    def pour(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(bytes(100_000))
        except OSError:
            return

    with pytest.raises(ServerError, match="Expected at most 5 MB"):
        ask(serve(pour), most_bytes=5_000_000)


def test_a_silent_server_times_out(serve: Callable[[Reply], str]) -> None:
    go_on = threading.Event()
    address = serve(lambda _: bool(go_on.wait(10)) and None)
    with pytest.raises(ServerError, match=r"in time, got none. Check host and port"):
        ask(address, seconds=0.2)
    go_on.set()


def test_an_answer_that_breaks_off_is_never_taken_for_whole(serve: Callable[[Reply], str]) -> None:
    with pytest.raises(ServerError, match="the connection broke"):
        ask(serve(say(200, b"half", length=400)))


def test_nobody_at_the_port() -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        port = server.server_address[1]
    with pytest.raises(ServerError, match="no connection"):
        ask(f"http://127.0.0.1:{port}")


def test_a_server_without_tls_at_an_https_address(serve: Callable[[Reply], str]) -> None:
    with pytest.raises(ServerError, match="TLS certificate"):
        ask(serve(say(200)).replace("http:", "https:"))


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, CredentialsError, "got others"),
        (403, CredentialsError, "got others"),
        (404, ServerError, "HTTP status 404. Check the path"),
        (500, ServerError, "HTTP status 500. Ask whoever runs"),
    ],
)
def test_each_failure_says_what_to_do(
    serve: Callable[[Reply], str], status: int, kind: type[ServerError], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        ask(serve(say(status, b"Patient Name^Secret is unknown")))
    assert "Secret" not in str(caught.value)
    assert "secret-password" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"<html>", b"{}x", b'"text"', b"[1]", b'[{"0020000D": 1}]', b"[" * 100_000]
)
def test_a_page_that_is_no_answer_to_a_search(
    serve: Callable[[Reply], str], content: bytes
) -> None:
    with (
        WebServer(serve(say(200, content)), SECRET) as server,
        pytest.raises(ServerError, match="answers of another kind"),
    ):
        find_images(server, Filters(("P",)), progress=lambda _: None)


def test_a_server_that_does_not_know_the_filters_brings_nobody_else(
    serve: Callable[[Reply], str],
) -> None:
    everybody = b"""[{"0020000D": {"Value": ["1.2"]}, "00100020": {"Value": ["OTHER"]}}]"""
    with WebServer(serve(say(200, everybody)), SECRET) as server:
        found = find_images(server, Filters(("WANTED",)), progress=lambda _: None)
    assert found.exams == ()


def test_a_uid_that_would_leave_the_path_is_refused(serve: Callable[[Reply], str]) -> None:
    evil = b"""[{"0020000D": {"Value": ["../../admin"]}}]"""
    with (
        WebServer(serve(say(200, evil)), SECRET) as server,
        pytest.raises(ServerError, match="answers of another kind"),
    ):
        find_images(server, Filters(("P",)), progress=lambda _: None)


@pytest.mark.parametrize(
    "address",
    [
        "pacs:8042",
        "ftp://pacs/x",
        "http://",
        "http://pacs:99999/x",
        "http://[::1/x",
        "http://pacs/x?y=1",
        "http://user:secret-password@pacs/x",
    ],
)
def test_an_address_that_is_none_is_refused_at_once(address: str) -> None:
    with pytest.raises(BadInputError, match="Expected") as caught:
        WebServer(address, SECRET)
    assert "secret-password" not in str(caught.value)


def test_a_password_in_clear_is_noticed_but_not_on_this_computer() -> None:
    for address, in_clear in (
        ("http://pacs/x", True),
        ("https://pacs/x", False),
        ("http://127.0.0.1/x", False),
    ):
        with WebServer(address, SECRET) as server:
            assert server.sends_password_in_clear is in_clear
    with WebServer("http://pacs/x", Credentials()) as server:
        assert not server.sends_password_in_clear


def test_credentials_are_not_shown_by_accident() -> None:
    assert "secret" not in repr(Credentials("user", "secret", "secret"))


def test_a_server_that_knows_no_transfer_syntax_of_any_kind_is_asked_without(
    serve: Callable[[Reply], str], tmp_path: Path
) -> None:
    file = bytes(128) + b"DICM and more"
    body = b"--x\r\nContent-Type: application/dicom\r\n\r\n" + file + b"\r\n--x--"

    def reply(request: BaseHTTPRequestHandler) -> None:
        if "transfer-syntax" in request.headers["Accept"]:
            say(406)(request)
        else:
            say(200, body, Content_Type='multipart/related; boundary="x"')(request)

    incoming = IncomingFolder(tmp_path)
    with WebServer(serve(reply), SECRET) as server:
        fetch_images(server, [RemoteImage("1", "2", "3")], incoming, progress=lambda _: None)
    assert incoming.file_of("3").read_bytes() == file


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"--x\r\n\r\n" + bytes(128) + b"DICM and no end", "the connection broke"),
        (b"--x\r\n\r\n<html>\r\n--x--", "answers of another kind"),
        (b"", "the connection broke"),
    ],
)
def test_an_image_that_is_none_is_never_stored(
    serve: Callable[[Reply], str], tmp_path: Path, body: bytes, words: str
) -> None:
    incoming = IncomingFolder(tmp_path)
    address = serve(say(200, body, Content_Type="multipart/related; boundary=x"))
    with WebServer(address, SECRET) as server, pytest.raises(ServerError, match=words):
        fetch_images(server, [RemoteImage("1", "2", "3")], incoming, progress=lambda _: None)
    assert incoming.files() == ()


def test_a_token_is_sent_as_a_bearer(serve: Callable[[Reply], str]) -> None:
    def reply(request: BaseHTTPRequestHandler) -> None:
        say(200, (request.headers["Authorization"] or "").encode())(request)

    with WebServer(serve(reply), Credentials(token="abc")) as server:
        assert server.get("/x", accept="*/*", most_bytes=100).content == b"Bearer abc"
