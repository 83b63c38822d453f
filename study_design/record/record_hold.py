"""Locks that are the record's own: nobody can delete them and leave the record in its place.

A lock is a byte of record.sqlite far behind its end, one for each name. It belongs to an open file
and ends with it, however the program ends. Linux and Windows have such locks; elsewhere only the
lock file beside the record counts.

On POSIX, closing any handle of a file drops the locks that SQLite, in the same process, holds on
it. So a handle is kept until the program ends; a desk needs one.
"""

import hashlib
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Behind any record, and clear of the bytes at 1 GiB that SQLite itself locks. Windows counts to
# 2 GiB only.
_FIRST = 0x60000000 if sys.platform == "win32" else 1 << 60
_COUNT = 1 << (24 if sys.platform == "win32" else 56)
_SET = getattr(sys.modules.get("fcntl"), "F_OFD_SETLK", None)


class HeldElsewhereError(Exception):
    """Another program, or another part of this one, holds the lock."""


@contextmanager
def hold(record: Path, name: str) -> Iterator[None]:
    """Hold the lock of a name on a record; nothing is held where there is neither.

    Raises
    ------
    HeldElsewhereError
        Where it is held already.
    """
    if not record.is_file():
        yield
        return
    handle = os.open(record, os.O_RDWR)
    byte = _FIRST + int.from_bytes(hashlib.sha256(name.encode()).digest()[:7]) % _COUNT
    if not _take(handle, byte):
        _KEPT.append(handle)
        raise HeldElsewhereError(name)
    try:
        yield
    finally:
        _let_go(handle, byte)
        _KEPT.append(handle)


# Never closed: see the module.
_KEPT: list[int] = []


if sys.platform == "win32":

    def _take(handle: int, byte: int) -> bool:
        """Lock a byte and tell whether it was free."""
        try:
            os.lseek(handle, byte, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _let_go(handle: int, byte: int) -> None:
        """Unlock a byte."""
        os.lseek(handle, byte, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:

    def _take(handle: int, byte: int) -> bool:
        """Lock a byte and tell whether it was free; a system without such locks says it was."""
        if _SET is None:
            return True
        try:
            fcntl.fcntl(handle, _SET, _flock(fcntl.F_WRLCK, byte))
        except (BlockingIOError, PermissionError):
            return False
        except OSError:  # a file system without locks
            return True
        return True

    def _let_go(handle: int, byte: int) -> None:
        """Unlock a byte."""
        if _SET is not None:
            fcntl.fcntl(handle, _SET, _flock(fcntl.F_UNLCK, byte))

    def _flock(kind: int, byte: int) -> bytes:
        """Return `struct flock` for one byte, as 64-bit systems lay it out."""
        return struct.pack("hhqqi4x", kind, os.SEEK_SET, byte, 1, 0)
