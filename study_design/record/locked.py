"""What the lock fixed: the protocol's version and the hash of every file that must not change.

Only hashes are taken here; the truth's files are never parsed, so the reading process may use this.
The record is the authority: a study is locked when its record says so.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from study_design.errors import ProtocolError
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.record.events import EventType, StoredEvent
from study_design.record.newest import newest
from study_design.record.payloads.staff import (
    ProtocolAmended,
    ProtocolLocked,
    ProtocolUnlocked,
    StudyFrozen,
    TruthRecorded,
)
from study_design.record.store.record_store import has_record, open_store
from study_design.study_folder import StudyFolder

# What fixes the protocol: its lock, and every amendment after it.
LOCKS = (EventType.PROTOCOL_LOCKED, EventType.PROTOCOL_AMENDED)
# What decides whether the protocol is locked now.
LOCKS_AND_LIFTS = (*LOCKS, EventType.PROTOCOL_UNLOCKED)
_FIXING = (*LOCKS, EventType.TRUTH_RECORDED, EventType.STUDY_FROZEN)


@dataclass(frozen=True, slots=True)
class FileHash:
    """SHA-256 of a file; `file` is its path inside the study, with forward slashes."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LockedProtocol:
    """The protocol as it was locked last."""

    version: int
    study_file: StudyFile
    hashes: tuple[FileHash, ...]

    def check(self, folder: StudyFolder, path: Path) -> None:
        """Refuse a file of the study that is not the one that was locked.

        Raises
        ------
        ProtocolError
            Where the file changed, went missing or was not there when the protocol was locked.
        """
        refuse_changed(folder, self.hashes, path)

    def fixes(self, folder: StudyFolder, path: Path) -> bool:
        """Tell whether the lock fixed anything in a folder of the study."""
        within = f"{path.relative_to(folder.path).as_posix()}/"
        return any(known.file.startswith(within) for known in self.hashes)


def lock_of(events: Sequence[StoredEvent]) -> StoredEvent | None:
    """Return the lock or amendment that holds; None before the first, and where it was lifted.

    Parameters
    ----------
    events
        At least all locks, amendments and lifted locks, in order.
    """
    last = newest(events, *LOCKS_AND_LIFTS)
    return None if last is None or isinstance(last.event.payload, ProtocolUnlocked) else last


def locked_protocol(folder: StudyFolder, events: Sequence[StoredEvent]) -> LockedProtocol:
    """Return the locked protocol after comparing study.toml, plan, cases and readers with it.

    Raises
    ------
    ProtocolError
        Where the protocol is not locked, or one of the four files differs from the locked one.
    """
    lock = lock_of(events)
    if lock is None:
        raise ProtocolError(
            f"Expected a locked protocol in {folder.path.name}, got none. "
            f"Plan and lock it: crossread lock {folder.path.name} --by NAME"
        )
    hashes = hashes_in(lock)
    for path in (folder.study_toml, folder.plan_csv, folder.cases_csv, folder.readers_csv):
        refuse_changed(folder, hashes, path)
    return LockedProtocol(version_locked_by(lock), read_study_file(folder.study_toml), hashes)


def fixed_hashes(events: Sequence[StoredEvent]) -> tuple[FileHash, ...]:
    """Return the hash of every file as the record's newest word fixes it; none before the lock.

    A lock or an amendment fixes all files, truth that comes in later its own, a freeze all again;
    a lock that was lifted fixes nothing.
    """
    fixed: dict[str, str] = {}
    for stored in events:
        if stored.event.type in LOCKS_AND_LIFTS:
            fixed = {}
        if stored.event.type in _FIXING:
            fixed |= {known.file: known.sha256 for known in hashes_in(stored)}
    return tuple(FileHash(name, sha256) for name, sha256 in fixed.items())


def hashes_in(stored: StoredEvent) -> tuple[FileHash, ...]:
    """Return the hashes that an event carries."""
    match stored.event.payload:
        case ProtocolLocked() | ProtocolAmended() | TruthRecorded() | StudyFrozen() as fixing:
            return tuple(FileHash(name, sha256) for name, sha256 in fixing.hashes.items())
    return ()


def version_locked_by(stored: StoredEvent) -> int:
    """Return the version of the protocol that a lock or an amendment fixes."""
    match stored.event.payload:
        case ProtocolLocked() | ProtocolAmended() as lock:
            return lock.protocol_version
    raise ValueError(f"event {stored.number} is no lock")


def is_locked(folder: StudyFolder) -> bool:
    """Tell whether the record holds a lock that was not lifted."""
    if not has_record(folder):
        return False
    with open_store(folder) as store:
        return lock_of(store.events(types=LOCKS_AND_LIFTS)) is not None


def refuse_when_locked(folder: StudyFolder, act: str) -> None:
    """Refuse an act, named in the infinitive, that a locked protocol forbids."""
    if is_locked(folder):
        raise ProtocolError(
            f"The protocol of {folder.path.name} is locked, so Crossread cannot {act}. "
            f"While nobody has read: crossread unlock {folder.path.name} --reason TEXT"
        )


def file_hash(folder: StudyFolder, path: Path) -> FileHash:
    """Return the hash of a file of the study."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return FileHash(path.relative_to(folder.path).as_posix(), digest)


def study_hashes(folder: StudyFolder) -> tuple[FileHash, ...]:
    """Return the hashes of all files that a lock fixes and a freeze closes, in the same order."""
    files = [folder.study_toml, folder.plan_csv, folder.cases_csv, folder.readers_csv]
    files += sorted(folder.detections.glob("*.json"))
    files += sorted(folder.detections.glob("*/*"))
    files += sorted(folder.reference_standard.glob("*.csv"))
    return tuple(file_hash(folder, path) for path in files if path.is_file())


def refuse_changed(folder: StudyFolder, hashes: tuple[FileHash, ...], path: Path) -> None:
    """Refuse a file that is not, byte by byte, the one of which the hash was kept."""
    name = path.relative_to(folder.path).as_posix()
    locked = next((known.sha256 for known in hashes if known.file == name), None)
    if locked is None:
        raise ProtocolError(
            f"{name} was not there when the protocol was locked, so it cannot be used. Remove it."
        )
    if not path.is_file():
        raise ProtocolError(
            f"Expected {name} as it was locked, got no such file. Put it back from a backup."
        )
    if file_hash(folder, path).sha256 != locked:
        raise ProtocolError(
            f"Expected {name} as it was locked, got a file that was changed since. "
            "Put the locked one back from a backup."
        )
