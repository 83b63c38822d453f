import struct

import numpy as np
import pytest

from study_design.errors import ImageError
from study_design.images.pixels.pixel_layout import PixelLayout
from study_design.images.pixels.run_lengths import decode_run_lengths

LAYOUT = PixelLayout(
    rows=2, columns=4, bits_allocated=16, bits_stored=12, high_bit=11, signed=False
)
HIGH = b"\xf9\x01"  # 8 times 1
LOW = b"\x07\1\2\3\4\5\6\7\x08"  # 8 bytes as they are
PIXELS = np.arange(0x101, 0x109, dtype=np.uint16).reshape(2, 4)


def frame_of(*segments: bytes) -> bytes:
    """Return an RLE frame."""
    offsets, at = [], 64
    for segment in segments:
        offsets.append(at)
        at += len(segment)
    header = struct.pack("<16I", len(segments), *offsets, *[0] * (15 - len(segments)))
    return header + b"".join(segments)


def test_segments_of_runs_and_of_bytes_make_words() -> None:
    np.testing.assert_array_equal(decode_run_lengths(frame_of(HIGH, LOW), LAYOUT), PIXELS)


def test_a_segment_with_too_few_pixels_is_refused() -> None:
    with pytest.raises(ImageError, match="end early"):
        decode_run_lengths(frame_of(b"\xfa\x01", LOW), LAYOUT)


@pytest.mark.parametrize(
    "segments",
    [(b"\xf8\x01", LOW), (HIGH + b"\x01\7\7", LOW), (HIGH, LOW + b"\xff\x05")],
    ids=["longer run", "bytes behind", "run behind"],
)
def test_a_segment_with_too_many_pixels_is_refused(segments: tuple[bytes, bytes]) -> None:
    with pytest.raises(ImageError, match="more than the header's pixels"):
        decode_run_lengths(frame_of(*segments), LAYOUT)


def test_zeros_behind_a_segment_are_padding_for_another_decoder_to_read() -> None:
    with pytest.raises(RuntimeError):
        decode_run_lengths(frame_of(b"\x80" + HIGH + bytes(6), LOW), LAYOUT)
