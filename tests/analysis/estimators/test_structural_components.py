"""What cases contribute where some of them, or a threshold, are missing."""

import math

import numpy as np
import pytest

from analysis.estimators.structural_components import (
    CorrelatedValues,
    accuracy_sums,
    auc_placements,
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


@pytest.mark.parametrize("readers", range(2, 20))
def test_means_of_equal_arms_differ_by_exactly_nothing(readers: int) -> None:
    generator = np.random.default_rng(readers)
    truth = (np.arange(60) % 2).astype(float)
    ratings = truth + generator.normal(size=(readers, 60))
    weights = np.repeat([1 / readers, -1 / readers], readers)
    found = auc_values(truth, np.concatenate([ratings, ratings])).contrast(weights)
    assert (found.value, found.variance) == (0.0, 0.0)


def test_a_rating_at_the_threshold_is_positive() -> None:
    assert sensitivity_values(TRUTH, RATINGS[1:], np.array([5.0])).values == pytest.approx([2 / 3])
    assert specificity_values(TRUTH, RATINGS[1:], np.array([4.0])).values == pytest.approx([2 / 3])


def test_the_area_is_that_of_the_cases_that_a_curve_has() -> None:
    # 5 is above 1 and 4, 2 above 1 only; with all cases 5 and 6 are above three, 2 above one.
    assert auc_values(TRUTH, RATINGS).values == pytest.approx([3 / 4, 7 / 9])
    empty = auc_values(TRUTH, np.array([[1.0, 2, 3, GAP, GAP, GAP]]))
    assert np.isnan(empty.values).all()


def test_placements_are_shares_of_the_other_class_and_both_average_to_the_area() -> None:
    for positive, above, below in (
        ([2.0, 5.0], [1 / 3, 1], [1, 1 / 2, 1 / 2]),  # no tie
        ([3.0, 5.0], [1 / 2, 1], [1, 3 / 4, 1 / 2]),  # one, which counts one half
    ):
        found = auc_placements(np.array(positive), np.array([1.0, 3.0, 4.0]))
        assert found.above == pytest.approx(above)
        assert found.below == pytest.approx(below)
        assert found.above.mean() == pytest.approx(found.below.mean())


@pytest.mark.parametrize(("positive", "negative"), [([], [1.0, 2.0]), ([1.0, 2.0], [])])
def test_without_the_other_class_no_case_has_a_placement(
    positive: list[float], negative: list[float]
) -> None:
    found = auc_placements(np.array(positive), np.array(negative))
    assert (len(found.above), len(found.below)) == (len(positive), len(negative))
    assert np.isnan([*found.above, *found.below]).all()


# 3 of 4 positive cases are called, 1 of 2 negative ones.
UNEVEN = np.array([1.0, 1, 1, 1, 0, 0])
CALLED = np.array([[5.0, 5, 5, 1, 5, 1]])


def test_shares_have_binomial_variances_and_their_sum_has_the_sum() -> None:
    thresholds = np.array([3.0])
    sensitivity = 0.75 * 0.25 / 3  # over n - 1, as DeLong's
    specificity = 0.5 * 0.5 / 1
    for of, value, variance in (
        (sensitivity_values, 0.75, sensitivity),
        (specificity_values, 0.5, specificity),
        (accuracy_sums, 1.25, sensitivity + specificity),
    ):
        found = of(UNEVEN, CALLED, thresholds)
        assert found.values == pytest.approx([value])
        assert found.covariance == pytest.approx(np.array([[variance]]))


def test_shares_of_clusters_vary_by_what_whole_clusters_are_off() -> None:
    # Obuchowski (1997): I / (I - 1) times the squared sums of deviations over squared n. Three hits
    # are one cluster, the miss another: off by .75 and -.75, of 4 cases.
    thresholds, clusters = np.array([3.0]), np.array([0, 0, 0, 1, 2, 3])
    off = 2 * (0.75**2 + 0.75**2) / 4**2
    sensitivity = sensitivity_values(UNEVEN, CALLED, thresholds, clusters)
    assert sensitivity.covariance == pytest.approx(np.array([[off]]))
    turned = specificity_values(1 - UNEVEN, CALLED, thresholds, clusters)
    assert turned.covariance == pytest.approx(np.array([[off]]))
    mixed = np.array([0, 1, 2, 3, 0, 3])  # the called negative with a hit, the other with a miss
    both, *alone = (
        of(UNEVEN, CALLED, thresholds, mixed).covariance[0, 0]
        for of in (accuracy_sums, sensitivity_values, specificity_values)
    )
    # In one cluster a hit comes with a false call, in another a miss with a right one.
    assert both < sum(alone)


@pytest.mark.parametrize(("rest", "kept"), [(3e-12, True), (1e-12, False), (-1e-15, False)])
def test_a_variance_that_is_rounding_beside_its_parts_is_zero(rest: float, kept: bool) -> None:
    # Var of a difference: 1 + 1 - 2 (1 - rest / 2) = rest, beside parts of 1 and 1.
    shared = 1 - rest / 2
    values = CorrelatedValues(np.zeros(2), np.array([[1.0, shared], [shared, 1.0]]))
    found = values.contrast(np.array([1.0, -1.0])).variance
    assert (found > 0) is kept
    assert found >= 0


def test_parts_weigh_by_the_square_of_their_weight() -> None:
    # A tenth of two curves each: parts of .01 and .01, so 1e-13 is no rounding.
    shared = 1 - 1e-11 / 2
    values = CorrelatedValues(np.zeros(2), np.array([[1.0, shared], [shared, 1.0]]))
    assert values.contrast(np.array([0.1, -0.1])).variance == pytest.approx(1e-13, rel=1e-3)


def test_curves_that_lack_some_cases_vary_together_by_those_they_share() -> None:
    # Zhou and Gatsonis (1996), sensitivities of three positive cases: hits 1 0 - and 1 0 1.
    truth, thresholds = np.array([1.0, 1, 1]), np.array([3.0, 3.0])
    ratings = np.array([[5.0, 1, GAP], [5.0, 1, 5]])
    found = sensitivity_values(truth, ratings, thresholds).covariance
    first = 2 / 1 * (0.25 + 0.25) / 4
    second = 3 / 2 * (1 / 9 + 4 / 9 + 1 / 9) / 9
    both = 2 / 1 * (0.5 / 3 + 0.5 * 2 / 3) / (2 * 3)
    assert found == pytest.approx(np.array([[first, both], [both, second]]))


def test_one_case_has_no_variance_and_curves_without_a_shared_one_no_covariance() -> None:
    truth, thresholds = np.array([1.0, 1, 1, 1]), np.full(4, 3.0)
    ratings = np.array(
        [[5.0, GAP, GAP, GAP], [GAP, 5, 1, GAP], [GAP, GAP, 1, 5], [GAP, GAP, GAP, GAP]]
    )
    found = sensitivity_values(truth, ratings, thresholds).covariance
    assert np.isnan(np.diag(found)).tolist() == [True, False, False, True]
    assert found[1, 1] == found[2, 2] == pytest.approx(0.25)
    assert found[0, 1] == found[0, 3] == 0
    # One shared case, a miss of both: each is half away from its mean.
    assert found[1, 2] == pytest.approx(0.5 * 0.5 / 4)
