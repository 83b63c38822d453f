from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader_app.display.display import Look, lookup_table, table_for
from reader_app.display.display_frame import (
    Block,
    Hanging,
    PaneFrame,
    pixels_of,
    ready_to_open,
    show_codes,
)
from reader_app.display.display_hanging import PaneSize, Placement
from reader_app.display.display_pyramid import build_picture
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import View

CODES = np.random.default_rng(3).integers(0, 4096, (90, 70)).astype(np.uint16)
AIR = np.arange(70)[None, :] > 40 + 20 * np.sin(np.arange(90)[:, None] / 20)
MAMMOGRAM = Mammogram("1", "C001", View.L_CC, 90, 70, 12, "", (VoiWindow(2048, 4096),))
PICTURE = build_picture(MAMMOGRAM, CODES, AIR)
PANE = PaneSize(70, 90)
HANGING = Hanging(PICTURE, Placement(0.0, 0.0, 1.0), PANE)


def pixels(frame: PaneFrame, hanging: Hanging, look: Look) -> np.ndarray:
    """Return all pixels of a pane, black where nothing is shown."""
    shown = frame.codes(hanging)
    screen = np.full((hanging.pane.height, hanging.pane.width), 0xFF000000, dtype=np.uint32)
    pane = Block(0, 0, hanging.pane.width, hanging.pane.height)
    show_codes(shown, table_for(MAMMOGRAM, look), screen, pane=pane, part=pane)
    return screen


def test_a_frame_at_1_to_1_is_the_table_s_grey_of_every_stored_pixel() -> None:
    table = lookup_table(MAMMOGRAM, MAMMOGRAM.windows[0], inverted=False)
    expected = np.where(AIR, 0, table[CODES]).astype(np.uint32)
    shown = pixels(PaneFrame(), HANGING, Look())
    assert np.array_equal(shown, 0xFF000000 | expected * 0x010101)


@pytest.mark.parametrize("scale", [0.3, 0.5, 1.0, 1.7])
@pytest.mark.parametrize("inverted", [False, True])
def test_air_is_black_up_to_the_edge_of_the_breast_inverted_too(
    scale: float, inverted: bool
) -> None:
    """A picture whose tissue is one grey: at its edge nothing but that grey and black appears."""
    flat = build_picture(MAMMOGRAM, np.where(AIR, 0, 1000).astype(np.uint16), AIR)
    hanging = Hanging(flat, Placement(-3.0, 2.0, scale), PANE)
    for look in (Look(inverted=inverted), Look(shift=0.4, stretch=0.1, inverted=inverted)):
        table = lookup_table(MAMMOGRAM, look.window_of(MAMMOGRAM), inverted=inverted)
        shown = pixels(PaneFrame(), hanging, look)
        assert set(np.unique(shown & 0xFF)) <= {0, int(table[1000])}


def test_a_new_look_leaves_the_codes_and_changes_the_pixels() -> None:
    frame = PaneFrame()
    codes = frame.codes(HANGING)
    before, after = (pixels(frame, HANGING, Look(inverted=x)) & 0xFF for x in (False, True))
    assert frame.codes(HANGING) is codes
    assert (np.abs(before[~AIR].astype(int) + after[~AIR] - 255) <= 1).all()


def test_a_moved_picture_is_shown_where_it_is_now() -> None:
    frame = PaneFrame()
    frame.codes(HANGING)
    for left in (10.0, -20.0, 0.0):
        moved = replace(HANGING, placement=Placement(left, 5.0, 1.3))
        assert np.array_equal(pixels(frame, moved, Look()), pixels(PaneFrame(), moved, Look()))


def test_another_picture_with_equal_facts_is_not_taken_for_the_first() -> None:
    frame = PaneFrame()
    before = pixels(frame, HANGING, Look())
    other = build_picture(MAMMOGRAM, (4095 - CODES).astype(np.uint16), AIR)
    after = pixels(frame, replace(HANGING, picture=other), Look())
    assert not np.array_equal(before, after)


blocks = st.builds(
    lambda x, y, width, height: Block(x, y, x + width, y + height),
    *(st.integers(-30, 120), st.integers(-30, 120), st.integers(0, 90), st.integers(0, 90)),
)


@settings(deadline=None)
@given(blocks, blocks)
def test_nothing_is_written_outside_the_pane_and_the_part_that_is_painted(
    pane: Block, part: Block
) -> None:
    frame = PaneFrame()
    screen = np.zeros((100, 80), dtype=np.uint32)
    table = table_for(MAMMOGRAM, Look())
    show_codes(frame.codes(HANGING), table, screen, pane=pane, part=part)
    y, x = np.nonzero(screen)
    for ends in (pane, part):
        assert ((x >= ends.left) & (x < ends.right)).all()
        assert ((y >= ends.top) & (y < ends.bottom)).all()
    whole = pixels_of(frame.codes(HANGING), table)
    assert np.array_equal(screen[y, x], whole[y - pane.top, x - pane.left])


def test_a_case_that_was_made_ready_shows_what_it_shows_without() -> None:
    (ready,) = ready_to_open([PICTURE], {View.L_CC: PaneSize(30, 41)})
    assert ready.first_frame is not None
    hanging = Hanging(ready, ready.first_frame.placement, PaneSize(30, 41))
    plain = replace(hanging, picture=PICTURE)
    assert hanging.known is ready.first_frame.codes
    assert plain.known is None
    expected = pixels(PaneFrame(), plain, Look())
    frame = PaneFrame()
    assert np.array_equal(pixels(frame, hanging, Look()), expected)
    zoomed = replace(hanging, placement=Placement(5.0, 5.0, 0.9))
    assert zoomed.known is None
    pixels(frame, zoomed, Look())
    assert np.array_equal(pixels(frame, hanging, Look()), expected)


def test_what_is_made_ready_counts_as_memory() -> None:
    (ready,) = ready_to_open([PICTURE], {View.L_CC: PANE})
    assert ready.first_frame is not None
    assert ready.size_bytes == PICTURE.size_bytes + ready.first_frame.codes.codes.nbytes


def test_a_picture_of_a_view_without_a_pane_is_left_as_it_is() -> None:
    assert ready_to_open([PICTURE], {View.R_CC: PANE}) == (PICTURE,)
