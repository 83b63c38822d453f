"""Mean squares of readers nested in arms: those of a one-way analysis of variance."""

import math

import numpy as np
import pytest
from scipy import stats

from analysis.mrmc.components import mean_squares
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
