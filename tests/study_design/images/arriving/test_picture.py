from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from study_design.errors import ImageError
from study_design.images.arriving.picture import decode_picture
from study_design.images.pixels.colour import PALETTE_AS_GREY, READ_AS_GREY


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


def _written(path: Path, values: NDArray[np.generic]) -> Path:
    png = path.suffix == ".png"
    path.write_bytes((imagecodecs.png_encode if png else imagecodecs.tiff_encode)(values))
    return path


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("channels", [3, 4])
def test_equal_channels_of_16_bits_keep_all_of_them(
    tmp_path: Path, suffix: str, channels: int
) -> None:
    grey = np.random.default_rng(7).integers(0, 65536, (64, 48)).astype(np.uint16)
    values = np.dstack([grey] * 3 + [np.full_like(grey, 65535)] * (channels - 3))
    found = decode_picture(_written(tmp_path / f"film.{suffix}", values))
    np.testing.assert_array_equal(found.codes, grey)
    assert (found.bits_stored, found.notes) == (16, (READ_AS_GREY,))
    values[3, 4, 2] ^= 1  # of which eight bits would know nothing
    with pytest.raises(ImageError, match=r"channels differ by up to 1 of 65535 levels"):
        decode_picture(_written(tmp_path / f"film.{suffix}", values))


@pytest.mark.parametrize("dtype", ["u1", "u2"])
def test_grey_with_an_alpha_channel_is_read_where_nothing_is_clear(
    tmp_path: Path, dtype: str
) -> None:
    full = np.iinfo(dtype).max
    grey = np.random.default_rng(7).integers(0, full + 1, (64, 48)).astype(dtype)
    values = np.dstack([grey, np.full_like(grey, full)])
    found = decode_picture(_written(tmp_path / "film.png", values))
    np.testing.assert_array_equal(found.codes, grey)
    values[0, :24, 1] = full - 1
    with pytest.raises(ImageError, match=r"clear on 0\.8% of its pixels"):
        decode_picture(_written(tmp_path / "film.png", values))


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_palette_of_greys_is_read_and_one_of_colours_refused(tmp_path: Path, suffix: str) -> None:
    indices = np.random.default_rng(7).integers(0, 200, (64, 48)).astype(np.uint8)
    greys = np.arange(255, -1, -1, dtype=np.uint8)
    picture = Image.fromarray(indices)
    palette = np.dstack([greys] * 3)[0]
    palette[250] = (255, 0, 0)  # a colour that no pixel has
    picture.putpalette(palette.tobytes())
    picture.save(tmp_path / f"film.{suffix}")
    found = decode_picture(tmp_path / f"film.{suffix}")
    np.testing.assert_array_equal(found.codes, greys[indices])
    assert found.notes == (PALETTE_AS_GREY,)
    palette[indices[0, 0]] = (9, 9, 10)
    picture.putpalette(palette.tobytes())
    picture.save(tmp_path / f"film.{suffix}")
    with pytest.raises(ImageError, match="in colour: its channels differ by up to 1 of 255"):
        decode_picture(tmp_path / f"film.{suffix}")


def test_a_palette_that_is_clear_where_it_is_used_is_refused(tmp_path: Path) -> None:
    picture = Image.fromarray(np.tile(np.arange(64, dtype=np.uint8), (64, 1)))
    picture.putpalette(np.arange(256, dtype=np.uint8).repeat(3).tobytes())
    picture.save(tmp_path / "film.png", transparency=0)
    with pytest.raises(ImageError, match=r"clear on 1\.6% of its pixels"):
        decode_picture(tmp_path / "film.png")
    Image.new("RGB", (64, 64), (7, 7, 7)).save(tmp_path / "key.png", transparency=(7, 7, 7))
    with pytest.raises(ImageError, match=r"clear on 100\.0% of its pixels"):
        decode_picture(tmp_path / "key.png")


def test_coloured_and_tiny_pictures_are_refused(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "red").save(tmp_path / "colour.png")
    Image.new("RGBA", (64, 64)).save(tmp_path / "clear.png")
    Image.new("CMYK", (64, 64)).save(tmp_path / "ink.tif")
    Image.new("L", (2, 1)).save(tmp_path / "tiny.png")
    with pytest.raises(ImageError, match="a picture in colour: its channels differ by up to 255"):
        decode_picture(tmp_path / "colour.png")
    with pytest.raises(ImageError, match=r"clear on 100\.0% of its pixels"):
        decode_picture(tmp_path / "clear.png")
    with pytest.raises(ImageError, match="colour mode CMYK"):
        decode_picture(tmp_path / "ink.tif")
    with pytest.raises(ImageError, match="1 x 2 pixels"):
        decode_picture(tmp_path / "tiny.png")
