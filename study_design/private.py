"""Files of a study are its owner's alone: truth, AI results, record, images, backups and exports.

One account owns a study folder; whoever else may look, looks through an export. On POSIX files are
made for the owner only and those of earlier versions are mended when a study is opened. On Windows
the folder's list of access is cut down to its owner, the system and its administrators, as far as
the file system has one.
"""

import os
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from study_design.study_folder import StudyFolder

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ICACLS_S = 20.0
# SYSTEM and Administrators, by the numbers that they have in every language.
_WINDOWS_ALWAYS = ("*S-1-5-18", "*S-1-5-32-544")


@contextmanager
def private_files() -> Iterator[None]:
    """Make files for their owner only while the block runs, in child processes as well."""
    previous = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(previous)


def keep_private(folder: StudyFolder) -> None:
    """Take a study and what lies beside it away from everybody but its owner.

    Only the owner can; for anybody else nothing happens, and what may be read stays readable.
    """
    if sys.platform == "win32":
        _cut_down_access(folder.path)
    else:
        beside = [
            folder.link_file,
            folder.file_names,
            folder.plain_link_csv,
            folder.path.with_name(f"{folder.path.name}.incoming"),
        ]
        for path in (folder.path, *beside):
            if path.is_dir() and not path.is_symlink():
                _restrict((path, *_below(path, all_of_it=_is_open(path))))
            elif path.is_file():
                _restrict((path,))


def make_private(path: Path) -> None:
    """Take one new file away from everybody but its owner."""
    if sys.platform != "win32":
        _restrict((path,))


def access_command(path: Path, user: str) -> tuple[str, ...]:
    """Return the Windows command that leaves a folder to a user, the system and administrators."""
    allowed = (argument for who in (user, *_WINDOWS_ALWAYS) for argument in _full_control(who))
    return ("icacls", str(path), "/inheritance:r", *allowed, "/q")


def _full_control(who: str) -> tuple[str, str]:
    """Return the arguments that give full control of a folder and of all below it."""
    return "/grant:r", f"{who}:(OI)(CI)F"


def _below(path: Path, *, all_of_it: bool) -> Iterable[Path]:
    """Return what to look at: everything, or what no folder closed to others keeps safe alone."""
    if all_of_it:
        return path.rglob("*")
    return (*path.glob("*"), *path.glob("reference_standard/*"), *path.glob("detections/**/*"))


def _is_open(path: Path) -> bool:
    """Tell whether others may enter a folder."""
    return bool(path.stat().st_mode & _OTHERS)


def _restrict(paths: Iterable[Path]) -> None:
    """Take away what others may do with files; links are left, as what they name is not ours."""
    for path in paths:
        with suppress(OSError):  # another's file, or one that went away meanwhile
            mode = path.lstat().st_mode
            if mode & _OTHERS and not stat.S_ISLNK(mode):
                path.chmod(stat.S_IMODE(mode) & ~_OTHERS)


def _cut_down_access(path: Path) -> None:
    """Have Windows cut the list of access down; where it cannot, everything stays as it was."""
    user = os.environ.get("USERNAME", "")
    domain = os.environ.get("USERDOMAIN", "")
    if not user:
        return
    command = access_command(path, f"{domain}\\{user}" if domain else user)
    with suppress(OSError, subprocess.SubprocessError):
        subprocess.run(command, capture_output=True, timeout=_ICACLS_S, check=False)
