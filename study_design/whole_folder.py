"""A folder of output that is there whole or not at all, however its making ends.

Everything is made aside on the same disk, waited for, and then renamed into place. Where the folder
is there already, the file that vouches for the others goes first and comes last: a folder without
it is not whole.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from study_design.disk import named_when_full, require_room, sync_folder
from study_design.errors import BadInputError

Names = frozenset[str]
Stale = Callable[[Path, Names], Iterable[Path]]

_PART = ".part-"


@contextmanager
def whole_folder(
    out: Path,
    what: str,
    *,
    need_bytes: int = 0,
    last: str = "",
    stale: Stale = lambda _out, _names: (),
    new: bool = False,
    leave: Callable[[Path], None] = lambda _draft: None,
) -> Iterator[Path]:
    """Give a hidden folder whose files take their place in `out` where the block ends well.

    Parameters
    ----------
    what
        What is made, as errors call it.
    need_bytes
        What it takes at least; refused at the start where the disk has less.
    last
        The file that vouches for the others.
    stale
        Returns the files of an earlier output in `out` that are not among the new names; they go.
    new
        Refuse a folder that holds something.
    leave
        Called when all is on the disk and nothing can be seen yet; where it fails, nothing is.

    Raises
    ------
    BadInputError
        Where `out` is a file, or holds something and must not.
    DiskFullError
        Where the disk has no room; `out` is as it was.
    """
    out = out.absolute()
    if out.exists() and (not out.is_dir() or (new and any(out.iterdir()))):
        raise BadInputError(
            f"Expected a new or empty folder at {out}, got one with files in it. Choose another."
            if out.is_dir()
            else f"Expected a folder at {out}, got a file. Choose another place."
        )
    with named_when_full(out, what):
        require_room(out, need_bytes, what)
        # A folder that is there may be all that we may write to, or a disk of its own.
        home = out if out.is_dir() else out.parent
        home.mkdir(parents=True, exist_ok=True)
        prefix = f".{out.name}{_PART}"
        for left in home.glob(f"{escape(prefix)}*"):  # of a program that was killed
            shutil.rmtree(left, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix=prefix, dir=home))
        try:
            yield draft
            _sync(draft)
            leave(draft)
            _put(draft, out, last, stale)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _sync(draft: Path) -> None:
    """Wait until all files are on the disk."""
    for path in (*draft.rglob("*"), draft):
        if path.is_dir():
            sync_folder(path)
            continue
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())


def _put(draft: Path, out: Path, last: str, stale: Stale) -> None:
    """Rename everything into place."""
    if not out.exists():
        draft.replace(out)
        sync_folder(out.parent)
        return
    files = sorted(path for path in draft.rglob("*") if path.is_file())
    files.sort(key=lambda path: path.relative_to(draft).as_posix() == last)
    names = frozenset(path.relative_to(draft).as_posix() for path in files)
    gone = list(stale(out, names))
    if last:
        (out / last).unlink(missing_ok=True)
    for path in gone:
        path.unlink(missing_ok=True)
    for path in files:
        target = out / path.relative_to(draft)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    for folder in {out, *(out / name for name in names)}:
        sync_folder(folder if folder.is_dir() else folder.parent)
