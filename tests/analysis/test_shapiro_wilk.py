"""Shapiro-Wilk: every size of sample against another implementation, and the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.shapiro_wilk import shapiro_wilk


@pytest.mark.parametrize("n", [3, 4, 5, 6, 11, 12, 50, 700])
def test_samples_of_every_size_are_judged_as_by_another_program(n: int) -> None:
    sample = np.random.default_rng(n).gamma(2.0, size=n)
    other = stats.shapiro(sample)
    found = shapiro_wilk(sample)
    # scipy's normal quantiles within the test are good to about 9 digits.
    assert found.statistic == pytest.approx(other.statistic, rel=1e-8)
    assert found.p == pytest.approx(other.pvalue, rel=1e-5)


@given(st.lists(st.integers(-50, 50), min_size=3, max_size=40), st.integers(1, 9))
def test_scale_and_place_of_the_values_do_not_matter(values: list[int], factor: int) -> None:
    sample = np.array(values, dtype=float)
    one, other = shapiro_wilk(sample), shapiro_wilk(factor * sample + 7)
    if one.p is None:
        assert one.reason == other.reason
        return
    assert one.statistic == pytest.approx(other.statistic)
    assert 0 <= one.p <= 1


def test_too_few_too_many_or_equal_values_have_no_test_and_say_why() -> None:
    for values, words in (([1, 2], "got 2"), (range(5001), "got 5001"), ([4, 4, 4], "equal")):
        found = shapiro_wilk(np.array(values))
        assert found.statistic is None
        assert words in (found.reason or "")
