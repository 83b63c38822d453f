import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, get_frame
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
from study_design.images.pixels import decode
from study_design.images.pixels.codestream import Coding, read_codestream
from study_design.images.pixels.decode import StoredPixels, decode_dicom
from study_design.images.pixels.pixel_element import open_pixels
from study_design.images.pixels.transfer_syntaxes import CODINGS, LOSSY
from study_design.phantom.transfer_syntax import (
    LOSSLESS,
    TRANSFER_SYNTAXES,
    UNCOMPRESSED,
    put_pixels,
)

TWELVE_BITS = np.random.default_rng(7).integers(0, 4096, (64, 48), dtype=np.uint16)
by_name = pytest.mark.parametrize("syntax", [*UNCOMPRESSED, *LOSSLESS], ids=lambda s: s.name[:40])

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes pixels; keywords are attributes to be set afterwards."""

    def write(
        pixels: NDArray[Any] = TWELVE_BITS,
        syntax: UID = ExplicitVRLittleEndian,
        *,
        bits_stored: int = 12,
        high_bit: int | None = None,
        **attributes: Any,
    ) -> Path:
        dataset = Dataset()
        dataset.PhotometricInterpretation = "MONOCHROME2"
        put_pixels(dataset, pixels, syntax, bits_stored=bits_stored, high_bit=high_bit)
        dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
        dataset.SOPInstanceUID = "2.25.1"
        for keyword, value in attributes.items():
            if keyword == "TransferSyntaxUID":
                dataset.file_meta.TransferSyntaxUID = value
            else:
                setattr(dataset, keyword, value)
        path = tmp_path / "pixels.dcm"
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write


def decoded(path: Path) -> StoredPixels:
    return decode_dicom(open_pixels(path))


def stored_values(pixels: StoredPixels) -> NDArray[np.int64]:
    return pixels.codes.astype(np.int64) + pixels.code_offset


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


def fragmented(frame: bytes, pieces: int, *, table: bytes = b"", end: bool = True) -> bytes:
    """Return items of odd and even lengths with an offset table of any content."""
    size = -(-len(frame) // pieces)
    items = [table, *(frame[at : at + size] for at in range(0, len(frame), size))]
    data = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(item)) + item for item in items)
    return data + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0) * end


def frame_of(path: Path) -> bytes:
    return get_frame(dcmread(path).PixelData, 0, number_of_frames=1)


def with_value(path: Path, value: bytes) -> Path:
    """Put a value of undefined length behind the header, as it is."""
    element = open_pixels(path)
    path.write_bytes(path.read_bytes()[: element.offset] + value)
    return path


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
