"""Clustered shares: worth what their clusters make them, and plain where clusters are single."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimators.chi_square import pearson_chi_square
from analysis.estimators.intervals import clopper_pearson
from analysis.estimators.rao_scott import effective_counts, effective_interval, rao_scott_chi_square


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_an_interval_of_single_units_is_never_narrower_than_the_exact_one(hits: list[bool]) -> None:
    counts = effective_counts(hits, range(len(hits)))
    exact = clopper_pearson(sum(hits), len(hits), level=0.95)
    found = effective_interval(counts, level=0.95)
    assert counts.design_effect == pytest.approx(1, abs=1 / max(len(hits) - 1, 1) + 1e-12)
    assert found.low <= exact.low + 1e-12
    assert found.high >= exact.high - 1e-12


def test_every_unit_twice_in_its_cluster_is_worth_half() -> None:
    hits = np.repeat([1, 0, 0, 1, 0, 0, 0, 1, 1, 0], 2)
    counts = effective_counts(hits, np.arange(20) // 2)
    # n v / (p q) with v = 10/9 * sum (2 (x - p))^2 / 400: twice the correction 10 / 9.
    assert counts.design_effect == pytest.approx(20 / 9)
    assert counts.trials == pytest.approx(9)
    assert counts.successes == pytest.approx(3.6)


@pytest.mark.parametrize("hits", [[1, 1, 1, 1], [0, 0, 0, 0]])
def test_shares_of_0_and_1_keep_their_counts_and_one_sided_limits(hits: list[int]) -> None:
    counts = effective_counts(hits, ["a", "a", "b", "b"])
    assert (counts.trials, counts.design_effect) == (4, 1)
    assert effective_interval(counts, level=0.95) == clopper_pearson(sum(hits), 4, level=0.95)


def test_clusters_that_differ_less_than_chance_do_not_narrow_the_interval() -> None:
    assert effective_counts([1, 0, 1, 0], ["a", "a", "b", "b"]).design_effect == 1


def test_groups_without_a_design_effect_are_pearson_s_test() -> None:
    groups = [effective_counts([1, 0] * share + [0] * 10, ["all"] * (2 * share + 10))
              for share in (4, 9)]  # fmt: skip
    found = rao_scott_chi_square(groups)
    expected = pearson_chi_square([[4, 14], [9, 19]])
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.p)
    assert found.n_small_expected == expected.n_small_expected


def test_groups_of_clustered_units_are_harder_to_tell_apart() -> None:
    clusters = np.arange(40) // 4
    often = np.repeat([1, 1, 1, 0, 1, 1, 0, 1, 1, 1], 4)
    seldom = np.repeat([0, 1, 0, 0, 1, 0, 0, 0, 0, 1], 4)
    alone = rao_scott_chi_square([effective_counts(one, np.arange(40)) for one in (often, seldom)])
    found = rao_scott_chi_square([effective_counts(one, clusters) for one in (often, seldom)])
    assert found.statistic is not None
    assert alone.statistic is not None
    assert found.statistic < alone.statistic / 3


def test_what_cannot_be_tested_says_why() -> None:
    all_right = effective_counts([1, 1], ["a", "b"])
    assert rao_scott_chi_square([all_right, all_right]).reason is not None
    with pytest.raises(ValueError, match="two groups"):
        rao_scott_chi_square([all_right])
    with pytest.raises(ValueError, match="one case"):
        effective_counts([], [])
    with pytest.raises(ValueError, match="cluster"):
        effective_counts([1, 0], ["a"])
