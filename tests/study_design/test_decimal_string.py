import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.decimal_string import decimal_string, shortest_decimal


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0.1, "0.1"),
        (-2.5, "-2.5"),
        (9.999999999999998, "10.0"),
        (-99999.9999999999, "-100000.0"),
        (1 / 3, "0.33333333333333"),
        (-1e-20 / 3, "-3.333333333e-21"),
    ],
)
def test_numbers_are_told_in_the_digits_that_fit(number: float, told: str) -> None:
    assert decimal_string(number) == told


@pytest.mark.parametrize(
    ("number", "told"), [(180.0, "180"), (0.5, "0.5"), (-0.0, "0"), (1e20, "1e+20")]
)
def test_a_whole_number_is_told_without_a_point(number: float, told: str) -> None:
    assert shortest_decimal(number) == told


near_powers = st.builds(
    lambda power, sign, less: sign * 10.0**power * (1 - less),
    st.integers(-30, 30),
    st.sampled_from([1, -1]),
    st.sampled_from([0.0, 1e-16, 2e-16, 1e-15, 1e-14, 1e-13]),
)


@given(st.floats(-1e300, 1e300) | near_powers)
def test_no_number_is_longer_than_sixteen_characters_or_another_one(number: float) -> None:
    told = decimal_string(number)
    assert len(told) <= 16
    assert float(told) == pytest.approx(number, rel=1e-8)
