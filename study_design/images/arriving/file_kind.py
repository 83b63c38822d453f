"""What kind of file one is, by its first bytes: asked wherever a file is opened, always here.

The preamble of a DICOM file may hold the header of any other format (PS3.10 7.1), so that one file
is an image for programs of either kind: `DICM` behind it tells more than what stands in it.
"""

from enum import StrEnum
from pathlib import Path

# As many first bytes as tell the kind.
START_BYTES = 132

_PREFIX, _PREFIX_AT = b"DICM", 128
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # TIFF, then BigTIFF


class FileKind(StrEnum):
    """A kind of file."""

    DICOM = "DICOM"
    PICTURE = "PNG or TIFF"
    OTHER = "other"


def kind_of(start: bytes) -> FileKind:
    """Return the kind of a file by its first `START_BYTES`; OTHER may be DICOM without preamble."""
    if start[_PREFIX_AT : _PREFIX_AT + len(_PREFIX)] == _PREFIX:
        return FileKind.DICOM
    return FileKind.PICTURE if start.startswith(_PICTURES) else FileKind.OTHER


def file_kind(path: Path) -> FileKind:
    """Return the kind of a file.

    Raises
    ------
    OSError
        Where it cannot be read.
    """
    with path.open("rb") as stream:
        return kind_of(stream.read(START_BYTES))
