"""Numbers as papers print them."""

import pytest

from analysis.printed import MINUS, p_cell, rounded


@pytest.mark.parametrize(
    ("value", "text"), [(0.8125, "0.813"), (1.0, "1.000"), (-0.0001, "0.000"), (-0.5, "-0.500")]
)
def test_a_half_goes_up_and_zero_has_no_sign(value: float, text: str) -> None:
    assert rounded(value, 3) == text.replace("-", "\N{MINUS SIGN}")


def test_a_difference_has_its_sign() -> None:
    assert rounded(0.25, 2, signed=True) == "+0.25"


@pytest.mark.parametrize(("p", "text"), [(0.0004, "< .001"), (0.0499, ".050"), (None, "")])
def test_p_values_are_printed_as_papers_do(p: float | None, text: str) -> None:
    assert p_cell(p) == text


def test_what_decimals_cannot_print_has_an_exponent() -> None:
    assert rounded(-1e300, 1) == f"{MINUS}1e+300"
    assert rounded(2.5e15, 1, signed=True) == "+2.5e+15"
