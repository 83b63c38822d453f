"""A number is read as it was written, or asked about: never another number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.tables.number_style import DecimalSign, NumberStyles, Typed, two_readings


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        ("1,5", 1.5),
        ("0,987", 0.987),
        ("0.125", 0.125),
        ("1234,567", 1234.567),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.234.567", 1234567.0),
        ("1,234,567", 1234567.0),
        ("1 234", 1234.0),
        ("1\u00a0234,5", 1234.5),
        ("1\u202f234,5", 1234.5),
        ("1'234.5", 1234.5),
        ("1\u2019234\u2019567", 1234567.0),
        ("+5", 5.0),
        ("\u22125,25", -5.25),
        ("\uff11\uff12\uff0e\uff15", 12.5),
        ("\uff0d\uff13", -3.0),
        ("1e3", 1000.0),
        ("1.5E+02", 150.0),
        ("1,5E-02", 0.015),
        (".5", 0.5),
        (" 7 ", 7.0),
    ],
)
def test_a_number_is_what_its_writer_meant(text: str, value: float) -> None:
    assert two_readings(text).by(None) == value


@pytest.mark.parametrize("text", ["1,234", "1.234", "12,345", "-1,234", "123.456"])
def test_one_sign_with_three_digits_behind_it_is_open(text: str) -> None:
    readings = two_readings(text)
    assert readings.is_open
    assert readings.by(None) is None
    assert readings.by(DecimalSign.POINT) != readings.by(DecimalSign.COMMA)


@pytest.mark.parametrize(
    "text",
    [
        "", "-", ".", "x", "nan", "inf", "1e999", "1,2,3", "1.2.3", "12,34,567", "1 23", "1 2345",
        "1/2", "4-1", "1.4.2024", "04. Jan", "2024-01-04", "<5", "5+", "1_000", "0x10", "12\u00b2",
        "\u0661\u0662", "\u096a", "12 mm", "5%", "1,234.567,8", "1'234,567.8", "01,234,567",
    ],
)  # fmt: skip
def test_what_is_no_number_stays_none(text: str) -> None:
    readings = two_readings(text)
    assert (readings.point, readings.comma) == (None, None)


def styles(*texts: str, beside: tuple[str, ...] = (), **form: object) -> NumberStyles:
    rows = [{"x": text} for text in texts] + [{"y": text} for text in beside]
    return NumberStyles(("x", "y"), rows, **form)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("others", "value"),
    [
        (("12,5",), 1.234),
        (("0,001", "7"), 1.234),
        (("1.234,5",), 1.234),
        (("50.5",), 1234.0),
        (("1,234.5",), 1234.0),
        (("1,234,567",), 1234.0),
        (("7",), None),
        (("1,105", "48"), None),
        (("2,5", "2.5"), None),
    ],
)
def test_its_column_settles_an_open_comma_or_it_is_asked(
    others: tuple[str, ...], value: float | None
) -> None:
    assert styles("1,234", *others).number("1,234", "x") == value


def test_the_other_columns_of_a_file_settle_what_a_column_leaves_open() -> None:
    assert styles("1.234", beside=("12,5", "3")).number("1.234", "x") == 1234.0
    assert styles("1,234", beside=("12.5", "3")).number("1,234", "x") == 1234.0
    assert styles("1,234", beside=("12.5", "3,5")).number("1,234", "x") is None
    assert styles("1,234", beside=("12.5", "a name")).number("1,234", "x") is None


def test_a_point_is_decimal_beside_commas_and_open_beside_semicolons() -> None:
    assert styles("1.234").number("1.234", "x") == 1.234
    assert styles("1.234", commas_part_columns=False).number("1.234", "x") is None
    assert styles("1.234", "0.5", commas_part_columns=False).number("1.234", "x") == 1.234


@pytest.mark.parametrize(
    ("said", "value"), [(DecimalSign.POINT, 1234.0), (DecimalSign.COMMA, 1.234)]
)
def test_what_somebody_says_goes_first(said: DecimalSign, value: float) -> None:
    assert styles("1,234", "1,5", stated=said).number("1,234", "x") == value


def test_a_number_against_what_was_said_or_against_its_column_is_none() -> None:
    assert styles("1.5", stated=DecimalSign.COMMA).number("1.5", "x") is None
    mixed = styles("1.5", "2.5", "3,5", "4")
    assert [mixed.number(text, "x") for text in ("1.5", "3,5", "4")] == [1.5, None, 4.0]
    assert mixed.contradicts("3,5", "x")
    assert not mixed.contradicts("1.5", "x")


def test_a_number_that_a_spreadsheet_held_has_a_decimal_point() -> None:
    table = NumberStyles(("x",), [{"x": Typed("1.234")}, {"x": "2,5"}], commas_part_columns=False)
    assert table.number(Typed("1.234"), "x") == 1.234
    assert table.number("2,5", "x") == 2.5


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(list(DecimalSign)))
def test_a_number_comes_back_by_the_sign_that_it_was_written_with(
    value: float, sign: DecimalSign
) -> None:
    text = repr(value).replace(".", sign.sign)
    assert two_readings(text).by(sign) == value


@given(st.integers(1000, 10**9), st.sampled_from([(",", "point"), (".", "comma")]))
def test_thousands_come_back_by_the_sign_that_they_were_not_parted_with(
    value: int, signs: tuple[str, str]
) -> None:
    text = f"{value:,}".replace(",", signs[0])
    assert two_readings(text).by(DecimalSign(signs[1])) == value
