import numpy as np
import pytest

from study_design.images.header.presentation import CodeRange
from study_design.images.header.value_range import ValueRange
from study_design.images.mammogram import (
    ModalityTransformation,
    VoiFunction,
    VoiWindow,
    window_of_table,
)
from study_design.images.pixels.decode import StoredPixels
from study_design.images.pixels.window_reach import (
    breast_values,
    full_range,
    reach_doubts,
    stored_values,
)
from study_design.images.value_table import value_table

PLAIN = ModalityTransformation()


def test_padding_is_no_value_of_the_picture() -> None:
    pixels = StoredPixels(np.array([[0, 100], [300, 4095]], dtype=np.uint16), 12, -2048)
    assert stored_values(pixels, None) == ValueRange(-2048, 2047)
    assert stored_values(pixels, CodeRange(0, 0)) == ValueRange(-1948, 2047)


@pytest.mark.parametrize("slope", [1.0, 0.0002, -0.0002])
def test_the_full_range_is_no_wider_than_the_values(slope: float) -> None:
    window = full_range(ValueRange(0, 4000), ModalityTransformation(slope, 0.0))
    assert window.width == pytest.approx(4000 * abs(slope))
    assert window.centre == pytest.approx(2000 * slope)


def test_the_full_range_of_one_value_is_a_window_all_the_same() -> None:
    assert full_range(ValueRange(7, 7), PLAIN).width == 1.0


@pytest.mark.parametrize(
    ("window", "is_doubted"),
    [
        (VoiWindow(2000, 100, explanation="X"), False),
        (VoiWindow(4050, 100, explanation="X"), False),
        (VoiWindow(4051, 100, explanation="X"), True),
        (VoiWindow(-51, 100, explanation="X"), True),
        (VoiWindow(4051, 100, VoiFunction.SIGMOID, "X"), False),
        (window_of_table(value_table(4000, 8, np.array([0, 255])), "X"), False),
        (window_of_table(value_table(4001, 8, np.array([0, 255])), "X"), True),
    ],
)
def test_a_window_that_no_value_of_the_breast_meets_is_a_doubt(
    window: VoiWindow, is_doubted: bool
) -> None:
    doubts = reach_doubts(ValueRange(0, 4000), PLAIN, [window])
    said = ("X covers no value of the breast: it is one grey",)
    assert doubts == (said if is_doubted else ())


def test_a_modality_table_that_no_stored_value_meets_is_a_doubt() -> None:
    table = ModalityTransformation(table=value_table(5000, 8, np.array([0, 255])))
    (doubt,) = reach_doubts(ValueRange(0, 4000), table, [VoiWindow(0, 100)])
    assert doubt == "the Modality LUT covers no stored value of the breast"


def test_a_breast_of_one_value_says_nothing_of_its_windows() -> None:
    assert reach_doubts(ValueRange(7, 7), PLAIN, [VoiWindow(2000, 100)]) == ()


def test_the_values_of_the_breast_are_those_of_most_of_its_pixels() -> None:
    codes = np.zeros((2000, 1000), dtype=np.uint16)
    codes[:, 500:] = np.random.default_rng(1).integers(1000, 2001, (2000, 500))
    codes[:40, 500:] = 4095  # a marker
    air = codes == 0
    found = breast_values(StoredPixels(codes, 12, -2048), air)
    assert 1050 < found.low + 2048 < 1150
    assert 1880 < found.high + 2048 < 1980
    everything = breast_values(StoredPixels(codes, 12), np.ones_like(air))
    assert everything.low == 0
