"""None"""

import struct
from pathlib import Path

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
from pydicom import dcmread
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from study_design.errors import ImageError
from study_design.images.pixels.decode import StoredPixels
from study_design.images.pixels.transfer_syntaxes import CODINGS, LOSSY
from study_design.phantom.transfer_syntax import (
    LOSSLESS,
    TRANSFER_SYNTAXES,
    UNCOMPRESSED,
)

by_name = pytest.mark.parametrize("syntax", [*UNCOMPRESSED, *LOSSLESS], ids=lambda s: s.name[:40])


def farthest(pixels: StoredPixels, path: Path) -> int:
    """Return by how many grey levels a pixel differs at most from what pydicom decodes."""
    return int(np.abs(stored_values(pixels) - dcmread(path).pixel_array.astype(np.int64)).max())


@by_name
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
def test_pixels_are_decoded_bit_for_bit_as_pydicom_does(
    write: Write, syntax: UID, bits: int, signed: bool
) -> None:
    low, kind = (-(1 << (bits - 1)), "i") if signed else (0, "u")
    dtype = f"{kind}{1 if bits == 8 else 2}"
    # Of its own each: other tests must not change what this one decodes.
    random = np.random.default_rng(bits)
    pixels = random.integers(low, low + (1 << bits), (63, 47)).astype(dtype)
    path = write(pixels, syntax, bits_stored=bits)
    found = decoded(path)
    np.testing.assert_array_equal(stored_values(found), pixels)
    assert (found.codes.dtype, found.bits_stored, found.notes) == (np.uint16, bits, ())
    # pydicom does not carry the sign of JPEG-LS into the unused bits.
    theirs = dcmread(path).pixel_array.astype(np.int64) - pixels
    assert not (theirs % (1 << bits)).any()


@by_name
def test_pixels_in_the_upper_bits_are_decoded(write: Write, syntax: UID) -> None:
    path = write(syntax=syntax, bits_stored=12, high_bit=15)
    np.testing.assert_array_equal(decoded(path).codes, TWELVE_BITS)


@pytest.mark.parametrize(
    ("syntax", "bits", "apart"),
    [
        (JPEGLSNearLossless, 12, 0),  # its standard leaves a decoder no choice
        (JPEGBaseline8Bit, 8, 1),
        (JPEG2000, 12, 1),
        (HTJ2K, 12, 1),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_lossy_pixels_are_those_of_pydicom_within_what_codecs_round(
    write: Write, syntax: UID, bits: int, apart: int
) -> None:
    """The inverse transforms of two codecs, or of one on two processors, round differently."""
    smooth = np.add.outer(np.arange(64) * 3, np.arange(48) * 2) % (1 << bits)
    path = write(smooth.astype("u1" if bits == 8 else "u2"), syntax, bits_stored=bits)
    assert farthest(decoded(path), path) <= apart


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES, ids=lambda s: s.name[:40])
def test_the_data_tell_whether_they_lost_something(write: Write, syntax: UID) -> None:
    bits = 8 if syntax == JPEGBaseline8Bit else 12
    pixels = (TWELVE_BITS >> (12 - bits)).astype("u1" if bits == 8 else "u2")
    assert decoded(write(pixels, syntax, bits_stored=bits)).lossy == (syntax in LOSSY)


def test_jpeg_of_twelve_bits_is_decoded_within_its_loss(write: Write) -> None:
    smooth = np.add.outer(np.arange(64) * 40, np.arange(48) * 20).astype(np.uint16)
    found = decoded(write(smooth, JPEGExtended12Bit))
    assert found.bits_stored == 12
    assert np.abs(stored_values(found) - smooth).max() <= 16


@pytest.mark.parametrize(
    "name",
    [
        "clunie_pixelspacing/MG_pixelspacing_test.dcm",
        "fo-dicom/GH133_GE_RMLO_jpegll.dcm",
        "fo-dicom/OutOfBoundsOverlay_Siemens_stereo_jpegll.dcm",
        "omama/GE_LCC_DHJ5JE9QXAV0.dcm",
        "wg04/MG1_J2KI.dcm",
    ],
)
def test_real_files_are_decoded_as_pydicom_does(real_images: Path, name: str) -> None:
    found = decoded(real_images / name)
    assert farthest(found, real_images / name) <= found.lossy
    assert found.notes == ()


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless])
def test_unused_high_bits_are_left_out(write: Write, syntax: UID) -> None:
    path = write(TWELVE_BITS | np.uint16(0xF000), syntax, bits_stored=16, BitsStored=12, HighBit=11)
    np.testing.assert_array_equal(decoded(path).codes, TWELVE_BITS)


def test_bytes_written_as_big_endian_words_come_in_their_order(write: Write) -> None:
    pixels = np.random.default_rng(8).integers(0, 256, (63, 47), dtype=np.uint8)
    path = write(pixels, ExplicitVRBigEndian, bits_stored=8)
    dataset = dcmread(path)
    swapped = np.frombuffer(dataset.PixelData, "<u2").byteswap().tobytes()
    del dataset.PixelData
    dataset.add_new("PixelData", "OW", swapped)
    dataset.save_as(path)
    np.testing.assert_array_equal(decoded(path).codes, pixels)


@pytest.mark.parametrize(
    ("said", "coding"),
    [
        (JPEGLosslessSV1, JPEG2000Lossless),
        (JPEG2000Lossless, JPEGLSLossless),
        (JPEGLSLossless, JPEGLosslessSV1),
        (RLELossless, HTJ2KLossless),
        (HTJ2KLossless, RLELossless),
        (ExplicitVRLittleEndian, JPEGLosslessSV1),
    ],
    ids=lambda syntax: syntax.name[:24],
)
def test_pixels_coded_otherwise_than_the_header_says_are_decoded_with_a_note(
    write: Write, said: UID, coding: UID
) -> None:
    path = write(syntax=coding)
    content = path.read_bytes()
    old, new = (f"{uid}\0".encode() if len(uid) % 2 else uid.encode() for uid in (coding, said))
    at = content.index(b"\x02\0\x10\0UI") + 6
    length = struct.pack("<H", len(new))
    path.write_bytes(content[:at] + length + new + content[at + 2 + len(old) :])
    found = decoded(path)
    np.testing.assert_array_equal(found.codes, TWELVE_BITS)
    assert len(found.notes) == 1
    assert f"the pixels are {CODINGS[coding]}" in found.notes[0]


def test_plain_pixels_in_a_file_said_to_be_compressed_are_read_with_a_note(write: Write) -> None:
    content = write().read_bytes()
    old, new = b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0"
    path = write()
    path.write_bytes(content.replace(old, new, 1))
    found = decoded(path)
    np.testing.assert_array_equal(found.codes, TWELVE_BITS)
    assert found.notes == ("the header says compressed, the pixels are not",)


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda s: s.name[:40])
@pytest.mark.parametrize(
    ("table", "end"),
    [(b"", True), (b"\xff\xff\xff\x7f" * 3, True), (b"\1\2\3", True), (b"\0\0\0\0", False)],
    ids=["empty", "beyond", "odd", "endless"],
)
def test_offset_tables_and_fragments_may_be_as_they_like(
    write: Write, syntax: UID, table: bytes, end: bool
) -> None:
    path = write(syntax=syntax)
    with_value(path, fragmented(frame_of(path), 5, table=table, end=end))
    np.testing.assert_array_equal(decoded(path).codes, TWELVE_BITS)


def test_an_offset_table_may_be_left_out(write: Write) -> None:
    path = write(syntax=JPEGLosslessSV1)
    data = fragmented(frame_of(path), 1)
    np.testing.assert_array_equal(decoded(with_value(path, data[8:])).codes, TWELVE_BITS)


@pytest.mark.parametrize("zeros", [1, 2, 3, 64])
@pytest.mark.parametrize("syntax", [JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless, HTJ2K])
def test_a_writer_may_pad_a_frame_with_zeros(write: Write, syntax: UID, zeros: int) -> None:
    path = write(syntax=syntax)
    expected = decoded(path)
    padded = frame_of(path).rstrip(b"\0") + b"\0" * zeros
    found = decoded(with_value(path, fragmented(padded + b"\0" * (len(padded) % 2), 1)))
    np.testing.assert_array_equal(found.codes, expected.codes)
    assert found.doubts == ()


def test_an_item_of_odd_length_may_be_followed_by_its_pad(write: Write) -> None:
    path = write(syntax=JPEG2000Lossless)
    frame = frame_of(path)
    frame = frame if len(frame) % 2 else frame + b"\0"
    head = fragmented(frame, 1, end=False)
    data = head + b"\0" + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    np.testing.assert_array_equal(decoded(with_value(path, data)).codes, TWELVE_BITS)


@pytest.mark.parametrize("syntax", LOSSLESS, ids=lambda s: s.name[:40])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_frame_cut_short_is_refused(write: Write, syntax: UID, share: float) -> None:
    path = write(syntax=syntax)
    frame = frame_of(path).rstrip(b"\0")
    data = fragmented(frame[: int(share * len(frame))], 1)
    with pytest.raises(ImageError, match=r"end early|no decoder can read"):
        decoded(with_value(path, data))


@pytest.mark.parametrize(
    "syntax", [JPEG2000Lossless, HTJ2KLossless, JPEGLSLossless], ids=lambda s: s.name[:40]
)
def test_a_frame_cut_short_is_refused_though_it_has_an_end(write: Write, syntax: UID) -> None:
    path = write(syntax=syntax)
    frame = frame_of(path).rstrip(b"\0")
    data = fragmented(frame[: int(0.7 * len(frame))] + b"\xff\xd9", 1)
    with pytest.raises(ImageError, match=r"end early|no decoder can read"):
        decoded(with_value(path, data))
