"""The pixels of a PNG or TIFF without a DICOM header, decoded exactly.

Called in the guarded child process only, as `decode` is.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from study_design.errors import ImageError
from study_design.images.arriving.acceptance import MOST_PIXELS, SMALLEST_SIDE_PX
from study_design.images.pixels.colour import READ_AS_GREY, grey_of_channels
from study_design.images.pixels.decode import StoredPixels

_PHOTOMETRIC_INTERPRETATION = 262
_GREY_MODES = ("L", "I;16", "I;16L", "I;16B", "I")
_COLOUR_MODE, _COLOUR_BITS = "RGB", 8


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
        if picture.mode not in (*_GREY_MODES, _COLOUR_MODE):
            raise ImageError(f"colour mode {picture.mode}; expected 8 or 16 bit grey")
        is_grey = picture.mode in _GREY_MODES
        if picture.format == "TIFF" and is_grey and _photometric(picture) not in {0, 1}:
            raise ImageError("the TIFF does not tell whether 0 is black or white (tag 262)")
    return rows * columns


def decode_picture(path: Path) -> StoredPixels:
    """Return the pixels of a PNG or TIFF of 8 or 16 bits that is grey, or whose channels are alike.

    Raises
    ------
    ImageError
        As `check_picture`, where it is in colour, and where a grey level needs more than 16 bits.
    """
    check_picture(path)
    with Image.open(path, formats=("PNG", "TIFF")) as picture:
        values = np.asarray(picture)
    notes: tuple[str, ...] = ()
    if values.ndim > 2:
        values, notes = grey_of_channels(values, _COLOUR_BITS), (READ_AS_GREY,)
    if values.min() < 0 or values.max() > np.iinfo(np.uint16).max:
        raise ImageError("grey levels beyond 16 bits; expected 8 or 16 bit grey")
    codes = np.ascontiguousarray(values, dtype=np.uint16)
    return StoredPixels(codes, max(8, int(codes.max()).bit_length()), notes=notes)


def picture_low_is_bright(path: Path) -> bool:
    """Tell whether the lowest value that `decode_picture` returns is white (TIFF 6.0, tag 262)."""
    with Image.open(path, formats=("PNG", "TIFF")) as picture:
        # Pillow inverts such a picture of 8 bits itself, one of more bits it does not.
        return picture.format == "TIFF" and _photometric(picture) == 0 and picture.mode != "L"


def _photometric(picture: Image.Image) -> int | None:
    """Return the Photometric Interpretation of a TIFF: 0 where its lowest value is white."""
    return picture.tag_v2.get(_PHOTOMETRIC_INTERPRETATION)  # type: ignore[attr-defined, no-any-return]
