import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.images.header.spelled_number import spelled_number


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("2000", 2000.0),
        (" 2000 ", 2000.0),
        ("2000\0", 2000.0),
        ("2000.", 2000.0),
        (".5", 0.5),
        ("-1.5E+03", -1500.0),
        ("+7", 7.0),
        ("2000.00000000000000000001", 2000.0),  # longer than DICOM allows
    ],
)
def test_a_number_as_dicom_writes_it_is_plain(said: str, value: float) -> None:
    found = spelled_number(said)
    assert (found.value, found.is_plain) == (value, True)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("2000,5", 2000.5),
        ("0,525", 0.525),
        ("350,00", 350.0),
        ("1,5e3", 1500.0),
        ("2000,125", 2000.125),
        ("2000,", 2000.0),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567.0),
    ],
)
def test_a_comma_is_read_where_its_sense_is_certain(said: str, value: float) -> None:
    found = spelled_number(said)
    assert (found.value, found.is_plain) == (value, False)


def test_a_comma_before_three_digits_may_be_either_until_a_range_tells() -> None:
    found = spelled_number("1,700")
    assert found.value is None
    assert found.fault == "may be 1.7 or 1700"
    assert found.within(0, 100) == 1.7
    assert found.within(100, 4095) == 1700
    assert found.within(0, 4095) is None


@pytest.mark.parametrize(
    "said",
    [",", ",5", "NaN", "nan", "inf", "-Infinity", "1e400", "1_000", "0x10", "2 000", "2000 HU"],
)
def test_a_text_is_no_number(said: str) -> None:
    assert spelled_number(said).fault == "is no number"


@pytest.mark.parametrize(
    "said", ["1.#QNAN", "2000;1700", "2000,5,1700", "--5", "\u0661\u0662", "e5", "."]
)
def test_what_is_no_certain_number_is_none(said: str) -> None:
    found = spelled_number(said)
    assert (found.value, found.is_empty) == (None, False)
    assert found.fault == "is no number"


@pytest.mark.parametrize("said", ["", "  ", "\0"])
def test_nothing_is_empty(said: str) -> None:
    assert spelled_number(said).fault == "is empty"


@given(st.text(alphabet="0123456789.,+-eE NaInf", max_size=20))
def test_whatever_is_read_is_finite(said: str) -> None:
    found = spelled_number(said)
    assert all(math.isfinite(reading) for reading in found.readings)
    assert len(found.readings) <= 2


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_decimal_comma_means_what_the_point_means(number: float) -> None:
    said = repr(number)
    if "." in said and len(said.partition(".")[2]) != 3:
        assert spelled_number(said.replace(".", ",")).value == spelled_number(said).value
