"""Signed ranks and normality against R; the three differences of reading times."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis.estimators.reading_time import compare_times, summarise_times
from analysis.estimators.shapiro_wilk import shapiro_wilk
from analysis.estimators.signed_rank import wilcoxon_signed_rank

Golden = Callable[[str], list[Any]]

close = {"rel": 1e-8, "abs": 1e-12}


def test_every_signed_rank_test_by_the_spss_rule_is_reproduced(golden: Golden) -> None:
    for case in golden("wilcoxon"):
        data, expected = case.inputs["d"], case.expected
        found = wilcoxon_signed_rank(data["x"], data["y"])
        assert found.n_zero == expected["n_zero"], case.id
        assert found.statistic == pytest.approx(expected["approx_nocc"]["statistic.V"], **close)
        assert found.p == pytest.approx(expected["approx_nocc"]["p.value"], **close), case.id
        assert found.z == pytest.approx(expected["coin_wilcoxon_asymptotic"]["Z"], **close)


def test_every_shapiro_wilk_test_of_r_is_reproduced(golden: Golden) -> None:
    for case in golden("shapiro"):
        found, expected = shapiro_wilk(case.inputs["d"]["x"]), case.expected["shapiro"]
        # Libraries approximate the coefficients differently.
        assert found.statistic == pytest.approx(expected["statistic.W"], rel=1e-6), case.id
        assert found.p == pytest.approx(expected["p.value"], rel=1e-6, abs=1e-6), case.id


def test_the_three_differences_are_three_numbers() -> None:
    found = compare_times([10, 20, 60], [5, 25, 30])
    assert found.median_of_differences_s == 5
    assert found.difference_of_medians_s == -5
    assert found.mean_difference_s == 10
    assert found.mean_ci_s is not None


def test_pairs_with_a_missing_time_are_dropped() -> None:
    assert compare_times([1, np.nan, 3], [1, 2, np.nan]).n_pairs == 1


def test_equal_differences_have_a_mean_without_interval() -> None:
    found = compare_times([2, 3, 4], [1, 2, 3])
    assert found.mean_difference_s == 1
    assert found.mean_ci_s is None


def test_differences_that_are_equal_but_for_the_last_digit_have_no_interval_either() -> None:
    second = np.random.default_rng(1).uniform(10, 90, 30).round(1)
    found = compare_times(second + 0.1, second)
    assert found.mean_difference_s == pytest.approx(0.1)
    assert found.mean_ci_s is None


def test_no_difference_at_all_gives_no_p() -> None:
    found = wilcoxon_signed_rank([1, 2], [1, 2])
    assert found.p is None
    assert found.n_zero == 2
    assert "no pair differs" in (found.reason or "")


@pytest.mark.parametrize("values", [[1.0, 2.0], [3.0, 3.0, 3.0], np.arange(5001.0)])
def test_normality_is_not_tested_where_it_cannot_be(values: Any) -> None:
    found = shapiro_wilk(values)
    assert found.p is None
    assert found.reason


def test_quartiles_are_those_of_r_type_7() -> None:
    found = summarise_times([1, 2, 3, 4])
    assert (found.q1_s, found.median_s, found.q3_s) == (1.75, 2.5, 3.25)


def test_no_times_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        summarise_times([])
    with pytest.raises(ValueError, match="at least one pair"):
        compare_times([1.0], [np.nan])
