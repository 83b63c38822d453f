import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.pixels import apply_voi_lut, apply_windowing
from pydicom.valuerep import DSfloat

from reader_app.display.display import CODES, Look, lookup_table, screen_table, table_for
from reader_app.display.display_kernels import AIR
from reader_app.display.display_pyramid import build_picture
from study_design.images.mammogram import Mammogram, VoiFunction, VoiWindow, window_of_table
from study_design.images.value_table import ValueTable, value_table
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


def test_a_modality_lut_takes_the_place_of_the_rescale() -> None:
    table = value_table(1, 10, np.array([1000, 0, 500]))
    rescaled = replace(MAMMOGRAM, rescale_slope=9.0, modality_table=table)
    window = VoiWindow(500, 1000, VoiFunction.LINEAR_EXACT)
    greys = lookup_table(rescaled, window, inverted=False)
    # 1000 / 1000, 0 and 500 / 1000 of 255; the last entry stands for all that follows.
    assert greys[:6].tolist() == [255, 255, 0, 128, 128, 128]


@pytest.mark.parametrize(
    ("value", "grey"),
    # 255 * entry / 1023, entries 1023, 100, 900 for inputs -2, -1, 0 (PS3.3 C.11.2.1.1)
    [(-900, 255), (-2, 255), (-1, 25), (0, 224), (900, 224)],
)
def test_a_voi_lut_is_the_standard_s(value: int, grey: int) -> None:
    window = window_of_table(value_table(-2, 10, np.array([1023, 100, 900])), "NORMAL LUT")
    assert lookup_table(SIGNED, window, inverted=False)[value + 1000] == grey
    assert lookup_table(SIGNED, window, inverted=True)[value + 1000] == 255 - grey


@settings(deadline=None, max_examples=30)
# pydicom 3.0.2 refuses 9 bits, and with 8 bits it takes the inputs modulo 256.
@given(st.integers(-3000, 5000), st.integers(10, 16), st.integers(2, 5000), st.integers(0, 99))
def test_every_voi_lut_equals_pydicom_s(first: int, bits: int, count: int, seed: int) -> None:
    entries = np.random.default_rng(seed).integers(0, 1 << bits, count)
    window = window_of_table(value_table(first, bits, entries), "")
    item = Dataset()
    item.add_new("LUTDescriptor", "SS", [count, first, bits])
    item.add_new("LUTData", "US", entries.tolist())
    dataset = Dataset()
    dataset.VOILUTSequence = [item]
    shown = apply_voi_lut(np.arange(4096) - 1000, dataset)
    expected = np.rint(shown * (255 / ((1 << bits) - 1)))
    assert np.array_equal(lookup_table(SIGNED, window, inverted=False)[:4096], expected)


@settings(deadline=None)
@given(windows)
def test_every_window_equals_pydicom_s(window: VoiWindow) -> None:
    dataset = Dataset()
    dataset.PhotometricInterpretation, dataset.PixelRepresentation = "MONOCHROME2", 0
    dataset.BitsStored, dataset.VOILUTFunction = 12, window.function.value
    dataset.WindowCenter, dataset.WindowWidth = (
        DSfloat(value, auto_format=True) for value in (window.centre, window.width)
    )
    used = replace(window, centre=float(dataset.WindowCenter), width=float(dataset.WindowWidth))
    with np.errstate(over="ignore"):
        shown = apply_windowing(np.arange(4096), dataset) * (255 / 4095)
    table = lookup_table(MAMMOGRAM, used, inverted=False)
    assert np.abs(table[:4096] - shown).max() <= 0.5001


def test_a_voi_lut_is_moved_and_widened_like_any_window() -> None:
    lut = window_of_table(value_table(1000, 8, np.arange(256)), "NORMAL LUT")
    image = replace(MAMMOGRAM, windows=(lut,))
    look = Look(shift=1.0, stretch=2.0)
    moved, plain = (
        lookup_table(image, at.window_of(image), inverted=False).astype(int)
        for at in (look, Look())
    )
    assert (plain[1000], plain[1127], plain[1255]) == (0, 127, 255)
    # The centre 1127.5 goes down by the width of 256 and the slope is half as steep.
    assert (moved[1383 - 255], moved[1383], moved[1384], moved[1383 + 255]) == (0, 127, 128, 255)


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
    lut = value_table(0, 12, np.arange(4096)[::-1])
    for changes in (
        {"low_is_bright": True},
        {"code_offset": 5},
        {"rescale_slope": 2.0},
        {"modality_table": lut},
        {"windows": (window_of_table(lut, ""),)},
    ):
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
    one = look.next_window([MAMMOGRAM])
    assert [look.window_number(MAMMOGRAM), one.window_number(MAMMOGRAM)] == [0, 1]
    assert one.next_window([MAMMOGRAM]).window_of(MAMMOGRAM) == MAMMOGRAM.windows[0]


def test_images_with_different_windows_go_through_them_by_their_names() -> None:
    def named(*names: str) -> Mammogram:
        return replace(MAMMOGRAM, windows=tuple(VoiWindow(9, 9, explanation=n) for n in names))

    shown = [named("NORMAL", "HARDER", "SOFTER"), named("NORMAL", "SOFTER")]
    look, seen = Look(), []
    for _ in range(4):
        seen.append([m.windows[look.window_number(m)].explanation for m in shown])
        look = look.next_window(shown)
    assert seen == [
        ["NORMAL", "NORMAL"],
        ["HARDER", "NORMAL"],
        ["SOFTER", "SOFTER"],
        ["NORMAL", "NORMAL"],
    ]


FALLING = value_table(0, 12, np.arange(4096)[::-1])


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("low_is_bright", [False, True])
@pytest.mark.parametrize("window", [VoiWindow(2048, 4096), window_of_table(FALLING, "")])
@pytest.mark.parametrize("modality_table", [None, FALLING])
def test_a_drag_upwards_brightens_whatever_the_image(
    *,
    low_is_bright: bool,
    inverted: bool,
    window: VoiWindow,
    modality_table: ValueTable | None,
) -> None:
    mammogram = replace(
        MAMMOGRAM,
        low_is_bright=low_is_bright,
        windows=(window,),
        modality_table=modality_table,
    )
    before = Look(inverted=inverted)
    after = before.dragged(0.0, -40.0)
    tables = [
        lookup_table(mammogram, look.window_of(mammogram), inverted=inverted)
        for look in (before, after)
    ]
    assert tables[1][2048] > tables[0][2048]
    plain = lookup_table(mammogram, window, inverted=False)
    assert (plain[0] > plain[4095]) is np.bool_(mammogram.shows_low_bright)


def test_a_drag_to_the_right_widens_the_window() -> None:
    assert Look().dragged(100.0, 0.0).window_of(MAMMOGRAM).width > 4096
    assert Look().dragged(-1e5, 0.0).window_of(MAMMOGRAM).width > 0


def test_inverting_leaves_a_changed_window_where_it_is() -> None:
    look = Look().dragged(30.0, 50.0)
    assert look.swapped().window_of(MAMMOGRAM) == look.window_of(MAMMOGRAM)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("low_is_bright", [False, True])
@pytest.mark.parametrize(("bits", "offset"), [(7, 0), (11, 0), (13, -4096), (16, -32768), (16, 0)])
def test_air_is_black_and_tissue_is_not_in_a_picture_of_any_kind(
    *, bits: int, offset: int, low_is_bright: bool, inverted: bool
) -> None:
    highest = (1 << bits) - 1
    window = VoiWindow(highest / 2 + offset, 4 * highest, VoiFunction.LINEAR_EXACT)
    lut = window_of_table(value_table(offset, 8, np.full(40, 77)), "")
    image = replace(MAMMOGRAM, bits_stored=bits, code_offset=offset, low_is_bright=low_is_bright)
    # Air and tissue are stored alike, the highest code among them.
    codes = np.array([[0, highest, highest // 2, 0], [0, highest, 1, highest]] * 2, dtype=np.uint16)
    air = np.array([[True, True, False, False]] * 4)
    picture = build_picture(image, codes, air)
    for used in (window, lut):
        table = screen_table(lookup_table(image, used, inverted=inverted))
        shown = table[picture.levels[0]]
        assert (shown[air] == 0xFF000000).all()
        assert (shown[~air] > 0xFF000000).all()
