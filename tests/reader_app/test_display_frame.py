from dataclasses import replace

import numpy as np
import pytest

from reader_app.display import Look, lookup_table
from reader_app.display_frame import Hanging, PaneFrame
from reader_app.display_hanging import PaneSize, Placement
from reader_app.display_pyramid import build_picture
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import View

CODES = np.random.default_rng(3).integers(0, 4096, (90, 70)).astype(np.uint16)
AIR = np.arange(70)[None, :] > 40 + 20 * np.sin(np.arange(90)[:, None] / 20)
MAMMOGRAM = Mammogram("1", "C001", View.L_CC, 90, 70, 12, "", (VoiWindow(2048, 4096),))
PICTURE = build_picture(MAMMOGRAM, CODES, AIR)
PANE = PaneSize(70, 90)
HANGING = Hanging(PICTURE, Placement(0.0, 0.0, 1.0), PANE)


def test_a_frame_at_1_to_1_is_the_table_s_grey_of_every_stored_pixel() -> None:
    shown = PaneFrame().pixels(HANGING, Look())
    table = lookup_table(MAMMOGRAM, MAMMOGRAM.windows[0], inverted=False)
    rows, columns = shown.pixels.shape
    assert (shown.left, shown.top, rows) == (0, 0, 90)
    expected = np.where(AIR, 0, table[CODES]).astype(np.uint32)[:, :columns]
    assert np.array_equal(shown.pixels, 0xFF000000 | expected * 0x010101)


@pytest.mark.parametrize("scale", [0.3, 0.5, 1.0, 1.7])
@pytest.mark.parametrize("inverted", [False, True])
def test_air_is_black_up_to_the_edge_of_the_breast_inverted_too(
    scale: float, inverted: bool
) -> None:
    """A picture whose tissue is one grey: at its edge nothing but that grey and black appears."""
    flat = build_picture(MAMMOGRAM, np.where(AIR, 0, 1000).astype(np.uint16), AIR)
    hanging = Hanging(flat, Placement(-3.0, 2.0, scale), PANE)
    for look in (Look(inverted=inverted), Look(shift=0.4, stretch=0.1, inverted=inverted)):
        pixels = PaneFrame().pixels(hanging, look).pixels
        table = lookup_table(MAMMOGRAM, look.window_of(MAMMOGRAM), inverted=inverted)
        grey = int(table[1000])
        assert set(np.unique(pixels & 0xFF)) <= {0, grey}
        assert pixels.size


def test_a_new_look_changes_pixels_and_leaves_codes() -> None:
    frame = PaneFrame()
    before = frame.pixels(HANGING, Look()).pixels.copy()
    after = frame.pixels(HANGING, Look(inverted=True)).pixels
    tissue = ~AIR[:, : after.shape[1]]
    assert np.array_equal(
        (before & 0xFF)[tissue] + (after & 0xFF)[tissue] >= 254, [True] * tissue.sum()
    )


def test_a_moved_picture_is_shown_where_it_is_now() -> None:
    frame = PaneFrame()
    frame.pixels(HANGING, Look())
    moved = frame.pixels(replace(HANGING, placement=Placement(10.0, 5.0, 1.0)), Look())
    fresh = PaneFrame().pixels(replace(HANGING, placement=Placement(10.0, 5.0, 1.0)), Look())
    assert (moved.left, moved.top) == (fresh.left, fresh.top)
    assert np.array_equal(moved.pixels, fresh.pixels)


def test_another_picture_with_equal_facts_is_not_taken_for_the_first() -> None:
    frame = PaneFrame()
    before = frame.pixels(HANGING, Look()).pixels.copy()
    other = build_picture(MAMMOGRAM, (4095 - CODES).astype(np.uint16), AIR)
    after = frame.pixels(replace(HANGING, picture=other), Look()).pixels
    assert not np.array_equal(before, after)
