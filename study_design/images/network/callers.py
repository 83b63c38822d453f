"""Whom the listener of a study turned away, and why: `callers.csv`, for the PACS administrator.

It holds titles and addresses of machines and never a word of what they wanted to send. Rows are
added as they happen; beyond a megabyte the older half makes room.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from study_design.study_folder import StudyFolder
from study_design.tables.csv_file import csv_bytes

MOST_BYTES = 1_000_000
_KEPT = "callers-before.csv"
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class RejectedCaller:
    """A caller that was turned away.

    Attributes
    ----------
    address
        Where it called from.
    calling, called
        The AE titles that it gave: its own, and the one that it wanted; empty where it gave none.
    why
        In words.
    """

    address: str
    calling: str
    called: str
    why: str

    def __str__(self) -> str:
        who = f"{self.calling} at {self.address}" if self.calling else self.address
        return f"Turned away {who}: {self.why}"


_COLUMNS = ("when_utc", *(field.name for field in fields(RejectedCaller)))


class CallerLog:
    """The log of one study; may be written from several threads.

    Parameters
    ----------
    clock
        The time in UTC.
    """

    def __init__(
        self, folder: StudyFolder, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._path = folder.callers_csv
        self._clock = clock
        self._lock = threading.Lock()

    def note(self, caller: RejectedCaller) -> None:
        """Add a row."""
        row = {
            "when_utc": f"{self._clock():%Y-%m-%dT%H:%M:%SZ}",
            "address": caller.address,
            "calling": caller.calling[:_LONGEST],
            "called": caller.called[:_LONGEST],
            "why": caller.why,
        }
        with self._lock:
            if self._path.exists() and self._path.stat().st_size > MOST_BYTES:
                self._path.replace(self._path.with_name(_KEPT))
            header, _, line = csv_bytes(_COLUMNS, [row]).partition(b"\n")
            with self._path.open("ab") as stream:
                stream.write(line if stream.tell() else header + b"\n" + line)
