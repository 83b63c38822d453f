"""What a backup says it holds, checked before a byte of it is unpacked.

A backup comes from anywhere: names that lead out of the study, links, members that grow without
end and lists of a million digits are damage here, told as such in one line.
"""

import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from study_design.disk import require_room, size_text
from study_design.errors import BadInputError
from study_design.foreign_text import parsed_json
from study_design.plain_text import is_plain
from study_design.study_folder import StudyFolder

CONTENTS = "backup.json"
MOST_MEMBERS = 1_000_000
MOST_CONTENTS_BYTES = 256_000_000
# Pixels that are nearly all air shrink a hundredfold; a bomb a thousandfold.
MOST_TIMES_LARGER = 300
ALWAYS_ALLOWED_BYTES = 1_000_000_000
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
)

_ENCRYPTED_FLAG = 0x1
_SHA256 = re.compile(r"[0-9a-f]{64}")


def contents_of(archive: zipfile.ZipFile, into: Path) -> dict[str, str]:
    """Return the files of a backup with their checksums, in the order of its list.

    Parameters
    ----------
    into
        A folder on the disk to which it will be unpacked.

    Raises
    ------
    BadInputError
        Where it would unpack to more than a study of its size can.
    DiskFullError
        Where what it would unpack to does not fit on the disk.
    ValueError, and what else `DAMAGE` names
        Where it is no backup, or a damaged one.
    """
    members = archive.infolist()
    names = [info.filename for info in members]
    if len(members) > MOST_MEMBERS or len(set(map(str.casefold, names))) != len(names):
        raise ValueError("too many members, or one twice")
    if any(_is_odd(info) for info in members):
        raise ValueError("a member that is no file of a study")
    if archive.getinfo(CONTENTS).file_size > MOST_CONTENTS_BYTES:
        raise ValueError("a list of contents without end")
    _refuse_bomb(archive, members, into)
    content = parsed_json(archive.read(CONTENTS))
    hashes = _hashes(content)
    if set(names) != {*hashes, CONTENTS}:
        raise ValueError("other files than the list of contents names")
    needed = (StudyFolder(Path()).study_toml.name, StudyFolder(Path()).record.name)
    if not set(needed) <= set(hashes):
        raise ValueError("no study in it")
    return hashes


def _hashes(content: object) -> dict[str, str]:
    """Return the list of contents, which holds names and checksums."""
    files = content.get("files") if isinstance(content, Mapping) else None
    if not isinstance(files, Mapping):
        raise ValueError("no list of files")
    for sha256 in files.values():
        if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
            raise ValueError("a checksum that is none")
    return dict(files)


def _is_odd(info: zipfile.ZipInfo) -> bool:
    """Tell whether a member is none that a backup can have, on any system."""
    name = info.filename
    path = PurePosixPath(name)
    leads_out = path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name
    hidden = any(part.startswith(".") for part in path.parts)
    linked = stat.S_ISLNK(info.external_attr >> 16)
    encrypted = bool(info.flag_bits & _ENCRYPTED_FLAG)
    return leads_out or hidden or linked or encrypted or not path.parts or not is_plain(name)


def _refuse_bomb(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], into: Path) -> None:
    """Refuse what would fill the disk; zipfile unpacks no more of a member than it declares."""
    unpacked = sum(info.file_size for info in members)
    packed = sum(info.compress_size for info in members)
    name = Path(str(archive.filename)).name
    if unpacked > max(ALWAYS_ALLOWED_BYTES, MOST_TIMES_LARGER * packed):
        raise BadInputError(
            f"{name}: expected a backup of a study, got one that says it unpacks to "
            f"{size_text(unpacked)}, more than a study of its size can. Take another one."
        )
    require_room(into, unpacked, "the restored study")
