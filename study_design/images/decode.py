"""The stored pixel matrix of a DICOM file or a picture, decoded exactly, as unsigned 16 bit codes.

Called in the guarded child process only: a codec may crash, hang or ask for all memory there
without harm. What the header claims of the size is checked before a decoder sees the data, and what
the decoder gives is compared with the header again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    ExplicitVRBigEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from study_design.errors import ImageError
from study_design.images.acceptance import MOST_PIXELS, SMALLEST_SIDE_PX
from study_design.images.attributes import integer

Decoder = Callable[[bytes], NDArray[np.integer]]

_JPEG_END = b"\xff\xd9"
_PHOTOMETRIC_INTERPRETATION = 262
_GREY_MODES = ("L", "I;16", "I;16L", "I;16B", "I")

DECODERS: dict[UID, Decoder] = {
    JPEGLossless: imagecodecs.jpeg8_decode,
    JPEGLosslessSV1: imagecodecs.jpeg8_decode,
    JPEGBaseline8Bit: imagecodecs.jpeg8_decode,
    JPEGExtended12Bit: imagecodecs.jpeg8_decode,
    JPEGLSLossless: imagecodecs.jpegls_decode,
    JPEGLSNearLossless: imagecodecs.jpegls_decode,
    JPEG2000Lossless: imagecodecs.jpeg2k_decode,
    JPEG2000: imagecodecs.jpeg2k_decode,
    HTJ2KLossless: imagecodecs.htj2k_decode,
    HTJ2KLosslessRPCL: imagecodecs.htj2k_decode,
    HTJ2K: imagecodecs.htj2k_decode,
}
# Decoders of these fill up what is missing and say nothing.
_WITH_JPEG_END = frozenset({JPEGLossless, JPEGLosslessSV1, JPEGBaseline8Bit, JPEGExtended12Bit})


@dataclass(frozen=True, slots=True)
class StoredPixels:
    """Codes (rows x columns, unsigned 16 bit), their significant bits, and stored - code."""

    codes: NDArray[np.uint16]
    bits_stored: int
    code_offset: int = 0


def decode_dicom(dataset: Dataset) -> StoredPixels:
    """Return the pixels of a single-frame grey-level dataset that `acceptance` has let through.

    Raises
    ------
    ImageError
        Where the transfer syntax is not decoded here, or the data contradict the header.
    """
    shape = integer(dataset, "Rows"), integer(dataset, "Columns")
    syntax = UID(dataset.file_meta.TransferSyntaxUID)
    if syntax.is_encapsulated:
        words = _compressed(dataset, syntax, shape)
    else:
        words = _native(dataset, syntax, shape)
    return _significant(dataset, words)


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
        if picture.mode not in _GREY_MODES:
            raise ImageError(f"colour mode {picture.mode}; expected 8 or 16 bit grey")
        if picture.format == "TIFF" and _photometric(picture) not in {0, 1}:
            raise ImageError("the TIFF does not tell whether 0 is black or white (tag 262)")
    return rows * columns


def decode_picture(path: Path) -> StoredPixels:
    """Return the pixels of a grey PNG or TIFF of 8 or 16 bits.

    Raises
    ------
    ImageError
        As `check_picture`, and where a grey level needs more than 16 bits.
    """
    check_picture(path)
    with Image.open(path, formats=("PNG", "TIFF")) as picture:
        values = np.asarray(picture)
    if values.min() < 0 or values.max() > np.iinfo(np.uint16).max:
        raise ImageError("grey levels beyond 16 bits; expected 8 or 16 bit grey")
    codes = np.ascontiguousarray(values, dtype=np.uint16)
    return StoredPixels(codes, max(8, int(codes.max()).bit_length()))


def picture_low_is_bright(path: Path) -> bool:
    """Tell whether the lowest value that `decode_picture` returns is white (TIFF 6.0, tag 262)."""
    with Image.open(path, formats=("PNG", "TIFF")) as picture:
        # Pillow inverts such a picture of 8 bits itself, one of more bits it does not.
        return picture.format == "TIFF" and _photometric(picture) == 0 and picture.mode != "L"


def _photometric(picture: Image.Image) -> int | None:
    """Return the Photometric Interpretation of a TIFF: 0 where its lowest value is white."""
    return picture.tag_v2.get(_PHOTOMETRIC_INTERPRETATION)  # type: ignore[attr-defined, no-any-return]


def _native(dataset: Dataset, syntax: UID, shape: tuple[int, int]) -> NDArray[np.uint16]:
    """Return uncompressed pixels as they are, unused bits included."""
    width = integer(dataset, "BitsAllocated") // 8
    needed = shape[0] * shape[1] * width
    data = dataset.PixelData
    if len(data) < needed:
        raise ImageError(f"the pixels end early: {len(data)} of {needed} bytes")
    if width == 1:
        # 8 bit pixels written as big endian OW words come with their bytes swapped in pairs.
        swapped = syntax == ExplicitVRBigEndian and dataset["PixelData"].VR == "OW"
        raw = np.frombuffer(data, dtype=np.uint8)
        raw = raw[: len(raw) // 2 * 2].reshape(-1, 2)[:, ::-1].ravel() if swapped else raw
        return raw[: shape[0] * shape[1]].astype(np.uint16).reshape(shape)
    order = "<" if syntax.is_little_endian else ">"
    return np.frombuffer(data, dtype=f"{order}u2", count=shape[0] * shape[1]).reshape(shape)


def _compressed(dataset: Dataset, syntax: UID, shape: tuple[int, int]) -> NDArray[np.uint16]:
    """Return the decompressed pixels as unsigned words of the size that the header names."""
    frame = get_frame(dataset.PixelData, 0, number_of_frames=1)
    if syntax in _WITH_JPEG_END and _JPEG_END not in frame[-4:]:
        raise ImageError("the compressed pixels end early")
    pixels = _decompressed(dataset, syntax, shape, frame)
    if pixels.shape != shape:
        found = " x ".join(str(size) for size in pixels.shape)
        raise ImageError(f"the header says {shape[0]} x {shape[1]} pixels, the data hold {found}")
    if pixels.dtype.itemsize > 2:
        raise ImageError("more than 16 bits a pixel in the data")
    return pixels.view(f"u{pixels.dtype.itemsize}").astype(np.uint16, copy=False)


def _decompressed(
    dataset: Dataset, syntax: UID, shape: tuple[int, int], frame: bytes
) -> NDArray[np.integer]:
    """Return what the decoder of the transfer syntax makes of a frame."""
    if syntax == RLELossless:
        dtype = np.dtype(f"<u{integer(dataset, 'BitsAllocated') // 8}")
        unpacked = bytearray(shape[0] * shape[1] * dtype.itemsize)
        imagecodecs.dicomrle_decode(frame, dtype, out=unpacked)
        return np.frombuffer(unpacked, dtype).reshape(shape)
    decoder = DECODERS.get(syntax)
    if decoder is None:
        raise ImageError(f"the compression {syntax.name[:60]} is not decoded here")
    return np.asarray(decoder(frame))


def _significant(dataset: Dataset, words: NDArray[np.uint16]) -> StoredPixels:
    """Return the bits that hold the pixel; a signed one is raised so that its code is unsigned."""
    bits = integer(dataset, "BitsStored")
    high_bit = integer(dataset, "HighBit", default=bits - 1)
    if not bits - 1 <= high_bit < integer(dataset, "BitsAllocated"):
        raise ImageError(f"high bit {high_bit} does not fit {bits} bits stored")
    codes = (words >> (high_bit + 1 - bits)) & ((1 << bits) - 1)
    offset = 0
    if integer(dataset, "PixelRepresentation") == 1:
        codes ^= 1 << (bits - 1)
        offset = -(1 << (bits - 1))
    return StoredPixels(np.ascontiguousarray(codes, dtype=np.uint16), bits, offset)
