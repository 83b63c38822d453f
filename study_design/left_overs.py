"""What a killed program leaves in a study, and how the next one to open it takes it away.

Images on their way in bear identities, and truth lies aside while it is written; neither may stay.
Their names hold the process that made them. One that runs is left alone.
"""

import os
import re
import shutil
import sys
import time
from collections.abc import Iterable
from glob import escape
from pathlib import Path

from filelock import FileLock, Timeout

from study_design.study_folder import StudyFolder

IMPORT_PREFIX = ".import-"
IMPORT_LOCK = ".import.lock"
TRUTH_PREFIX = ".truth-"
ARRIVING = ".arriving"  # where a DICOM sender's objects lie until they are whole

_OF_PROCESS = re.compile(r"\.(?:import|truth)-(\d+)-|\..*\.(\d+)\.part")
# Where nobody can be asked whether a process runs, what is older than this is left over.
_LEFT_S = 3600.0


def of_this_process(prefix: str) -> str:
    """Return the start of a name that says which process made it."""
    return f"{prefix}{os.getpid()}-"


def clear_left_overs(folder: StudyFolder) -> tuple[Path, ...]:
    """Remove what killed programs left in a study and beside it; return what was removed."""
    beside = folder.path.parent.glob(f".{escape(folder.path.name)}.link*.part")
    incoming = folder.path.with_name(f"{folder.path.name}.incoming")
    found = [
        *folder.path.glob(".*.part"),
        *folder.path.glob("*/.*.part"),
        *folder.path.glob("*/*/.*.part"),
        *beside,
        *incoming.glob("*/.*.part"),
        *incoming.glob(f"*/{ARRIVING}/*"),
        *folder.path.glob(f"{TRUTH_PREFIX}*"),
    ]
    imports = list(folder.path.glob(f"{IMPORT_PREFIX}*"))
    if imports and not _import_runs(folder):
        found += imports
    return tuple(_removed(path for path in found if not _is_at_work(path)))


def _import_runs(folder: StudyFolder) -> bool:
    """Tell whether a program holds the lock of imports."""
    lock = FileLock(folder.path / IMPORT_LOCK, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _is_at_work(path: Path) -> bool:
    """Tell whether the process that made a file or folder may still need it."""
    named = _OF_PROCESS.match(path.name)
    if named is None:
        # Made by an earlier version, which did not say by whom; imports hold their lock.
        return not path.name.startswith(IMPORT_PREFIX) and _is_young(path)
    process = int(named[1] or named[2])
    if sys.platform == "win32":
        at_work = _is_young(path)  # asking there would end it
    else:
        at_work = process != os.getpid() and _runs(process)
    return at_work


def _runs(process: int) -> bool:
    """Tell whether a process of this number runs."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _is_young(path: Path) -> bool:
    """Tell whether something was made or changed lately."""
    try:
        return time.time() - path.stat().st_mtime < _LEFT_S
    except OSError:
        return False


def _removed(paths: Iterable[Path]) -> Iterable[Path]:
    """Remove files and folders; one that cannot be removed is left for the next time."""
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        yield path
