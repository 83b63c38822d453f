from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_app.display.display_hanging import HungPoint, stored_point
from reader_app.display.display_ruler import RulerReading, ruler_reading
from study_design.geometry import Point
from study_design.images.mammogram import Mammogram, VoiWindow
from study_design.vocabulary import View

MAMMOGRAM = Mammogram(
    "1", "C001", View.R_CC, 512, 512, 8, "", (VoiWindow(1, 2),), spacing_mm=0.25, spacing_source="S"
)
places = st.builds(HungPoint, st.floats(0, 512), st.floats(0, 512))


def test_a_ruler_reads_mm_and_says_which_spacing_it_used() -> None:
    reading = ruler_reading(MAMMOGRAM, Point(100, 100), Point(130, 140))
    assert reading == RulerReading(50.0, 12.5, "S")
    assert reading.words == "12.5 mm"


def test_without_a_spacing_a_ruler_reads_pixels_and_says_so() -> None:
    unknown = replace(MAMMOGRAM, spacing_mm=None, spacing_source="")
    reading = ruler_reading(unknown, Point(10, 0), Point(210.4, 0))
    assert (reading.words, reading.source) == ("200 px", "no spacing in the file: not a size")


@given(places, places, st.booleans(), st.booleans())
def test_a_distance_is_the_same_however_the_picture_hangs(
    start: HungPoint, end: HungPoint, across: bool, down: bool
) -> None:
    turned = replace(MAMMOGRAM, flip_horizontal=across, flip_vertical=down)
    lengths = [
        ruler_reading(image, stored_point(image, start), stored_point(image, end)).length_mm
        for image in (MAMMOGRAM, turned)
    ]
    assert lengths[0] == pytest.approx(lengths[1], abs=1e-9)
