import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reader_app.display import CODES, Look, lookup_table, screen_table, table_for
from reader_app.display_kernels import AIR
from study_design.images.mammogram import Mammogram, VoiFunction, VoiWindow
from study_design.vocabulary import View

MAMMOGRAM = Mammogram(
    image="1",
    case="C001",
    view=View.R_CC,
    rows=4,
    columns=4,
    bits_stored=12,
    sha256="",
    windows=(VoiWindow(2048, 4096), VoiWindow(1000, 500, VoiFunction.SIGMOID, "HARDER")),
)
SIGNED = replace(MAMMOGRAM, code_offset=-1000)

windows = st.builds(
    VoiWindow,
    st.floats(-5000, 70000),
    st.floats(1, 70000),
    st.sampled_from(list(VoiFunction)),
)


@pytest.mark.parametrize(
    ("value", "grey"),
    # PS3.3 C.11.2.1.2.1, the standard's own example: c = 0, w = 100 is black to -50, white from 49.
    [(-51, 0), (-50, 0), (-1, 126), (0, 129), (48, 252), (49, 255), (50, 255)],
)
def test_linear_is_the_standard_s(value: int, grey: int) -> None:
    table = lookup_table(SIGNED, VoiWindow(0, 100), inverted=False)
    assert table[value + 1000] == grey


def test_a_linear_window_of_width_1_is_a_step() -> None:
    table = lookup_table(MAMMOGRAM, VoiWindow(2048, 1), inverted=False)
    assert (table[2047], table[2048]) == (0, 255)


@pytest.mark.parametrize(("value", "grey"), [(-50, 0), (0, 128), (25, 191), (50, 255)])
def test_linear_exact_is_the_standard_s(value: int, grey: int) -> None:
    window = VoiWindow(0, 100, VoiFunction.LINEAR_EXACT)
    assert lookup_table(SIGNED, window, inverted=False)[value + 1000] == grey


@pytest.mark.parametrize(
    ("value", "grey"),
    # 255 / (1 + exp(-4 (x - 2000) / 800)): exp(1) = 2.71828, exp(2) = 7.38906
    [(1600, 30), (1800, 69), (2000, 128), (2200, 186), (2400, 225), (0, 0), (4095, 255)],
)
def test_sigmoid_is_the_standard_s(value: int, grey: int) -> None:
    window = VoiWindow(2000, 800, VoiFunction.SIGMOID)
    assert lookup_table(MAMMOGRAM, window, inverted=False)[value] == grey


def test_rescale_comes_before_the_window() -> None:
    rescaled = replace(MAMMOGRAM, rescale_slope=2.0, rescale_intercept=-100.0)
    plain = lookup_table(MAMMOGRAM, VoiWindow(900, 400), inverted=False)
    table = lookup_table(rescaled, VoiWindow(900, 400), inverted=False)
    assert table[500] == plain[900]


def test_low_is_bright_inverts_once_after_the_window() -> None:
    window = VoiWindow(700, 900, VoiFunction.SIGMOID)
    plain = lookup_table(MAMMOGRAM, window, inverted=False)[:4096].astype(int)
    negative = replace(MAMMOGRAM, low_is_bright=True)
    bright = lookup_table(negative, window, inverted=False)[:4096].astype(int)
    assert np.abs(plain + bright - 255).max() <= 1
    twice = lookup_table(negative, window, inverted=True)[:4096].astype(int)
    assert np.abs(plain - twice).max() <= 1


@settings(deadline=None)
@given(windows, st.booleans(), st.booleans())
def test_air_is_black_at_every_window(
    window: VoiWindow, low_is_bright: bool, inverted: bool
) -> None:
    mammogram = replace(MAMMOGRAM, low_is_bright=low_is_bright)
    assert lookup_table(mammogram, window, inverted=inverted)[AIR] == 0


@settings(deadline=None)
@given(windows, st.booleans())
def test_every_table_is_monotonic(window: VoiWindow, inverted: bool) -> None:
    table = lookup_table(MAMMOGRAM, window, inverted=inverted)
    assert table.shape == (CODES,)
    steps = np.diff(table[:AIR].astype(int))
    assert (steps <= 0).all() if inverted else (steps >= 0).all()


@settings(deadline=None)
@given(windows, st.integers(1, 16), st.booleans())
def test_every_table_equals_the_formula_code_by_code(
    window: VoiWindow, bits: int, low_is_bright: bool
) -> None:
    mammogram = replace(
        MAMMOGRAM,
        bits_stored=bits,
        code_offset=-7,
        rescale_slope=0.5,
        rescale_intercept=3.0,
        low_is_bright=low_is_bright,
    )
    table = lookup_table(mammogram, window, inverted=False)
    for code in {0, 1, (1 << bits) // 3, (1 << bits) // 2, (1 << bits) - 1} - {AIR}:
        share = by_the_standard((code - 7) * 0.5 + 3.0, window)
        assert table[code] == pytest.approx(
            255 * (1 - share if low_is_bright else share), abs=0.5001
        )


def by_the_standard(x: float, window: VoiWindow) -> float:
    """PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2 as they stand there, to 0..1."""
    c, w = window.centre, window.width
    if window.function is VoiFunction.SIGMOID:
        return 1 / (1 + math.exp(min(-4 * (x - c) / w, 700.0)))
    if window.function is VoiFunction.LINEAR_EXACT:
        return 0.0 if x <= c - w / 2 else 1.0 if x > c + w / 2 else (x - c) / w + 0.5
    if x <= c - 0.5 - (w - 1) / 2:
        return 0.0
    return 1.0 if x > c - 0.5 + (w - 1) / 2 else (x - (c - 0.5)) / (w - 1) + 0.5


def test_pixels_of_the_screen_are_grey_and_opaque() -> None:
    greys = np.arange(CODES).astype(np.uint8)
    table = screen_table(greys)
    assert [hex(entry) for entry in table[[0, 1, 255]]] == [
        "0xff000000",
        "0xff010101",
        "0xffffffff",
    ]


def test_views_that_are_alike_share_a_table_and_others_do_not() -> None:
    look = Look(shift=0.1)
    table = table_for(MAMMOGRAM, look)
    assert table_for(replace(MAMMOGRAM, image="2", view=View.L_CC, rows=9), look) is table
    for changes in ({"low_is_bright": True}, {"code_offset": 5}, {"rescale_slope": 2.0}):
        other = table_for(replace(MAMMOGRAM, **changes), look)
        greys = lookup_table(
            replace(MAMMOGRAM, **changes),
            look.window_of(replace(MAMMOGRAM, **changes)),
            inverted=False,
        )
        assert np.array_equal(other, screen_table(greys))
        assert not np.array_equal(other, table)


def test_a_look_counts_vendor_windows_round_and_round() -> None:
    look = Look()
    assert [look.window_number(MAMMOGRAM), look.next_window().window_number(MAMMOGRAM)] == [0, 1]
    assert look.next_window().next_window().window_of(MAMMOGRAM) == MAMMOGRAM.windows[0]


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("low_is_bright", [False, True])
def test_a_drag_upwards_brightens_whatever_the_image(low_is_bright: bool, inverted: bool) -> None:
    mammogram = replace(MAMMOGRAM, low_is_bright=low_is_bright)
    before = Look(inverted=inverted)
    after = before.dragged(0.0, -40.0)
    tables = [
        lookup_table(mammogram, look.window_of(mammogram), inverted=inverted)
        for look in (before, after)
    ]
    assert tables[1][2048] > tables[0][2048]


def test_a_drag_to_the_right_widens_the_window() -> None:
    assert Look().dragged(100.0, 0.0).window_of(MAMMOGRAM).width > 4096
    assert Look().dragged(-1e5, 0.0).window_of(MAMMOGRAM).width > 0


def test_inverting_leaves_a_changed_window_where_it_is() -> None:
    look = Look().dragged(30.0, 50.0)
    assert look.swapped().window_of(MAMMOGRAM) == look.window_of(MAMMOGRAM)
