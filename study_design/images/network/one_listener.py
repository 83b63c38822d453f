"""One listener a study: two would import the same arrivals against each other.

The lock ends with the program that holds it, however that ends; the note beside it says which
program that is, and means nothing without the lock.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from filelock import FileLock, Timeout

from study_design.errors import ProtocolError
from study_design.study_folder import StudyFolder

LOCK = ".receive.lock"
NOTE = ".receive.note"


class ListenerRunningError(ProtocolError):
    """Another listener takes images for the study."""


@contextmanager
def only_listener(folder: StudyFolder) -> Iterator[Callable[[str], None]]:
    """Be the only listener of a study while the block runs.

    Yields a function that is told what the listener calls itself (`CROSSREAD on port 11112`), for
    the message of whoever comes second.

    Raises
    ------
    ListenerRunningError
        Where another one listens; names it.
    """
    lock = FileLock(folder.path / LOCK, mode=0o600)
    note = folder.path / NOTE
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ListenerRunningError(
            f"Expected no other listener for {folder.path.name}, got {_other(folder)}. Send to "
            "that one, or stop it first."
        ) from error
    try:
        note.unlink(missing_ok=True)

        def tell(words: str) -> None:
            note.write_text(
                f"{words} (process {os.getpid()} of {socket.gethostname()})", encoding="utf-8"
            )

        yield tell
    finally:
        with suppress(OSError):
            note.unlink(missing_ok=True)
        lock.release()


def _other(folder: StudyFolder) -> str:
    """Return what the listener that runs calls itself."""
    try:
        return (folder.path / NOTE).read_text(encoding="utf-8") or "one that just starts"
    except (OSError, UnicodeDecodeError):
        return "one that just starts"
