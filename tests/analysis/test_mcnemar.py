"""McNemar's test: what must hold of all four ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.mcnemar import McNemarMethod, mcnemar_test

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
