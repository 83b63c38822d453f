"""Whether a name stands in a file, whatever kind of file it is."""

from collections.abc import Sequence
from pathlib import Path

_CHUNK_BYTES = 1 << 22


def holds_name(path: Path, marks: Sequence[bytes]) -> bool:
    """Tell whether one of some names stands in a file, read piece by piece."""
    longest, tail = max(map(len, marks), default=0), b""
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            if any(is_named(tail + chunk, mark) for mark in marks):
                return True
            tail = (tail + chunk)[-longest - 1 :]
    return False


def is_named(content: bytes, mark: bytes) -> bool:
    """Tell whether a name stands in bytes, and not as a part of a longer one."""
    at = content.find(mark)
    while at >= 0:
        before, behind = content[at - 1 : at], content[at + len(mark) : at + len(mark) + 1]
        if not before.isalnum() and not behind.isdigit():
            return True
        at = content.find(mark, at + 1)
    return False
