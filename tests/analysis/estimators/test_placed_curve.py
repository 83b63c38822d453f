"""Curves at hand give what their ratings give."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimators.placed_curve import compare_placed, placed_curve
from analysis.estimators.roc import empirical_auc, paired_delong

ROWS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 5)), min_size=6, max_size=40
).filter(lambda rows: 2 <= sum(true for true, _, _ in rows) <= len(rows) - 2)


@given(ROWS)
def test_curves_at_hand_are_compared_as_their_ratings(
    rows: list[tuple[bool, int, int]],
) -> None:
    truth, one, other = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    first, second = placed_curve(truth, one), placed_curve(truth, other)
    assert first.auc == pytest.approx(empirical_auc(truth, one))
    found, expected = compare_placed(first, second), paired_delong(truth, one, other)
    assert found.difference == pytest.approx(expected.difference)
    assert found.inference.reason == expected.inference.reason
    for name in ("se", "p"):
        value = getattr(expected.inference, name)
        assert getattr(found.inference, name) == (None if value is None else pytest.approx(value))


def test_equal_curves_have_no_test() -> None:
    curve = placed_curve([0, 1, 0, 1], [1, 2, 3, 4])
    found = compare_placed(curve, curve)
    assert found.difference == 0
    assert found.inference.p is None


def test_curves_of_other_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="same cases in the same order"):
        compare_placed(placed_curve([0, 1, 0], [1, 2, 3]), placed_curve([0, 1, 1], [1, 2, 3]))


@pytest.mark.parametrize(
    ("truth", "rating", "words"),
    [
        ([0, 1], [1.0, np.nan], "one rating, a number"),
        ([0, 1], [1.0], "one rating, a number"),
        ([1, 1], [1.0, 2.0], "both"),
        ([0, 0], [1.0, 2.0], "both"),
        ([0, 2], [1.0, 2.0], "both"),
    ],
)
def test_what_is_no_curve_is_refused(truth: list[int], rating: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        placed_curve(truth, rating)
