"""Several tests at once: what must hold of every adjustment."""

import itertools
import math
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.estimators.multiplicity import (
    Adjustment,
    adjusted_p,
    fixed_sequence_p,
    serial_gatekeeping_p,
)

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=6)


def _closed_simes(p: list[float]) -> list[float]:
    """Return Hommel's p by testing every intersection with Simes' test."""
    n = len(p)
    subsets = [s for k in range(1, n + 1) for s in itertools.combinations(range(n), k)]

    def simes(subset: tuple[int, ...]) -> float:
        ordered = sorted(p[i] for i in subset)
        return min(len(ordered) * one / rank for rank, one in enumerate(ordered, 1))

    return [max(simes(subset) for subset in subsets if i in subset) for i in range(n)]


@given(P_VALUES)
def test_hommel_is_the_closed_test_of_simes(p: list[float]) -> None:
    assert adjusted_p(p, method=Adjustment.HOMMEL) == pytest.approx(_closed_simes(p))


@pytest.mark.parametrize("method", list(Adjustment))
@given(P_VALUES)
def test_adjusting_raises_p_and_keeps_order(method: Adjustment, p: list[float]) -> None:
    found = adjusted_p(p, method=method)
    assert (found >= np.array(p) * (1 - 1e-12)).all()
    assert (found <= 1).all()
    assert (np.diff(found[np.argsort(p, kind="stable")]) >= -1e-15).all()


@given(P_VALUES)
def test_the_stronger_methods_never_have_the_greater_p(p: list[float]) -> None:
    weakest_first = ("bonferroni", "holm", "hochberg", "hommel", "BH")
    found = [adjusted_p(p, method=Adjustment(name)) for name in weakest_first]
    for weaker, stronger in itertools.pairwise(found):
        assert (stronger <= weaker * (1 + 1e-12)).all()


@pytest.mark.parametrize("name", ["bh", "by"])
@given(P_VALUES)
def test_false_discovery_rates_are_scipy_s(name: Literal["bh", "by"], p: list[float]) -> None:
    known = stats.false_discovery_control(p, method=name)
    assert adjusted_p(p, method=Adjustment(name.upper())) == pytest.approx(known)


@pytest.mark.parametrize("method", list(Adjustment))
def test_what_is_no_test_does_not_count(method: Adjustment) -> None:
    found = adjusted_p([0.04, math.nan, 0.01], method=method)
    assert math.isnan(found[1])
    assert found[[0, 2]] == pytest.approx(adjusted_p([0.04, 0.01], method=method))
    assert np.isnan(adjusted_p([math.nan], method=method)).all()


def test_in_a_fixed_sequence_nothing_stands_after_a_failure() -> None:
    assert fixed_sequence_p([0.01, 0.2, 0.001]).tolist() == [0.01, 0.2, 0.2]
    assert fixed_sequence_p([0.01, math.nan, 0.001]).tolist() == [0.01, 1.0, 1.0]


def test_a_family_opens_only_when_all_before_it_stand() -> None:
    first, second, third = serial_gatekeeping_p([[0.01, 0.02], [0.001, 0.04], []])
    assert first.tolist() == [0.02, 0.02]
    assert second.tolist() == [0.02, 0.04]
    assert len(third) == 0
    closed, behind = serial_gatekeeping_p([[math.nan], [0.001]], method=Adjustment.HOMMEL)
    assert (closed.tolist(), behind.tolist()) == ([1.0], [1.0])


def test_what_is_no_p_is_refused() -> None:
    for wrong in ([-0.1], [1.1], [[0.1]]):
        with pytest.raises(ValueError, match="between 0 and 1"):
            adjusted_p(wrong)
