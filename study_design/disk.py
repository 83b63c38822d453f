"""The disk that a file lies on: what it is called, what room it has, what is said when it is full.

A full disk is the one fault of writing that a user mends without us, if told which disk, how much
is needed and how much there is.
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from study_design.errors import DiskFullError

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def existing(path: Path) -> Path:
    """Return a path itself, or the nearest folder above it that is there."""
    path = path.absolute()
    return next(one for one in (path, *path.parents) if one.exists())


def disk_of(path: Path) -> Path:
    """Return where the disk of a path, which need not exist, is mounted; its drive on Windows."""
    there = existing(path)
    disk = there.stat().st_dev
    above = [one for one in (there, *there.parents) if one.stat().st_dev == disk]
    return above[-1]


def free_bytes(path: Path) -> int:
    """Return the room on the disk of a path, which need not exist."""
    return shutil.disk_usage(existing(path)).free


def require_room(path: Path, need_bytes: int, what: str) -> None:
    """Refuse to begin what will not fit.

    Raises
    ------
    DiskFullError
        Where the disk of the path has less room than is needed at least.
    """
    free = free_bytes(path)
    if free < need_bytes:
        raise DiskFullError(
            f"Expected {size_text(need_bytes)} or more for {what} on the disk {disk_of(path)}, got "
            f"{size_text(free)} free. Make room on it, or choose a folder on another disk."
        )


@contextmanager
def named_when_full(path: Path, what: str) -> Iterator[None]:
    """Say which disk is full where writing to a path fails for want of room.

    Raises
    ------
    DiskFullError
        In place of the system's error.
    """
    begun_bytes = free_bytes(path)
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise full_disk(path, what, begun_bytes) from error


def full_disk(path: Path, what: str, had_bytes: int | None = None) -> DiskFullError:
    """Return what is told where a disk is full; it may have room again, as we clean up."""
    had = free_bytes(path) if had_bytes is None else had_bytes
    return DiskFullError(
        f"Expected room for {what} on the disk {disk_of(path)}, got a full disk: more than the "
        f"{size_text(had)} that were free are needed. Nothing was left half written. Make room on "
        "it, or choose a folder on another disk."
    )


def is_full(error: OSError) -> bool:
    """Tell whether the system ran out of room on a disk, or of an account's share of it."""
    return error.errno in _FULL


def size_text(count: int) -> str:
    """Return a number of bytes for people."""
    for unit, size in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can do that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
