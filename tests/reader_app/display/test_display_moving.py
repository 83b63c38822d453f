"""Pan, zoom and 1:1 of one picture, and what makes two breasts mirror images of each other."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_app.display.display_frame import Hanging, hung
from reader_app.display.display_hanging import (
    CommonScale,
    DevicePoint,
    HungPoint,
    PaneSize,
    Placement,
    common_scale,
)
from reader_app.display.display_moving import mirrored, one_to_one, panned, zoomed
from reader_app.display.display_pyramid import Picture, build_picture
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import View

ROWS, COLUMNS = 90, 70
PANE = PaneSize(160, 90)
MIDDLE = DevicePoint(PANE.width / 2, PANE.height / 2)


def picture_of(view: View, spacing_mm: float = 0.1, rows: int = ROWS) -> Picture:
    """Return a picture whose chest wall is where its breast's is: right at R, left at L."""
    right = view.side.value == "R"
    mammogram = Mammogram(
        view.value,
        "C001",
        view,
        rows,
        COLUMNS,
        12,
        "",
        (VoiWindow(2048, 4096),),
        spacing_mm=spacing_mm,
        flip_horizontal=right,
    )
    codes = np.full((rows, COLUMNS), 1000, dtype=np.uint16)
    air = np.tile(np.arange(COLUMNS) > 50, (rows, 1))  # stored with the chest wall at the left
    return build_picture(mammogram, codes, air)


RIGHT, LEFT = picture_of(View.R_CC), picture_of(View.L_CC)
SCALE = common_scale([RIGHT.mammogram, LEFT.mammogram], PANE)

placements = st.builds(Placement, st.floats(-60, 60), st.floats(-60, 60), st.floats(1.1, 8.0))
widths = st.integers(100, 200)
# Far enough from where a picture may not go further that neither breast is held back:
free = st.builds(Placement, st.floats(-20, 20), st.floats(-20, 20), st.floats(1.1, 3.0))


def distances(hanging: Hanging, *, seam_at_right: bool) -> tuple[float, float]:
    """Return how far the chest wall's middle is from the seam and below the pane's middle."""
    place = HungPoint(hanging.picture.chest_wall_hung, hanging.picture.mammogram.rows_hung / 2)
    at = hanging.placement.to_device(place)
    seam = hanging.pane.width - at.x_device if seam_at_right else at.x_device
    return seam, at.y_device - hanging.pane.height / 2


@given(free, st.integers(159, 161))
def test_both_breasts_are_as_far_from_the_seam_and_as_high_at_one_zoom(
    placement: Placement, width: int
) -> None:
    lead, pane = Hanging(RIGHT, placement, PANE), PaneSize(width, PANE.height)
    follower = Hanging(LEFT, mirrored(lead, LEFT, pane, SCALE), pane)
    assert follower.placement.scale == lead.placement.scale
    ahead, behind = distances(lead, seam_at_right=True), distances(follower, seam_at_right=False)
    assert behind == pytest.approx(ahead, abs=1e-6)


@given(placements, st.sampled_from([(RIGHT, LEFT), (LEFT, RIGHT)]))
def test_the_mirror_image_of_the_mirror_image_is_the_picture_itself(
    placement: Placement, pair: tuple[Picture, Picture]
) -> None:
    first, second = pair
    lead = Hanging(first, placement.kept_in(first.mammogram, PANE), PANE)
    there = Hanging(second, mirrored(lead, second, PANE, SCALE), PANE)
    back = mirrored(there, first, PANE, SCALE)
    assert back.scale == lead.placement.scale
    assert (back.left_hung, back.top_hung) == pytest.approx(
        (lead.placement.left_hung, lead.placement.top_hung), abs=1e-6
    )


@given(st.floats(-40, 40), st.floats(-40, 40))
def test_a_drag_to_the_left_is_followed_to_the_right(right: float, down: float) -> None:
    lead = Hanging(RIGHT, Placement(0.0, 10.0, 2.5), PANE)
    dragged = replace(lead, placement=panned(lead, right, down))
    before, after = (mirrored(hanging, LEFT, PANE, SCALE) for hanging in (lead, dragged))
    went = (
        (lead.placement.left_hung - dragged.placement.left_hung) * 2.5,
        (lead.placement.top_hung - dragged.placement.top_hung) * 2.5,
    )
    follows = (before.left_hung - after.left_hung) * 2.5, (before.top_hung - after.top_hung) * 2.5
    assert follows == pytest.approx((-went[0], went[1]), abs=1e-6)


def test_a_lead_that_hangs_lets_its_partner_hang_to_the_last_bit() -> None:
    for lead, other in ((RIGHT, LEFT), (LEFT, RIGHT)):
        hanging = hung(lead, PANE, SCALE)
        assert mirrored(hanging, other, PANE, SCALE) == hung(other, PANE, SCALE).placement


def test_breasts_from_two_detectors_keep_one_physical_size() -> None:
    fine = picture_of(View.L_CC, spacing_mm=0.05, rows=2 * ROWS)
    scale = common_scale([RIGHT.mammogram, fine.mammogram], PANE)
    lead = Hanging(RIGHT, Placement(0.0, 10.0, 3.0), PANE)
    follower = Hanging(fine, mirrored(lead, fine, PANE, scale), PANE)
    assert follower.placement.scale == pytest.approx(1.5)
    assert distances(follower, seam_at_right=False) == pytest.approx(
        distances(lead, seam_at_right=True)
    )


@given(st.integers(0, PANE.width), st.integers(0, PANE.height), widths)
def test_at_1_to_1_no_pixel_of_either_breast_is_interpolated(x: int, y: int, width: int) -> None:
    lead = Hanging(RIGHT, Placement(-3.7, 2.2, 2.0), PANE)
    lead = replace(lead, placement=one_to_one(lead, DevicePoint(x, y)))
    follower = mirrored(lead, LEFT, PaneSize(width, PANE.height), SCALE)
    for placement in (lead.placement, follower):
        assert placement.scale == 1.0
        assert placement.snapped() == placement


def test_1_to_1_without_a_place_is_around_the_middle_of_the_breast() -> None:
    hanging = hung(LEFT, PaneSize(60, 40), SCALE)
    placement = one_to_one(hanging, None)
    centre = placement.to_device(LEFT.breast_centre)
    assert (centre.x_device, centre.y_device) == pytest.approx((30, 20), abs=0.5)


@given(st.floats(1.1, 3.0))
def test_zooming_out_ends_where_the_picture_hangs(factor: float) -> None:
    hanging = hung(LEFT, PANE, SCALE)
    near = replace(hanging, placement=zoomed(hanging, factor, DevicePoint(150, 9), SCALE))
    assert near.placement.scale == pytest.approx(hanging.placement.scale * factor)
    assert zoomed(near, 0.1, MIDDLE, SCALE) == hanging.placement


def test_where_spacings_are_unknown_pixels_are_one_size_in_both() -> None:
    scale = CommonScale(1.0, in_mm=False)
    lead = Hanging(RIGHT, Placement(0.0, 10.0, 3.0), PANE)
    unknown = replace(LEFT, mammogram=replace(LEFT.mammogram, spacing_mm=None))
    assert mirrored(lead, unknown, PANE, scale).scale == 3.0
