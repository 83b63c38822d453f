"""What cases contribute where some of them, or a threshold, are missing."""

import math

import numpy as np
import pytest

from analysis.structural_components import (
    accuracy_sums,
    auc_values,
    sensitivity_values,
    specificity_values,
)

GAP = math.nan
TRUTH = np.array([1.0, 1, 1, 0, 0, 0])
RATINGS = np.array([[5.0, 2, GAP, 1, 4, GAP], [5.0, 2, 6, 1, 4, 3]])


def test_a_case_without_a_rating_is_neither_called_nor_passed() -> None:
    thresholds = np.array([3.0, 3.0])
    assert sensitivity_values(TRUTH, RATINGS, thresholds).values == pytest.approx([1 / 2, 2 / 3])
    assert specificity_values(TRUTH, RATINGS, thresholds).values == pytest.approx([1 / 2, 1 / 3])
    assert accuracy_sums(TRUTH, RATINGS, thresholds).values == pytest.approx([1, 1])


def test_without_a_threshold_there_is_no_sensitivity_and_no_specificity() -> None:
    thresholds = np.array([GAP, 3.0])
    for found in (
        sensitivity_values(TRUTH, RATINGS[[1, 1]], thresholds),
        specificity_values(TRUTH, RATINGS[[1, 1]], thresholds),
    ):
        assert np.isnan(found.values).tolist() == [True, False]


def test_a_rating_at_the_threshold_is_positive() -> None:
    assert sensitivity_values(TRUTH, RATINGS[1:], np.array([5.0])).values == pytest.approx([2 / 3])
    assert specificity_values(TRUTH, RATINGS[1:], np.array([4.0])).values == pytest.approx([2 / 3])


def test_the_area_is_that_of_the_cases_that_a_curve_has() -> None:
    # 5 is above 1 and 4, 2 above 1 only; with all cases 5 and 6 are above three, 2 above one.
    assert auc_values(TRUTH, RATINGS).values == pytest.approx([3 / 4, 7 / 9])
    empty = auc_values(TRUTH, np.array([[1.0, 2, 3, GAP, GAP, GAP]]))
    assert np.isnan(empty.values).all()
