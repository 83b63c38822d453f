"""DICOMDIR, the index of a DICOM medium (PS3.10 chapter 8, PS3.3 annex F): which files it names.

The index is a foreign file, so a child process with limits opens it (`dicomdir_reader`).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import study_design
from study_design.errors import BadInputError

NAME = "DICOMDIR"
READ_SECONDS = 120.0


class MediaIndexError(BadInputError):
    """An index cannot be read; the text is the reason alone."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A file that an index names: where it lies, or should lie."""

    path: Path
    exists: bool


def is_media_index(path: Path) -> bool:
    """Tell whether a file is an index by its name, which the standard fixes (PS3.10 8.6)."""
    return path.name.upper() == NAME


def referenced_files(index: Path) -> tuple[Reference, ...]:
    """Return the files that an index names, in its order, each once.

    Letter case and the version numbers of old discs (`IM1.;1`) do not matter. References that
    leave the folder of the index count as files that are not there.

    Raises
    ------
    MediaIndexError
        Where the index is damaged.
    """
    listings: dict[Path, dict[str, Path]] = {}
    found = (_located(index.parent, parts, listings) for parts in _references(index))
    return tuple(dict.fromkeys(found))


def _references(index: Path) -> Iterator[list[str]]:
    """Return the parts of each path that the index names, as a guarded child reads them."""
    root = str(Path(study_design.__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "study_design.images.dicomdir_reader", str(index.absolute())],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=READ_SECONDS,
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        yield from json.loads(done.stdout)
    except subprocess.TimeoutExpired as error:
        raise MediaIndexError("an index that takes too long to read") from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise MediaIndexError("a damaged index; import the folder that holds the images") from error


def _located(root: Path, parts: list[str], listings: dict[Path, dict[str, Path]]) -> Reference:
    """Return where a reference leads, whatever the letter case on this disk."""
    if ".." in parts or any(set(part) & set("/\\:\0") for part in parts):
        return Reference(root / "_".join(parts).replace("\0", "_").replace("/", "_"), exists=False)
    path = root
    for part in parts:
        if path not in listings:
            listings[path] = {_plain(entry.name): entry for entry in _entries(path)}
        path = listings[path].get(_plain(part), path / part)
    return Reference(path, exists=path.is_file())


def _entries(folder: Path) -> list[Path]:
    """Return what lies in a folder; nothing where there is none."""
    return list(folder.iterdir()) if folder.is_dir() else []


def _plain(name: str) -> str:
    """Return a file name without what ISO 9660 adds to it."""
    return name.upper().split(";")[0].rstrip(".")
