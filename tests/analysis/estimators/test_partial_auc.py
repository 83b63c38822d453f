"""Partial areas: the whole curve's area and DeLong's variance are what all parts agree with."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimators.partial_auc import Focus, Part, partial_area, partial_auc
from analysis.estimators.roc import delong_auc, empirical_auc

RATED = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=6, max_size=30).filter(
    lambda rows: 2 <= sum(true for true, _ in rows) <= len(rows) - 2
)


def _arrays(rows: list[tuple[bool, int]]) -> tuple[np.ndarray, np.ndarray]:
    truth, rating = zip(*rows, strict=True)
    return np.array(truth, dtype=np.float64), np.array(rating, dtype=np.float64)


@pytest.mark.parametrize("focus", list(Focus))
@settings(deadline=None, max_examples=40)
@given(RATED)
def test_the_whole_curve_has_the_auc_and_delong_s_variance(
    focus: Focus, rows: list[tuple[bool, int]]
) -> None:
    truth, rating = _arrays(rows)
    found, known = partial_auc(truth, rating, Part(focus, 0, 1)), delong_auc(truth, rating)
    assert (found.area, found.variance) == pytest.approx((known.auc, known.variance))
    assert found.inference.se == pytest.approx(known.inference.se)
    assert found.inference.p == pytest.approx(known.inference.p)


@pytest.mark.parametrize("focus", list(Focus))
@settings(deadline=None)
@given(RATED, st.floats(0.05, 0.95))
def test_two_parts_make_the_whole(focus: Focus, rows: list[tuple[bool, int]], cut: float) -> None:
    truth, rating = _arrays(rows)
    parts = [partial_area(truth, rating, Part(focus, *ends)) for ends in ((0, cut), (cut, 1))]
    assert sum(parts) == pytest.approx(empirical_auc(truth, rating))


@settings(deadline=None)
@given(RATED, st.floats(0, 0.4), st.floats(0.5, 1))
def test_the_foci_change_places_with_the_classes(
    rows: list[tuple[bool, int]], low: float, high: float
) -> None:
    truth, rating = _arrays(rows)
    assert partial_area(truth, rating, Part(Focus.SENSITIVITY, low, high)) == pytest.approx(
        partial_area(1 - truth, -rating, Part(Focus.SPECIFICITY, low, high))
    )


def test_a_perfect_curve_is_1_and_the_diagonal_one_half_when_standardised() -> None:
    truth = np.array([0.0] * 10 + [1.0] * 10)
    part = Part(Focus.SPECIFICITY, 0.8, 1)
    perfect = partial_auc(truth, np.arange(20), part)
    assert perfect.area == pytest.approx(0.2)
    assert perfect.standardised == pytest.approx(1)
    assert perfect.inference.ci is None
    assert perfect.inference.reason is not None
    tied = partial_auc(truth, np.ones(20), part)
    assert (tied.area, tied.standardised) == pytest.approx((0.02, 0.5))


def test_below_the_diagonal_nothing_is_standardised() -> None:
    truth = np.array([0.0] * 10 + [1.0] * 10)
    found = partial_auc(truth, -np.arange(20), Part(Focus.SPECIFICITY, 0.8, 1))
    assert (found.area, found.standardised, found.standardised_variance) == (0, None, None)


def test_the_jackknife_s_standard_error_is_that_of_repeated_samples() -> None:
    generator = np.random.default_rng(7)
    truth, part = np.repeat([0.0, 1.0], (80, 60)), Part(Focus.SPECIFICITY, 0.7, 1)
    samples = [generator.normal(1.2 * truth, 1) for _ in range(400)]
    areas = [partial_area(truth, rating, part) for rating in samples]
    variances = [partial_auc(truth, rating, part).variance for rating in samples[:25]]
    assert np.sqrt(np.mean(variances)) == pytest.approx(np.std(areas), rel=0.15)


def test_the_standardised_variance_is_that_of_the_standardised_area() -> None:
    generator = np.random.default_rng(8)
    truth = np.repeat([0.0, 1.0], (40, 40))
    found = partial_auc(truth, generator.normal(truth, 1), Part(Focus.SENSITIVITY, 0.5, 1))
    # 0.5 wide, 0.125 by chance: the standardised area rises by 1 / (2 (0.5 - 0.125)).
    assert found.standardised_variance == pytest.approx(found.variance / 0.75**2)
    assert found.inference.ci is not None
    assert found.inference.ci.low < found.area < found.inference.ci.high


def test_one_case_of_a_class_has_no_variance() -> None:
    found = partial_auc([0, 0, 1], [1, 2, 3], Part(Focus.SPECIFICITY, 0.5, 1))
    assert np.isnan(found.variance)
    assert "one case" in str(found.inference.reason)


@pytest.mark.parametrize("ends", [(0.5, 0.5), (0.9, 0.8), (-0.1, 0.5), (0.5, 1.1)])
def test_what_is_no_range_is_refused(ends: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="range of sensitivity"):
        Part(Focus.SENSITIVITY, *ends)
