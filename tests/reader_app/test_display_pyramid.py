from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from reader_app.display import AIR
from reader_app.display_hanging import PaneSize, Placement
from reader_app.display_pyramid import build_picture, resample
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import View

MAMMOGRAM = Mammogram("1", "C001", View.L_CC, 4, 6, 12, "", (VoiWindow(1, 2),))


def sized(codes: np.ndarray, **changes: object) -> Mammogram:
    return replace(MAMMOGRAM, rows=codes.shape[0], columns=codes.shape[1], **changes)


def no_air(codes: np.ndarray) -> np.ndarray:
    return np.zeros(codes.shape, dtype=np.bool_)


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("down", [False, True])
def test_at_1_to_1_every_code_is_shown_as_it_is(across: bool, down: bool) -> None:
    codes = np.arange(24, dtype=np.uint16).reshape(4, 6)
    mammogram = sized(codes, flip_horizontal=across, flip_vertical=down)
    picture = build_picture(mammogram, codes, no_air(codes))
    shown = resample(picture, Placement(0.0, 0.0, 1.0), PaneSize(6, 4))
    hung = codes[:: -1 if down else 1, :: -1 if across else 1]
    assert np.array_equal(shown, hung)


def test_half_way_between_two_pixels_is_their_mean() -> None:
    codes = np.array([[100, 200], [300, 400]], dtype=np.uint16)
    picture = build_picture(sized(codes), codes, no_air(codes))
    assert resample(picture, Placement(0.5, 0.5, 1.0), PaneSize(1, 1))[0, 0] == 250


def test_beside_the_picture_is_air() -> None:
    codes = np.full((4, 6), 7, dtype=np.uint16)
    picture = build_picture(sized(codes), codes, no_air(codes))
    shown = resample(picture, Placement(-2.0, -1.0, 1.0), PaneSize(10, 6))
    assert (shown[1:5, 2:8] == 7).all()
    assert (shown == AIR).sum() == 60 - 24
    assert (resample(picture, Placement(50.0, 0.0, 1.0), PaneSize(3, 3)) == AIR).all()


def test_air_and_tissue_never_mix() -> None:
    codes = np.full((8, 8), 1000, dtype=np.uint16)
    air = no_air(codes)
    codes[:, :3], air[:, :3] = 4095, True
    picture = build_picture(sized(codes), codes, air)
    for scale in (0.5, 0.7, 1.0, 2.3, 8.0):
        size = round(8 * scale)
        shown = resample(picture, Placement(0.0, 0.0, scale), PaneSize(size, size))
        assert set(np.unique(shown)) == {1000, AIR}


def test_a_code_that_means_air_here_is_shown_as_its_neighbour() -> None:
    codes = np.full((2, 2), AIR, dtype=np.uint16)
    picture = build_picture(sized(codes), codes, no_air(codes))
    assert (resample(picture, Placement(0.0, 0.0, 1.0), PaneSize(2, 2)) == AIR - 1).all()


def test_a_single_bright_pixel_is_seen_at_every_size() -> None:
    codes = np.zeros((1024, 1024), dtype=np.uint16)
    codes[401, 613] = 4000
    picture = build_picture(sized(codes), codes, no_air(codes))
    for scale in (1.0, 0.9, 0.51, 0.5, 0.3, 0.26, 0.25):
        size = round(1024 * scale)
        shown = resample(picture, Placement(0.0, 0.0, scale), PaneSize(size, size))
        assert shown.max() > 4000 * scale**2 / 6


@given(
    hnp.arrays(np.uint16, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)),
    st.floats(0.02, 8.0),
)
def test_no_pixel_is_brighter_or_darker_than_the_picture(codes: np.ndarray, scale: float) -> None:
    picture = build_picture(sized(codes), codes, no_air(codes))
    shown = resample(picture, Placement(-1.3, 0.7, scale), PaneSize(23, 17))
    on_picture = shown[shown != AIR]
    shown_codes = np.minimum(codes, AIR - 1)
    if on_picture.size:
        assert on_picture.max() <= shown_codes.max()
        assert on_picture.min() >= shown_codes.min()


@pytest.mark.parametrize("shape", [(513, 700), (1, 300), (512, 256), (100, 100)])
def test_levels_halve_until_they_are_small(shape: tuple[int, int]) -> None:
    codes = np.full(shape, 9, dtype=np.uint16)
    picture = build_picture(sized(codes), codes, no_air(codes))
    assert max(picture.levels[-1].codes.shape) <= 256
    for finer, coarser in zip(picture.levels, picture.levels[1:], strict=False):
        assert coarser.codes.shape == tuple(-(-side // 2) for side in finer.codes.shape)
    assert all((level.codes == 9).all() and not level.air.any() for level in picture.levels)


@pytest.mark.parametrize(
    ("scale", "level"), [(2.0, 0), (1.0, 0), (0.51, 0), (0.5, 1), (0.3, 1), (0.25, 2), (0.001, 2)]
)
def test_the_coarsest_level_with_a_pixel_for_each_device_pixel_is_taken(
    scale: float, level: int
) -> None:
    codes = np.zeros((1024, 900), dtype=np.uint16)
    picture = build_picture(sized(codes), codes, no_air(codes))
    assert picture.level_for(scale) == level


@pytest.mark.parametrize(("view", "across", "wall"), [(View.L_CC, False, 5), (View.R_CC, True, 35)])
def test_the_chest_wall_is_where_tissue_begins_and_markers_do_not_count(
    view: View, across: bool, wall: float
) -> None:
    air = np.ones((100, 40), dtype=np.bool_)
    air[10:90, 5:30] = False
    air[0:5, 0:3] = False
    mammogram = sized(air, view=view, flip_horizontal=across)
    picture = build_picture(mammogram, air.astype(np.uint16), air)
    assert picture.chest_wall_hung == wall


def test_an_exam_of_air_hangs_by_its_edge() -> None:
    air = np.ones((10, 20), dtype=np.bool_)
    picture = build_picture(sized(air, view=View.R_CC), air.astype(np.uint16), air)
    assert picture.chest_wall_hung == 20
    assert (picture.breast_centre.x_hung, picture.breast_centre.y_hung) == (10.0, 5.0)
