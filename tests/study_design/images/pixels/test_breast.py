from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from study_design.images.header.orientation import Edge
from study_design.images.header.presentation import CodeRange
from study_design.images.pixels.breast import find_breast
from study_design.images.pixels.decode import decode_dicom
from study_design.images.pixels.pixel_element import open_pixels


def disc(*, air: int = 0, noise: int = 0) -> NDArray[np.uint16]:
    """Return a half disc of tissue that fades out towards the skin, chest wall at the left."""
    rows, columns = 400, 300
    random = np.random.default_rng(3)
    y, x = np.mgrid[:rows, :columns]
    distance = np.hypot((y - rows / 2) / (0.4 * rows), x / (0.6 * columns))
    grey = air + np.where(distance < 1, 200 + 2500 * (1 - distance), 0)
    return (grey + random.integers(0, noise + 1, grey.shape)).astype(np.uint16)


def test_all_air_is_black_and_no_tissue() -> None:
    codes = disc()
    area = find_breast(codes, low_is_bright=False)
    assert area.chest_wall is Edge.LEFT
    assert not area.air[codes > 0].any()
    assert area.air[codes == 0].mean() > 0.97


@given(noise=st.integers(0, 40), air=st.integers(0, 500), flipped=st.booleans())
@settings(max_examples=15, deadline=None)
def test_tissue_is_never_air_however_noisy_the_air_is(noise: int, air: int, flipped: bool) -> None:
    codes = disc(air=air, noise=noise)
    tissue = disc() > 0
    if flipped:
        codes, tissue = codes[:, ::-1].copy(), tissue[:, ::-1]
    area = find_breast(codes, low_is_bright=False)
    assert area.chest_wall is (Edge.RIGHT if flipped else Edge.LEFT)
    assert not area.air[tissue].any()
    assert area.air[~tissue].mean() > 0.8


def test_the_lowest_code_may_be_the_brightest() -> None:
    codes = disc(noise=20)
    inverted = (4095 - codes).astype(np.uint16)
    expected = find_breast(codes, low_is_bright=False)
    found = find_breast(inverted, low_is_bright=True)
    assert found.chest_wall is expected.chest_wall
    assert (found.air == expected.air).mean() > 0.999


def test_padding_at_the_maximum_is_air_on_monochrome1() -> None:
    codes = (4095 - disc()).astype(np.uint16)
    area = find_breast(codes, low_is_bright=True, padding=CodeRange(4095, 4095))
    assert area.air[codes == 4095].mean() > 0.97
    assert not area.air[codes < 4095].any()


def test_padding_codes_within_the_breast_stay_visible() -> None:
    codes = disc()
    codes[180:190, 40:50] = 0
    area = find_breast(codes, low_is_bright=False, padding=CodeRange(0, 30))
    assert not area.air[180:190, 40:50].any()


def test_a_marker_far_away_is_air_and_one_on_the_skin_is_not() -> None:
    codes = disc()
    codes[10:40, 250:290] = 3000
    codes[195:205, 183:190] = 4000
    area = find_breast(codes, low_is_bright=False)
    assert area.air[10:40, 250:290].all()
    assert not area.air[195:205, 183:190].any()


def test_skin_of_the_trunk_at_the_chest_walls_edge_is_kept() -> None:
    codes = disc()
    codes[385:, :60] = 900
    assert not find_breast(codes, low_is_bright=False).air[385:, :60].any()


@pytest.mark.parametrize("codes", [np.zeros((64, 64), np.uint16), np.full((64, 64), 7, np.uint16)])
def test_an_even_picture_has_no_air(codes: NDArray[np.uint16]) -> None:
    area = find_breast(codes, low_is_bright=False)
    assert area.chest_wall is None
    assert not area.air.any()


def test_a_picture_without_air_loses_nothing() -> None:
    codes = np.random.default_rng(1).integers(1000, 3000, (300, 300)).astype(np.uint16)
    assert not find_breast(codes, low_is_bright=False).air.any()


@pytest.mark.parametrize("view", ["R-CC", "L-CC", "R-MLO", "L-MLO"])
def test_real_views_keep_their_skin_and_lose_their_markers(real_images: Path, view: str) -> None:
    codes = np.asarray(Image.open(real_images / "nyu_breast_density" / f"{view}.png"))
    area = find_breast(codes.astype(np.uint16), low_is_bright=False)
    assert area.chest_wall is Edge.LEFT
    bright_in_air = area.air & (codes > 8)
    # All that is bright in air is the text in the top right corner.
    rows, columns = np.nonzero(bright_in_air)
    assert rows.max(initial=0) < 260
    assert columns.min(initial=2000) > 1300
    assert 0.3 < area.air.mean() < 0.6


def test_a_piece_from_within_a_real_breast_loses_nothing(real_images: Path) -> None:
    codes = np.asarray(Image.open(real_images / "nyu_breast_density" / "R-CC.png"))
    piece = codes[800:1800, 100:700].astype(np.uint16)
    assert not find_breast(piece, low_is_bright=False).air.any()


def test_the_real_ge_views_lose_air_and_the_side_marker_only(real_images: Path) -> None:
    codes = decode_dicom(open_pixels(real_images / "omama" / "GE_LCC_DHJ5JE9QXAV0.dcm")).codes
    area = find_breast(codes, low_is_bright=False, padding=CodeRange(0, 30))
    assert area.chest_wall is Edge.LEFT
    rows, columns = np.nonzero(area.air & (codes > 30))
    assert (rows.min(), rows.max()) > (200, 400)
    assert rows.max() < 520
    assert columns.min() > 1500
    codes = decode_dicom(open_pixels(real_images / "fo-dicom" / "GH133_GE_RMLO_jpegll.dcm")).codes
    area = find_breast(codes, low_is_bright=False, padding=CodeRange(0, 30))
    assert area.chest_wall is Edge.RIGHT
    assert not (area.air & (codes > 30)).any()


@pytest.mark.parametrize("low_is_bright", [False, True])
@pytest.mark.parametrize("bits", [7, 10, 12, 16])
@pytest.mark.parametrize("padding_beyond_tissue", [False, True])
def test_padding_and_air_beside_it_are_both_air_however_they_are_stored(
    *, low_is_bright: bool, bits: int, padding_beyond_tissue: bool
) -> None:
    # Air is a fifth of the range; the padding touches the edge of the chest wall.
    highest = (1 << bits) - 1
    tissue = disc() > 0
    grey = np.where(tissue, 0.3 + 0.6 * disc() / 2700, 0.2)
    padded = np.zeros_like(tissue)
    padded[:30], padded[:, 250:] = True, True
    grey[padded] = 1.0 if padding_beyond_tissue else 0.0
    codes = np.rint((1 - grey if low_is_bright else grey) * highest).astype(np.uint16)
    padding = highest if padding_beyond_tissue != low_is_bright else 0
    area = find_breast(codes, low_is_bright=low_is_bright, padding=CodeRange(padding, padding))
    assert area.chest_wall is Edge.LEFT
    assert area.air[padded].all()
    assert area.air[~tissue].mean() > 0.95
    assert not area.air[tissue & ~padded].any()
