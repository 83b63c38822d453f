"""Wilcoxon's signed-rank test: what must hold in every convention."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.hodges_lehmann import hodges_lehmann
from analysis.signed_rank import ZeroRule, wilcoxon_as_r, wilcoxon_signed_rank

differences = st.lists(st.integers(-9, 9), min_size=1, max_size=30)


@pytest.mark.parametrize("zeros", ["drop", "pratt"])
@pytest.mark.parametrize("exact", [False, True])
@given(differences)
def test_p_is_the_same_with_the_sides_exchanged(
    zeros: ZeroRule, exact: bool, values: list[int]
) -> None:
    nothing = np.zeros(len(values))
    one = wilcoxon_signed_rank(values, nothing, zeros=zeros, exact=exact)
    other = wilcoxon_signed_rank(nothing, values, zeros=zeros, exact=exact)
    assert one.p == (None if other.p is None else pytest.approx(other.p))
    assert one.p is None or 0 < one.p <= 1
    assert one.n_zero == values.count(0)


@given(st.lists(st.integers(1, 999), min_size=3, max_size=12, unique=True), st.randoms())
def test_counted_p_is_that_of_the_exact_distribution(sizes: list[int], random: object) -> None:
    signs = [random.choice([-1, 1]) for _ in sizes]  # type: ignore[attr-defined]
    values = np.array(sizes) * signs
    expected = stats.wilcoxon(values, mode="exact").pvalue
    assert wilcoxon_as_r(values, np.zeros(len(values))).p == pytest.approx(expected)


@given(st.lists(st.floats(-50, 50).map(lambda v: round(v, 1)), min_size=8, max_size=25))
def test_the_shift_lies_in_its_interval_and_moves_with_the_values(values: list[float]) -> None:
    moved = np.array(values)
    if len(np.unique(moved[moved != 0])) < 2:
        return
    nothing = np.zeros(len(values))
    found = hodges_lehmann(moved, nothing)
    if found.level < 0.95:
        return
    assert found.ci.low - 1e-3 <= found.balance <= found.ci.high + 1e-3
    if (moved != 0).all():
        other = hodges_lehmann(moved + 100, nothing)
        shifted = found.median_of_walsh_averages + 100
        assert other.median_of_walsh_averages == pytest.approx(shifted)


def test_too_few_pairs_for_the_level_get_the_level_that_they_allow() -> None:
    found = hodges_lehmann([1.0, 2.0, 4.0], [0.0, 0.0, 0.0])
    assert found.level < 0.95
    with pytest.raises(ValueError, match="two sizes"):
        hodges_lehmann([1.0, 1.0], [0.0, 0.0])


def test_a_search_that_is_cut_short_stays_between_the_extremes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = np.array([3.0, 9, 1, 14, 6, 2]), np.zeros(6)
    whole = hodges_lehmann(first, second)
    monkeypatch.setattr("analysis.hodges_lehmann.MOST_STEPS", 1)
    cut = hodges_lehmann(first, second)
    assert 1 <= cut.balance <= 14
    assert cut.median_of_walsh_averages == whole.median_of_walsh_averages
