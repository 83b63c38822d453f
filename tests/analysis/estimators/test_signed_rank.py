"""Wilcoxon's signed-rank test: what must hold in every convention."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.estimators.hodges_lehmann import hodges_lehmann
from analysis.estimators.signed_rank import ZeroRule, wilcoxon_as_r, wilcoxon_signed_rank

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
    assert found.ci is not None
    assert found.ci.low - 1e-3 <= found.balance <= found.ci.high + 1e-3
    if (moved != 0).all():
        other = hodges_lehmann(moved + 100, nothing)
        shifted = found.median_of_walsh_averages + 100
        assert other.median_of_walsh_averages == pytest.approx(shifted)


def test_too_few_pairs_for_the_level_get_the_level_that_they_allow() -> None:
    found = hodges_lehmann([1.0, 2.0, 4.0], [0.0, 0.0, 0.0])
    assert found.level < 0.95


def test_pairs_without_any_difference_have_no_shift() -> None:
    with pytest.raises(ValueError, match="pairs that differ"):
        hodges_lehmann([1.0, 2.0], [1.0, 2.0])


def test_equal_differences_have_a_shift_and_no_interval() -> None:
    found = hodges_lehmann([1.0, 1.0], [0.0, 0.0])
    assert (found.median_of_walsh_averages, found.ci) == (1.0, None)


def test_a_search_that_is_cut_short_stays_between_the_extremes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = np.array([3.0, 9, 1, 14, 6, 2]), np.zeros(6)
    whole = hodges_lehmann(first, second)
    monkeypatch.setattr("analysis.estimators.hodges_lehmann.MOST_STEPS", 1)
    cut = hodges_lehmann(first, second)
    assert 1 <= cut.balance <= 14
    assert cut.median_of_walsh_averages == whole.median_of_walsh_averages


# Differences 1 to n, every third one below 0 from the first on: no tie, no zero.
def _every_third_below(n: int) -> tuple[np.ndarray, np.ndarray]:
    sizes = np.arange(1.0, n + 1)
    return sizes + 7, np.where(sizes % 3 == 1, 2 * sizes + 7, 7.0)


@pytest.mark.parametrize(
    # R 4.2.2: i <- 1:n; wilcox.test(ifelse(i %% 3 == 1, -i, i))
    ("n", "statistic", "p", "counted"),
    [(49, 800, 0.062485428367598, True), (50, 850, 0.0407076861351475, False)],
)
def test_r_counts_up_to_49_pairs_and_is_normal_from_50_on(
    n: int, statistic: float, p: float, counted: bool
) -> None:
    found = wilcoxon_as_r(*_every_third_below(n))
    assert found.statistic == statistic
    assert found.p == pytest.approx(p, rel=1e-12)
    assert (found.z is None) is counted
    assert (found.n_pairs, found.n_zero) == (n, 0)


def test_equal_differences_of_unequal_values_are_ties() -> None:
    # R 4.2.2: wilcox.test(a, b, paired = TRUE), which warns of ties and is normal.
    first, second = [8.0, 5, 9, 7, 3, 6], [6.0, 1, 7, 2, 2, 9]
    found = wilcoxon_as_r(first, second)
    assert found.statistic == 17
    assert found.z is not None
    assert found.p == pytest.approx(0.207160448911461, rel=1e-12)


def test_a_pair_of_which_one_value_is_missing_does_not_count() -> None:
    first, second = [8.0, 5, np.nan, 9, 7, 3, 6, 4], [6.0, 1, 3, 7, 2, 2, 9, np.nan]
    assert wilcoxon_as_r(first, second) == wilcoxon_as_r([8.0, 5, 9, 7, 3, 6], [6.0, 1, 7, 2, 2, 9])


@pytest.mark.parametrize(
    # By hand: ranks of 1, 2, -3, 0. Without the zero 1, 2, 3 of which 3 are positive, all 8 ways
    # of signs have sums 0 1 2 3 3 4 5 6. With it ranks are 2, 3, 4: sums 0 2 3 4 5 6 7 9.
    ("zeros", "statistic", "p"),
    [("drop", 3.0, 1.0), ("pratt", 5.0, 1.0)],
)
def test_exact_p_is_counted_over_all_signs(zeros: ZeroRule, statistic: float, p: float) -> None:
    found = wilcoxon_signed_rank([1.0, 2, 0, 5], [0.0, 0, 3, 5], zeros=zeros, exact=True)
    assert (found.statistic, found.p, found.n_zero, found.n_pairs) == (statistic, p, 1, 4)


def test_exact_p_of_all_positive_differences_is_two_of_all_the_signs() -> None:
    values = [1.0, 2, 2, 5, 7]
    assert wilcoxon_signed_rank(values, np.zeros(5), exact=True).p == pytest.approx(2 / 2**5)


def test_no_pair_that_differs_has_no_test_and_says_so() -> None:
    found = wilcoxon_signed_rank([3.0, 4.0], [3.0, 4.0])
    assert (found.statistic, found.z, found.p, found.n_pairs, found.n_zero) == (0, None, None, 2, 2)
    assert "no pair differs" in (found.reason or "")


def test_z_is_the_distance_from_the_mean_rank_sum_in_standard_deviations() -> None:
    # Ranks 1 to 4, positive 1, 2, 4: 7 against 5, variance 1 + 4 + 9 + 16 over 4.
    found = wilcoxon_signed_rank([1.0, 2, -3, 4], np.zeros(4))
    assert found.z == pytest.approx(2 / np.sqrt(7.5))
    moved = wilcoxon_signed_rank([1.0, 2, -3, 4], np.zeros(4), continuity=True)
    assert moved.z == pytest.approx(1.5 / np.sqrt(7.5))
    # Pratt: the zero has rank 1, the others 2 to 5: 2 + 3 + 5 against 7, variance 54 / 4.
    pratt = wilcoxon_signed_rank([1.0, 2, -3, 4, 0], np.zeros(5), zeros="pratt")
    assert (pratt.statistic, pratt.z) == (10, pytest.approx(3 / np.sqrt(13.5)))


def test_a_rank_sum_at_its_mean_is_moved_nowhere_by_the_correction() -> None:
    found = wilcoxon_signed_rank([1, -1, 2, -2], np.zeros(4), continuity=True)
    assert (found.z, found.p) == (0, 1)


@pytest.mark.parametrize(
    ("values", "counted"), [([1, 2, -3], True), ([0, 2, -3], False), ([1, 1, -3], False)]
)
def test_r_counts_only_without_a_zero_or_a_tie(values: list[float], counted: bool) -> None:
    assert (wilcoxon_as_r(values, np.zeros(3)).z is None) is counted
