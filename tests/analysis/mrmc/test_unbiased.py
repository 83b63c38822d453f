"""The unbiased covariance: smallest studies by hand, nested cases, any size of working part."""

import numpy as np
import pytest

from analysis.estimators.roc import empirical_auc
from analysis.mrmc.unbiased import unbiased_auc_values


def test_two_cases_of_each_class_are_enough() -> None:
    # Kernel: 3 above 2 and 1, 1.5 above 1 only: 1 1 / 0 1, so the AUC is 3/4. Pairs that share
    # nothing: 1 x 1, 1 x 0 and both again, mean 1/2: 9/16 - 1/2.
    found = unbiased_auc_values(np.array([1.0, 1, 0, 0]), np.array([[3.0, 1.5, 2, 1]]))
    assert found.values.tolist() == [0.75]
    assert found.covariance[0, 0] == pytest.approx(1 / 16)


def test_curves_without_a_shared_case_have_no_covariance_and_their_own_variances() -> None:
    generator = np.random.default_rng(3)
    truth = np.tile([1.0, 0.0], 10)
    whole = generator.normal(size=(4, 20)) + truth
    first, second = slice(0, 8), slice(8, 20)
    nested = whole.copy()
    nested[:2, second], nested[2:, first] = np.nan, np.nan
    found = unbiased_auc_values(truth, nested)
    for curves, cases in ((slice(0, 2), first), (slice(2, 4), second)):
        alone = unbiased_auc_values(truth[cases], whole[curves, cases])
        np.testing.assert_allclose(found.covariance[curves, curves], alone.covariance)
        for value, ratings in zip(found.values[curves], whole[curves, cases], strict=True):
            assert value == pytest.approx(empirical_auc(truth[cases], ratings))
    assert not found.covariance[:2, 2:].any()
    assert not found.covariance[2:, :2].any()


def test_taking_the_positive_cases_one_by_one_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generator = np.random.default_rng(5)
    truth = np.repeat([1.0, 0.0], [7, 5])
    ratings = generator.integers(0, 5, size=(3, 12)) + truth
    whole = unbiased_auc_values(truth, ratings)
    for at_a_time in (1, 45):
        monkeypatch.setattr("analysis.mrmc.unbiased.MOST_KERNEL", at_a_time)
        parts = unbiased_auc_values(truth, ratings)
        np.testing.assert_allclose(parts.values, whole.values, atol=1e-14)
        np.testing.assert_allclose(parts.covariance, whole.covariance, atol=1e-14)
