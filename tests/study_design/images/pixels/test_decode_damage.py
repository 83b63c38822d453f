"""Damaged and contradicting pixels are refused, or a doubt; nothing is made up."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from given_decode import (
    TWELVE_BITS,
    Write,
    decoded,
    fragmented,
    frame_of,
    stored_values,
    with_value,
)
from numpy.typing import NDArray
from pydicom.encaps import encapsulate
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from study_design.errors import ImageError
from study_design.images.pixels import decode
from study_design.images.pixels.codestream import Coding, read_codestream
from study_design.phantom.transfer_syntax import (
    UNCOMPRESSED,
)


@pytest.mark.qt_no_exception_capture  # Cython prints what it cannot raise by the same way
@pytest.mark.parametrize(
    ("encode", "syntax"),
    [(imagecodecs.jpegls_encode, JPEGLSLossless), (imagecodecs.htj2k_encode, HTJ2KLossless)],
    ids=["JPEG-LS", "HTJ2K"],
)
def test_damage_within_a_whole_frame_that_the_codec_notices_is_refused(
    write: Write, encode: Callable[[NDArray[np.uint16]], bytes], syntax: UID
) -> None:
    pixels = np.random.default_rng(9).integers(0, 4096, (600, 500), dtype=np.uint16)
    frame = bytearray(encode(pixels))
    random, refused = np.random.default_rng(0), 0
    for at in random.integers(300, len(frame) - 100, 40):
        damaged = bytes(frame[:at]) + b"\x12\xe7\x91\x03" + bytes(frame[at + 4 :])
        path = write(syntax=syntax, Rows=600, Columns=500, PixelData=encapsulate([damaged]))
        refused += _reason(path).startswith("damaged")
    assert refused >= (40 if syntax == JPEGLSLossless else 1)


@pytest.mark.filterwarnings("ignore:The decoded RLE segment contains non-conformant padding")
def test_padded_run_lengths_are_decoded_by_another(write: Write) -> None:
    path = write(syntax=RLELossless)
    frame = frame_of(path)
    count, first, second, *rest = struct.unpack_from("<16I", frame)
    header = struct.pack("<16I", count, first, second + 2, *rest)
    padded = header + frame[first:second] + b"\0\0" + frame[second:]
    found = decoded(with_value(path, fragmented(padded, 1)))
    np.testing.assert_array_equal(found.codes, TWELVE_BITS)
    assert found.notes == ("decoded by pydicom, since imagecodecs gave up",)


def _tissue() -> NDArray[np.uint16]:
    """Return a smooth picture with air of 0 around it."""
    rows, columns = np.ogrid[:300, :240]
    waves = 2000 + 900 * np.sin(rows / 23) * np.cos(columns / 31)
    grain = np.random.default_rng(3).normal(0, 8, waves.shape)
    air = (rows - 150) ** 2 / 130**2 + columns**2 / 200**2 > 1
    return np.where(air, 0, waves + grain).astype(np.uint16)


@pytest.mark.parametrize(
    ("syntax", "noticed"),
    [(RLELossless, 40), (JPEGLosslessSV1, 40), (JPEGLSLossless, 40)],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_block_of_zeros_within_a_frame_is_noticed(
    write: Write, syntax: UID, noticed: int
) -> None:
    path = write(_tissue(), syntax)
    frame = frame_of(path).rstrip(b"\0")
    found = 0
    for at in np.random.default_rng(1).integers(300, len(frame) - 600, 40):
        damaged = frame[:at] + bytes(512) + frame[at + 512 :]
        found += bool(_reason(with_value(path, fragmented(damaged, 1))))
    assert found >= noticed


def test_what_a_changed_byte_does_to_jpeg_lossless_is_refused_or_a_doubt(write: Write) -> None:
    path = write(_tissue(), JPEGLosslessSV1)
    frame, whole = frame_of(path).rstrip(b"\0"), decoded(path)
    assert whole.doubts == ()
    refused, doubted = 0, 0
    for at in np.random.default_rng(2).integers(300, len(frame) - 600, 40):
        damaged = frame[:at] + bytes([frame[at] ^ 0x10]) + frame[at + 1 :]
        changed = with_value(path, fragmented(damaged, 1))
        if _reason(changed):
            refused += 1
        else:
            doubted += bool(decoded(changed).doubts)
    assert refused + doubted >= 20
    assert doubted >= 1


def test_bits_above_those_stored_are_a_doubt_in_jpeg_lossless(write: Write) -> None:
    path = write(TWELVE_BITS | 0x1000, JPEGLosslessSV1, bits_stored=13, BitsStored=12, HighBit=11)
    found = decoded(path)
    np.testing.assert_array_equal(found.codes, TWELVE_BITS)
    assert found.doubts == ("pixels beyond 12 bits: damaged, or an overlay among the bits",)


def test_a_byte_behind_the_last_pixel_of_jpeg_lossless_is_a_doubt(write: Write) -> None:
    path = write(syntax=JPEGLosslessSV1)
    frame = frame_of(path).rstrip(b"\0")
    found = decoded(with_value(path, fragmented(frame[:-2] + b"\x55" + frame[-2:], 1)))
    np.testing.assert_array_equal(found.codes, TWELVE_BITS)
    (doubt,) = found.doubts
    assert doubt.startswith("compressed pixels go on behind the last one")


def _reason(path: Path) -> str:
    """Return why a file is refused; empty where it is decoded."""
    try:
        decoded(path)
    except ImageError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("syntax", UNCOMPRESSED[:3], ids=lambda s: s.name[:40])
def test_plain_pixels_cut_short_are_refused(write: Write, syntax: UID) -> None:
    path = write(syntax=syntax)
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(ImageError, match="end early: 6142 of 6144 bytes"):
        decoded(path)


@pytest.mark.parametrize(
    ("syntax", "attributes", "reason"),
    [
        (JPEGLosslessSV1, {"Rows": 60}, "60 x 48 pixels, the data hold 64 x 48"),
        (JPEG2000Lossless, {"Columns": 40}, "64 x 40 pixels, the data hold 64 x 48"),
        (RLELossless, {"Rows": 128}, "end early"),
        (RLELossless, {"Rows": 60}, "RLE holds more than the header's pixels"),
        (ExplicitVRLittleEndian, {"Rows": 32}, "3072 bytes of pixels, the data hold 6144"),
        (ExplicitVRLittleEndian, {"Rows": 65}, "end early"),
        (ExplicitVRLittleEndian, {"HighBit": 16}, "high bit 16 does not fit"),
        (ExplicitVRLittleEndian, {"HighBit": 10}, "high bit 10 does not fit"),
    ],
)
def test_headers_that_contradict_the_pixels_are_refused(
    write: Write, syntax: UID, attributes: dict[str, int], reason: str
) -> None:
    with pytest.raises(ImageError, match=reason):
        decoded(write(syntax=syntax, **attributes))


def test_two_frames_in_a_file_of_one_are_refused(write: Write) -> None:
    path = write(syntax=JPEGLosslessSV1)
    with_value(path, encapsulate([frame_of(path)] * 2))
    with pytest.raises(ImageError, match="several pictures"):
        decoded(path)


def test_colours_are_refused_before_a_decoder_sees_them(write: Write) -> None:
    pixels = np.random.default_rng(10).integers(0, 256, (64, 48, 3), dtype=np.uint8)
    colours = imagecodecs.jpeg8_encode(pixels)
    path = with_value(write(syntax=JPEGBaseline8Bit), fragmented(colours, 1))
    with pytest.raises(ImageError, match="colours"):
        decoded(path)


def test_a_compression_that_is_not_known_is_refused(write: Write) -> None:
    path = write(syntax=JPEGLosslessSV1)
    content = path.read_bytes().replace(b"1.2.840.10008.1.2.4.70", b"1.2.840.10008.1.2.4.99")
    path.write_bytes(content)
    with pytest.raises(ImageError, match="is not decoded here"):
        decoded(path)


@pytest.mark.parametrize(
    ("syntax", "plugin"),
    [
        (JPEGLosslessSV1, "gdcm"),
        (JPEGLSLossless, "pyjpegls"),
        (JPEG2000Lossless, "pylibjpeg"),
        (HTJ2KLossless, "pylibjpeg"),
        (RLELossless, "pydicom"),
    ],
    ids=lambda value: getattr(value, "name", value)[:24],
)
@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
def test_where_imagecodecs_gives_up_another_decoder_finds_the_same_pixels(
    write: Write, monkeypatch: pytest.MonkeyPatch, syntax: UID, plugin: str, signed: bool
) -> None:
    def give_up(*_: object, **__: object) -> NDArray[Any]:
        raise ValueError("not today")

    pixels = (TWELVE_BITS.astype(int) - 2048).astype("i2") if signed else TWELVE_BITS
    path = write(pixels, syntax)
    monkeypatch.setattr(decode, "DECODERS", dict.fromkeys(Coding, give_up))
    monkeypatch.setattr(decode, "decode_run_lengths", give_up)
    found = decoded(path)
    np.testing.assert_array_equal(stored_values(found), pixels)
    assert found.notes == (f"decoded by {plugin}, since imagecodecs gave up",)


@pytest.mark.parametrize("frame", [b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xc3\0", b"\0" * 80])
def test_a_frame_that_tells_nothing_is_of_no_coding(frame: bytes) -> None:
    assert read_codestream(frame) is None


@pytest.mark.parametrize(
    ("at", "value"),
    [(16, 0x7F00), (20, 0xFFFFFFFF), (24, 0), (28, 0), (8, 0)],
    ids=["left", "top", "tile width", "tile height", "right"],
)
def test_a_jpeg_2000_of_no_size_or_no_tiles_is_of_no_coding(at: int, value: int) -> None:
    frame = bytearray(imagecodecs.htj2k_encode(TWELVE_BITS, reversible=True))
    assert read_codestream(bytes(frame)) is not None
    frame[at : at + 4] = struct.pack(">I", value)
    assert read_codestream(bytes(frame)) is None


def test_a_jpeg_2000_of_countless_tiles_is_of_no_coding() -> None:
    frame = bytearray(imagecodecs.jpeg2k_encode(np.zeros((300, 300), np.uint16), codecformat="j2k"))
    assert read_codestream(bytes(frame)) is not None
    frame[24:32] = struct.pack(">II", 1, 1)
    assert read_codestream(bytes(frame)) is None
