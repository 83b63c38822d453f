"""One sitting of a reader at a time: locks that end with the program, however that ends.

The record's own lock counts, for nobody can delete it. The lock file beside it keeps programs of
earlier versions out, and those on systems whose files have no such locks.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from study_design.errors import ProtocolError
from study_design.record.record import Record
from study_design.record.record_hold import HeldElsewhereError
from study_design.study_folder import StudyFolder


@contextmanager
def desk_lock(folder: StudyFolder, record: Record, reader: str) -> Iterator[None]:
    """Hold a reader's desk; a program that is killed lets go of it.

    Raises
    ------
    ProtocolError
        Where the reader sits at the study already.
    """
    taken = ProtocolError(
        f"{reader} reads {folder.path.name} in another window already. Go on there or close it."
    )
    lock = FileLock(folder.path / f".desk-{reader}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise taken from error
    try:
        with record.hold(f"desk {reader}"):
            yield
    except HeldElsewhereError as error:
        raise taken from error
    finally:
        lock.release()
