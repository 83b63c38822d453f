"""Backup of a whole study into one ZIP file, also while it is being read, and the way back.

The record is copied as it is at one moment; all other files do not change once the protocol is
locked. The link file lies outside the study, and so outside its backup.
"""

import errno
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from glob import escape
from pathlib import Path
from typing import IO

from study_design.disk import named_when_full, require_room, sync_folder
from study_design.errors import BadInputError
from study_design.life.backup_contents import CONTENTS, DAMAGE, contents_of
from study_design.life.restoring import NOTHING, Restoring, Vouching, restoring, write_restored
from study_design.private import keep_private, make_private
from study_design.record.actor import Actor
from study_design.record.events import JsonValue
from study_design.record.record import file_identity
from study_design.record.store.record_store import open_store
from study_design.record.witness import vouched
from study_design.software import SOFTWARE_VERSION
from study_design.study_folder import StudyFolder

# What a study shrinks to at best: pixels of 12 bits, half of them air.
MOST_TIMES_SMALLER = 10
_CHUNK = 1 << 20

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: files, events, the hash of the newest event, and what is wrong in it."""

    files: int
    events: int
    last_hash: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back, and what it means for the record."""

    backup: Backup
    verdict: Restoring


def backup_study(folder: StudyFolder, file: Path, *, report: Report = lambda *_: None) -> Backup:
    """Write a study into a ZIP file.

    Raises
    ------
    BadInputError
        Where the file exists already, or lies in the study; where the study holds a link.
    RecordError
        Where the record cannot be read.
    """
    source = folder.required().path.resolve()
    if file.exists() or source in file.resolve().parents:
        raise BadInputError(
            f"Expected a new file outside the study for the backup, got {file}. Choose another."
        )
    paths = [path for path in sorted(source.rglob("*")) if _belongs(path, folder)]
    size_bytes = sum(path.stat().st_size for path in paths)
    with _aside(file, "the backup", size_bytes // MOST_TIMES_SMALLER) as aside:
        record = aside / folder.record.name
        with open_store(folder) as store:
            store.snapshot(record)
        with open_store(record) as store:
            warnings, events = store.verify_chain(), store.events()
        staged = aside / file.name
        with zipfile.ZipFile(staged, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            hashes: dict[str, JsonValue] = {record.name: _put(archive, record.name, record)}
            for done, path in enumerate(paths, start=1):
                name = path.relative_to(source).as_posix()
                hashes[name] = _put(archive, name, path)
                report("Packed files", done, len(paths))
            content = vouched({"software_version": SOFTWARE_VERSION, "files": hashes}, events)
            archive.writestr(CONTENTS, json.dumps(content, indent=1))
        with staged.open("rb+") as stream:
            os.fsync(stream.fileno())
        make_private(staged)
        staged.replace(file)
        sync_folder(file.parent)
    return Backup(len(hashes), len(events), events[-1].hash if events else "", warnings)


def restore_study(
    file: Path,
    path: Path,
    *,
    by: Actor,
    now: datetime,
    vouching: Vouching = NOTHING,
    report: Report = lambda *_: None,
) -> Restored:
    """Make a study again from its backup; every file is compared with its checksum first.

    That it was restored becomes an event, with what is lost by it as far as this account knows.

    Raises
    ------
    BadInputError
        Where the path exists, or the file is no backup or a damaged one; nothing is left then.
    RecordError
        Where nothing can be written or signed here.
    """
    if path.exists():
        raise BadInputError(
            f"Expected a new path for the study, got {path}, which is there already. Move it away "
            "or choose another path."
        )
    with _aside(path, "the restored study") as aside:
        staged = StudyFolder(aside / path.name)
        damaged = BadInputError(
            f"Expected a backup made by crossread backup, got {file.name}, which is none or "
            "damaged. Take another one."
        )
        try:
            files = _unpack(file, staged, report)
        except DAMAGE as error:
            raise damaged from error
        except OSError as error:
            if error.errno != errno.EINVAL:  # a seek to where no file reaches
                raise
            raise damaged from error
        with open_store(staged) as store:
            warnings, events = store.verify_chain(), store.events()
        keep_private(staged)
        told = restoring(file_identity(StudyFolder(path).record), events, warnings, vouching)
        staged.path.replace(path)
        sync_folder(path.parent)
    if events:
        write_restored(StudyFolder(path), events, told, by=by, now=now)
    last_hash = events[-1].hash if events else ""
    return Restored(Backup(files, len(events), last_hash, warnings), told)


@contextmanager
def _aside(target: Path, what: str, need_bytes: int = 0) -> Iterator[Path]:
    """Give a hidden folder on the disk of a new file or folder; it is gone in the end."""
    with named_when_full(target, what):
        require_room(target, need_bytes, what)
        target.parent.mkdir(parents=True, exist_ok=True)
        prefix = f".{target.name}.part-"
        for left in target.parent.glob(f"{escape(prefix)}*"):  # of a program that was killed
            shutil.rmtree(left, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _belongs(path: Path, folder: StudyFolder) -> bool:
    """Tell whether a path is a file of the study: not its record, a lock or work under way.

    A link is refused: what it leads to is no file of the study, and without it the backup would
    not be whole.
    """
    inside = path.relative_to(folder.path.resolve()).parts
    hidden = any(part.startswith(".") for part in inside)
    if path.is_symlink() and not hidden:
        raise BadInputError(
            f"Expected files in {folder.path.name}, got the link {'/'.join(inside)}, which leads "
            "out of it. Put what it leads to in its place, or remove it."
        )
    return path.is_file() and not hidden and not inside[0].startswith(folder.record.name)


def _put(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    """Put a file into an archive and return its SHA-256."""
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        return _copied(source, target)


def _unpack(file: Path, folder: StudyFolder, report: Report) -> int:
    """Unpack a backup and return the number of its files; ValueError where it is not whole."""
    with zipfile.ZipFile(file) as archive:
        hashes = contents_of(archive, folder.path.parent)
        for part in (folder.protocol, folder.images, folder.detections, folder.reference_standard):
            part.mkdir(parents=True)
        for done, (name, sha256) in enumerate(hashes.items(), start=1):
            target = folder.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as packed, target.open("wb") as stream:
                if _copied(packed, stream) != sha256:
                    raise ValueError(f"{name} is damaged")
            report("Unpacked files", done, len(hashes))
    return len(hashes)


def _copied(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy a stream and return the SHA-256 of what went through."""
    digest = hashlib.sha256()
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()
