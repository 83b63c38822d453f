"""Mean squares are those of analyses of variance; components set them equal to expectations."""

import math

import numpy as np
import pytest
from scipy import stats

from analysis.mrmc.components import (
    ErrorCovariances,
    MeanSquares,
    arm_reader_mean_square,
    mean_squares,
    reader_df,
    variance_components,
)
from analysis.mrmc.obuchowski_rockette import RandomEffects, obuchowski_rockette
from analysis.mrmc.ratings import Design, ReadBy
from analysis.mrmc.reader_foms import ReaderFoms


def _nested(values: list[list[float]]) -> ReaderFoms:
    sizes = [len(own) for own in values]
    count = sum(sizes)
    return ReaderFoms(
        tuple("abc"[: len(sizes)]),
        tuple(str(place) for place in range(count)),
        np.repeat(np.arange(len(sizes)), sizes),
        np.arange(count),
        np.concatenate(values),
        0.001 * np.eye(count) + 0.0005,
        ReadBy(Design.READERS_IN_ARMS, np.zeros(count, dtype=np.int64)),
        "made up",
    )


def test_three_arms_of_unequal_size_have_the_f_of_a_one_way_analysis() -> None:
    values = [[0.7, 0.75], [0.8, 0.81, 0.86], [0.72, 0.9, 0.85, 0.83]]
    found = mean_squares(_nested(values))
    assert found.arm / found.error == pytest.approx(stats.f_oneway(*values).statistic)
    assert found.error_df == 9 - 3
    assert math.isnan(found.reader)
    # The mean number of readers in unbalanced analysis of variance: (9 - (4 + 9 + 16) / 9) / 2.
    assert found.readers_sharing == pytest.approx(26 / 9)


def test_one_reader_in_each_arm_has_no_spread_and_can_be_taken_as_fixed() -> None:
    found = obuchowski_rockette(_nested([[0.7], [0.8]]), RandomEffects.CASES)
    assert math.isnan(found.squares.error)
    assert found.squares.error_df == 0
    assert found.differences[0].inference.estimate == pytest.approx(-0.1)
    assert found.differences[0].inference.p is not None


def _crossed(values: list[list[float]], group: list[int] | None = None) -> ReaderFoms:
    table = np.array(values)
    arm, reader = (places.ravel() for places in np.indices(table.shape))
    readers = table.shape[1]
    design = Design.CROSSED if group is None else Design.CASES_IN_GROUPS
    places = np.array(group or [0] * readers, dtype=np.int64)
    return ReaderFoms(
        tuple("abc"[: len(table)]), tuple(map(str, range(readers))), arm, reader, table.ravel(),
        0.001 * np.eye(table.size) + 0.0005, ReadBy(design, places), "made up",
    )  # fmt: skip


def test_crossed_arms_and_readers_have_the_mean_squares_of_a_two_way_analysis() -> None:
    found = mean_squares(_crossed([[0.7, 0.8, 0.9], [0.8, 0.8, 1.0]]))
    # Means of arms .8 and 2.6 / 3; of readers .75, .8 and .95; residuals -+ (1, -2, 1) / 60.
    assert found.arm == pytest.approx(3 * (0.2 / 3) ** 2 / 2)
    assert found.reader == pytest.approx(2 * np.var([0.75, 0.8, 0.95], ddof=1))
    assert found.error == pytest.approx(2 * 6 / 60**2 / 2)
    assert (found.error_df, found.readers_sharing) == (2, 3)


def test_readers_in_groups_vary_within_them() -> None:
    foms = _crossed([[0.7, 0.8, 0.5, 0.6, 0.7], [0.75, 0.8, 0.5, 0.7, 0.9]], [0, 0, 1, 1, 1])
    # Within (.7, .8) and (.5, .6, .7): .005 + .02 over 2 - 1 + 3 - 1 degrees of freedom.
    assert reader_df(foms, 0) == 3
    assert arm_reader_mean_square(foms, 0) == pytest.approx(0.025 / 3)
    within = (0.05**2) / 2 + float(((np.array([0.5, 0.7, 0.9]) - 0.7) ** 2).sum())
    assert arm_reader_mean_square(foms, 1) == pytest.approx(within / 3)
    crossed = _crossed([[0.7, 0.8, 0.5, 0.6, 0.7], [0.75, 0.8, 0.5, 0.7, 0.9]])
    assert reader_df(crossed, 0) == 4
    assert arm_reader_mean_square(crossed, 0) == pytest.approx(
        np.var([0.7, 0.8, 0.5, 0.6, 0.7], ddof=1)
    )


def test_components_give_the_expected_mean_squares_back() -> None:
    error = ErrorCovariances(0.009, 0.004, 0.003, 0.002)
    reader, arm_reader, arms, readers = 0.006, 0.001, 2, 5
    # Hillis (2014), table 2.
    left = arm_reader + error.variance - error.cov1 - (error.cov2 - error.cov3)
    squares = MeanSquares(0.1, arms * (reader + error.cov1 - error.cov3) + left, left, 4, readers)
    found = variance_components(squares, error, arms)
    assert (found.reader, found.arm_reader) == pytest.approx((reader, arm_reader))
    nested = variance_components(MeanSquares(0.1, math.nan, 0.02, 4, readers), error, arms)
    assert nested.reader == pytest.approx(0.02 - 0.009 + 0.003)
    assert math.isnan(nested.arm_reader)
