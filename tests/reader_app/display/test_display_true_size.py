from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_app.display.display_hanging import PaneSize, hang, hung_point
from reader_app.display.display_true_size import (
    ScreenFacts,
    ScreenScale,
    measured_px_per_mm,
    scale_of_screen,
    true_size,
)
from study_design.geometry import Point
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import View

MAMMOGRAM = Mammogram("1", "C001", View.R_CC, 400, 300, 12, "", (VoiWindow(1, 2),), spacing_mm=0.1)
# A diagnostic screen of 5 megapixels, upright.
UPRIGHT = ScreenFacts(2048, 2560, 338.0, 422.5)


@pytest.mark.parametrize(
    ("screen", "px_per_mm"),
    [
        (UPRIGHT, 2048 / 338.0),
        (replace(UPRIGHT, width_mm=422.5, height_mm=338.0), 2048 / 338.0),
        (replace(UPRIGHT, height_mm=420.0), (2048 / 338 + 2560 / 420) / 2),
        (replace(UPRIGHT, width_mm=0.0, height_mm=0.0), None),
        (replace(UPRIGHT, width_mm=160.0, height_mm=90.0), None),
        (ScreenFacts(1920, 1080, 16.0, 9.0), None),
    ],
)
def test_a_screen_is_believed_where_its_pixels_come_out_square(
    screen: ScreenFacts, px_per_mm: float | None
) -> None:
    found = scale_of_screen(screen)
    assert found.px_per_mm == (pytest.approx(px_per_mm) if px_per_mm else None)
    assert ("not measured" in found.source) is (px_per_mm is not None)


def test_what_was_measured_on_the_screen_goes_before_what_it_states() -> None:
    assert scale_of_screen(UPRIGHT, 6.2) == ScreenScale(6.2, "measured on this screen")
    stated = scale_of_screen(UPRIGHT)
    assert scale_of_screen(UPRIGHT, 0.0) == stated


def test_a_bar_that_was_measured_calibrates_the_screen() -> None:
    assert measured_px_per_mm(606.0, 100.0) == 6.06
    assert measured_px_per_mm(606.0, 0.0) is None
    assert measured_px_per_mm(606.0, 1e6) is None


@given(st.floats(1.0, 20.0), st.floats(0.04, 0.2), st.floats(0.04, 0.2))
def test_at_true_size_ten_mm_of_every_breast_are_ten_mm_of_the_screen(
    px_per_mm: float, fine_mm: float, coarse_mm: float
) -> None:
    screen = ScreenScale(px_per_mm, "measured on this screen")
    fine = replace(MAMMOGRAM, spacing_mm=fine_mm)
    coarse = replace(MAMMOGRAM, spacing_mm=coarse_mm, flip_horizontal=True)
    scale = true_size((fine, coarse), screen)
    assert scale is not None
    for mammogram, spacing_mm in ((fine, fine_mm), (coarse, coarse_mm)):
        placement = hang(mammogram, 300.0, pane=PaneSize(500, 500), scale=scale)
        start, end = (
            placement.to_device(hung_point(mammogram, Point(x, 7.0)))
            for x in (20.0, 20.0 + 10 / spacing_mm)
        )
        assert abs(end.x_device - start.x_device) / px_per_mm == pytest.approx(10.0)


def test_without_a_size_of_screen_or_picture_there_is_no_true_size() -> None:
    known, unknown = ScreenScale(6.0, ""), ScreenScale(None, "")
    no_spacing = replace(MAMMOGRAM, spacing_mm=None)
    assert true_size((MAMMOGRAM,), unknown) is None
    assert true_size((MAMMOGRAM, no_spacing), known) is None
