"""Heads: where a record ended when this account last wrote to it, kept outside the study.

The chain of hashes shows what was altered in the middle of a record; that its end was cut off, or
that an older file was put in its place, only somebody knows who remembers how it ended. A head
never goes back: it moves on when the record goes on from it, so a record that was rolled back and
then written to stays evident. It is written after the event is safe, and may lag behind by the
last act before a power cut; what it says is true all the same.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock
from filelock import Timeout as LockTimeout
from pydantic import TypeAdapter, ValidationError

from study_design.record.events import JsonValue, StoredEvent
from study_design.record.places import place_problems, remember_place
from study_design.record.problem import Problem
from study_design.record.record import is_gone
from study_design.record.seal import seal_holds, sealed
from study_design.record.signing.account_key import known_account_key
from study_design.secrets import SecretError, data_folder

_LOCK_S = 5.0


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event that this account wrote to the record at a path.

    Attributes
    ----------
    study
        UUID of the record's first event.
    seal
        Of all other fields.
    restored_at, lost_until
        Where the record was put back from a backup: at which event that ended, and up to which
        this account had written before; 0 where nothing was lost.
    """

    study: str
    path: str
    number: int
    hash: str
    at_utc: str
    seal: str = ""
    restored_at: int = 0
    lost_until: int = 0

    @property
    def content(self) -> dict[str, JsonValue]:
        """What the seal covers."""
        fields: dict[str, JsonValue] = asdict(self)
        del fields["seal"]
        return fields


_FORM = TypeAdapter(Head)


def remember(
    record: str,
    study: str,
    written: Sequence[StoredEvent],
    hash_at: Callable[[int], str | None],
) -> None:
    """Move the head of a record on to what was just written.

    A head that cannot be written stops nobody from reading: the event itself is safe.

    Parameters
    ----------
    record
        The identity of the record.
    hash_at
        Returns the hash of an event of the record by its number.
    """
    with suppress(OSError, SecretError, LockTimeout):
        path = _file(study, record)
        with FileLock(path.with_suffix(".lock"), timeout=_LOCK_S):
            known = _read(path)
            if known is None or _goes_on(known, written, hash_at):
                lost = (known.restored_at, known.lost_until) if known else (0, 0)
                _write(path, _head(study, record, written[-1], *lost))
            remember_place(record, study, anew=written[0].number == 1)


def restart_head(record: str, study: str, last: StoredEvent) -> None:
    """Remember the end of a record that was put back from a backup, and what is lost by that."""
    known = _known(study, record)
    before = max(known.number, known.lost_until) if known else 0
    lost = (last.number, before) if before > last.number else (0, 0)
    _write(_file(study, record), _head(study, record, last, *lost))
    remember_place(record, study, anew=True)


def remembered_ends(study: str) -> tuple[Head, ...]:
    """Return what this account remembers of a study's ends, newest first; copies have their own."""
    heads = (_read(file) for file in _folder().glob("*.json"))
    own = (head for head in heads if head is not None and head.study == study)
    return tuple(sorted(filter(_seal_holds, own), key=lambda head: -head.number))


def head_problems(
    record: str, events: Sequence[StoredEvent], *, witnessed: bool = False
) -> Iterator[Problem]:
    """Compare the end of a record with what this account remembers of it.

    Parameters
    ----------
    record
        The identity of the record.
    events
        All events of the record.
    witnessed
        Something kept elsewhere vouches for the end.
    """
    if not events:
        return
    head = _known(events[0].event.event, record)
    if head is not None and _is_of_another_copy(head, record, events):
        head = None
    yield from place_problems(record, events[0].event.event, known=head is not None)
    if head is None:
        yield from _missing_head(record, events, witnessed=witnessed)
        return
    holds = _seal_holds(head)
    if holds is None:
        yield Problem("The seal of the remembered end cannot be checked: no key.", grave=False)
    elif not holds:
        yield Problem("What this account remembers of the record's end was altered.")
        return
    if head.lost_until:
        yield Problem(
            f"The record was restored from a backup that ends at event {head.restored_at}; what "
            f"this account wrote up to event {head.lost_until} before that is lost.",
            grave=False,
        )
    yield from end_problems(events, head.number, head.hash, f"this account wrote on {head.at_utc}")


def _missing_head(
    record: str, events: Sequence[StoredEvent], *, witnessed: bool
) -> Iterator[Problem]:
    """Say what no memory of the end means: none was due, this is a copy, or it was lost."""
    study = events[0].event.event
    own = known_account_key()
    wrote = own is not None and any(s.signing and s.signing.key == own.name for s in events)
    ends = remembered_ends(study)
    elsewhere = next((end for end in ends if _agrees(end, events)), next(iter(ends), None))
    if elsewhere is not None:
        yield Problem(
            f"This is a copy: the record of this study that this account wrote to lies at "
            f"{elsewhere.path} and goes to event {elsewhere.number}.",
            grave=False,
        )
        if elsewhere.number <= len(events):
            known = f"this account wrote on {elsewhere.at_utc}"
            yield from end_problems(events, elsewhere.number, elsewhere.hash, known)
    elif wrote or _file(study, record).exists():
        yield Problem(
            "This account wrote to this record, and what it remembered of its end is gone or "
            "damaged, so whether the end was cut off cannot be known. Compare it with a manifest: "
            "crossread verify STUDY --against FILE",
            grave=not witnessed,
        )
    else:
        yield Problem(
            "This account has not written to this record here, so whether its end was cut off "
            "cannot be known. Compare it with a manifest: crossread verify STUDY --against FILE",
            grave=False,
        )


def end_problems(
    events: Sequence[StoredEvent], number: int, hash_: str, who: str
) -> Iterator[Problem]:
    """Name a record that lacks an event which somebody knows, or holds another in its place."""
    if number > len(events):
        yield Problem(
            f"The record ends at event {len(events)}, but {who} event {number}: its end was cut "
            "off, or an older file was put in its place."
        )
    elif events[number - 1].hash != hash_:
        yield Problem(f"Event {number} is not the one that {who}: the record was rewritten.")


def _goes_on(
    known: Head, written: Sequence[StoredEvent], hash_at: Callable[[int], str | None]
) -> bool:
    """Tell whether what was written follows from the head that is known."""
    if known.number >= written[-1].number or known.seal != sealed(known.study, known.content):
        return False
    if written[0].number == known.number + 1:
        return written[0].previous_hash == known.hash
    return hash_at(known.number) == known.hash


def _seal_holds(head: Head) -> bool | None:
    """Tell whether a head is the one that was written; None where that cannot be known now."""
    try:
        return seal_holds(head.study, head.content, head.seal)
    except SecretError:
        return None


def _is_of_another_copy(head: Head, record: str, events: Sequence[StoredEvent]) -> bool:
    """Tell whether a head was left by a copy that is gone, and this record is another's copy."""
    moved = head.path != record
    return (
        moved
        and not _agrees(head, events)
        and any(_agrees(other, events) for other in remembered_ends(head.study))
    )


def _agrees(head: Head, events: Sequence[StoredEvent]) -> bool:
    """Tell whether a record holds the event with which a head ends."""
    return head.number <= len(events) and events[head.number - 1].hash == head.hash


def _known(study: str, record: str) -> Head | None:
    """Return the head of a record; of one that was moved, that of the place where it was."""
    here = _read(_file(study, record))
    if here is not None:
        return here
    elsewhere = [head for file in _folder().glob("*.json") if (head := _read(file)) is not None]
    moved = [head for head in elsewhere if head.study == study and is_gone(head.path)]
    return max(moved, key=lambda head: head.number, default=None)


def _head(study: str, record: str, newest: StoredEvent, restored_at: int, lost_until: int) -> Head:
    """Return the head of a record that ends with an event, not sealed yet."""
    return Head(
        study,
        record,
        newest.number,
        newest.hash,
        newest.event.at_utc,
        restored_at=restored_at,
        lost_until=lost_until,
    )


def _write(path: Path, head: Head) -> None:
    """Seal a head and write it in one step."""
    content = {**head.content, "seal": sealed(head.study, head.content)}
    staged = path.with_suffix(f".{os.getpid()}.part")
    staged.write_text(json.dumps(content, indent=1), encoding="utf-8")
    staged.replace(path)


def _read(path: Path) -> Head | None:
    """Return the head in a file; None where there is none that can be understood."""
    try:
        return _FORM.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _file(study: str, record: str) -> Path:
    """Return the file of a head: a study and its copies elsewhere have one each."""
    name = hashlib.sha256(f"{study}\n{record}".encode()).hexdigest()[:32]
    return _folder() / f"{name}.json"


def _folder() -> Path:
    """Return the folder of all heads of this account."""
    folder = data_folder() / "heads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
