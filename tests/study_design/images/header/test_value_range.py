from typing import Any

import pytest
from pydicom.dataset import Dataset

from study_design.images.header.value_range import (
    ValueRange,
    rescale_of,
    rescaled_range,
    stored_range,
    stored_value,
)


def header(bits: int = 16, *, signed: bool = False, **attributes: Any) -> Dataset:
    dataset = Dataset()
    dataset.BitsStored, dataset.PixelRepresentation = bits, int(signed)
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def test_the_range_is_that_of_the_stored_bits() -> None:
    assert stored_range(header(12)) == ValueRange(0, 4095)
    assert stored_range(header(12, signed=True)) == ValueRange(-2048, 2047)
    assert rescaled_range(header(12, RescaleSlope=-2, RescaleIntercept=10)) == ValueRange(-8180, 10)


@pytest.mark.parametrize(
    ("bits", "signed", "vr", "word", "value"),
    [
        (16, True, "US", 63536, -2000),
        (16, True, "SS", -2000, -2000),
        (16, False, "SS", -2000, 63536),
        (16, False, "US", 63536, 63536),
        (12, True, "US", 2096, -2000),  # the twelve bits alone
        (12, True, "SS", -2000, -2000),
        (12, True, "US", 63536, -2000),
        (12, False, "US", 4095, 4095),
        (16, True, "OW", b"\x30\xf8", -2000),
        (16, True, "DS", "-2000", -2000),
        (16, True, "SL", -2000, -2000),
        (16, False, "US", 0, 0),
    ],
)
def test_a_stored_value_follows_pixel_representation_whatever_its_own(
    bits: int, signed: bool, vr: str, word: Any, value: int
) -> None:
    dataset = header(bits, signed=signed)
    dataset.add_new("PixelPaddingValue", vr, word)
    assert stored_value(dataset, "PixelPaddingValue") == value


@pytest.mark.parametrize(
    ("slope", "intercept", "found", "doubt"),
    [
        ("0.5", "-3", (0.5, -3.0), ""),
        ("0,5", "-3,5", (0.5, -3.5), ""),
        ("1,000", "0", (1.0, 0.0), ""),  # no slope is 1000
        ("0", "0", (1.0, 0.0), "Rescale Slope is 0: taken as 1"),
        ("NaN", "0", (1.0, 0.0), "Rescale Slope is no number: taken as 1"),
        ("1", "1,024", (1.0, 0.0), "Rescale Intercept may be 1.024 or 1024: taken as 0"),
        ("1", "none", (1.0, 0.0), "Rescale Intercept is no number: taken as 0"),
    ],
)
def test_a_rescale_that_makes_no_sense_is_a_doubt(
    slope: str, intercept: str, found: tuple[float, float], doubt: str
) -> None:
    dataset = header()
    dataset.add_new("RescaleSlope", "LO", slope)
    dataset.add_new("RescaleIntercept", "LO", intercept)
    rescale = rescale_of(dataset)
    assert (rescale.slope, rescale.intercept) == found
    assert rescale.doubts == ((doubt,) if doubt else ())
