"""The pixels of a PNG or TIFF without a DICOM header, decoded exactly.

Called in the guarded child process only, as `decode` is.
"""

from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from study_design.errors import ImageError
from study_design.images.arriving.acceptance import MOST_PIXELS, SMALLEST_SIDE_PX
from study_design.images.pixels.colour import (
    CHANNELS,
    PALETTE_AS_GREY,
    READ_AS_GREY,
    grey_of_channels,
    opaque,
)
from study_design.images.pixels.decode import StoredPixels

_BITS_PER_SAMPLE, _PHOTOMETRIC_INTERPRETATION = 258, 262
_BITS_OF_PNG = 24  # where the byte stands in a file
_GREY_MODES = ("L", "I;16", "I;16L", "I;16B", "I")
_COLOUR_MODES = ("RGB", "RGBA", "LA", "P")
_BYTE = 8


def check_picture(path: Path) -> int:
    """Return the number of pixels of a PNG or TIFF, or refuse it by what its header says.

    Raises
    ------
    ImageError
        Where it holds colours, several pages, or a size that no mammogram has.
    """
    with Image.open(path, formats=("PNG", "TIFF")) as picture:
        rows, columns = picture.height, picture.width
        if min(rows, columns) < SMALLEST_SIDE_PX or rows * columns > MOST_PIXELS:
            raise ImageError(f"{rows} x {columns} pixels are no mammogram")
        if getattr(picture, "n_frames", 1) > 1:
            raise ImageError("several pages in one file; expected one picture")
        if picture.mode not in (*_GREY_MODES, *_COLOUR_MODES):
            raise ImageError(f"colour mode {picture.mode}; expected 8 or 16 bit grey")
        is_grey = picture.mode in _GREY_MODES
        if picture.format == "TIFF" and is_grey and _photometric(picture) not in {0, 1}:
            raise ImageError("the TIFF does not tell whether 0 is black or white (tag 262)")
    return rows * columns


def decode_picture(path: Path) -> StoredPixels:
    """Return the pixels of a PNG or TIFF of 8 or 16 bits that is grey, or whose colours all are.

    Raises
    ------
    ImageError
        As `check_picture`, where it is in colour, and where a grey level needs more than 16 bits.
    """
    check_picture(path)
    with Image.open(path, formats=("PNG", "TIFF")) as picture:
        mode = picture.mode
        values = np.asarray(picture) if mode in _GREY_MODES else _channels(path, picture)
    notes: tuple[str, ...] = ()
    if values.ndim > 2:
        notes = (PALETTE_AS_GREY if mode == "P" else READ_AS_GREY,)
        values = grey_of_channels(values, _BYTE * values.dtype.itemsize)
    if values.min() < 0 or values.max() > np.iinfo(np.uint16).max:
        raise ImageError("grey levels beyond 16 bits; expected 8 or 16 bit grey")
    codes = np.ascontiguousarray(values, dtype=np.uint16)
    return StoredPixels(codes, max(8, int(codes.max()).bit_length()), notes=notes)


def picture_low_is_bright(path: Path) -> bool:
    """Tell whether the lowest value that `decode_picture` returns is white (TIFF 6.0, tag 262)."""
    with Image.open(path, formats=("PNG", "TIFF")) as picture:
        # Pillow inverts such a picture of 8 bits itself, one of more bits it does not.
        return picture.format == "TIFF" and _photometric(picture) == 0 and picture.mode != "L"


def _channels(path: Path, picture: Image.Image) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return a picture that is not stored as grey: its grey, or rows x columns x three channels."""
    if picture.mode == "P":
        values = np.asarray(picture.convert("RGBA"))
    elif _bits(path, picture) > _BYTE:  # of which Pillow drops the lower eight
        decode = imagecodecs.png_decode if picture.format == "PNG" else imagecodecs.tiff_decode
        values = np.asarray(decode(path.read_bytes()))
        if values.dtype != np.uint16 or values.shape[:2] != (picture.height, picture.width):
            raise ImageError("colours of more than 8 bits in a form that is not read; save as grey")
    else:
        is_clear = "transparency" in picture.info
        values = np.asarray(picture.convert("RGBA") if is_clear else picture)
    if values.shape[-1] not in (CHANNELS, 1):
        values = opaque(values)
    return values[..., 0] if values.shape[-1] == 1 else values


def _bits(path: Path, picture: Image.Image) -> int:
    """Return the bits of each channel."""
    if picture.format == "PNG":
        with path.open("rb") as stream:
            return stream.read(_BITS_OF_PNG + 1)[_BITS_OF_PNG]
    said = picture.tag_v2.get(_BITS_PER_SAMPLE, (_BYTE,))  # type: ignore[attr-defined]
    return max(said) if isinstance(said, tuple) else int(said)


def _photometric(picture: Image.Image) -> int | None:
    """Return the Photometric Interpretation of a TIFF: 0 where its lowest value is white."""
    return picture.tag_v2.get(_PHOTOMETRIC_INTERPRETATION)  # type: ignore[attr-defined, no-any-return]
