"""Trusted time: asks servers that are not this computer what time it is.

An NTP server answers one packet (SNTP, RFC 4330); a web server such as the PACS says its time in
the Date header of any answer (RFC 9110, 6.6.1), in whole seconds. All are asked at once, briefly,
and the clock of this computer plays no part: what counts is the answer and how long it took to
come. Where two servers contradict each other, neither is believed. Whoever rules the network can
forge answers; a server of the hospital's own is as good as its administrator.
"""

import secrets
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import SplitResult, urlsplit

import requests

from study_design.errors import BadInputError
from study_design.record.acts import utc_text
from study_design.record.payloads.reading import TimeWitnessed
from study_design.record.payloads.station import Station

ANSWER_S = 2.0
# Two servers that are both right differ by less.
AGREE_S = 60.0
NTP_PORT = 123
# NTP counts seconds from 1900 and begins anew in 2036; the second era follows the first.
_NTP_TO_POSIX_S = 2_208_988_800
_ERA_S = 2**32
_ERA_BEGINS_POSIX_S = 1_700_000_000
_PACKET = struct.Struct("!B B b b 11I")
_ASK = 0x23  # version 4, client
_SERVER_MODE, _UNSYNCHRONISED, _LAST_STRATUM = 4, 3, 15
_ADVICE = "Write it like ntp://time.example.org or https://pacs.example.org:8042/dicom-web."


@dataclass(frozen=True, slots=True)
class TrueTime:
    """What a server said: the true time as its answer came, and how long that took.

    Attributes
    ----------
    at_s
        Seconds since 1970.
    counted_s
        What the computer's own counter of seconds since its start said then.
    """

    source: str
    at_s: float
    counted_s: float
    round_trip_s: float

    def now(self, counted_s: float) -> datetime:
        """Return the true time at another moment of the monotonic clock."""
        return datetime.fromtimestamp(self.at_s + counted_s - self.counted_s, UTC)


def witness(true: TrueTime, station: Station, now: datetime) -> TimeWitnessed:
    """Return what the record keeps of an answer, at a moment of a station and of its clock."""
    true_utc = true.now(station.since_boot_s or 0.0)
    offset_s = (true_utc - now).total_seconds()
    return TimeWitnessed(true.source, utc_text(true_utc), offset_s, true.round_trip_s, station)


def checked_sources(addresses: Sequence[str]) -> tuple[SplitResult, ...]:
    """Return the parts of the addresses of time servers.

    Raises
    ------
    BadInputError
        Where one is no ntp, http or https address.
    """
    found = []
    for address in addresses:
        try:
            parts = urlsplit(address)
            makes_sense = parts.port != 0 and bool(parts.hostname)
        except ValueError:
            raise BadInputError(f"Expected a time server, got {address!r}. {_ADVICE}") from None
        if parts.scheme not in {"ntp", "http", "https"} or not makes_sense or parts.username:
            raise BadInputError(f"Expected a time server, got {address!r}. {_ADVICE}")
        found.append(parts)
    return tuple(found)


def true_time(
    sources: Sequence[SplitResult],
    counter: Callable[[], float],
    *,
    within_s: float = ANSWER_S,
) -> TrueTime | None:
    """Return what the quickest of the servers says; None where none answers in time, or two differ.

    It takes `within_s` at most, whatever the servers and the network do.

    Parameters
    ----------
    counter
        Seconds since the start of this computer.
    """
    answers = tuple(_answers(sources, counter, within_s))
    starts = [answer.at_s - answer.counted_s for answer in answers]
    if not answers or max(starts) - min(starts) > AGREE_S:
        return None
    return min(answers, key=lambda answer: answer.round_trip_s)


def _answers(
    sources: Sequence[SplitResult], counter: Callable[[], float], within_s: float
) -> Iterator[TrueTime]:
    """Yield what servers say in time; the threads of those that do not end with the program."""
    said: SimpleQueue[TrueTime | None] = SimpleQueue()
    for source in sources:
        Thread(
            target=lambda asked: said.put(_ask(asked, counter, within_s)),
            args=(source,),
            daemon=True,
        ).start()
    until_s = time.monotonic() + within_s
    for _ in sources:
        try:
            answer = said.get(timeout=max(until_s - time.monotonic(), 0.0))
        except Empty:
            return
        if answer is not None:
            yield answer


def _ask(source: SplitResult, counter: Callable[[], float], within_s: float) -> TrueTime | None:
    """Return what one server says; None where it does not answer as it must."""
    ask = _ask_ntp if source.scheme == "ntp" else _ask_web
    try:
        return ask(source, counter, within_s)
    except (OSError, ValueError, requests.RequestException):
        return None


def _ask_ntp(source: SplitResult, counter: Callable[[], float], within_s: float) -> TrueTime | None:
    """Ask an NTP server once."""
    cookie = secrets.token_bytes(8)
    question = bytes([_ASK]) + bytes(39) + cookie
    kind, _, _, _, where = socket.getaddrinfo(
        source.hostname, source.port or NTP_PORT, type=socket.SOCK_DGRAM
    )[0]
    with socket.socket(kind, socket.SOCK_DGRAM) as line:
        line.settimeout(within_s)
        # A connected socket takes answers of that address only.
        line.connect(where)
        began_s = time.perf_counter()
        line.send(question)
        answer = line.recv(512)
        round_trip_s = time.perf_counter() - began_s
        counted_s = counter()
    at_s = _time_in(answer, cookie, round_trip_s)
    return None if at_s is None else TrueTime(source.geturl(), at_s, counted_s, round_trip_s)


def _time_in(answer: bytes, cookie: bytes, round_trip_s: float) -> float | None:
    """Return the true time at which an answer came; None where it is not one to our question."""
    if len(answer) < _PACKET.size or answer[24:32] != cookie:
        return None
    flags, stratum, *rest = _PACKET.unpack_from(answer)
    synchronised = flags >> 6 != _UNSYNCHRONISED and 1 <= stratum <= _LAST_STRATUM
    if flags & 7 != _SERVER_MODE or not synchronised:
        return None
    received_s, sent_s = _posix(rest[9], rest[10]), _posix(rest[11], rest[12])
    on_the_way_s = max(round_trip_s - max(sent_s - received_s, 0.0), 0.0)
    return sent_s + on_the_way_s / 2


def _posix(seconds: int, fraction: int) -> float:
    """Return an NTP time as seconds since 1970, in the era that this program can live in."""
    posix_s = seconds + fraction / _ERA_S - _NTP_TO_POSIX_S
    return posix_s if posix_s >= _ERA_BEGINS_POSIX_S else posix_s + _ERA_S


def _ask_web(source: SplitResult, counter: Callable[[], float], within_s: float) -> TrueTime | None:
    """Ask a web server; that it does not let us in makes its clock no worse."""
    began_s = time.perf_counter()
    with requests.get(
        source.geturl(), timeout=within_s, allow_redirects=False, stream=True
    ) as response:
        round_trip_s = time.perf_counter() - began_s
        counted_s = counter()
        said = parsedate_to_datetime(response.headers.get("Date", ""))
    if said.tzinfo is None:
        return None
    # Half a second for what the header leaves out.
    at_s = said.timestamp() + 0.5 + round_trip_s / 2
    return TrueTime(source.geturl(), at_s, counted_s, round_trip_s)
