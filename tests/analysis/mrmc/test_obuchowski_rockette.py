"""Obuchowski-Rockette in every design, against its definition, DBM and simulated truth."""

import math

import numpy as np
import pytest
from scipy import stats

from analysis.mrmc.components import arm_reader_mean_square, error_covariances
from analysis.mrmc.dbm import dorfman_berbaum_metz
from analysis.mrmc.figures_of_merit import EmpiricalAuc, jackknifed
from analysis.mrmc.obuchowski_rockette import (
    DegreesOfFreedom,
    MrmcResult,
    RandomEffects,
    method_of,
    obuchowski_rockette,
)
from analysis.mrmc.ratings import Design, MrmcError, ReadBy, StudyRatings, crossed_ratings
from analysis.mrmc.reader_foms import Covariance, ReaderFoms, reader_foms

BOTH, CASES, READERS = RandomEffects


def _cube(seed: int = 3, *, arms: int = 2, readers: int = 4, cases: int = 60) -> StudyRatings:
    generator = np.random.default_rng(seed)
    truth = (np.arange(cases) % 2).astype(float)
    of_case = generator.normal(size=cases) + generator.normal(0, 0.7, size=(arms, 1, cases))
    of_reader = generator.normal(0, 0.4, size=(1, readers, 1)) * truth
    own = generator.normal(size=(arms, readers, cases))
    return crossed_ratings(truth, 1.2 * truth + of_case + of_reader + own)


def _with_gaps(study: StudyRatings, part_of: np.ndarray, parts: int) -> StudyRatings:
    """Keep of each curve the cases of one part, in pairs of a positive and a negative case."""
    cases = np.arange(len(study.truth)) // 2 % parts
    ratings = np.where(cases == part_of[:, None], study.ratings, np.nan)
    return StudyRatings(
        study.arms, study.readers, study.arm, study.reader, study.truth, ratings, study.unit
    )


@pytest.mark.parametrize("effects", RandomEffects)
@pytest.mark.parametrize("covariance", [Covariance.DELONG, Covariance.JACKKNIFE])
def test_equal_arms_have_no_test_whatever_the_last_digits_of_their_sums(
    effects: RandomEffects, covariance: Covariance
) -> None:
    for seed in range(40):
        generator = np.random.default_rng(seed)
        truth = (np.arange(generator.integers(10, 90)) % 2).astype(float)
        ratings = truth + generator.normal(size=(generator.integers(3, 9), len(truth)))
        study = crossed_ratings(truth, np.stack([ratings, ratings]))
        found = obuchowski_rockette(reader_foms(study, covariance=covariance), effects)
        assert found.equality is not None
        assert found.equality.p is None
        for one in (*found.differences, *found.reader_differences):
            assert (one.inference.estimate, one.inference.se, one.inference.p) == (0.0, 0.0, None)
        assert "arm x reader variance" not in {one.name for one in found.components.negative}


@pytest.mark.parametrize("effects", RandomEffects)
def test_dbm_says_the_same_of_differences_as_or_with_the_jackknife(effects: RandomEffects) -> None:
    study = _cube(arms=3)
    found = obuchowski_rockette(reader_foms(study), effects)
    dbm = dorfman_berbaum_metz(
        jackknifed(study, EmpiricalAuc()), arms=3, readers=4, effects=effects
    )
    assert found.equality is not None
    assert found.equality.statistic is not None
    f = found.equality.statistic / (2 if effects is CASES else 1)
    assert dbm.equality.f == pytest.approx(f, rel=1e-9)
    for one, other in zip(found.differences, dbm.differences, strict=True):
        assert other.estimate == pytest.approx(one.inference.estimate, abs=1e-12)
        assert other.se == pytest.approx(one.inference.se, rel=1e-9)
    for mean, own in zip(found.means, dbm.means, strict=True):
        assert own.se == pytest.approx(mean.inference.se, rel=1e-9)
        if effects is not CASES:
            assert own.df == pytest.approx(mean.inference.df, rel=1e-9)


def test_dbm_needs_two_arms_and_two_readers() -> None:
    left_out = jackknifed(_cube(), EmpiricalAuc())
    with pytest.raises(MrmcError, match="1 arms, 8 readers"):
        dorfman_berbaum_metz(left_out, arms=1, readers=8)
    with pytest.raises(MrmcError, match="8 curves"):
        dorfman_berbaum_metz(left_out, arms=2, readers=3)


def test_dbm_without_any_difference_has_no_test() -> None:
    study = _cube(readers=2)
    same = StudyRatings(
        study.arms,
        study.readers,
        study.arm,
        study.reader,
        study.truth,
        np.vstack([study.ratings[:2], study.ratings[:2]]),
        study.unit,
    )
    found = dorfman_berbaum_metz(jackknifed(same, EmpiricalAuc()), arms=2, readers=2)
    assert (found.equality.f, found.equality.p) == (None, None)
    ours = obuchowski_rockette(reader_foms(same))
    assert ours.equality is not None
    assert ours.differences[0].inference.estimate == 0
    assert ours.equality.p is None or ours.equality.p > 0.99


def test_two_arms_have_an_f_that_is_the_square_of_t() -> None:
    for effects in RandomEffects:
        found = obuchowski_rockette(reader_foms(_cube()), effects)
        (difference,) = found.differences
        assert found.equality is not None
        assert difference.inference.statistic is not None
        assert found.equality.statistic == pytest.approx(difference.inference.statistic**2)
        assert found.equality.p == pytest.approx(difference.inference.p)


def test_the_original_degrees_of_freedom_are_the_least() -> None:
    foms = reader_foms(_cube(arms=3))
    hillis = obuchowski_rockette(foms)
    original = obuchowski_rockette(foms, df=DegreesOfFreedom.ORIGINAL)
    assert hillis.equality is not None
    assert original.equality is not None
    assert original.equality.df2 == 2 * 3
    assert hillis.equality.df2 >= original.equality.df2
    assert hillis.equality.statistic == original.equality.statistic


def test_random_readers_need_two_of_them() -> None:
    foms = reader_foms(_cube(readers=1))
    for effects in (BOTH, READERS):
        with pytest.raises(MrmcError, match="at least two readers in each arm"):
            obuchowski_rockette(foms, effects)
    found = obuchowski_rockette(foms, CASES)
    assert found.differences[0].inference.se == pytest.approx(
        found.reader_differences[0].inference.se
    )


def test_one_arm_has_means_and_nothing_to_compare() -> None:
    found = obuchowski_rockette(reader_foms(_cube(arms=1)))
    assert found.equality is None
    assert found.differences == ()
    assert len(found.means) == 1


def test_fixed_readers_have_the_variance_of_the_contrast() -> None:
    foms = reader_foms(_cube(readers=3), covariance=Covariance.DELONG)
    found = obuchowski_rockette(foms, CASES)
    weights = np.where(foms.arm == 0, 1 / 3, -1 / 3)
    exact = float(weights @ foms.covariance @ weights)
    assert found.differences[0].inference.se == pytest.approx(math.sqrt(exact), rel=1e-9)
    assert found.differences[0].inference.df == math.inf
    assert found.differences[0].inference.p == pytest.approx(
        2 * stats.norm.sf(abs(found.differences[0].inference.estimate) / math.sqrt(exact))
    )
    assert len(found.reader_means) == 6


def test_cases_nested_in_readers_leave_no_covariance_between_readers() -> None:
    study = _cube()
    foms = reader_foms(_with_gaps(study, study.reader, 4))
    assert foms.read_by.design is Design.CASES_IN_READERS
    found = obuchowski_rockette(foms)
    error = found.components.error
    assert (error.cov2, error.cov3) == (0.0, 0.0)
    assert error.cov1 != 0
    assert found.equality is not None
    assert found.equality.df2 == 3
    assert found.equality.denominator == found.squares.error


def test_cases_nested_in_arms_leave_no_covariance_between_arms() -> None:
    study = _cube()
    found = obuchowski_rockette(reader_foms(_with_gaps(study, study.arm, 2)))
    error = found.components.error
    assert (error.cov1, error.cov3) == (0.0, 0.0)
    assert error.cov2 != 0


def test_groups_of_readers_share_cases_within_the_group_only() -> None:
    study = _cube(readers=4)
    foms = reader_foms(_with_gaps(study, study.reader // 2, 2))
    found = obuchowski_rockette(foms)
    assert found.design is Design.CASES_IN_GROUPS
    assert found.squares.error_df == (2 - 1) * (4 - 2)
    assert found.squares.readers_sharing == 2
    table = foms.table
    differences = table[0] - table[1]
    groups = np.array([differences[:2], differences[2:]])
    within = ((groups - groups.mean(axis=1, keepdims=True)) ** 2).sum() / 2 / 2
    assert found.squares.error == pytest.approx(within, rel=1e-12)
    pairs = [foms.covariance[0, 1], foms.covariance[2, 3], foms.covariance[4, 5]]
    pairs.append(foms.covariance[6, 7])
    assert found.components.error.cov2 == pytest.approx(np.mean(pairs), rel=1e-12)


def test_readers_nested_in_arms_are_compared_by_their_spread_in_arms() -> None:
    study = _cube(readers=5)
    keep = (study.arm == 0) == (study.reader < 2)
    nested = StudyRatings(
        study.arms,
        study.readers,
        study.arm[keep],
        study.reader[keep],
        study.truth,
        study.ratings[keep],
        study.unit,
    )
    foms = reader_foms(nested)
    for effects in RandomEffects:
        found = obuchowski_rockette(foms, effects)
        (difference,) = found.differences
        assert found.equality is not None
        assert difference.inference.statistic is not None
        assert found.equality.statistic == pytest.approx(difference.inference.statistic**2)
        assert found.reader_differences == ()
    spread = [foms.values[:2].var() * 2, foms.values[2:].var() * 3]
    random = obuchowski_rockette(foms)
    assert random.squares.error == pytest.approx(sum(spread) / 3, rel=1e-12)
    assert random.squares.error_df == 3
    assert random.components.error.cov1 == 0
    assert math.isnan(random.components.arm_reader)
    fixed = obuchowski_rockette(foms, CASES)
    assert fixed.differences[0].inference.se > 0


def test_one_reader_an_arm_is_compared_on_the_cases_that_both_have_read() -> None:
    study = _cube(readers=2)
    keep = study.arm == study.reader
    nested = StudyRatings(
        study.arms,
        study.readers,
        study.arm[keep],
        study.reader[keep],
        study.truth,
        study.ratings[keep],
        study.unit,
    )
    foms = reader_foms(nested)
    (difference,) = obuchowski_rockette(foms, CASES).differences
    contrast = np.array([1.0, -1.0])
    assert difference.inference.se**2 == pytest.approx(contrast @ foms.covariance @ contrast)


def _foms(values: np.ndarray, covariance: np.ndarray) -> ReaderFoms:
    arms, readers = values.shape
    arm, reader = (places.ravel() for places in np.indices(values.shape))
    return ReaderFoms(
        tuple("ab"[:arms]),
        tuple("1234"[:readers]),
        arm,
        reader,
        values.ravel(),
        covariance,
        ReadBy(Design.CROSSED, np.zeros(readers, dtype=np.int64)),
        "made up",
    )


def test_negative_differences_of_covariances_count_as_none_and_are_told() -> None:
    covariance = np.full((4, 4), 0.004)  # Cov1 and Cov3
    for first, second in ((0, 1), (2, 3)):
        covariance[first, second] = covariance[second, first] = 0.001  # Cov2
    np.fill_diagonal(covariance, 0.01)
    covariance[0, 2] = covariance[2, 0] = covariance[1, 3] = covariance[3, 1] = 0.003  # Cov1
    found = obuchowski_rockette(_foms(np.array([[0.8, 0.7], [0.85, 0.76]]), covariance))
    assert found.equality is not None
    assert found.equality.denominator == found.squares.error
    assert found.equality.df2 == 1
    told = {one.name: one.value for one in found.components.negative}
    assert told["Cov2 - Cov3"] == pytest.approx(-0.003)
    assert "Cov1 - Cov3" in told
    assert found.components.error.sharing == 0


def test_covariances_of_one_reader_and_one_arm_are_theirs_only() -> None:
    foms = reader_foms(_cube(readers=3))
    own = error_covariances(foms, reader=1)
    assert own.cov1 == pytest.approx(foms.covariance[1, 4])
    assert (own.cov2, own.cov3) == (0.0, 0.0)
    arm = error_covariances(foms, arm=1)
    assert arm.variance == pytest.approx(np.diag(foms.covariance)[3:].mean())
    assert arm.cov1 == 0


def test_no_variance_at_all_is_not_estimable() -> None:
    found = obuchowski_rockette(_foms(np.array([[0.8, 0.8], [0.8, 0.8]]), np.zeros((4, 4))))
    assert found.equality is not None
    assert (found.equality.statistic, found.equality.p) == (None, None)
    assert found.equality.reason
    assert found.differences[0].inference.ci is None
    assert found.differences[0].inference.reason


def test_readers_who_all_gain_the_same_leave_infinite_degrees_of_freedom() -> None:
    covariance = np.full((4, 4), 0.001) + np.diag([0.004] * 4)
    covariance[:2, :2] += 0.001
    covariance[2:, 2:] += 0.001
    found = obuchowski_rockette(_foms(np.array([[0.75, 0.5], [1.0, 0.75]]), covariance))
    assert found.equality is not None
    assert found.equality.df2 == math.inf
    assert found.equality.p == pytest.approx(found.differences[0].inference.p)


def _rejections(design: Design, studies: int) -> tuple[int, int]:
    """Tests at 5 % of simulated studies without a difference, and intervals that hold 0."""
    rejected = covered = 0
    for seed in range(studies):
        study = _cube(1000 + seed, readers=6, cases=48)
        if design is Design.CASES_IN_GROUPS:
            study = _with_gaps(study, study.reader // 3, 2)
        if design is Design.CASES_IN_ARMS:
            study = _with_gaps(study, study.arm, 2)
        found: MrmcResult = obuchowski_rockette(reader_foms(study, covariance=Covariance.DELONG))
        one = found.differences[0].inference
        assert one.p is not None
        assert one.ci is not None
        rejected += one.p < 0.05
        covered += one.ci.low <= 0 <= one.ci.high
    return rejected, covered


@pytest.mark.parametrize("design", [Design.CROSSED, Design.CASES_IN_GROUPS, Design.CASES_IN_ARMS])
def test_the_test_has_its_size_where_arms_are_equal(design: Design) -> None:
    studies = 300
    rejected, covered = _rejections(design, studies)
    assert rejected + covered == studies
    # Four Monte Carlo standard errors about 5 %.
    assert abs(rejected / studies - 0.05) < 4 * math.sqrt(0.05 * 0.95 / studies)


def test_what_is_said_of_a_reader_bears_the_names_of_reader_and_arms() -> None:
    found = obuchowski_rockette(
        _foms(np.array([[0.8, 0.7], [0.85, 0.76]]), np.eye(4) * 0.001), CASES
    )
    assert [(one.reader, one.first, one.second) for one in found.reader_differences] == [
        ("1", "a", "b"), ("2", "a", "b"),
    ]  # fmt: skip
    assert [one.inference.estimate for one in found.reader_differences] == pytest.approx(
        [-0.05, -0.06]
    )
    assert [(one.reader, one.arm, one.inference.estimate) for one in found.reader_means] == [
        ("1", "a", 0.8), ("2", "a", 0.7), ("1", "b", 0.85), ("2", "b", 0.76),
    ]  # fmt: skip


@pytest.mark.parametrize("effects", list(RandomEffects))
def test_an_analysis_says_what_was_random_and_gives_readers_where_they_are_fixed(
    effects: RandomEffects,
) -> None:
    foms = reader_foms(_cube(readers=3), covariance=Covariance.DELONG)
    found = obuchowski_rockette(foms, effects)
    assert found.effects is effects
    assert found.method == method_of(foms, effects)
    assert found.method == f"Obuchowski-Rockette, {foms.method}, {effects}, {Design.CROSSED}"
    assert bool(found.reader_differences) is (effects is CASES)
    assert bool(found.reader_means) is (effects is CASES)


def test_a_fixed_reader_s_difference_rests_on_that_reader_s_own_covariances() -> None:
    foms = reader_foms(_cube(readers=3), covariance=Covariance.DELONG)
    found = obuchowski_rockette(foms, CASES)
    for reader, one in enumerate(found.reader_differences):
        own = foms.covariance[np.ix_([reader, 3 + reader], [reader, 3 + reader])]
        assert one.inference.se**2 == pytest.approx(own[0, 0] + own[1, 1] - 2 * own[0, 1])


@pytest.mark.parametrize("readers", [2, 3])
def test_fixed_readers_nested_in_arms_have_the_variance_of_the_contrast(readers: int) -> None:
    arm = np.repeat([0, 1], readers)
    covariance = np.where(arm[:, None] == arm, 0.004, 0.001)
    np.fill_diagonal(covariance, 0.01)
    foms = ReaderFoms(
        ("a", "b"),
        tuple(f"r{one}" for one in range(2 * readers)),
        arm,
        np.arange(2 * readers),
        np.linspace(0.7, 0.9, 2 * readers),
        covariance,
        ReadBy(Design.READERS_IN_ARMS, np.zeros(2 * readers, dtype=np.int64)),
        "made up",
    )
    found = obuchowski_rockette(foms, CASES)
    weights = np.where(arm == 0, 1 / readers, -1 / readers)
    (difference,) = found.differences
    assert (difference.first, difference.second) == ("a", "b")
    assert difference.inference.se**2 == pytest.approx(float(weights @ covariance @ weights))


def test_the_test_of_equal_arms_names_its_degrees_of_freedom_and_denominator() -> None:
    foms = reader_foms(_cube(arms=3))
    for effects in RandomEffects:
        found = obuchowski_rockette(foms, effects)
        assert found.equality is not None
        assert found.equality.df1 == 2
        assert (found.equality.df2 == math.inf) is (effects is CASES)
        ratio = found.squares.arm / found.equality.denominator
        assert found.equality.statistic == pytest.approx(ratio * (2 if effects is CASES else 1))
        names = [(one.first, one.second) for one in found.differences]
        assert names == [("1", "2"), ("1", "3"), ("2", "3")]


def test_a_test_of_equal_arms_that_cannot_be_made_names_them_too() -> None:
    found = obuchowski_rockette(_foms(np.array([[0.8, 0.8], [0.8, 0.8]]), np.zeros((4, 4))))
    assert found.equality is not None
    assert (found.equality.df1, found.equality.denominator) == (1, 0)
    assert found.equality.df2 == math.inf
    assert found.equality.reason == "not estimable: the denominator is not above 0"


def test_a_mean_keeps_the_mean_square_and_the_covariances_of_its_arm() -> None:
    foms = reader_foms(_cube(arms=3))
    for place, one in enumerate(obuchowski_rockette(foms).means):
        assert one.reader_mean_square == pytest.approx(arm_reader_mean_square(foms, place))
        assert one.error == error_covariances(foms, arm=place)
