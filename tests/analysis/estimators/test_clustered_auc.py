"""Clustered AUCs: DeLong's where clusters are single units, and what repeated samples show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimators.clustered_auc import clustered_auc_values
from analysis.estimators.roc import delong_covariance, difference_inference, equal_aucs_test

SEED = st.integers(0, 10_000)


def _ratings(seed: int, n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    truth = np.arange(n) % 2.0
    return truth, generator.integers(0, 8, (3, n)) + 2.0 * truth


@settings(deadline=None)
@given(SEED)
def test_one_unit_a_cluster_is_delong(seed: int) -> None:
    truth, ratings = _ratings(seed)
    found = clustered_auc_values(truth, ratings, np.arange(len(truth)))
    known = delong_covariance(truth, ratings)
    assert found.values == pytest.approx(known.values)
    assert found.covariance == pytest.approx(known.covariance, abs=1e-14)


@settings(deadline=None, max_examples=30)
@given(SEED)
def test_every_unit_twice_in_its_cluster_brings_no_precision(seed: int) -> None:
    truth, ratings = _ratings(seed)
    units = np.arange(len(truth))
    once = clustered_auc_values(truth, ratings, units).covariance
    twice = clustered_auc_values(np.tile(truth, 2), np.tile(ratings, 2), np.tile(units, 2))
    assert twice.covariance == pytest.approx(once, abs=1e-14)


def test_the_standard_error_is_that_of_repeated_samples_of_clusters() -> None:
    generator = np.random.default_rng(5)
    clusters = np.repeat(np.arange(60), 2)
    truth = np.where(np.arange(120) % 2 == 0, np.repeat(np.arange(60) % 3 == 0, 2), 0.0)
    areas, variances = [], []
    for _ in range(600):
        shared = np.repeat(generator.normal(0, 1.2, 60), 2)
        both = generator.normal(0, 0.6, (2, 120)) + shared + truth
        found = clustered_auc_values(truth, both, clusters)
        areas.append(found.values)
        variances.append(np.diag(found.covariance))
    assert np.sqrt(np.mean(variances)) == pytest.approx(np.std(areas, axis=0).mean(), rel=0.08)


def test_paired_differences_and_the_global_test_take_the_covariance() -> None:
    truth, ratings = _ratings(3)
    found = clustered_auc_values(truth, ratings, np.arange(len(truth)) // 4)
    assert difference_inference(found.contrast(np.array([1.0, -1.0, 0.0])), level=0.95).p
    assert 0 < equal_aucs_test(found).p < 1


def test_one_cluster_has_no_variance_and_lengths_must_agree() -> None:
    truth, ratings = _ratings(1)
    assert np.isnan(np.diag(clustered_auc_values(truth, ratings, np.zeros(40)).covariance)).all()
    with pytest.raises(ValueError, match="a cluster for each of 40 units"):
        clustered_auc_values(truth, ratings, np.zeros(39))
