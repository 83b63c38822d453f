from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from reader_app.bench.reference import reference_codes
from reader_app.display.display_hanging import PaneSize, Placement
from reader_app.display.display_kernels import AIR
from reader_app.display.display_pyramid import Picture, build_picture, resample
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import View

MAMMOGRAM = Mammogram("1", "C001", View.L_CC, 4, 6, 12, "", (VoiWindow(1, 2),))

pictures = hnp.arrays(np.uint16, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40))


def sized(codes: np.ndarray, **changes: object) -> Mammogram:
    return replace(MAMMOGRAM, rows=codes.shape[0], columns=codes.shape[1], **changes)


def no_air(codes: np.ndarray) -> np.ndarray:
    return np.zeros(codes.shape, dtype=np.bool_)


def whole_pane(picture: Picture, placement: Placement, pane: PaneSize) -> np.ndarray:
    """Return the codes of all device pixels of a pane."""
    shown = resample(picture, placement, pane)
    codes = np.full((pane.height, pane.width), AIR, dtype=np.uint16)
    rows, columns = shown.codes.shape
    codes[shown.top : shown.top + rows, shown.left : shown.left + columns] = shown.codes
    return codes


@settings(deadline=None)
@given(
    pictures,
    st.integers(0, 2**32 - 1),
    st.floats(0.1, 8.0),
    st.floats(-9, 9),
    st.floats(-9, 9),
)
def test_resampling_equals_the_slow_way(
    codes: np.ndarray, seed: int, scale: float, left: float, top: float
) -> None:
    air = np.random.default_rng(seed).random(codes.shape) < 0.3
    picture = build_picture(sized(codes), codes, air)
    placement, pane = Placement(left, top, scale), PaneSize(19, 23)
    expected = reference_codes(picture, placement, pane)
    shown = whole_pane(picture, placement, pane)
    # A centre that lies on the border of two pixels may fall on either side of it.
    at_border = np.isnan(expected) != (shown == AIR)
    assert at_border.mean() < 0.15
    both = ~np.isnan(expected) & (shown != AIR)
    assert np.abs(shown[both] - expected[both]).max(initial=0) < 0.52


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.07, 1.0))
def test_the_mean_stays_what_it_is_when_zoomed_out(seed: int, scale: float) -> None:
    codes = np.random.default_rng(seed).integers(0, 4096, (512, 512)).astype(np.uint16)
    picture = build_picture(sized(codes), codes, no_air(codes))
    size = int(512 * scale)
    shown = whole_pane(picture, Placement(0.0, 0.0, size / 512), PaneSize(size, size))
    assert shown.mean() == pytest.approx(codes.mean(), abs=1.0)


@settings(deadline=None)
@given(st.integers(0, 767), st.integers(0, 767), st.floats(0.13, 1.0))
def test_one_bright_pixel_is_seen_wherever_it_is_at_every_size(
    y: int, x: int, scale: float
) -> None:
    codes = np.zeros((768, 768), dtype=np.uint16)
    codes[y, x] = 4000
    picture = build_picture(sized(codes), codes, no_air(codes))
    size = round(768 * scale) + 1
    shown = whole_pane(picture, Placement(0.0, 0.0, scale), PaneSize(size, size))
    # Its light is spread over four device pixels at most, less the rounding of each level.
    assert shown.max() >= 4000 * scale**2 / 4 - 2


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 8.0), st.floats(0, 1), st.floats(0, 1))
def test_at_the_edge_of_the_breast_nothing_of_the_air_shows(
    seed: int, scale: float, left: float, top: float
) -> None:
    air = np.random.default_rng(seed).random((60, 50)) < 0.5
    codes = np.where(air, 0, 3000).astype(np.uint16)
    picture = build_picture(sized(codes), codes, air)
    shown = whole_pane(picture, Placement(left, top, scale), PaneSize(31, 29))
    assert set(np.unique(shown)) <= {3000, AIR}


@pytest.mark.parametrize("across", [False, True])
@pytest.mark.parametrize("down", [False, True])
def test_at_1_to_1_every_code_is_shown_as_it_is(across: bool, down: bool) -> None:
    codes = np.arange(24, dtype=np.uint16).reshape(4, 6)
    mammogram = sized(codes, flip_horizontal=across, flip_vertical=down)
    picture = build_picture(mammogram, codes, no_air(codes))
    shown = whole_pane(picture, Placement(0.0, 0.0, 1.0), PaneSize(6, 4))
    hung = codes[:: -1 if down else 1, :: -1 if across else 1]
    assert np.array_equal(shown, hung)
    turned = build_picture(replace(mammogram, transposed=True), codes, no_air(codes))
    shown = whole_pane(turned, Placement(0.0, 0.0, 1.0), PaneSize(4, 6))
    assert np.array_equal(shown, codes.T[:: -1 if down else 1, :: -1 if across else 1])


def test_only_the_device_pixels_of_tissue_are_computed() -> None:
    codes = np.full((40, 60), 500, dtype=np.uint16)
    air = np.ones(codes.shape, dtype=np.bool_)
    air[10:20, 30:50] = False
    picture = build_picture(sized(codes), codes, air)
    shown = resample(picture, Placement(-5.0, -5.0, 1.0), PaneSize(100, 100))
    assert (shown.left, shown.top, shown.codes.shape) == (35, 15, (10, 20))
    away = resample(picture, Placement(50.0, 0.0, 1.0), PaneSize(10, 10))
    assert away.codes.size == 0


def test_half_way_between_two_pixels_is_their_mean() -> None:
    codes = np.array([[100, 200], [300, 400]], dtype=np.uint16)
    picture = build_picture(sized(codes), codes, no_air(codes))
    assert whole_pane(picture, Placement(0.5, 0.5, 1.0), PaneSize(1, 1))[0, 0] == 250


def test_beside_the_picture_is_air() -> None:
    codes = np.full((4, 6), 7, dtype=np.uint16)
    picture = build_picture(sized(codes), codes, no_air(codes))
    shown = whole_pane(picture, Placement(-2.0, -1.0, 1.0), PaneSize(10, 6))
    assert (shown[1:5, 2:8] == 7).all()
    assert (shown == AIR).sum() == 60 - 24
    assert (whole_pane(picture, Placement(50.0, 0.0, 1.0), PaneSize(3, 3)) == AIR).all()


def test_air_and_tissue_never_mix() -> None:
    codes = np.full((8, 8), 1000, dtype=np.uint16)
    air = no_air(codes)
    codes[:, :3], air[:, :3] = 4095, True
    picture = build_picture(sized(codes), codes, air)
    for scale in (0.5, 0.7, 1.0, 2.3, 8.0):
        size = round(8 * scale)
        shown = whole_pane(picture, Placement(0.0, 0.0, scale), PaneSize(size, size))
        assert set(np.unique(shown)) == {1000, AIR}


def test_a_code_that_means_air_here_is_shown_as_its_neighbour() -> None:
    codes = np.full((2, 2), AIR, dtype=np.uint16)
    picture = build_picture(sized(codes), codes, no_air(codes))
    assert (whole_pane(picture, Placement(0.0, 0.0, 1.0), PaneSize(2, 2)) == AIR - 1).all()


@settings(deadline=None)
@given(
    hnp.arrays(np.uint16, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)),
    st.floats(0.02, 8.0),
)
def test_no_pixel_is_brighter_or_darker_than_the_picture(codes: np.ndarray, scale: float) -> None:
    picture = build_picture(sized(codes), codes, no_air(codes))
    shown = whole_pane(picture, Placement(-1.3, 0.7, scale), PaneSize(23, 17))
    on_picture = shown[shown != AIR]
    shown_codes = np.minimum(codes, AIR - 1)
    if on_picture.size:
        assert on_picture.max() <= shown_codes.max()
        assert on_picture.min() >= shown_codes.min()


@pytest.mark.parametrize("shape", [(513, 700), (1, 300), (512, 256), (100, 100)])
def test_levels_halve_down_to_a_single_pixel(shape: tuple[int, int]) -> None:
    codes = np.full(shape, 9, dtype=np.uint16)
    picture = build_picture(sized(codes), codes, no_air(codes))
    assert picture.levels[-1].shape == (1, 1)
    for finer, coarser in zip(picture.levels, picture.levels[1:], strict=False):
        assert coarser.shape == tuple(-(-side // 2) for side in finer.shape)
    assert all((level == 9).all() for level in picture.levels)


@pytest.mark.parametrize(
    ("scale", "level"), [(2.0, 0), (1.0, 0), (0.51, 0), (0.5, 1), (0.3, 1), (0.25, 2), (0.0009, 10)]
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
