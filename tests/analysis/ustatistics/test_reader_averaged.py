"""U-statistic analyses: against sums over every pair, in any design, and at the edges."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.result import FloatArray
from analysis.ustatistics.moments import reader_averaged_moments
from analysis.ustatistics.pair_sums import pair_sums
from analysis.ustatistics.reader_averaged import analyse_reads
from analysis.ustatistics.reader_ratings import (
    ReaderRatings,
    accuracy_ratings,
    sensitivity_ratings,
    specificity_ratings,
)
from analysis.ustatistics.single_readers import analyse_readers


def _reads(
    seed: int = 1, arms: int = 2, readers: int = 4, cases: int = 30, missing: float = 0.0
) -> ReaderRatings:
    random = np.random.default_rng(seed)
    truth = np.repeat([0.0, 1.0], [cases - cases // 3, cases // 3])
    signal = truth + random.normal(size=cases)
    ratings = np.round(signal + random.normal(size=(arms, readers, cases)), 1)
    ratings[random.random(ratings.shape) < missing] = np.nan
    names = tuple(f"arm {place}" for place in range(arms))
    return ReaderRatings(names, tuple(f"r{place}" for place in range(readers)), truth, ratings)


def _brute_moments(reads: ReaderRatings) -> tuple[list[float], list[float]]:
    """Return M1 to M8 of one arm from every two comparisons: those of U, those of V."""
    comparisons = [
        (reader, zero, one, _success(ratings[zero], ratings[one]))
        for reader, ratings in enumerate(reads.ratings[0])
        for zero in np.flatnonzero(reads.truth == 0)
        for one in np.flatnonzero(reads.truth == 1)
        if not np.isnan(ratings[[zero, one]]).any()
    ]
    exact = [[0.0, 0] for _ in range(8)]
    any_of = [[0.0, 0] for _ in range(8)]
    for a, b in itertools.product(comparisons, repeat=2):
        product = a[3] * b[3]
        reader, zero, one = a[0] == b[0], a[1] == b[1], a[2] == b[2]
        place = 4 * (not reader) + 2 * (not one) + (not zero)
        exact[place][0] += product
        exact[place][1] += 1
        for which in range(8):
            same_reader, same_one, same_zero = which < 4, not which & 2, not which & 1
            if (reader or not same_reader) and (one or not same_one) and (zero or not same_zero):
                any_of[which][0] += product
                any_of[which][1] += 1
    return [t / n for t, n in exact], [t / n for t, n in any_of]


def _success(zero: float, one: float) -> float:
    return 1.0 if one > zero else 0.5 if one == zero else 0.0


@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_moments_are_those_of_every_two_comparisons(missing: float) -> None:
    reads = _reads(arms=1, readers=3, cases=12, missing=missing)
    sums = pair_sums(reads.truth, reads.ratings[0])
    found = reader_averaged_moments(sums, slice(0, 3), slice(0, 3))
    unbiased, biased = _brute_moments(reads)
    np.testing.assert_allclose(found.unbiased, unbiased, rtol=1e-12)
    np.testing.assert_allclose(found.biased, biased, rtol=1e-12)


def test_the_variance_is_unbiased_over_studies() -> None:
    # 2,000 studies of 3 readers and 12 cases; the Monte Carlo error of a variance is about 4 %.
    aucs, variances = [], []
    for seed in range(2000):
        random = np.random.default_rng(seed)
        truth = np.repeat([0.0, 1.0], 6)
        skill = random.normal(1, 0.5, size=(3, 1))
        ratings = truth * skill + random.normal(size=12) + random.normal(size=(3, 12))
        reads = ReaderRatings(("a",), ("1", "2", "3"), truth, ratings[None])
        arm = analyse_reads(reads).arms[0]
        aucs.append(arm.auc)
        variances.append(arm.unbiased.variance)
    assert np.mean(variances) == pytest.approx(np.var(aucs), rel=0.1)


@given(st.integers(0, 10_000), st.floats(0, 0.4))
@settings(max_examples=40, deadline=None)
def test_swapping_the_arms_turns_the_difference_round(seed: int, missing: float) -> None:
    reads = _reads(seed, missing=missing)
    turned = ReaderRatings(reads.arms[::-1], reads.readers, reads.truth, reads.ratings[::-1])
    there, back = analyse_reads(reads).differences[0], analyse_reads(turned).differences[0]
    assert there.difference == -back.difference
    assert there.unbiased.variance == pytest.approx(back.unbiased.variance, rel=1e-9, abs=1e-15)
    assert there.biased.df_bdg == pytest.approx(back.biased.df_bdg, rel=1e-9)


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_only_the_order_of_ratings_counts_and_not_that_of_readers_or_cases(seed: int) -> None:
    reads = _reads(seed, missing=0.2)
    random = np.random.default_rng(seed)
    who, what = random.permutation(len(reads.readers)), random.permutation(len(reads.truth))
    ratings = np.exp(reads.ratings)[:, who][:, :, what]
    other = ReaderRatings(reads.arms, reads.readers, reads.truth[what], ratings)
    one, two = analyse_reads(reads).differences[0], analyse_reads(other).differences[0]
    assert one.unbiased.variance == pytest.approx(two.unbiased.variance, rel=1e-9, abs=1e-15)
    assert one.first.auc == pytest.approx(two.first.auc, rel=1e-12)


def test_readers_and_cases_that_arms_do_not_share_do_not_covary() -> None:
    reads = _reads(readers=6, cases=40)
    ratings = reads.ratings.copy()
    ratings[0, 3:], ratings[1, :3] = np.nan, np.nan
    ratings[0, :, ::2], ratings[1, :, 1::2] = np.nan, np.nan
    apart = analyse_reads(ReaderRatings(reads.arms, reads.readers, reads.truth, ratings))
    difference = apart.differences[0]
    assert difference.moments.covariance(biased=False) == 0.0
    assert difference.unbiased.variance == pytest.approx(
        sum(arm.unbiased.variance for arm in apart.arms)
    )
    assert not difference.crossed
    assert difference.unbiased.hillis is None
    assert [arm.crossed for arm in apart.arms] == [True, True]
    assert (difference.sizes.readers, difference.sizes.positive) == (6, 13)


def test_identical_arms_have_no_variance_and_no_test() -> None:
    reads = _reads()
    same = np.stack([reads.ratings[0]] * 2)
    found = analyse_reads(ReaderRatings(reads.arms, reads.readers, reads.truth, same))
    difference = found.differences[0]
    assert difference.difference == 0.0
    assert difference.unbiased.variance == 0.0
    assert difference.unbiased.bdg.p is None
    assert "not estimable" in str(difference.unbiased.bdg.reason)


def test_perfect_separation_has_no_interval() -> None:
    reads = _reads()
    perfect = np.where(reads.truth == 1, 1.0, 0.0) * np.ones_like(reads.ratings)
    found = analyse_reads(ReaderRatings(reads.arms, reads.readers, reads.truth, perfect))
    assert found.arms[0].auc == 1.0
    assert found.arms[0].unbiased.normal.ci is None
    assert math.isnan(found.arms[0].unbiased.df_bdg)


def test_one_reader_says_nothing_of_how_readers_vary() -> None:
    arm = analyse_reads(_reads(readers=1)).arms[0]
    assert math.isnan(arm.unbiased.variance)
    assert arm.unbiased.normal.ci is None
    assert arm.unbiased.df_hillis is not None
    assert math.isnan(arm.unbiased.df_hillis)


def test_readers_who_agree_have_no_end_of_degrees_of_freedom() -> None:
    reads = _reads(arms=1)
    same = np.repeat(reads.ratings[:, :1], 4, axis=1)
    arm = analyse_reads(ReaderRatings(reads.arms, reads.readers, reads.truth, same)).arms[0]
    assert arm.unbiased.df_hillis == math.inf
    assert arm.unbiased.hillis is not None
    assert arm.unbiased.hillis.df == math.inf


def test_degrees_of_freedom_can_be_held_up() -> None:
    reads = _reads(3, readers=2)
    low = analyse_reads(reads).differences[0].unbiased
    held = analyse_reads(reads, least_df=40).differences[0].unbiased
    assert low.df_bdg < 40
    assert held.df_bdg == 40
    assert held.bdg.df == 40


def test_an_arm_with_one_case_of_a_class_says_so() -> None:
    reads = _reads(readers=3)
    ratings = reads.ratings.copy()
    ratings[0][:, np.flatnonzero(reads.truth == 1)[1:]] = np.nan
    found = analyse_reads(ReaderRatings(reads.arms, reads.readers, reads.truth, ratings))
    for by in (found.arms[0].unbiased, found.differences[0].unbiased):
        assert by.bdg.ci is None
        assert "one case of a class" in str(by.bdg.reason)
    assert found.arms[1].unbiased.bdg.ci is not None


@pytest.mark.parametrize("one_class", [0.0, 1.0])
def test_an_arm_without_both_classes_is_refused_by_name(one_class: float) -> None:
    reads = _reads()
    ratings = np.where(reads.truth == one_class, reads.ratings, np.nan)
    with pytest.raises(ValueError, match="arm 0"):
        analyse_reads(ReaderRatings(reads.arms, reads.readers, reads.truth, ratings))


def test_sensitivity_specificity_and_accuracy_are_shares_of_answers() -> None:
    reads = _reads(missing=0.2)
    called, rated = reads.ratings[0] > 0.5, reads.rated[0]
    positive = reads.truth == 1
    by_reader = [
        (called & rated & positive).sum(axis=1) / (rated & positive).sum(axis=1),
        (~called & rated & ~positive).sum(axis=1) / (rated & ~positive).sum(axis=1),
        ((called == positive) & rated).sum(axis=1) / rated.sum(axis=1),
    ]
    made = (sensitivity_ratings, specificity_ratings, accuracy_ratings)
    for make, expected in zip(made, by_reader, strict=True):
        answers = make(reads, 0.5)
        of_each = [
            analyse_reads(
                ReaderRatings(("a",), ("r",), answers.truth, answers.ratings[:1, place : place + 1])
            )
            .arms[0]
            .auc
            for place in range(4)
        ]
        np.testing.assert_allclose(of_each, expected)


def test_the_variance_of_one_reader_s_sensitivity_is_binomial() -> None:
    answers = sensitivity_ratings(_reads(readers=1, cases=60), 1.0)
    reader = analyse_readers(answers).alone[0]
    assert 0 < reader.auc < 1
    assert reader.variance == pytest.approx(reader.auc * (1 - reader.auc) / (20 - 1))


def test_right_answers_vary_as_a_mean_of_the_cases() -> None:
    reads = _reads(readers=1, cases=60)
    reader = analyse_readers(accuracy_ratings(reads, 0.5)).alone[0]
    right = (reads.ratings[0, 0] > 0.5) == (reads.truth == 1)
    assert reader.variance == pytest.approx(right.var(ddof=1) / 60)


@pytest.mark.parametrize(
    ("truth", "shape", "message"),
    [([0.0, 2.0], (1, 1, 2), "truth of 0 or 1"), ([0.0, 1.0], (1, 2, 2), "shape")],
)
def test_arrays_that_do_not_fit_are_refused(
    truth: list[float], shape: tuple[int, ...], message: str
) -> None:
    ratings: FloatArray = np.zeros(shape)
    with pytest.raises(ValueError, match=message):
        ReaderRatings(("a",), ("r",), np.array(truth), ratings)


def test_pairs_of_readers_are_not_kept_with_all_their_pairs_of_cases(
    most_bytes: Callable[[Callable[[], object]], int],
) -> None:
    reads = _reads(readers=20, cases=500)
    # Measured at 130 numbers a rating; pairs of readers with pairs of cases are 5,000.
    numbers = 400
    assert most_bytes(lambda: analyse_reads(reads)) < numbers * 8 * reads.ratings.size
