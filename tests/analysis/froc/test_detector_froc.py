import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimators.roc import empirical_auc
from analysis.froc.detector_froc import (
    LocatedScores,
    bootstrapped_auc,
    bootstrapped_mean,
    partial_area,
    patient_weights,
    rate_when_found,
    sensitivity_at,
)

ONCE = np.ones((1, 3))
MISSED = float("-inf")


def _scores(lesion: list[float], false: list[float], images: int = 4) -> LocatedScores:
    """All of patient 0 but for the images, of which patients 1 and 2 have some."""
    return LocatedScores(
        np.array(lesion, dtype=float),
        np.zeros(len(lesion), dtype=np.int64),
        np.array(false, dtype=float),
        np.zeros(len(false), dtype=np.int64),
        np.array([images, 0.0, 0.0]),
    )


def _by_hand(scores: LocatedScores, most: float) -> float:
    """Walk every threshold, as the definition has it."""
    best = 0.0
    images = scores.images.sum()
    for threshold in [*scores.lesion, *scores.false_positive, np.inf]:
        rate = (scores.false_positive >= threshold).sum() / images
        if rate <= most and np.isfinite(threshold):
            best = max(best, float((scores.lesion >= threshold).mean()))
    return best


def test_sensitivity_is_read_off_where_false_positives_over_all_images_allow() -> None:
    scores = _scores([0.9, 0.6, 0.2, MISSED], [0.8, 0.5, 0.4, 0.1])
    found = rate_when_found(scores, ONCE)[0]
    np.testing.assert_allclose(found, [0.0, 0.25, 0.75, np.inf])
    assert sensitivity_at(scores, ONCE, false_positives=0.0).estimate == 0.25
    assert sensitivity_at(scores, ONCE, false_positives=0.25).estimate == 0.5
    assert sensitivity_at(scores, ONCE, false_positives=1.0).estimate == 0.75


def test_a_false_positive_of_the_same_score_counts_before_the_lesion() -> None:
    assert sensitivity_at(_scores([0.5], [0.5]), ONCE, false_positives=0.2).estimate == 0.0
    assert sensitivity_at(_scores([0.5], [0.5]), ONCE, false_positives=0.25).estimate == 1.0


def test_the_partial_area_is_the_mean_sensitivity_up_to_one() -> None:
    scores = _scores([0.9, 0.6, 0.2, MISSED], [0.8, 0.5, 0.4, 0.1])
    assert partial_area(scores, ONCE).estimate == pytest.approx((1.0 + 0.75 + 0.25) / 4)


@given(
    lesion=st.lists(st.sampled_from([MISSED, 0.1, 0.2, 0.3, 0.4, 0.5]), min_size=1, max_size=8),
    false=st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.4, 0.5]), max_size=12),
    most=st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0]),
)
def test_every_rate_agrees_with_the_definition(
    lesion: list[float], false: list[float], most: float
) -> None:
    scores = _scores(lesion, false)
    found = sensitivity_at(scores, ONCE, false_positives=most).estimate
    assert found == pytest.approx(_by_hand(scores, most))


def test_a_draw_is_the_set_with_patients_repeated() -> None:
    rng = np.random.default_rng(1)
    lesion_of, false_of = rng.integers(0, 5, 30), rng.integers(0, 5, 60)
    lesion, false = rng.random(30), rng.random(60)
    images = np.full(5, 4.0)
    weights = patient_weights(5, seed=3, draws=20)
    scores = LocatedScores(lesion, lesion_of, false, false_of, images)
    found = sensitivity_at(scores, weights, false_positives=0.5)
    for draw, weight in enumerate(weights[1:].astype(int)):
        again = LocatedScores(
            np.repeat(lesion, weight[lesion_of]),
            np.zeros(int(weight[lesion_of].sum()), dtype=np.int64),
            np.repeat(false, weight[false_of]),
            np.zeros(int(weight[false_of].sum()), dtype=np.int64),
            np.array([images @ weight, 0.0, 0.0]),
        )
        by_repeating = sensitivity_at(again, ONCE, false_positives=0.5).estimate
        assert found.draws[draw] == pytest.approx(by_repeating)


def test_lesions_of_a_type_keep_all_false_positives() -> None:
    scores = _scores([0.9, 0.2], [0.5])
    kept = scores.of(np.array([False, True]))
    assert sensitivity_at(kept, ONCE, false_positives=0.0).estimate == 0.0
    assert sensitivity_at(kept, ONCE, false_positives=0.25).estimate == 1.0


def test_an_auc_of_clusters_has_the_empirical_value_and_wider_draws_than_independent_units() -> (
    None
):
    rng = np.random.default_rng(0)
    patient = np.repeat(np.arange(40), 4)
    truth = np.repeat(rng.random(40) < 0.5, 4)
    rating = np.repeat(rng.normal(size=40), 4) + truth + 0.01 * rng.normal(size=160)
    weights = patient_weights(40, seed=0, draws=300)
    clustered = bootstrapped_auc(truth, rating, patient, weights)
    alone = bootstrapped_auc(truth, rating, np.arange(160), patient_weights(160, seed=0, draws=300))
    assert clustered.estimate == pytest.approx(empirical_auc(truth, rating))
    assert np.nanstd(clustered.draws) > 1.3 * np.nanstd(alone.draws)
    interval = clustered.interval
    assert interval is not None
    assert interval.low < clustered.estimate < interval.high


def test_paired_differences_of_a_system_with_itself_are_zero() -> None:
    scores = _scores([0.9, 0.6, MISSED], [0.8, 0.5])
    weights = patient_weights(3, seed=0, draws=50)
    value = partial_area(scores, weights)
    gap = value.minus(value)
    assert gap.estimate == 0.0
    assert np.nanmax(np.abs(gap.draws)) == 0.0


def test_what_nothing_is_known_of_has_no_estimate_and_no_interval() -> None:
    weights = patient_weights(3, seed=0, draws=50)
    empty = bootstrapped_mean(np.array([]), np.array([], dtype=np.int64), weights)
    assert not empty.is_known
    assert empty.interval is None
    one_kind = bootstrapped_auc(np.ones(3, bool), np.arange(3.0), np.arange(3), weights)
    assert not one_kind.is_known


def test_a_mean_weighs_values_by_their_patients() -> None:
    weights = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0]])
    mean = bootstrapped_mean(np.array([0.0, 1.0, 1.0]), np.array([0, 0, 1]), weights)
    assert mean.estimate == pytest.approx(2 / 3)
    np.testing.assert_allclose(mean.draws, [0.5, 1.0])
