"""Numbers as papers print them."""

import pytest

from analysis.printed import p_cell, rounded


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
