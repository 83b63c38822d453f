"""What Obuchowski-Rockette says of components, readers and tests, and where it cannot be made."""

import math

import numpy as np
import pytest
from given_obuchowski_rockette import CASES, _cube, _with_gaps

from analysis.mrmc.components import arm_reader_mean_square, error_covariances
from analysis.mrmc.obuchowski_rockette import (
    MrmcResult,
    RandomEffects,
    method_of,
    obuchowski_rockette,
)
from analysis.mrmc.ratings import Design, ReadBy
from analysis.mrmc.reader_foms import Covariance, ReaderFoms, reader_foms


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
        assert one.arm == foms.arms[place]
        assert one.reader_mean_square == pytest.approx(arm_reader_mean_square(foms, place))
        assert one.error == error_covariances(foms, arm=place)
