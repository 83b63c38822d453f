"""RLE frames (PS3.5 annex G): each byte of the pixels by itself, in runs of equal bytes or not."""

import struct
from itertools import pairwise

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from study_design.errors import ImageError
from study_design.images.pixels.pixel_element import ENDS_EARLY
from study_design.images.pixels.pixel_layout import PixelLayout

_HEADER = struct.Struct("<16I")
_NO_RUN = 128  # G.3.1: a byte that says nothing


def decode_run_lengths(frame: bytes, layout: PixelLayout) -> NDArray[np.integer]:
    """Return the pixels of an RLE frame; of several channels plane by plane, in one line.

    Raises
    ------
    ImageError
        Where a segment holds fewer pixels than the picture, or more.
    RuntimeError
        Where imagecodecs gives up although the segments hold the pixels and padding.
    """
    dtype = np.dtype(f"<u{layout.bits_allocated // 8}")
    unpacked = bytearray(layout.rows * layout.columns * layout.samples * dtype.itemsize)
    try:
        length = len(imagecodecs.dicomrle_decode(frame, dtype, out=unpacked))
    except RuntimeError:
        _check_ends(frame, layout.rows * layout.columns)
        raise
    if length != len(unpacked):
        raise ImageError(ENDS_EARLY)
    words = np.frombuffer(unpacked, dtype)
    return words.reshape(layout.shape) if layout.samples == 1 else words


def _check_ends(frame: bytes, pixels: int) -> None:
    """Refuse segments that go on behind the last pixel with anything but padding."""
    count, *offsets = _HEADER.unpack_from(frame)
    for start, end in pairwise([*offsets[:count], len(frame)]):
        segment = frame[start:end]
        at = unpacked = 0
        while unpacked < pixels and at < len(segment):
            head = segment[at]
            unpacked += 257 - head if head > _NO_RUN else (head + 1) * (head < _NO_RUN)
            at += 2 if head > _NO_RUN else 1 + (head + 1) * (head < _NO_RUN)
        if unpacked > pixels or any(segment[at:]):
            raise ImageError("damaged, its RLE holds more than the header's pixels")
