"""Obuchowski-Rockette in every design, against its definition, DBM and simulated truth."""

import math

import numpy as np
import pytest
from given_obuchowski_rockette import BOTH, CASES, READERS, _cube, _with_gaps
from scipy import stats

from analysis.mrmc.dbm import dorfman_berbaum_metz
from analysis.mrmc.figures_of_merit import EmpiricalAuc, jackknifed
from analysis.mrmc.obuchowski_rockette import (
    DegreesOfFreedom,
    RandomEffects,
    obuchowski_rockette,
)
from analysis.mrmc.ratings import Design, MrmcError, StudyRatings, crossed_ratings
from analysis.mrmc.reader_foms import Covariance, reader_foms


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
