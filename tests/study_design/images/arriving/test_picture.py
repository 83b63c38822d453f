from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from study_design.errors import ImageError
from study_design.images.arriving.picture import decode_picture
from study_design.images.pixels.colour import READ_AS_GREY


@pytest.mark.parametrize(
    ("suffix", "dtype"), [("png", "u1"), ("png", "u2"), ("tif", "u1"), ("tif", "u2")]
)
def test_grey_pictures_are_decoded_bit_for_bit(tmp_path: Path, suffix: str, dtype: str) -> None:
    pixels = np.random.default_rng(7).integers(0, np.iinfo(dtype).max + 1, (64, 48)).astype(dtype)
    path = tmp_path / f"picture.{suffix}"
    Image.fromarray(pixels).save(path)
    np.testing.assert_array_equal(decode_picture(path).codes, pixels)


def test_a_big_tiff_is_decoded_as_any_other(tmp_path: Path) -> None:
    pixels = np.random.default_rng(7).integers(0, 65536, (64, 48)).astype(np.uint16)
    path = tmp_path / "picture.tif"
    Image.fromarray(pixels).save(path, big_tiff=True)
    assert path.read_bytes()[:4] == b"II+\0"
    np.testing.assert_array_equal(decode_picture(path).codes, pixels)


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_scan_of_three_equal_channels_is_read_as_grey(tmp_path: Path, suffix: str) -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (64, 48)).astype(np.uint8)
    path = tmp_path / f"film.{suffix}"
    Image.fromarray(np.dstack([pixels] * 3)).save(path)
    found = decode_picture(path)
    np.testing.assert_array_equal(found.codes, pixels)
    assert found.notes == (READ_AS_GREY,)


def test_coloured_and_tiny_pictures_are_refused(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "red").save(tmp_path / "colour.png")
    Image.new("RGBA", (64, 64)).save(tmp_path / "clear.png")
    Image.new("L", (2, 1)).save(tmp_path / "tiny.png")
    with pytest.raises(ImageError, match="a picture in colour: its channels differ by up to 255"):
        decode_picture(tmp_path / "colour.png")
    with pytest.raises(ImageError, match="colour mode RGBA"):
        decode_picture(tmp_path / "clear.png")
    with pytest.raises(ImageError, match="1 x 2 pixels"):
        decode_picture(tmp_path / "tiny.png")
