"""The shift and its interval: the search is R's, so it must stop where R's stops.

R 4.2.2: wilcox.test(x, conf.int = TRUE, exact = FALSE, conf.level = level); the order is estimate,
lower limit, upper limit, the level that was achieved. Tolerance: rounding only.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from analysis.estimators.hodges_lehmann import hodges_lehmann
from analysis.result import FloatArray

TWELVE = np.array([-3.0, 8, 12, 5, -1, 17, 4, 9, 21, -6, 2, 14])
# Two equal values and a zero.
TWENTY = np.array([
    12.5, -3.1, 8.4, 8.4, -1.2, 0, 15.9, 4.4, -7.3, 22.1,
    3.3, 9.7, -0.6, 11.8, 5.2, -4.9, 7.7, 18.3, 2.6, 13.4,
])  # fmt: skip
FORTY = np.arange(1.0, 41) ** 1.5 - 60
HUNDRED = 1000 * np.sin(np.arange(1, 101)) + 200
SKEWED = np.array([0.5, 1.5, 3, 0.7, 1.1, 40, 2, 55, 1.9, 0.1, 0.3, 12, 7])
SQUARES = np.arange(1.0, 13) ** 2


@dataclass(frozen=True)
class Answer:
    """What R says of some differences."""

    differences: FloatArray
    balance: float
    low: float
    high: float
    level: float = 0.95


ANSWERS = [
    Answer(TWELVE, 6.81336159813706, 1.00003893294433, 12.5000814493294),
    Answer(TWENTY, 6.48957906771065, 2.5999778613022, 10.749988594479),
    Answer(TWENTY, 6.48957906771065, 3.30002700012586, 10.1000315543642, 0.9),
    Answer(FORTY, 43.1882395190502, 14.1480765707285, 69.1258939167224),
    Answer(-FORTY, -43.1571887256156, -69.1258939167224, -14.1480765707285),
    Answer(HUNDRED, 198.732870606334, 72.9531281803402, 324.266467697156),
    Answer(np.arange(1, 201) ** 1.2 - 150, 113.265012896297, 87.1127881292772, 137.712605688809),
    Answer(SKEWED, 3.55004606246948, 0.999972067767745, 21.499971651719),
    Answer(
        np.array([-1.0, 1, -3, 3, 2, -2, 8, 4]),
        1.12563692842865,
        -1.99998269024749,
        4.99998928592519,
    ),
    # So large that R's tolerance is rounding, and no longer its fixed part.
    Answer(np.sqrt(np.arange(1, 31)) * 1e12, 3793603620377.71, 3256616537982.94, 4302775637731.99),
    Answer(TWELVE * 1e12 + SQUARES * 1e11, 11839598430165.7, 5.3e12, 1.875e13),
]

# Too few values, or too lopsided ones, for 95 %.
FEWER = [
    Answer(np.array([3.0, 9, 1, 14, 6]), 6.00004879345468, 2.99995192040172, 10.000007968675, 0.8),
    Answer(
        np.array([3.0, 9, 1, 14, 6, 2]), 5.50000126493682, 1.99999210977212, 10.0000878483872, 0.9
    ),
    Answer(
        np.array([-2.0, 5, 7, 1, 9]), 4.00004246842449, 0.999982505436259, 7.00001053316486, 0.8
    ),
    Answer(np.array([1.0, 2, 4]), 2.18265002032962, 1.00009858874901, 3.99990141125099, 0.6),
    Answer(np.array([1.0, 1, 1, 1, 5, 9]), 2.99995541328116, 1.0, 4.99996676370623, 0.6),
    Answer(np.array([1.0, 5, 9, 9, 9, 9]), 7.00004458671884, 5.00003323629377, 9.0, 0.6),
    Answer(np.array([1.0, 2]), 1.5, 1.5, 1.5, 0.0),
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_shift_and_interval_are_those_at_which_r_s_search_stops(answer: Answer) -> None:
    nothing = np.zeros(len(answer.differences))
    found = hodges_lehmann(answer.differences, nothing, level=answer.level)
    assert found.balance == pytest.approx(answer.balance, rel=1e-12)
    assert (found.ci.low, found.ci.high) == pytest.approx((answer.low, answer.high), rel=1e-12)
    assert found.level == pytest.approx(answer.level)


@pytest.mark.parametrize("answer", FEWER)
def test_where_the_level_cannot_be_had_r_s_next_one_is_given(answer: Answer) -> None:
    found = hodges_lehmann(answer.differences, np.zeros(len(answer.differences)))
    assert found.level == pytest.approx(answer.level)
    assert found.balance == pytest.approx(answer.balance, rel=1e-12)
    assert (found.ci.low, found.ci.high) == pytest.approx((answer.low, answer.high), rel=1e-12)


def test_a_level_of_nothing_leaves_the_median_as_interval() -> None:
    # R's alpha is doubled from .25 to 1 here.
    found = hodges_lehmann([1.0, 4.0], [0.0, 0.0], level=0.75)
    assert (found.ci.low, found.ci.high, found.level) == (2.5, 2.5, 0.0)


def test_the_median_is_that_of_all_averages_of_two_and_of_each_with_itself() -> None:
    # 1, 2, 4 and 1.5, 2.5, 3; the fourth pair is without a difference.
    found = hodges_lehmann([3.0, 5.0, 9.0, 7.0], [2.0, 3.0, 5.0, 7.0])
    assert found.median_of_walsh_averages == 2.25
