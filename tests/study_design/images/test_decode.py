from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.pixels import get_decoder
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from study_design.errors import ImageError
from study_design.images.decode import decode_dicom, decode_picture

RANDOM = np.random.default_rng(7)
TWELVE_BITS = RANDOM.integers(0, 4096, (64, 48), dtype=np.uint16)


@pytest.mark.parametrize(
    "syntax",
    [
        ExplicitVRLittleEndian,
        ImplicitVRLittleEndian,
        ExplicitVRBigEndian,
        JPEGLossless,
        JPEGLosslessSV1,
        JPEGLSLossless,
        JPEG2000Lossless,
    ],
    ids=lambda syntax: syntax.name[:24],
)
def test_twelve_bit_pixels_are_decoded_bit_for_bit(make_dicom: Any, syntax: Any) -> None:
    dataset = dcmread(make_dicom(pixels=TWELVE_BITS, syntax=syntax))
    decoded = decode_dicom(dataset)
    np.testing.assert_array_equal(decoded.codes, TWELVE_BITS)
    assert (decoded.codes.dtype, decoded.bits_stored) == (np.uint16, 12)
    if get_decoder(syntax).is_available if syntax.is_encapsulated else True:
        np.testing.assert_array_equal(decoded.codes, dataset.pixel_array)


def test_run_length_encoding_is_decoded_as_pydicom_does(make_dicom: Any) -> None:
    dataset = dcmread(make_dicom(pixels=TWELVE_BITS))
    dataset.compress(RLELossless)
    np.testing.assert_array_equal(decode_dicom(dataset).codes, TWELVE_BITS)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_signed_pixels_become_codes_with_an_offset(make_dicom: Any, syntax: Any) -> None:
    signed = RANDOM.integers(-2048, 2048, (64, 48), dtype=np.int16)
    decoded = decode_dicom(dcmread(make_dicom(pixels=signed, syntax=syntax)))
    assert decoded.code_offset == -2048
    np.testing.assert_array_equal(decoded.codes.astype(int) + decoded.code_offset, signed)


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian])
def test_eight_bit_pixels_are_decoded(make_dicom: Any, syntax: Any) -> None:
    pixels = RANDOM.integers(0, 256, (64, 48), dtype=np.uint8)
    words = pixels.tobytes() if syntax.is_little_endian else pixels.view("<u2").byteswap().tobytes()
    dataset = dcmread(make_dicom(pixels=pixels, syntax=syntax))
    dataset.PixelData = words
    np.testing.assert_array_equal(decode_dicom(dataset).codes, pixels)


def test_unused_high_bits_are_left_out(make_dicom: Any) -> None:
    pixels = TWELVE_BITS | np.uint16(0xF000)
    decoded = decode_dicom(dcmread(make_dicom(pixels=pixels)))
    np.testing.assert_array_equal(decoded.codes, TWELVE_BITS)


def test_truncated_pixels_are_refused(make_dicom: Any) -> None:
    dataset = dcmread(make_dicom(pixels=TWELVE_BITS))
    dataset.PixelData = dataset.PixelData[:-2]
    with pytest.raises(ImageError, match="end early"):
        decode_dicom(dataset)


def test_truncated_jpeg_is_refused(make_dicom: Any) -> None:
    dataset = dcmread(make_dicom(pixels=TWELVE_BITS, syntax=JPEGLosslessSV1))
    dataset.PixelData = dataset.PixelData[:-40] + b"\0" * 40
    with pytest.raises(ImageError, match="end early"):
        decode_dicom(dataset)


def test_pixels_of_another_size_than_the_header_says_are_refused(make_dicom: Any) -> None:
    dataset = dcmread(make_dicom(pixels=TWELVE_BITS, syntax=JPEGLosslessSV1))
    dataset.Rows = 60
    with pytest.raises(ImageError, match="60 x 48 pixels, the data hold 64 x 48"):
        decode_dicom(dataset)


def test_a_high_bit_outside_the_pixel_is_refused(make_dicom: Any) -> None:
    dataset = dcmread(make_dicom(pixels=TWELVE_BITS))
    dataset.HighBit = 16
    with pytest.raises(ImageError, match="high bit"):
        decode_dicom(dataset)


@pytest.mark.parametrize(
    ("suffix", "dtype"), [("png", "u1"), ("png", "u2"), ("tif", "u1"), ("tif", "u2")]
)
def test_grey_pictures_are_decoded_bit_for_bit(tmp_path: Path, suffix: str, dtype: str) -> None:
    pixels = RANDOM.integers(0, np.iinfo(dtype).max + 1, (64, 48)).astype(dtype)
    path = tmp_path / f"picture.{suffix}"
    Image.fromarray(pixels).save(path)
    np.testing.assert_array_equal(decode_picture(path).codes, pixels)


def test_coloured_and_tiny_pictures_are_refused(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64)).save(tmp_path / "colour.png")
    Image.new("L", (2, 1)).save(tmp_path / "tiny.png")
    with pytest.raises(ImageError, match="colour mode RGB"):
        decode_picture(tmp_path / "colour.png")
    with pytest.raises(ImageError, match="1 x 2 pixels"):
        decode_picture(tmp_path / "tiny.png")
