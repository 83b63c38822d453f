"""Up to where this account has checked a record, kept outside the study.

A sitting goes on from there, so that it opens quickly however long the record has become. What is
remembered is under the account's seal and trusted only where the record still has that event.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from study_design.record.events import JsonValue, StoredEvent
from study_design.record.seal import seal_holds, sealed
from study_design.secrets import SecretError, data_folder


def checked_until(record: str, events: Sequence[StoredEvent]) -> int:
    """Return the number of the last event that this account found sound; 0 where it found none.

    Parameters
    ----------
    events
        All events of the record.
    """
    try:
        said = json.loads(_file(record, events).read_bytes())
        number, hash_ = int(said["number"]), str(said["hash"])
        holds = seal_holds(_study(events), _content(record, number, hash_), said["seal"])
    except (OSError, ValueError, LookupError, TypeError, SecretError):
        return 0
    known = bool(holds) and 0 < number <= len(events) and events[number - 1].hash == hash_
    return number if known else 0


def remember_checked(record: str, events: Sequence[StoredEvent]) -> None:
    """Remember that all these events of a record are sound; where that fails nothing is lost."""
    with suppress(OSError, SecretError, LookupError):
        content = _content(record, events[-1].number, events[-1].hash)
        path = _file(record, events)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        staged = path.with_suffix(f".{os.getpid()}.part")
        text = json.dumps({**content, "seal": sealed(_study(events), content)})
        staged.write_text(text, encoding="utf-8")
        staged.replace(path)


def _study(events: Sequence[StoredEvent]) -> str:
    """Return what a record is known by: the UUID of its first event."""
    return events[0].event.event


def _content(record: str, number: int, hash_: str) -> dict[str, JsonValue]:
    """Return what the seal covers."""
    return {"checked": record, "number": number, "hash": hash_}


def _file(record: str, events: Sequence[StoredEvent]) -> Path:
    """Return the file of a record at its place."""
    name = hashlib.sha256(f"{_study(events)}\n{record}".encode()).hexdigest()[:32]
    return data_folder() / "checked" / f"{name}.json"
