"""The hidden folder in which an import works: one import at a time, nothing left of a crashed one.

It lies in the study, so that finished files move into place without being copied.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from study_design.errors import ProtocolError
from study_design.left_overs import IMPORT_LOCK, IMPORT_PREFIX, of_this_process
from study_design.study_folder import StudyFolder

# Long enough for a program that only looks whether an import runs.
_PATIENCE_S = 2.0


class ImportRunningError(ProtocolError):
    """Another import into the study is under way."""


@contextmanager
def work_folder(folder: StudyFolder) -> Iterator[Path]:
    """Give an empty folder that is removed in the end, and keep other imports out meanwhile.

    A program that is killed lets go of the lock; whatever opens the study next removes what it
    left.

    Raises
    ------
    ImportRunningError
        Where another import is under way.
    """
    folder.path.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.path / IMPORT_LOCK, mode=0o600)
    try:
        lock.acquire(timeout=_PATIENCE_S)
    except Timeout as error:
        raise ImportRunningError(
            f"Expected no other import into {folder.path.name}, got one under way. "
            "Wait until it has ended."
        ) from error
    try:
        for left_over in folder.path.glob(f"{IMPORT_PREFIX}*"):
            shutil.rmtree(left_over, ignore_errors=True)
        prefix = of_this_process(IMPORT_PREFIX)
        work = Path(tempfile.mkdtemp(prefix=prefix, dir=folder.path))
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)
    finally:
        lock.release()
