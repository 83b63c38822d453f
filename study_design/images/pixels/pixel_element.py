"""The pixels of a DICOM file as they lie in it: read at their offset, or gathered from fragments.

The header is read without them. Offset tables are left aside, since a mammogram has one frame and
tables of real files are often wrong.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

from study_design.errors import ImageError
from study_design.images.header.bare_file import read_until, syntax_of
from study_design.images.pixels.codestream import begins_picture

PIXEL_DATA = 0x7FE00010
UNDEFINED_LENGTH = 0xFFFFFFFF
NO_PIXELS = "no pixels in the file"
ENDS_EARLY = "the compressed pixels end early"

_ITEM, _END = 0xE000, 0xE0DD
_ITEM_HEADER = struct.Struct("<HHI")


@dataclass(frozen=True, slots=True, eq=False)
class PixelElement:
    """Pixel Data (7FE0,0010) of a file.

    Attributes
    ----------
    header
        Every attribute before the pixels.
    vr
        Value representation; empty where the file does not state it.
    length
        In bytes; None where it is undefined, as of compressed pixels.
    offset
        Where in the file the value begins.
    inflated
        The value itself, where the file is deflated as a whole; empty otherwise.
    """

    path: Path
    header: Dataset
    vr: str
    length: int | None
    offset: int = 0
    inflated: bytes = b""

    @property
    def syntax(self) -> UID:
        """The transfer syntax that the file names or, where it names none, that of its header."""
        return syntax_of(self.header)

    def words(self, dtype: str, count: int) -> NDArray[np.uint8] | NDArray[np.uint16]:
        """Return so many uncompressed words, or fewer where the file ends before.

        They may be changed; the file stays as it is.
        """
        if self.inflated:
            whole = min(count, len(self.inflated) // np.dtype(dtype).itemsize)
            return np.frombuffer(self.inflated, dtype, whole).copy()
        whole = min(count, (self.path.stat().st_size - self.offset) // np.dtype(dtype).itemsize)
        # Mapped, changes stay in memory: the pages of the file are not copied unless changed.
        return np.asarray(np.memmap(self.path, dtype, "c", self.offset, (whole,)))

    def begins_with_item(self) -> bool:
        """Tell whether the value is divided into items, as that of compressed pixels is."""
        return self._start(_ITEM_HEADER.size)[:4] == struct.pack("<HH", 0xFFFE, _ITEM)

    def frame(self) -> bytes:
        """Return the only compressed frame.

        Raises
        ------
        ImageError
            Where fragments are not as PS3.5 A.4 asks, end early, or hold several pictures.
        """
        first, *others = _fragments(self.inflated or self._start(-1))
        # The first item is the offset table, unless a writer has left that out.
        fragments = [first, *others] if begins_picture(first) else others
        if not any(fragments):
            raise ImageError(NO_PIXELS)
        if any(begins_picture(fragment) for fragment in fragments[1:]):
            raise ImageError("several pictures where the header says one")
        return b"".join(fragments)

    def _start(self, size: int) -> bytes:
        """Return the first bytes of the value; all that follow where the size is -1."""
        if self.inflated:
            return self.inflated[: size if size >= 0 else None]
        with self.path.open("rb") as stream:
            stream.seek(self.offset)
            return stream.read(size)


def open_pixels(path: Path) -> PixelElement:
    """Find the pixels of a DICOM file.

    Raises
    ------
    ImageError
        Where it has none; damaged files raise whatever pydicom meets.
    """
    found: list[tuple[str | None, int]] = []

    def reached_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
        if tag == PIXEL_DATA:
            found.append((vr, length))
        return int(tag) >= PIXEL_DATA

    with path.open("rb") as stream:
        header = read_until(stream, reached_pixels)
        element = stream.tell()
    if syntax_of(header) == DeflatedExplicitVRLittleEndian:
        return _inflated(path)
    if not found:
        raise ImageError(NO_PIXELS)
    vr, length = found[0]
    offset = element + (12 if vr in EXPLICIT_VR_LENGTH_32 else 8)
    return PixelElement(
        path, header, vr or "", None if length == UNDEFINED_LENGTH else length, offset
    )


def _inflated(path: Path) -> PixelElement:
    """Find the pixels of a file that is deflated as a whole."""
    with path.open("rb") as stream:
        header = read_until(stream)
    if "PixelData" not in header or not header["PixelData"].value:
        raise ImageError(NO_PIXELS)
    pixels = header.pop("PixelData")
    return PixelElement(path, header, pixels.VR, len(pixels.value), inflated=pixels.value)


def _fragments(data: bytes) -> list[bytes]:
    """Return the items of an encapsulated value, the offset table first."""
    fragments: list[bytes] = []
    at = 0
    while at + _ITEM_HEADER.size <= len(data):
        group, element, length = _ITEM_HEADER.unpack_from(data, at)
        if (group, element) == (0xFFFE, _END):
            break
        if (group, element) != (0xFFFE, _ITEM):
            if fragments and len(fragments[-1]) % 2 and data[at] == 0:
                at += 1  # the byte that makes an odd item even, which its length left out
                continue
            raise ImageError("the compressed pixels are not divided as DICOM asks")
        at += _ITEM_HEADER.size
        if at + length > len(data):
            raise ImageError(ENDS_EARLY)
        fragments.append(data[at : at + length])
        at += length
    if not fragments:
        raise ImageError(ENDS_EARLY)
    return fragments
