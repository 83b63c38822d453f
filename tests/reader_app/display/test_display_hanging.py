from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_app.display.display_hanging import (
    HANGING_STEPS,
    DevicePoint,
    PaneSize,
    Placement,
    common_scale,
    hang,
    hung_point,
    inside,
    scale_bar_mm,
    stored_point,
    zoomed_scale,
)
from study_design.geometry import Box, Point
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import Side, View

MAMMOGRAM = Mammogram("1", "C001", View.R_CC, 400, 300, 12, "", (VoiWindow(1, 2),), spacing_mm=0.1)
PANE = PaneSize(960, 520)

mammograms = st.builds(
    lambda rows, columns, across, down, turned: replace(
        MAMMOGRAM,
        rows=rows,
        columns=columns,
        flip_horizontal=across,
        flip_vertical=down,
        transposed=turned,
    ),
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
points = st.builds(Point, st.floats(0, 5000), st.floats(0, 5000))
placements = st.builds(
    Placement, st.floats(-5000, 5000), st.floats(-5000, 5000), st.floats(0.05, 8.0)
)


@given(mammograms, points)
def test_what_is_hung_can_be_taken_down_again(mammogram: Mammogram, point: Point) -> None:
    back = stored_point(mammogram, hung_point(mammogram, point))
    assert (back.x_px, back.y_px) == pytest.approx((point.x_px, point.y_px))


@given(mammograms, points, placements)
def test_a_click_on_the_screen_finds_the_stored_pixel(
    mammogram: Mammogram, point: Point, placement: Placement
) -> None:
    on_screen = placement.to_device(hung_point(mammogram, point))
    back = stored_point(mammogram, placement.to_hung(on_screen))
    assert (back.x_px, back.y_px) == pytest.approx((point.x_px, point.y_px), abs=1e-6)


def test_a_flip_takes_the_first_pixel_to_the_other_edge() -> None:
    flipped = replace(MAMMOGRAM, flip_horizontal=True)
    hung = hung_point(flipped, Point(0.5, 0.5))
    assert (hung.x_hung, hung.y_hung) == (299.5, 0.5)
    hung = hung_point(replace(MAMMOGRAM, flip_vertical=True), Point(0.5, 0.5))
    assert (hung.x_hung, hung.y_hung) == (0.5, 399.5)


@given(mammograms)
def test_the_corners_of_a_picture_stay_corners(mammogram: Mammogram) -> None:
    corner = hung_point(mammogram, Point(0.0, 0.0))
    assert corner.x_hung in (0.0, mammogram.columns_hung)
    assert corner.y_hung in (0.0, mammogram.rows_hung)


def test_one_scale_serves_all_panes_in_mm() -> None:
    fine = replace(MAMMOGRAM, spacing_mm=0.05, rows=4000, columns=3000)
    coarse = replace(MAMMOGRAM, spacing_mm=0.1, rows=2600, columns=2000)
    scale = common_scale((fine, coarse), PANE)
    assert scale.in_mm
    mm_a_device_px = [m.spacing_mm / scale.scale_of(m) for m in (fine, coarse) if m.spacing_mm]
    assert mm_a_device_px[0] == pytest.approx(mm_a_device_px[1])
    assert scale.scale_of(coarse) * coarse.rows == pytest.approx(PANE.height)


def test_without_spacing_pixels_have_one_size_and_mm_are_not_promised() -> None:
    scale = common_scale((MAMMOGRAM, replace(MAMMOGRAM, spacing_mm=None)), PANE)
    assert not scale.in_mm
    assert scale.scale_of(MAMMOGRAM) == pytest.approx(PANE.height / 400)


@pytest.mark.parametrize(("view", "edge"), [(View.R_MLO, PANE.width), (View.L_MLO, 0)])
def test_the_chest_wall_touches_the_inner_edge_of_the_pane(view: View, edge: float) -> None:
    mammogram = replace(MAMMOGRAM, view=view)
    wall = 290.0 if view.side is Side.RIGHT else 10.0
    scale = common_scale((mammogram,), PANE)
    placement = hang(mammogram, wall, pane=PANE, scale=scale).kept_in(mammogram, PANE)
    at = placement.to_device(replace(hung_point(mammogram, Point(0, 0)), x_hung=wall))
    assert at.x_device == pytest.approx(edge)


def test_a_narrow_picture_stays_at_the_inner_edge() -> None:
    narrow = replace(MAMMOGRAM, rows=2600, columns=400)
    placement = hang(narrow, 400.0, pane=PANE, scale=common_scale((narrow,), PANE))
    assert placement.kept_in(narrow, PANE) == placement


@given(placements, st.floats(0.05, 8.0), st.floats(0, 960), st.floats(0, 520))
def test_zooming_keeps_what_is_under_the_cursor(
    placement: Placement, scale: float, x_device: float, y_device: float
) -> None:
    cursor = DevicePoint(x_device, y_device)
    before, after = placement.to_hung(cursor), placement.zoomed(scale, cursor).to_hung(cursor)
    assert (after.x_hung, after.y_hung) == pytest.approx((before.x_hung, before.y_hung), abs=1e-6)


@given(placements, mammograms)
def test_a_picture_cannot_be_lost(placement: Placement, mammogram: Mammogram) -> None:
    kept = placement.kept_in(mammogram, PANE)
    first = kept.to_device(hung_point(replace(mammogram, flip_horizontal=False), Point(0, 0)))
    assert first.x_device < PANE.width
    assert first.x_device + mammogram.columns_hung * kept.scale > 0


def test_panning_moves_the_picture_with_the_mouse() -> None:
    placement = Placement(0.0, 0.0, 2.0).panned(10, -4)
    assert (placement.left_hung, placement.top_hung) == (-5.0, 2.0)


@given(mammograms, placements)
def test_a_box_on_the_screen_keeps_its_size_whatever_the_flips_and_turns_with_the_picture(
    mammogram: Mammogram, placement: Placement
) -> None:
    box = placement.box_on_screen(mammogram, Box(10, 20, 30, 40))
    width, height = (40, 30) if mammogram.transposed else (30, 40)
    assert box.width_px == pytest.approx(width * placement.scale, abs=1e-6)
    assert box.height_px == pytest.approx(height * placement.scale, abs=1e-6)


def test_the_scale_bar_is_the_longest_that_fits() -> None:
    # 0.1 mm a pixel at 0.5 device px a pixel: 100 device px are 20 mm.
    assert scale_bar_mm(MAMMOGRAM, 0.5, 100.0) == 20
    assert scale_bar_mm(MAMMOGRAM, 0.5, 99.0) == 10
    assert scale_bar_mm(MAMMOGRAM, 8.0, 10.0) is None
    assert scale_bar_mm(replace(MAMMOGRAM, spacing_mm=None), 0.5, 100.0) is None


def test_a_place_beside_the_picture_moves_to_its_edge() -> None:
    assert inside(MAMMOGRAM, Point(-3.0, 500.0)) == Point(0.0, 400.0)


def test_the_zoom_has_limits() -> None:
    assert zoomed_scale(0.5, 0.1, smallest=0.2) == 0.2
    assert zoomed_scale(4.0, 10.0, smallest=0.2) == 8.0


def test_the_hanging_steps_are_those_of_the_journey() -> None:
    assert [step.views for step in HANGING_STEPS] == [
        (View.R_CC, View.L_CC, View.R_MLO, View.L_MLO),
        (View.R_CC, View.L_CC),
        (View.R_MLO, View.L_MLO),
        (View.R_CC, View.R_MLO),
        (View.L_CC, View.L_MLO),
    ]


def test_ten_mm_are_as_long_in_all_four_panes_whatever_the_detectors() -> None:
    detectors = (
        (4096, 3328, 0.07),
        (3062, 2394, 0.094090909),
        (5928, 4728, 0.05),
        (2600, 2000, 0.1),
    )
    four = [
        replace(MAMMOGRAM, view=view, rows=rows, columns=columns, spacing_mm=spacing_mm)
        for view, (rows, columns, spacing_mm) in zip(View, detectors, strict=True)
    ]
    scale = common_scale(four, PANE)
    lengths = []
    for mammogram in four:
        placement = hang(mammogram, 0.0, pane=PANE, scale=scale)
        start, end = (
            placement.to_device(hung_point(mammogram, Point(5.0, y)))
            for y in (40.0, 40.0 + 10.0 / (mammogram.spacing_mm or 1.0))
        )
        lengths.append(end.y_device - start.y_device)
        assert mammogram.rows * placement.scale <= PANE.height + 1e-9
    assert lengths == pytest.approx([lengths[0]] * 4)
