"""One sitting of a reader at a time: a lock that ends with the program, however that ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from study_design.errors import ProtocolError
from study_design.study_folder import StudyFolder


@contextmanager
def desk_lock(folder: StudyFolder, reader: str) -> Iterator[None]:
    """Hold a reader's desk; a program that is killed lets go of it.

    Raises
    ------
    ProtocolError
        Where the reader sits at the study already.
    """
    lock = FileLock(folder.path / f".desk-{reader}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ProtocolError(
            f"{reader} reads {folder.path.name} in another window already. Go on there or close it."
        ) from error
    try:
        yield
    finally:
        lock.release()
