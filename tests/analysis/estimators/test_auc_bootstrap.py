"""Bootstrap AUCs: their mean and spread are those that DeLong and Obuchowski give."""

import numpy as np
import pytest

from analysis.estimators.auc_bootstrap import percentile_interval, resampled_aucs
from analysis.estimators.roc import delong_auc
from analysis.estimators.structural_components import auc_values


def _ratings(n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(4)
    truth = np.arange(n) % 2.0
    return truth, np.round(2 * generator.normal(size=(2, n)) + 1.5 * truth)


def test_resampled_areas_scatter_as_delong_says() -> None:
    truth, ratings = _ratings()
    found = resampled_aucs(truth, ratings, samples=4000, seed=1)
    known = auc_values(truth, ratings)
    assert found.mean(axis=0) == pytest.approx(known.values, abs=0.003)
    assert np.cov(found.T) == pytest.approx(known.covariance, rel=0.12, abs=1e-4)


def test_whole_clusters_are_drawn() -> None:
    truth, ratings = _ratings()
    twice, both = np.tile(truth, 2), np.tile(ratings, 2)
    cluster = np.tile(np.arange(len(truth)), 2)
    found = resampled_aucs(twice, both, cluster, samples=4000, seed=1)
    known = auc_values(twice, both, cluster)
    assert np.sqrt(np.diag(np.cov(found.T))) == pytest.approx(
        np.sqrt(np.diag(known.covariance)), rel=0.08
    )


def test_a_drawn_area_is_that_of_the_drawn_cases() -> None:
    truth, ratings = _ratings(12)
    ratings[0, 3] = np.nan
    found = resampled_aucs(truth, ratings, samples=5, seed=8)
    again = np.random.default_rng(8)
    drawn = {one: again.multinomial(6, np.full(6, 1 / 6), size=5) for one in (0, 1)}
    for sample in range(5):
        times = np.zeros(12, dtype=int)
        for one in (0, 1):
            times[truth == one] = drawn[one][sample]
        times[3] = 0
        cases = np.repeat(np.arange(12), times)
        expected = delong_auc(truth[cases], ratings[0, cases]).auc
        assert found[sample, 0] == pytest.approx(expected)


def test_a_sample_without_a_class_has_no_area_and_does_not_count() -> None:
    truth, cluster = np.array([1.0, 0, 0, 0]), np.array([0, 1, 2, 3])
    found = resampled_aucs(truth, np.array([[2.0, 1, 3, 0]]), cluster, samples=50, seed=2)
    assert np.isnan(found).any()
    interval = percentile_interval(found[:, 0], level=0.9)
    assert interval is not None
    assert 0 <= interval.low <= interval.high <= 1
    assert percentile_interval(np.full(3, np.nan), level=0.9) is None


def test_one_class_alone_has_no_area() -> None:
    assert np.isnan(resampled_aucs(np.ones(4), np.ones((1, 4)), samples=3, seed=1)).all()
