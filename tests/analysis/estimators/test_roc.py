"""DeLong against pROC, the AUC against its definition and against scikit-learn."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from analysis.estimators.roc import (
    delong_auc,
    delong_covariance,
    empirical_auc,
    equal_aucs_test,
    hanley_mcneil_se,
    mean_roc_curve,
    paired_delong,
    roc_curve,
    unpaired_delong,
)

Golden = Callable[[str], list[Any]]

close = {"rel": 1e-8, "abs": 1e-12}


@st.composite
def rated_cases(draw: Any, most_values: int = 6) -> Any:
    n = draw(st.integers(4, 40))
    truth = draw(st.lists(st.sampled_from([0, 1]), min_size=n, max_size=n))
    truth[0], truth[1] = 0, 1
    ratings = st.lists(st.integers(0, most_values), min_size=n, max_size=n)
    return np.array(truth), np.array(draw(ratings), dtype=float), np.array(draw(ratings), float)


def test_every_single_auc_of_proc_is_reproduced(golden: Golden) -> None:
    for case in golden("delong"):
        if "d" not in case.inputs:
            continue
        data = case.inputs["d"]
        for name, auc in case.matches("auc_"):
            found = delong_auc(data["truth"], data[name])
            positive = int(data["truth"].sum())
            assert found.auc == pytest.approx(auc, **close), case.id
            assert found.variance == pytest.approx(case.expected[f"var_{name}"], **close), case.id
            if found.variance == 0:
                assert found.inference.ci is None
                assert "variance is 0" in (found.inference.reason or "")
                continue
            low, _, high = case.expected[f"ci_delong_{name}"]
            ci = found.inference.ci
            assert ci is not None
            assert (ci.low, ci.high) == pytest.approx((max(low, 0), min(high, 1)), **close)
            if f"ci_logit_{name}" in case.expected:
                logit = delong_auc(data["truth"], data[name], interval="logit").inference.ci
                assert logit is not None
                expected = tuple(case.expected[f"ci_logit_{name}"])
                assert (logit.low, logit.high) == pytest.approx(expected, **close)
            if f"se_hanley_mcneil_{name}" in case.expected:
                se = hanley_mcneil_se(auc, positive, len(data["truth"]) - positive)
                assert se == pytest.approx(case.expected[f"se_hanley_mcneil_{name}"], **close)


def test_every_paired_comparison_of_proc_is_reproduced(golden: Golden) -> None:
    for case in golden("delong"):
        if "paired_test" not in case.expected:
            continue
        data, expected = case.inputs["d"], case.expected
        found = paired_delong(data["truth"], data["a"], data["b"])
        values = delong_covariance(data["truth"], [data["a"], data["b"]])
        assert values.covariance[0, 1] == pytest.approx(expected["cov_ab"], **close), case.id
        spread = expected["var_a"] + expected["var_b"] - 2 * expected["cov_ab"]
        if spread == 0:
            assert found.difference == 0
            assert found.inference.p is None
            assert found.inference.reason
            continue
        assert found.inference.z == pytest.approx(expected["paired_test"]["z"], **close), case.id
        assert found.inference.p == pytest.approx(expected["paired_test"]["p"], **close), case.id


def test_every_covariance_matrix_and_global_test_of_proc_is_reproduced(golden: Golden) -> None:
    for case in golden("delong"):
        if "covmat" not in case.expected:
            continue
        data, names = case.inputs["d"], list(case.expected["aucs"])
        values = delong_covariance(data["truth"], [data[name] for name in names])
        assert values.values == pytest.approx(list(case.expected["aucs"].values()), **close)
        assert values.covariance.ravel() == pytest.approx(
            np.ravel(case.expected["covmat"]), **close
        )
        test = equal_aucs_test(values)
        assert test.chi_square == pytest.approx(case.expected["chisq_all_equal"]["chisq"], **close)
        assert test.df == case.expected["chisq_all_equal"]["df"]
        assert test.p == pytest.approx(case.expected["chisq_all_equal"]["p"], **close)


def test_every_unpaired_comparison_of_proc_is_reproduced(golden: Golden) -> None:
    for case in golden("delong"):
        if "unpaired_test" not in case.expected:
            continue
        sides = [case.inputs[name] for name in ("g1", "g2")]
        first, second = (delong_auc(side["truth"], side["s"]) for side in sides)
        assert first.auc == pytest.approx(case.expected["auc_1"], **close)
        assert second.variance == pytest.approx(case.expected["var_2"], **close)
        sizes = (len(sides[0]["truth"]), len(sides[1]["truth"]))
        welch = unpaired_delong(first, second, welch_sizes=sizes)
        assert welch.inference.z == pytest.approx(case.expected["unpaired_test"]["D"], **close)
        assert welch.df == pytest.approx(case.expected["unpaired_test"]["df"], **close)
        assert welch.inference.p == pytest.approx(case.expected["unpaired_test"]["p"], **close)
        normal = unpaired_delong(first, second).inference
        assert normal.z == pytest.approx(case.expected["unpaired_z_normal"]["z"], **close)
        assert normal.p == pytest.approx(case.expected["unpaired_z_normal"]["p"], **close)


@given(rated_cases())
def test_the_auc_is_the_share_of_pairs_in_the_right_order(cases: Any) -> None:
    truth, rating, _ = cases
    positive, negative = rating[truth == 1][:, None], rating[truth == 0][None, :]
    by_pairs = ((positive > negative) + 0.5 * (positive == negative)).mean()
    assert empirical_auc(truth, rating) == pytest.approx(by_pairs, abs=1e-12)
    assert empirical_auc(truth, rating) == pytest.approx(roc_auc_score(truth, rating), abs=1e-12)


@given(rated_cases())
def test_turning_the_ratings_around_mirrors_the_auc_and_keeps_its_variance(cases: Any) -> None:
    truth, rating, _ = cases
    one, other = delong_auc(truth, rating), delong_auc(truth, -rating)
    assert one.auc + other.auc == pytest.approx(1, abs=1e-12)
    assert np.isnan(one.variance) or one.variance == pytest.approx(other.variance, abs=1e-12)


@given(rated_cases())
def test_a_paired_difference_is_the_difference_of_the_aucs(cases: Any) -> None:
    truth, first, second = cases
    found = paired_delong(truth, first, second)
    expected = empirical_auc(truth, first) - empirical_auc(truth, second)
    assert found.difference == pytest.approx(expected, abs=1e-12)
    assert (found.inference.p is None) == (found.inference.reason is not None)


@given(rated_cases())
def test_the_mean_curve_has_the_mean_area(cases: Any) -> None:
    truth, first, second = cases
    mean = mean_roc_curve([roc_curve(truth, first), roc_curve(truth, second)])
    area = -np.trapezoid(mean.sensitivity, mean.false_positive_fraction)
    expected = (empirical_auc(truth, first) + empirical_auc(truth, second)) / 2
    assert area == pytest.approx(expected, abs=1e-12)


def test_identical_ratings_differ_by_zero_and_have_no_p() -> None:
    truth, rating = [0, 1, 0, 1, 1], [1.0, 2.0, 3.0, 3.0, 5.0]
    found = paired_delong(truth, rating, rating)
    assert found.difference == 0
    assert found.inference.p is None
    assert "the same on both sides" in (found.inference.reason or "")


def test_a_perfect_auc_has_no_interval() -> None:
    found = delong_auc([0, 0, 1, 1], [1, 2, 3, 4])
    assert found.auc == 1
    assert found.inference.ci is None
    assert found.inference.p is None


def test_one_positive_case_gives_an_auc_without_interval() -> None:
    found = delong_auc([0, 0, 0, 1], [1, 5, 2, 4])
    assert found.auc == pytest.approx(2 / 3)
    assert math.isnan(found.variance)
    assert "one case" in (found.inference.reason or "")


@pytest.mark.parametrize(("truth", "rating"), [([1, 1], [1, 2]), ([0, 1], [1, math.nan])])
def test_one_class_or_a_missing_rating_is_refused(truth: list[int], rating: list[float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        empirical_auc(truth, rating)


def test_identical_curves_have_no_global_test() -> None:
    truth, rating = [0, 1, 0, 1, 1], [1.0, 2.0, 3.0, 3.0, 5.0]
    with pytest.raises(ValueError, match="singular"):
        equal_aucs_test(delong_covariance(truth, [rating, rating]))


def test_a_hundred_thousand_cases_are_compared_without_a_table_of_pairs(
    most_bytes: Callable[[Callable[[], object]], int],
) -> None:
    generator = np.random.default_rng(1)
    truth = generator.integers(0, 2, 100_000)
    first, second = (truth + generator.normal(0, 1, 100_000) for _ in range(2))
    expected = roc_auc_score(truth, first) - roc_auc_score(truth, second)
    assert paired_delong(truth, first, second).difference == pytest.approx(expected, abs=1e-12)
    # Measured at 130 bytes a case.
    assert most_bytes(lambda: paired_delong(truth, first, second)) < 1000 * len(truth)


# R 4.2.2, pROC 1.18.0: roc(truth, rating, direction = "<") of either side.
ONE = ([1, 1, 1, 1, 0, 0, 0, 0, 0], [9.0, 7, 4, 6, 5, 3, 1, 6, 2])
OTHER = ([1, 1, 1, 1, 1, 0, 0, 0, 0], [4.0, 2, 8, 5, 3, 3, 6, 1, 5])
# The cases of ONE, rated by another.
SECOND = [8.0, 9, 2, 7, 6, 3, 4, 1, 2]


@pytest.mark.parametrize(
    # R's interval: .325 + c(-1, 1) * qt((1 + level) / 2, df) * sqrt(var(r1) + var(r2)).
    ("level", "low", "high"),
    [
        (0.95, -0.232481380394564, 0.882481380394564),
        (0.8, -0.0225990240663931, 0.672599024066393),
    ],
)
def test_unpaired_areas_differ_with_the_interval_of_welch_s_t(
    level: float, low: float, high: float
) -> None:
    # By R: roc.test(r1, r2, paired = FALSE, method = "delong").
    first, second = delong_auc(*ONE), delong_auc(*OTHER)
    found = unpaired_delong(first, second, level=level, welch_sizes=(9, 9))
    assert found.difference == pytest.approx(0.325)
    assert found.df == pytest.approx(12.4011528715399)
    assert found.inference.z == pytest.approx(1.26566019712921)
    assert found.inference.p == pytest.approx(0.228896948682967)
    assert found.inference.se == pytest.approx(np.sqrt(0.0152083333333333 + 0.0507291666666667))
    assert found.inference.ci is not None
    assert found.inference.ci.low == pytest.approx(low)
    assert found.inference.ci.high == pytest.approx(high)


def test_the_interval_of_a_difference_ends_at_one_and_minus_one() -> None:
    near, far = delong_auc([1, 1, 0, 0, 0], [5.0, 3, 4, 1, 2]), delong_auc(*OTHER)
    against = delong_auc([1, 1, 0, 0, 0], [-5.0, -3, -4, -1, -2])
    high = unpaired_delong(near, against, welch_sizes=(3, 3)).inference.ci
    low = unpaired_delong(against, near, welch_sizes=(3, 3)).inference.ci
    assert high is not None
    assert low is not None
    assert (high.high, low.low) == (1.0, -1.0)
    normal = unpaired_delong(near, far)
    assert normal.difference == pytest.approx(near.auc - far.auc)
    assert normal.df is None


def test_a_difference_has_a_95_percent_interval_unless_another_is_asked_for() -> None:
    # roc.test(r1, r3, paired = TRUE, method = "delong"); its standard error from var and cov.
    paired = paired_delong(ONE[0], ONE[1], SECOND)
    spread = 0.0152083333333333 + 0.033125 - 2 * 0.0136979166666667
    unpaired = unpaired_delong(delong_auc(*ONE), delong_auc(*OTHER))
    for found, center, variance in (
        (paired, 0.05, spread),
        (unpaired, 0.325, 0.0152083333333333 + 0.0507291666666667),
    ):
        assert found.inference.ci is not None
        assert found.difference == pytest.approx(center)
        half = 1.959963984540054 * np.sqrt(variance)
        assert found.inference.ci.low == pytest.approx(center - half)
        assert found.inference.ci.high == pytest.approx(min(center + half, 1.0))
    assert paired.inference.p == pytest.approx(0.729682904443249)


def test_one_area_has_the_interval_of_ci_auc() -> None:
    # ci.auc(r1, method = "delong"), also with conf.level = .9
    for level, low in ((0.95, 0.633293181247633), (0.9, 0.672153243314809)):
        found = delong_auc(*ONE) if level == 0.95 else delong_auc(*ONE, level=level)
        assert found.inference.ci is not None
        assert (found.inference.ci.low, found.inference.ci.high) == pytest.approx((low, 1.0))


def test_hanley_and_mcneil_s_standard_error_is_worked_out_by_hand() -> None:
    # AUC .8: Q1 = 2/3, Q2 = 1.28 / 1.8; (.16 + 9 (Q1 - .64) + 19 (Q2 - .64)) / 200
    expected = np.sqrt((0.16 + 9 * (2 / 3 - 0.64) + 19 * (1.28 / 1.8 - 0.64)) / 200)
    assert hanley_mcneil_se(0.8, 10, 20) == pytest.approx(expected)


def test_the_operating_points_of_a_curve_are_counted_by_hand() -> None:
    found = roc_curve([1, 0, 1, 0, 0], [3.0, 3, 5, 1, 1])
    assert found.threshold.tolist() == [1, 3, 5, math.inf]
    assert found.midpoint.tolist() == [-math.inf, 2, 4, math.inf]
    assert found.tp.tolist() == [2, 2, 1, 0]
    assert found.fp.tolist() == [3, 1, 0, 0]
    assert (found.n_positive, found.n_negative) == (2, 3)


@pytest.mark.parametrize("interval", ["normal", "logit"])
def test_an_area_is_tested_against_one_half_whatever_its_interval(interval: Any) -> None:
    found = delong_auc(*ONE, interval=interval)
    se, z = found.inference.se, found.inference.z
    assert se == pytest.approx(np.sqrt(found.variance))
    assert z == pytest.approx((found.auc - 0.5) / se)
    assert found.inference.p == pytest.approx(math.erfc(abs(z) / math.sqrt(2)))


def test_two_areas_that_are_equal_with_a_spread_have_an_interval_around_zero() -> None:
    truth = [0, 0, 0, 0, 1, 1, 1, 1]
    first, second = [1.0, 2, 3, 6, 4, 5, 7, 1.5], [6.0, 3, 2, 1, 1.5, 7, 5, 4]
    found = paired_delong(truth, first, second)
    assert found.difference == 0
    assert found.inference.ci is not None
    assert found.inference.ci.low == pytest.approx(-found.inference.ci.high)
    assert found.inference.ci.high > 0
    assert found.inference.p == pytest.approx(1)
