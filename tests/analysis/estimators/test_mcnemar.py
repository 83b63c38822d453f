"""McNemar's test: what must hold of all four ways."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.estimators.mcnemar import McNemarMethod, clustered_mcnemar_test, mcnemar_test

COUNT = st.integers(0, 80)


@pytest.mark.parametrize("method", list(McNemarMethod))
@given(COUNT, COUNT)
def test_it_does_not_matter_which_method_is_first(method: McNemarMethod, b: int, c: int) -> None:
    assert mcnemar_test(b, c, method=method) == mcnemar_test(c, b, method=method)


@given(COUNT, COUNT)
def test_the_exact_p_is_that_of_a_fair_coin(b: int, c: int) -> None:
    p = mcnemar_test(b, c, method=McNemarMethod.EXACT).p
    assert p == pytest.approx(stats.binomtest(b, b + c).pvalue if b + c else 1.0)


@given(COUNT, COUNT)
def test_mid_p_is_never_above_the_exact_p_and_the_correction_never_lowers_p(b: int, c: int) -> None:
    exact = mcnemar_test(b, c, method=McNemarMethod.EXACT).p
    mid = mcnemar_test(b, c, method=McNemarMethod.MID_P).p
    assert exact is not None
    assert mid is not None
    assert 0 < mid <= exact <= 1
    plain, corrected = (
        mcnemar_test(b, c, method=one).p
        for one in (McNemarMethod.ASYMPTOTIC, McNemarMethod.CONTINUITY)
    )
    if plain is not None and corrected is not None:
        assert plain <= corrected


def test_equal_disagreements_are_no_evidence_and_are_not_corrected() -> None:
    for method in (McNemarMethod.ASYMPTOTIC, McNemarMethod.CONTINUITY):
        assert mcnemar_test(3, 3, method=method).statistic == 0
        assert mcnemar_test(3, 3, method=method).p == 1


def test_without_disagreement_the_asymptotic_tests_are_not_estimable() -> None:
    for method in (McNemarMethod.ASYMPTOTIC, McNemarMethod.CONTINUITY):
        found = mcnemar_test(0, 0, method=method)
        assert (found.statistic, found.p) == (None, None)
        assert found.reason is not None
    assert mcnemar_test(0, 0, method=McNemarMethod.EXACT).p == 1
    assert mcnemar_test(0, 0, method=McNemarMethod.MID_P).p == 1


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        mcnemar_test(-1, 2)


@pytest.mark.parametrize("method", list(McNemarMethod))
@given(st.integers(0, 40), st.integers(0, 40))
def test_clusters_of_one_case_give_the_test_of_cases(method: McNemarMethod, b: int, c: int) -> None:
    alone = np.array([1] * b + [-1] * c + [0] * 3)
    found, plain = clustered_mcnemar_test(alone, method=method), mcnemar_test(b, c, method=method)
    assert found.p == (None if plain.p is None else pytest.approx(plain.p, rel=1e-9))
    assert found.statistic == plain.statistic
    assert (found.reason is None) is (plain.reason is None)


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9))
def test_the_exact_p_of_clusters_counts_all_ways_to_change_sides(differences: list[int]) -> None:
    own = np.array(differences)
    sums = [abs(int((np.array(signs) * own).sum())) for signs in product((1, -1), repeat=len(own))]
    seen = abs(int(own.sum()))
    expected = np.mean([one >= seen for one in sums])
    assert clustered_mcnemar_test(own, method=McNemarMethod.EXACT).p == pytest.approx(expected)
    mid = expected - np.mean([one == seen for one in sums]) / 2 if seen else 1.0
    assert clustered_mcnemar_test(own, method=McNemarMethod.MID_P).p == pytest.approx(mid)


def test_disagreements_that_fall_together_are_less_evidence() -> None:
    # Ten against two cases: one by one, and as four clusters of three.
    alone = clustered_mcnemar_test(np.repeat([1, -1], [10, 2]), method=McNemarMethod.EXACT).p
    together = clustered_mcnemar_test(np.array([3, 3, 3, -1]), method=McNemarMethod.EXACT).p
    assert alone is not None
    assert together is not None
    assert alone < 0.05 < together
    chi_square = clustered_mcnemar_test(np.array([3, 3, 3, -1]))
    assert chi_square.statistic == pytest.approx(64 / 28)


def test_a_far_tail_of_many_clusters_keeps_its_digits() -> None:
    p = clustered_mcnemar_test(np.full(300, 2), method=McNemarMethod.EXACT).p
    assert p == pytest.approx(2 * 0.5**300)
