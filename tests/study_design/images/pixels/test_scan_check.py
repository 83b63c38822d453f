from io import BytesIO

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from study_design.errors import ImageError
from study_design.images.pixels.codestream import START_OF_SCAN, jpeg_segments
from study_design.images.pixels.scan_check import check_markers, spare_bits

GREYS = np.random.default_rng(11).integers(0, 4096, (150, 97), dtype=np.uint16)
EVERY_BIT = np.random.default_rng(12).integers(0, 65536, (70, 33), dtype=np.uint16)
RESTART = [bytes([0xFF, 0xD0 + number]) for number in range(8)]


def lossless(pixels: NDArray[np.integer], *, predictor: int = 1, bits: int = 12) -> bytes:
    """Return a JPEG Lossless frame."""
    return bytes(
        imagecodecs.jpeg8_encode(pixels, lossless=True, predictor=predictor, bitspersample=bits)
    )


def scan_of(frame: bytes) -> int:
    """Return where the codes of the first scan begin."""
    return next(one.end for one in jpeg_segments(frame) if one.marker == START_OF_SCAN)


def with_restarts() -> bytes:
    """Return a JPEG frame with a restart marker behind every row of blocks, more than eight."""
    file = BytesIO()
    Image.fromarray((GREYS >> 4).astype(np.uint8)).save(file, "JPEG", restart_marker_rows=1)
    return file.getvalue()


@pytest.mark.parametrize("predictor", range(1, 8))
@pytest.mark.parametrize(
    ("pixels", "bits"),
    [
        (GREYS, 12),
        (EVERY_BIT, 16),
        (GREYS.astype(np.uint8), 8),
        (GREYS[:1], 12),
        (GREYS[:, :1], 12),
    ],
    ids=["12 bits", "16 bits", "8 bits", "one row", "one column"],
)
def test_the_bits_of_a_whole_scan_are_those_of_its_pixels(
    pixels: NDArray[np.integer], bits: int, predictor: int
) -> None:
    spare = spare_bits(lossless(pixels, predictor=predictor, bits=bits), pixels)
    assert spare is not None
    assert 0 <= spare < 8


def test_fill_bytes_before_the_end_are_no_bits_of_the_scan() -> None:
    frame = lossless(GREYS)
    filled = frame[:-2] + b"\xff\xff\xff" + frame[-2:]
    assert spare_bits(filled, GREYS) == spare_bits(frame, GREYS)


def test_what_stands_behind_the_last_pixel_is_counted() -> None:
    frame, before = lossless(GREYS), spare_bits(lossless(GREYS), GREYS)
    assert before is not None
    assert spare_bits(frame[:-2] + b"\x12\x34" + frame[-2:], GREYS) == before + 16


@pytest.mark.parametrize("size", [40, 400])
def test_a_scan_with_bytes_zeroed_or_lost_does_not_end_with_the_last_pixel(size: int) -> None:
    random = np.random.default_rng(size)
    smooth = ndimage.gaussian_filter(random.normal(0, 8000, (300, 200)), 9) + 2000
    pixels = np.clip(smooth + random.normal(0, 9, smooth.shape), 0, 4095).astype(np.uint16)
    frame = lossless(pixels)
    for at in random.integers(scan_of(frame), len(frame) - 500, 20):
        for part in (b"", bytes(size)):
            damaged = frame[:at] + part + frame[at + size :]
            spare = spare_bits(damaged, imagecodecs.jpeg8_decode(damaged))
            assert spare is not None
            assert not 0 <= spare < 8


def test_the_bits_of_a_point_transform_are_not_counted() -> None:
    frame = lossless(GREYS)
    at = scan_of(frame) - 1
    assert spare_bits(frame[:at] + b"\x02" + frame[at + 1 :], GREYS) is None


def test_the_bits_of_a_scan_with_restarts_are_not_counted() -> None:
    frame = lossless(GREYS)
    assert spare_bits(frame[:2] + b"\xff\xdd\0\x04\0\x61" + frame[2:], GREYS) is None


def test_an_end_of_the_picture_inside_it_is_refused() -> None:
    frame = with_restarts()
    middle = (scan_of(frame) + len(frame)) // 2
    with pytest.raises(ImageError, match="end early"):
        check_markers(frame[:middle] + b"\xff\xd9" + frame[middle:])


def test_a_second_end_is_no_damage_where_the_pixels_take_all_bits_before_the_first() -> None:
    frame = lossless(GREYS)
    twice = frame + b"of another writer\xff\xd9"
    check_markers(twice)
    assert spare_bits(twice, GREYS) == spare_bits(frame, GREYS)


def test_an_end_inside_a_lossless_scan_leaves_too_few_bits() -> None:
    frame = lossless(GREYS)
    middle = (scan_of(frame) + len(frame)) // 2
    spare = spare_bits(frame[:middle] + b"\xff\xd9" + frame[middle:], GREYS)
    assert spare is not None
    assert spare < 0


def test_restart_markers_that_count_up_are_let_through() -> None:
    frame = with_restarts()
    assert frame.count(RESTART[0]) > 1  # it begins anew behind the eighth
    check_markers(frame)


def test_restart_markers_in_another_order_are_refused() -> None:
    frame = with_restarts()
    swapped = frame.replace(RESTART[2], b"\xff\x01").replace(RESTART[3], RESTART[2])
    with pytest.raises(ImageError, match="damaged"):
        check_markers(swapped.replace(b"\xff\x01", RESTART[3]))


def test_a_part_lost_between_two_restart_markers_is_refused() -> None:
    frame = with_restarts()
    with pytest.raises(ImageError, match="damaged"):
        check_markers(frame[: frame.index(RESTART[2])] + frame[frame.index(RESTART[3]) :])


def test_restart_markers_of_which_the_header_knows_nothing_are_refused() -> None:
    frame = lossless(GREYS)
    at = scan_of(frame) + 50
    with pytest.raises(ImageError, match="damaged"):
        check_markers(frame[:at] + RESTART[0] + frame[at:])


def test_progressive_pictures_count_in_each_scan_anew() -> None:
    file = BytesIO()
    picture = Image.fromarray((GREYS >> 4).astype(np.uint8))
    picture.save(file, "JPEG", restart_marker_rows=4, progressive=True)
    check_markers(file.getvalue())
