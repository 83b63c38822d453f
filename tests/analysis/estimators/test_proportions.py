"""Intervals of proportions and accuracy of 2 x 2 tables: what must hold of all of them."""

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimators.diagnostic import TwoByTwo, diagnostic_accuracy
from analysis.estimators.proportions import ProportionMethod, proportion_interval


@pytest.mark.parametrize("method", get_args(ProportionMethod))
@given(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_failures_have_the_mirror_image_of_the_successes(
    method: ProportionMethod, counts: tuple[int, int]
) -> None:
    x, n = counts
    found = proportion_interval(x, n, method=method)
    mirrored = proportion_interval(n - x, n, method=method)
    assert (found.low, found.high) == pytest.approx((1 - mirrored.high, 1 - mirrored.low))
    if method != "wald":
        assert found.low <= x / n + 1e-12
        assert x / n <= found.high + 1e-12


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_exact_interval_holds_the_score_interval_s_centre(counts: tuple[int, int]) -> None:
    exact = proportion_interval(*counts)
    wider = proportion_interval(*counts, level=0.99)
    assert wider.low <= exact.low <= exact.high <= wider.high


def test_counts_that_contradict_each_other_are_refused() -> None:
    for x, n in ((3, 2), (-1, 2), (0, 0)):
        with pytest.raises(ValueError, match="successes"):
            proportion_interval(x, n, method="wilson")


def test_an_empty_cell_makes_ratios_infinite_and_not_a_crash() -> None:
    found = diagnostic_accuracy(TwoByTwo(tp=10, fp=0, fn=2, tn=20))
    assert found.positive_likelihood_ratio.estimate == math.inf
    assert found.odds_ratio.estimate == math.inf
    assert found.specificity.estimate == 1


def test_a_useless_test_has_j_zero_and_an_infinite_number_needed_to_diagnose() -> None:
    found = diagnostic_accuracy(TwoByTwo(tp=5, fp=5, fn=5, tn=5))
    assert found.youden_j.estimate == 0
    assert found.number_needed_to_diagnose.estimate == math.inf
    assert found.odds_ratio.estimate == 1
