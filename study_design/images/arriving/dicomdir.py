"""DICOMDIR, the index of a DICOM medium (PS3.10 chapter 8, PS3.3 annex F): which files it names.

The index is a foreign file, so a child process with limits opens it (`dicomdir_reader`).
"""

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import study_design
from study_design.errors import BadInputError
from study_design.images.arriving.file_kind import FileKind, file_kind

NAME = "DICOMDIR"
READ_SECONDS = 120.0

_DRIVE = re.compile(r"^/*[A-Za-z]:")
_EXTENSION = re.compile(r"(?<=.)\.[A-Z][A-Z0-9]{0,5}$")


class MediaIndexError(BadInputError):
    """An index cannot be read; the text is the reason alone."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A file that an index names: where it lies, or should lie."""

    path: Path
    exists: bool


def is_media_index(path: Path) -> bool:
    """Tell whether a file is an index by its name, which the standard fixes (PS3.10 8.6).

    Copies of discs have versions and extensions in it.
    """
    return _plain(path.name).removesuffix(".DCM") == NAME


def referenced_files(index: Path) -> tuple[Reference, ...]:
    """Return the files that an index names, in its order, each once.

    Letter case, the version numbers of old discs (`IM1.;1`) and extensions (`IM1.dcm`) do not
    matter, where one file alone can be meant; nor does what divides folders, and a drive in front.
    References that leave the folder of the index count as files that are not there.

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
            [
                sys.executable,
                "-m",
                "study_design.images.arriving.dicomdir_reader",
                str(index.absolute()),
            ],
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
    steps = _steps(parts)
    if ".." in steps or any(set(step) & set(":\0") for step in steps):
        within = "_".join(steps).replace("\0", "_")
        return Reference(root / within, exists=False)
    path = root
    for step in steps:
        if path not in listings:
            listings[path] = {_plain(entry.name): entry for entry in _entries(path)}
        path = listings[path].get(_plain(step)) or _of_stem(step, listings[path]) or path / step
    return Reference(path, exists=path.is_file())


def _steps(parts: list[str]) -> list[str]:
    """Return the folders and the file of a reference, which some writers put into one part."""
    whole = _DRIVE.sub("", "/".join(parts).replace("\\", "/"))
    return [step.strip() for step in whole.split("/") if step.strip() not in {"", "."}]


def _of_stem(name: str, listing: dict[str, Path]) -> Path | None:
    """Return the only file whose name is this one with another extension, or without one.

    Where there are several, the one that begins as DICOM does.
    """
    wanted = _stem(_plain(name))
    found = [entry for plain, entry in listing.items() if _stem(plain) == wanted]
    files = [entry for entry in found if entry.is_file()]
    dicom = [entry for entry in files if file_kind(entry) is FileKind.DICOM]
    meant = dicom or files
    return meant[0] if len(meant) == 1 else None


def _entries(folder: Path) -> list[Path]:
    """Return what lies in a folder; nothing where there is none."""
    return list(folder.iterdir()) if folder.is_dir() else []


def _plain(name: str) -> str:
    """Return a file name without what ISO 9660 adds to it."""
    composed = unicodedata.normalize("NFC", name.strip())
    return composed.upper().split(";")[0].rstrip(".")


def _stem(plain: str) -> str:
    """Return a plain name without its extension, which begins with a letter; UIDs have none."""
    return _EXTENSION.sub("", plain)
