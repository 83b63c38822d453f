"""ZIP archives of images, unpacked into a folder of ours without trust in what they say.

Members are written as plain files below that folder and nowhere else: names are taken apart and
cleaned, links become files, and nothing is unpacked whose declared size does not fit. What a member
unpacks to is bounded by its declared size (zipfile reads no further), so the sum is known before.
"""

import errno
import lzma
import re
import shutil
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from study_design.errors import BadInputError
from study_design.images.arriving.file_kind import FileKind, file_kind

MOST_MEMBERS = 100_000
# Raw mammograms, half of them air, shrink to a tenth at best; a bomb to a thousandth.
MOST_TIMES_LARGER = 200
ALWAYS_ALLOWED_BYTES = 100_000_000
DISK_RESERVE_BYTES = 500_000_000
HIDDEN = (".", "__MACOSX")

_ENCRYPTED_FLAG = 0x1
_COPY_BYTES = 1 << 20
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_DAMAGED = "a damaged ZIP archive; copy or download it again"
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    LookupError,
    ValueError,
)


class ArchiveError(BadInputError):
    """An archive is not unpacked; the text is the reason alone, with what to do."""


def is_archive(path: Path) -> bool:
    """Tell whether a file calls itself a ZIP archive.

    The name decides: office documents are archives inside as well, and nobody means their parts. A
    DICOM file is none, whatever its name or preamble.
    """
    if path.suffix.lower() != ".zip" or path.is_dir():
        return False
    try:
        return file_kind(path) is not FileKind.DICOM
    except OSError:
        return True  # which its unpacking will tell


def unpack(archive: Path, into: Path) -> Path:
    """Unpack an archive into a new folder and return that folder.

    Hidden members (as in folders) are left out; an archive inside the archive stays one file.

    Parameters
    ----------
    archive
        The ZIP file.
    into
        A folder on a disk with room; the new folder is made in it.

    Raises
    ------
    ArchiveError
        Where the archive is damaged, encrypted, too large for the disk, larger than images are, or
        names a member outside its folder or twice.
    """
    target = into / f"{sum(1 for _ in into.glob('*')) + 1}" if into.exists() else into / "1"
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [info for info in opened.infolist() if not info.is_dir()]
            target.mkdir(parents=True)
            _refuse_what_cannot_be_images(archive, members, free=shutil.disk_usage(target).free)
            for info in members:
                parts = _parts(info.filename)
                if not any(part.startswith(HIDDEN) for part in parts):
                    _write(opened, info, target.joinpath(*parts))
    except NotImplementedError as error:
        raise ArchiveError(
            "packed by a method unknown here; unpack it and import the folder"
        ) from error
    except _DAMAGE as error:
        raise ArchiveError(_DAMAGED) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a seek to where no file reaches
            raise
        raise ArchiveError(_DAMAGED) from error
    return target


def _refuse_what_cannot_be_images(
    archive: Path, members: list[zipfile.ZipInfo], *, free: int
) -> None:
    """Raise where unpacking would fail or fill the disk."""
    if any(info.flag_bits & _ENCRYPTED_FLAG for info in members):
        raise ArchiveError("an encrypted ZIP; unpack it with its password and import the folder")
    if len(members) > MOST_MEMBERS:
        raise ArchiveError(f"holds {len(members)} files; import at most {MOST_MEMBERS} at a time")
    unpacked = sum(info.file_size for info in members)
    if unpacked > max(ALWAYS_ALLOWED_BYTES, MOST_TIMES_LARGER * archive.stat().st_size):
        raise ArchiveError(
            f"would unpack to {unpacked / 1e9:.1f} GB, more than images can; "
            "if it is sound, unpack it and import the folder"
        )
    if unpacked > free - DISK_RESERVE_BYTES:
        raise ArchiveError(
            f"needs {unpacked / 1e9:.1f} GB unpacked, the study's disk has {free / 1e9:.1f} GB "
            "free; make room"
        )


def _parts(name: str) -> tuple[str, ...]:
    """Return the cleaned parts of a member's name, which Windows may have written."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name):
        raise ArchiveError("names a file outside its own folder; do not trust where it came from")
    return tuple(_NOT_IN_NAMES.sub("_", part)[:200] for part in path.parts)


def _write(opened: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> None:
    """Write one member, piece by piece."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(info) as source, path.open("xb") as copy:
            shutil.copyfileobj(source, copy, _COPY_BYTES)
    except (FileExistsError, NotADirectoryError) as error:
        raise ArchiveError("names one file twice; unpack it and import the folder") from error
    except RuntimeError as error:  # zipfile's word for a password it was not given
        raise ArchiveError("a ZIP whose members cannot be opened; unpack it yourself") from error
