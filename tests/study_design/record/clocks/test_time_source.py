"""Real time servers on this computer: what is believed, and how long a sitting waits for them."""

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from study_design.errors import BadInputError
from study_design.record.clocks.time_source import (
    TrueTime,
    checked_sources,
    true_time,
    witness,
)
from study_design.record.payloads.station import Station

THERE_S = datetime(2027, 2, 3, 4, 5, 6, tzinfo=UTC).timestamp()
NTP_S = 2_208_988_800
Answer = Callable[[bytes], bytes | None]


def stamp(posix_s: float) -> bytes:
    whole, part = divmod(posix_s + NTP_S, 1)
    return struct.pack("!II", int(whole) % 2**32, int(part * 2**32))


def said(question: bytes, at_s: float = THERE_S, *, flags: int = 0x24, stratum: int = 2) -> bytes:
    """Answer as RFC 4330 wants it: the client's time comes back where the question had it."""
    head = struct.pack("!BBbb", flags, stratum, 6, -20) + bytes(12)
    return head + stamp(at_s - 9) + question[40:48] + stamp(at_s) + stamp(at_s)


@contextmanager
def ntp_server(answer: Answer) -> Iterator[str]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(0.1)
        done = threading.Event()

        def serve() -> None:
            while not done.is_set():
                try:
                    question, who = line.recvfrom(512)
                except TimeoutError:
                    continue
                back = answer(question)
                if back is not None:
                    line.sendto(back, who)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"ntp://127.0.0.1:{line.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


@contextmanager
def web_server(status: int, date: str) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(status)
            if date:
                self.send_header("Date", date)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/dicom-web"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(*addresses: str, within_s: float = 2.0) -> TrueTime | None:
    return true_time(checked_sources(addresses), time.monotonic, within_s=within_s)


def test_an_ntp_server_tells_the_true_time_whatever_this_computer_says() -> None:
    with ntp_server(said) as address:
        true = ask(address)
    assert true is not None
    assert true.source == address
    assert true.at_s == pytest.approx(THERE_S + true.round_trip_s / 2, abs=0.01)
    assert true.now(true.counted_s + 60).timestamp() == pytest.approx(true.at_s + 60)


def test_the_second_era_of_ntp_begins_in_2036() -> None:
    later_s = datetime(2036, 2, 8, tzinfo=UTC).timestamp()
    with ntp_server(lambda question: said(question, later_s)) as address:
        true = ask(address)
    assert true is not None
    assert true.at_s == pytest.approx(later_s, abs=5)


@pytest.mark.parametrize(
    "answer",
    [
        lambda question: said(question)[:40],
        lambda _: said(bytes(48)),
        lambda question: said(question, flags=0xE4),
        lambda question: said(question, flags=0x23),
        lambda question: said(question, stratum=0),
        lambda question: said(question, stratum=16),
        lambda _: b"",
    ],
    ids=["short", "to another question", "unsynchronised", "a client", "kiss of death", "no", "0"],
)
def test_an_answer_that_is_none_is_not_believed(answer: Answer) -> None:
    with ntp_server(answer) as address:
        assert ask(address, within_s=0.5) is None


@pytest.mark.parametrize("status", [200, 401, 404, 500])
def test_the_date_of_a_web_server_is_true_time_even_if_it_lets_nobody_in(status: int) -> None:
    with web_server(status, formatdate(THERE_S, usegmt=True)) as address:
        true = ask(address)
    assert true is not None
    assert true.at_s == pytest.approx(THERE_S + 0.5, abs=0.5 + true.round_trip_s)


@pytest.mark.parametrize("date", ["", "yesterday", "Wed, 03 Feb 2027 04:05:06"])
def test_a_web_server_without_a_date_is_no_time_server(date: str) -> None:
    with web_server(200, date) as address:
        assert ask(address) is None


def test_a_silent_server_and_one_that_is_not_there_cost_their_time_and_no_more() -> None:
    began_s = time.monotonic()
    with ntp_server(lambda _: None) as address:
        assert ask(address, "http://127.0.0.1:9/", "ntp://127.0.0.1:9", within_s=0.4) is None
    assert time.monotonic() - began_s < 5


def test_the_quickest_of_those_that_agree_is_taken_and_two_that_differ_are_not() -> None:
    with (
        ntp_server(said) as here,
        ntp_server(lambda question: said(question, THERE_S + 30)) as close,
        ntp_server(lambda question: said(question, THERE_S + 90)) as far,
        ntp_server(lambda _: None) as silent,
    ):
        assert ask(here, close, silent, within_s=0.5) is not None
        assert ask(here, far, silent, within_s=0.5) is None


def test_without_a_server_nothing_is_asked() -> None:
    assert ask() is None


@pytest.mark.parametrize(
    "address", ["time.example.org", "ftp://here", "ntp://", "ntp://here:0", "http://a:b@c/", "[::"]
)
def test_what_is_no_address_of_a_time_server_is_refused(address: str) -> None:
    with pytest.raises(BadInputError, match="Expected a time server, got"):
        checked_sources([address])


def test_the_record_keeps_by_how_much_the_clock_was_behind() -> None:
    true = TrueTime("ntp://here", THERE_S, 100.0, 0.02)
    now = datetime.fromtimestamp(THERE_S - 3590, UTC)
    kept = witness(true, Station("m", "b", 110.0), now)
    assert (kept.source, kept.round_trip_s, kept.offset_s) == ("ntp://here", 0.02, 3600.0)
    assert kept.true_utc == "2027-02-03T04:05:16.000000Z"
