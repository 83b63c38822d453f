from collections.abc import Callable
from typing import Any

import imagecodecs
import jpeg_ls
import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, get_frame
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from study_design.images.pixels.decode import StoredPixels, decode_dicom
from study_design.images.pixels.pixel_element import open_pixels
from study_design.phantom.transfer_syntax import put_pixels

SIGNED = np.random.default_rng(5).integers(-1024, 2184, (64, 48)).astype(np.int16)
SIGNED[0, :2] = -1024, 2183
POSITIVE = np.abs(SIGNED)


def j2k(pixels: NDArray[Any], bits: int) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", bitspersample=bits))


def htj2k(pixels: NDArray[Any], bits: int) -> bytes:
    assert bits == 16
    return bytes(imagecodecs.htj2k_encode(pixels, reversible=True))


def jls(pixels: NDArray[Any], bits: int) -> bytes:
    data = jpeg_ls.encode_pixel_data(
        pixels.tobytes(),
        rows=pixels.shape[0],
        columns=pixels.shape[1],
        samples_per_pixel=1,
        bits_stored=bits,
        photometric_interpretation="MONOCHROME2",
    )
    return bytes(data)


def lossless(pixels: NDArray[Any], bits: int) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(pixels, lossless=True, predictor=1, bitspersample=bits))


@pytest.fixture
def read(tmp_path: Any) -> Callable[..., tuple[StoredPixels, NDArray[np.int64], Dataset]]:
    """Return a function that reads a frame under a header; its values, and pydicom's dataset."""

    def read(
        frame: bytes, syntax: UID, bits: int, *, signed: bool, **attributes: int
    ) -> tuple[StoredPixels, NDArray[np.int64], Dataset]:
        dataset = Dataset()
        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.1.2", "2.25.1"
        dataset.PhotometricInterpretation, dataset.SamplesPerPixel = "MONOCHROME2", 1
        dataset.Rows, dataset.Columns = SIGNED.shape
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, bits, bits - 1
        dataset.PixelRepresentation = int(signed)
        for keyword, value in attributes.items():
            if keyword == "overlay_bit":
                dataset.add_new(0x60020102, "US", value)
            else:
                setattr(dataset, keyword, value)
        if syntax.is_encapsulated:
            dataset.PixelData = encapsulate([frame])
            dataset["PixelData"].is_undefined_length = True
        else:
            dataset.PixelData = frame
        dataset["PixelData"].VR = "OB" if syntax.is_encapsulated else "OW"
        path = tmp_path / "pixels.dcm"
        dataset.save_as(path, enforce_file_format=True)
        found = decode_dicom(open_pixels(path))
        return found, found.codes.astype(np.int64) + found.code_offset, dataset

    return read


@pytest.mark.parametrize(
    ("encode", "syntax", "precision", "kind"),
    [
        (j2k, JPEG2000Lossless, 14, "unsigned ones"),
        (j2k, JPEG2000Lossless, 13, "unsigned ones"),
        (j2k, JPEG2000Lossless, 16, "unsigned ones"),
        (htj2k, HTJ2KLossless, 16, "unsigned ones"),
        (jls, JPEGLSLossless, 14, "ones"),
        (jls, JPEGLSLossless, 12, "ones"),
        (lossless, JPEGLosslessSV1, 14, "ones"),
        (lossless, JPEGLosslessSV1, 13, "ones"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_signed_pixels_in_a_frame_that_knows_no_sign_are_a_doubt(
    read: Any, encode: Any, syntax: UID, precision: int, kind: str
) -> None:
    expected = np.clip(SIGNED, -(1 << (precision - 1)), (1 << (precision - 1)) - 1)
    words = expected.view(np.uint16) & np.uint16((1 << precision) - 1)
    found, values, dataset = read(encode(words, precision), syntax, 16, signed=True)
    np.testing.assert_array_equal(values, expected)
    assert found.doubts == (
        f"the header says signed pixels of 16 bits, the data hold {kind} of {precision}: "
        "their highest bit was taken for the sign",
    )
    if syntax != JPEGLosslessSV1:  # of which pydicom compares nothing
        np.testing.assert_array_equal(values, dataset.pixel_array)


@pytest.mark.parametrize(
    ("encode", "syntax", "precision"),
    [(j2k, JPEG2000Lossless, 14), (jls, JPEGLSLossless, 14), (lossless, JPEGLosslessSV1, 14)],
)
def test_where_no_pixel_has_the_bit_of_the_sign_a_note_tells_of_the_precision(
    read: Any, encode: Any, syntax: UID, precision: int
) -> None:
    frame = encode(POSITIVE.view(np.uint16), precision)
    found, values, _ = read(frame, syntax, 16, signed=True)
    np.testing.assert_array_equal(values, POSITIVE)
    assert found.doubts == ()
    assert found.notes == ("the header says 16 bits a pixel, the data have 14",)


@pytest.mark.parametrize(
    ("encode", "syntax"), [(j2k, JPEG2000Lossless), (htj2k, HTJ2KLossless)], ids=["J2K", "HTJ2K"]
)
@pytest.mark.parametrize("bits", [12, 16])
def test_negative_pixels_under_an_unsigned_header_are_a_doubt(
    read: Any, encode: Any, syntax: UID, bits: int
) -> None:
    found, values, dataset = read(encode(SIGNED, 16), syntax, bits, signed=False)
    np.testing.assert_array_equal(values, SIGNED.view(np.uint16))
    np.testing.assert_array_equal(values, dataset.pixel_array)
    assert "unsigned pixels, the data hold negative ones of 16 bits" in found.doubts[0]


@pytest.mark.parametrize("precision", [8, 14, 16])
def test_a_signed_frame_under_a_signed_header_is_as_it_says(read: Any, precision: int) -> None:
    pixels = (SIGNED >> (16 - precision)).astype(np.int8 if precision == 8 else np.int16)
    found, values, _ = read(j2k(pixels, precision), JPEG2000Lossless, 16, signed=True)
    np.testing.assert_array_equal(values, pixels)
    assert found.doubts == ()


def test_bits_beyond_those_of_the_header_are_kept_of_jpeg_2000_and_doubted(read: Any) -> None:
    pixels = (POSITIVE.view(np.uint16)) << 2
    found, values, dataset = read(j2k(pixels, 16), JPEG2000Lossless, 12, signed=False)
    np.testing.assert_array_equal(values, pixels)
    np.testing.assert_array_equal(values, dataset.pixel_array)
    assert found.bits_stored == 14
    assert found.doubts == ("the header says 12 bits a pixel, the data hold 14",)


@pytest.mark.parametrize("signed", [False, True])
def test_a_frame_of_more_bits_than_the_header_allots_is_kept_and_doubted(
    read: Any, signed: bool
) -> None:
    attributes = {"BitsAllocated": 8, "BitsStored": 8, "HighBit": 7}
    frame = j2k(SIGNED if signed else POSITIVE.view(np.uint16), 16)
    found, values, _ = read(frame, JPEG2000Lossless, 8, signed=signed, **attributes)
    np.testing.assert_array_equal(values, SIGNED if signed else POSITIVE)
    assert found.doubts == (
        f"the header says 8 bits a pixel, the data hold {13 if signed else 12}",
    )


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless])
@pytest.mark.parametrize("signed", [False, True])
def test_bits_beyond_those_of_the_header_are_left_out_of_other_pixels_and_doubted(
    read: Any, syntax: UID, signed: bool
) -> None:
    words = (SIGNED.view(np.uint16) & 0x0FFF) | np.uint16(0x5000)
    dataset = Dataset()
    put_pixels(dataset, words, syntax, bits_stored=16)
    frame = dataset.PixelData
    if syntax == RLELossless:
        frame = get_frame(frame, 0, number_of_frames=1)
    found, values, dataset = read(frame, syntax, 12, signed=signed)
    np.testing.assert_array_equal(values, dataset.pixel_array)
    assert found.doubts == ("pixels beyond 12 bits: damaged, or an overlay among the bits",)


@pytest.mark.parametrize("extended", [False, True])
def test_a_sign_may_be_carried_into_the_unused_bits_or_not(read: Any, extended: bool) -> None:
    pixels = np.clip(SIGNED, -2048, 2047)
    words = pixels.view(np.uint16) & np.uint16(0xFFFF if extended else 0x0FFF)
    found, values, _ = read(words.tobytes(), ExplicitVRLittleEndian, 12, signed=True)
    np.testing.assert_array_equal(values, pixels)
    assert found.doubts == ()


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEG2000Lossless])
@pytest.mark.parametrize("bit", [12, 15])
def test_a_declared_overlay_among_the_bits_is_never_shown_and_noted(
    read: Any, syntax: UID, bit: int
) -> None:
    words = POSITIVE.view(np.uint16).copy()
    words[::2] |= np.uint16(1 << bit)
    frame = words.tobytes() if syntax == ExplicitVRLittleEndian else j2k(words, 16)
    found, values, _ = read(frame, syntax, 12, signed=False, overlay_bit=bit)
    assert found.doubts == ()
    assert "an overlay among the bits above 12: left out" in found.notes
    np.testing.assert_array_equal(values, POSITIVE)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, JPEG2000Lossless])
def test_a_high_bit_that_the_pixels_contradict_is_a_doubt(read: Any, syntax: UID) -> None:
    words = POSITIVE.view(np.uint16)
    frame = words.tobytes() if syntax == ExplicitVRLittleEndian else j2k(words, 12)
    found, values, _ = read(frame, syntax, 12, signed=False, HighBit=15)
    np.testing.assert_array_equal(values, POSITIVE)
    (doubt,) = found.doubts
    assert doubt.startswith("the header says High Bit 15, the ")
