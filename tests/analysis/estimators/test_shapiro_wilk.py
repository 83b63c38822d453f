"""Shapiro-Wilk: every size of sample against another implementation, and the edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.estimators.shapiro_wilk import shapiro_wilk


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


def test_values_that_lie_on_the_weights_of_the_test_could_not_be_more_normal() -> None:
    on_the_line = [
        -0.6646392604033582,
        -0.2413600081423537,
        0,
        0.2413600081423537,
        0.6646392604033582,
    ]
    test = shapiro_wilk(on_the_line)
    assert test.statistic == pytest.approx(1)
    assert test.p == 1


def test_one_value_apart_is_as_far_from_normal_as_a_sample_can_be() -> None:
    for n in range(4, 12):
        outlier = np.zeros(n)
        outlier[-1] = 1
        expected = stats.shapiro(outlier)
        test = shapiro_wilk(outlier)
        assert test.statistic == pytest.approx(expected.statistic, abs=1e-6)
        assert test.p == pytest.approx(expected.pvalue, rel=1e-2)
