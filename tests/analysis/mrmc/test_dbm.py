"""Pseudovalues and what is analysed of them: their t tests, reader by reader and of all."""

import numpy as np
import pytest
from scipy import stats

from analysis.mrmc.dbm import DbmResult, dorfman_berbaum_metz, pseudovalues_of
from analysis.mrmc.figures_of_merit import Jackknifed
from analysis.mrmc.obuchowski_rockette import RandomEffects


def _jackknifed_means(x: np.ndarray) -> Jackknifed:
    """Return the means of curves (k, m) as a figure of merit."""
    m = x.shape[1]
    return Jackknifed(x.mean(axis=1), (x.sum(axis=1, keepdims=True) - x) / (m - 1))


def _values(arms: int = 2) -> np.ndarray:
    generator = np.random.default_rng(4)
    return generator.normal(size=(arms * 3, 12)) + np.linspace(0, 1, arms * 3)[:, None]


def _fixed_readers(x: np.ndarray, arms: int = 2) -> DbmResult:
    return dorfman_berbaum_metz(
        _jackknifed_means(x), arms=arms, readers=3, effects=RandomEffects.CASES
    )


def test_the_pseudovalues_of_a_mean_are_what_it_is_the_mean_of() -> None:
    x = _values()
    np.testing.assert_allclose(pseudovalues_of(_jackknifed_means(x)), x, atol=1e-12)


def test_pseudovalues_of_a_biased_figure_are_moved_to_its_whole_value() -> None:
    x = _values()[0]
    without = np.array([[np.delete(x, case).var() for case in range(12)]])
    found = pseudovalues_of(Jackknifed(np.array([x.var()]), without))
    # The raw ones of a variance have its unbiased estimate as their mean.
    raw = 12 * x.var() - 11 * without
    assert raw.mean() == pytest.approx(x.var(ddof=1))
    np.testing.assert_allclose(found, raw - x.var(ddof=1) + x.var(), atol=1e-12)


def test_a_fixed_reader_s_two_arms_are_compared_by_the_paired_t_test() -> None:
    x = _values()
    found = _fixed_readers(x)
    assert found.effects is RandomEffects.CASES
    np.testing.assert_allclose(found.values, x.mean(axis=1).reshape(2, 3))
    assert len(found.reader_differences) == 3
    for reader, one in enumerate(found.reader_differences):
        expected = stats.ttest_rel(x[reader], x[3 + reader])
        assert one.estimate == pytest.approx(x[reader].mean() - x[3 + reader].mean())
        assert one.df == expected.df == 11
        assert one.statistic == pytest.approx(expected.statistic)
        assert one.p == pytest.approx(expected.pvalue)


def test_three_arms_share_the_error_of_all_arms_and_cases() -> None:
    x = _values(arms=3)
    found = _fixed_readers(x, arms=3)
    assert len(found.reader_differences) == 3 * 3
    own = x.reshape(3, 3, 12)[:, 1]
    rest = own - own.mean(axis=0) - own.mean(axis=1, keepdims=True) + own.mean()
    # The second reader's differences: first and second arm, first and third, second and third.
    for one, (first, second) in zip(
        found.reader_differences[3:6], ((0, 1), (0, 2), (1, 2)), strict=True
    ):
        assert one.estimate == pytest.approx(own[first].mean() - own[second].mean())
        assert one.df == 2 * 11
        assert one.se == pytest.approx(np.sqrt(2 * (rest**2).sum() / 22 / 12))


def test_fixed_readers_means_are_those_of_the_cases() -> None:
    x = _values()
    for arm, one in enumerate(_fixed_readers(x).means):
        expected = stats.ttest_1samp(x[3 * arm : 3 * arm + 3].mean(axis=0), 0.0)
        assert one.df == 11
        assert one.statistic == pytest.approx(expected.statistic)
        assert one.p == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("effects", [RandomEffects.READERS_AND_CASES, RandomEffects.READERS])
def test_random_readers_are_not_told_one_by_one(effects: RandomEffects) -> None:
    found = dorfman_berbaum_metz(_jackknifed_means(_values()), arms=2, readers=3, effects=effects)
    assert found.effects is effects
    assert found.reader_differences == ()


def test_squares_and_components_of_a_table_are_worked_out_by_hand() -> None:
    # Two arms, two readers, three cases; deviations add up: arm +-1, reader +-2, case -3, 0, 3.
    arm, reader, case = np.meshgrid([1.0, -1], [2.0, -2], [-3.0, 0, 3], indexing="ij")
    found = dorfman_berbaum_metz(
        _jackknifed_means((arm + reader + case).reshape(4, 3)), arms=2, readers=2
    )
    assert (found.sums.arm, found.sums.reader, found.sums.case) == pytest.approx((12, 48, 72))
    assert (found.df.arm, found.df.reader, found.df.case) == (1, 1, 2)
    assert (found.df.arm_reader, found.df.arm_case) == (1, 2)
    assert (found.df.reader_case, found.df.arm_reader_case) == (2, 2)
    assert found.squares.case == pytest.approx(36)
    # Without interaction: 48 of 2 arms x 3 cases, 36 of 2 arms x 2 readers.
    assert found.components.reader == pytest.approx(8)
    assert found.components.case == pytest.approx(9)
    assert found.components.error == pytest.approx(0)
