"""Tests of tables of counts: Pearson, trend and Fisher by what must hold of them."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.estimators.chi_square import fisher_exact_p, pearson_chi_square, trend_test

COUNTS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=4)


def _enumerated(table: list[tuple[int, int]]) -> float:
    """Return Fisher's p by looking at every table with the margins."""
    sizes, total = [a + b for a, b in table], sum(a for a, _ in table)

    def chance(firsts: tuple[int, ...]) -> float:
        ways = math.prod(math.comb(n, x) for n, x in zip(sizes, firsts, strict=True))
        return ways / math.comb(sum(sizes), total)

    observed = chance(tuple(a for a, _ in table)) * (1 + 1e-7)
    every = itertools.product(*(range(n + 1) for n in sizes))
    chances = (chance(firsts) for firsts in every if sum(firsts) == total)
    return sum(one for one in chances if one <= observed)


@settings(max_examples=40, deadline=None)
@given(COUNTS)
def test_fisher_s_p_is_the_sum_over_all_tables_no_likelier(table: list[tuple[int, int]]) -> None:
    assert fisher_exact_p(table) == pytest.approx(_enumerated(table), rel=1e-9)


def test_fisher_s_test_refuses_what_it_cannot_go_through() -> None:
    table = [[30, 60], [100, 140], [200, 90], [80, 150], [20, 44], [60, 60]]
    with pytest.raises(ValueError, match="use Pearson's test"):
        fisher_exact_p(table)


@given(COUNTS)
def test_the_order_of_rows_matters_to_the_trend_alone(table: list[tuple[int, int]]) -> None:
    turned = table[::-1]
    assert fisher_exact_p(turned) == pytest.approx(fisher_exact_p(table), rel=1e-9)
    assert pearson_chi_square(turned).p == pytest.approx(pearson_chi_square(table).p)
    assert trend_test(turned).p == pytest.approx(trend_test(table).p)  # reversal keeps the slope


def test_between_two_rows_the_trend_is_pearson_s_test() -> None:
    table = [[359, 36], [330, 65]]
    assert trend_test(table).statistic == pytest.approx(pearson_chi_square(table).statistic)


def test_pearson_s_test_is_scipy_s() -> None:
    table = np.array([[14, 0, 5], [41, 6, 9], [358, 102, 8]])
    found = pearson_chi_square(table)
    known = stats.chi2_contingency(table, correction=False)
    assert (found.statistic, found.p, found.df) == pytest.approx(
        (known.statistic, known.pvalue, known.dof)
    )
    assert found.cramers_v == pytest.approx(stats.contingency.association(table, method="cramer"))


def test_small_expected_counts_are_counted() -> None:
    found = pearson_chi_square([[14, 0], [41, 6], [358, 102], [69, 28]])
    assert found.n_small_expected == 1
    assert found.min_expected == pytest.approx(14 * 136 / 618)


def test_yates_never_corrects_beyond_the_deviation_and_only_two_by_two() -> None:
    assert pearson_chi_square([[10, 10], [10, 10]], yates=True).statistic == 0
    table = [[14, 3], [41, 6], [35, 10]]
    assert pearson_chi_square(table, yates=True) == pearson_chi_square(table)


@pytest.mark.parametrize("table", [[[3, 0], [5, 0]], [[0, 0], [5, 2]], [[0, 0], [0, 0]]])
def test_an_empty_row_or_column_has_no_test(table: list[list[int]]) -> None:
    found = pearson_chi_square(table)
    assert (found.statistic, found.p, found.cramers_v) == (None, None, None)
    assert found.reason is not None
    assert trend_test(table).p is None
    assert trend_test(table).reason is not None


@pytest.mark.parametrize("table", [[[1, 2]], [1, 2], [[1, -2], [3, 4]], [[1, 0.5], [3, 4]]])
def test_what_is_no_table_of_counts_is_refused(table: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="counts"):
        pearson_chi_square(table)


def test_fisher_and_trend_need_two_columns() -> None:
    for test in (fisher_exact_p, trend_test):
        with pytest.raises(ValueError, match="two columns"):
            test([[1, 2, 3], [4, 5, 6]])
