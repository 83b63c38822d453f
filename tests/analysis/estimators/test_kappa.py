"""Agreement: properties, bands and edges; the numbers themselves are checked on reference cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.estimators.intraclass import intraclass_agreement
from analysis.estimators.kappa import (
    Weights,
    adjusted_kappa,
    agreement_table,
    cohen_kappa,
    kappa_band,
    percent_agreement,
)
from analysis.estimators.krippendorff import krippendorff_alpha
from analysis.estimators.many_readers_kappa import fleiss_kappa, gwet_ac1, light_kappa
from analysis.result import Interval

pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=4, max_size=60)


@given(pairs)
def test_kappa_is_the_same_whoever_is_named_first(rated: list[tuple[int, int]]) -> None:
    table = agreement_table(*zip(*rated, strict=True))
    one, other = cohen_kappa(table), cohen_kappa(table.T)
    if one.kappa is None or other.kappa is None:
        assert one.reason == other.reason
        return
    assert one.kappa == pytest.approx(other.kappa)
    assert one.se == pytest.approx(other.se)
    assert one.kappa <= 1
    assert one.ci is not None
    assert -1 <= one.ci.low <= one.kappa + 1e-12


@given(pairs)
def test_two_categories_have_the_same_kappa_however_weighted(rated: list[tuple[int, int]]) -> None:
    table = agreement_table(*([value > 1 for value in side] for side in zip(*rated, strict=True)))
    if len(table) == 2:
        found = [cohen_kappa(table, weights=w).kappa for w in ("unweighted", "linear", "quadratic")]
        if found[0] is not None:
            assert found == pytest.approx([found[0]] * 3)
        assert adjusted_kappa(table) == pytest.approx(percent_agreement(table) / 50 - 1)


@given(pairs)
def test_light_s_kappa_of_two_readers_is_cohen_s(rated: list[tuple[int, int]]) -> None:
    cohen = cohen_kappa(agreement_table(*zip(*rated, strict=True)))
    if cohen.kappa is not None:
        assert light_kappa(rated).kappa == pytest.approx(cohen.kappa)


@given(pairs)
def test_fleiss_and_krippendorff_differ_by_the_small_sample_only(
    rated: list[tuple[int, int]],
) -> None:
    if len({value for pair in rated for value in pair}) < 2:
        return
    n = 2 * len(rated)
    alpha, kappa = krippendorff_alpha(rated), fleiss_kappa(rated).kappa
    assert 1 - alpha == pytest.approx((1 - kappa) * (n - 1) / n)


def test_full_agreement_is_one_by_every_measure() -> None:
    rated = [[1, 1, 1], [2, 2, 2], [3, 3, 3], [1, 1, 1]]
    assert fleiss_kappa(rated).kappa == pytest.approx(1)
    assert gwet_ac1(rated).coefficient == pytest.approx(1)
    assert krippendorff_alpha(rated, scale="ordinal") == pytest.approx(1)
    assert light_kappa(rated).kappa == pytest.approx(1)


def test_a_missing_rating_is_left_out_of_alpha() -> None:
    full = [[1.0, 1.0, 2.0], [2.0, 2.0, 2.0]]
    gap = [*full, [1.0, np.nan, np.nan]]
    assert krippendorff_alpha(gap) == pytest.approx(krippendorff_alpha(full))
    with pytest.raises(ValueError, match="two categories"):
        krippendorff_alpha([[1.0, 1.0]])


def test_one_category_throughout_has_no_kappa_and_says_why() -> None:
    found = cohen_kappa(agreement_table([1, 1, 1], [1, 1, 1], [0, 1]))
    assert found.kappa is None
    assert "one and the same category" in (found.reason or "")
    with pytest.raises(ValueError, match="one and the same"):
        light_kappa([[1, 1], [1, 1]])
    with pytest.raises(ValueError, match="two categories"):
        fleiss_kappa([[1, 1], [1, 1]])
    assert gwet_ac1([[1, 1], [1, 1]]).coefficient == 1


def test_one_reader_who_never_changes_gives_kappa_zero_without_a_test() -> None:
    found = cohen_kappa(agreement_table([0, 0, 0, 0], [0, 1, 0, 0]))
    assert found.kappa == 0
    assert found.p is None
    assert "standard error" in (found.reason or "")


def test_a_category_that_nobody_used_changes_weights_and_not_plain_kappa() -> None:
    first, second = ["1", "2", "5", "2"], ["1", "5", "5", "2"]
    short = agreement_table(first, second)
    full = agreement_table(first, second, ["1", "2", "3", "4", "5"])
    assert full.shape == (5, 5)
    assert cohen_kappa(full).kappa == pytest.approx(cohen_kappa(short).kappa)
    linear = [cohen_kappa(table, weights="linear").kappa for table in (short, full)]
    assert linear[0] != pytest.approx(linear[1])


@pytest.mark.parametrize(
    ("kappa", "band"),
    [
        (-1, "none"), (-0.011, "less than chance"), (0, "poor"), (0.156, "slight"),
        (0.204, "slight"), (0.298, "fair"), (0.495, "moderate"), (0.676, "substantial"),
        (0.836, "almost perfect"), (1, "almost perfect"),
    ],
)  # fmt: skip
def test_bands_are_those_of_the_paper(kappa: float, band: str) -> None:
    assert kappa_band(kappa) == band


def test_units_that_do_not_match_and_words_off_the_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="same units"):
        agreement_table([1], [1, 2])
    with pytest.raises(ValueError, match="categories"):
        agreement_table(["0"], ["1"], ["1", "2"])


def test_readers_who_differ_by_a_constant_agree_less_than_they_correlate() -> None:
    values = np.array([[1.0, 2.0], [3.0, 4.1], [5.0, 5.9], [8.0, 9.0]])
    assert intraclass_agreement(values).icc < np.corrcoef(values.T)[0, 1]


TABLE = np.array([[53.0, 5, 2], [11, 14, 5], [1, 6, 3]])


def _kappa_of(share: np.ndarray, credit: np.ndarray) -> float:
    chance = np.outer(share.sum(axis=1), share.sum(axis=0))
    return float(((share - chance) * credit).sum() / (1 - (chance * credit).sum()))


def _by_delta_method(at: np.ndarray, credit: np.ndarray, n: float, *, step: float = 1e-6) -> float:
    """Return the standard error of kappa where the cells' chances are `at`, by finite steps."""
    slope = np.zeros_like(at)
    for cell in np.ndindex(at.shape):
        aside = np.zeros_like(at)
        aside[cell] = step
        slope[cell] = (_kappa_of(at + aside, credit) - _kappa_of(at - aside, credit)) / (2 * step)
    return float(np.sqrt(((at * slope**2).sum() - (at * slope).sum() ** 2) / n))


@pytest.mark.parametrize(
    ("weights", "credit"),
    [
        ("unweighted", [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        ("linear", [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]),
        ("quadratic", [[1, 0.75, 0], [0.75, 1, 0.75], [0, 0.75, 1]]),
    ],
)
def test_both_standard_errors_are_those_of_the_delta_method(
    weights: Weights, credit: list[list[float]]
) -> None:
    found = cohen_kappa(TABLE, weights=weights)
    share, credits_ = TABLE / 100, np.array(credit)
    chance = np.outer(share.sum(axis=1), share.sum(axis=0))
    assert found.kappa == pytest.approx(_kappa_of(share, credits_))
    assert found.observed == pytest.approx((share * credits_).sum())
    assert found.expected == pytest.approx((chance * credits_).sum())
    assert found.n == 100
    assert found.se == pytest.approx(_by_delta_method(share, credits_, 100), rel=1e-6)
    # Under chance agreement the cells have the products of the margins.
    assert found.se_null == pytest.approx(_by_delta_method(chance, credits_, 100), rel=1e-6)
    assert found.z == pytest.approx(found.kappa / found.se_null)
    assert found.p == pytest.approx(2 * stats.norm.sf(found.kappa / found.se_null))


def test_kappa_is_worked_out_by_hand() -> None:
    # 70 of 100 alike, .6 x .65 + .3 x .25 + .1 x .1 = .475 by chance: .225 of .525.
    found = cohen_kappa(TABLE)
    assert found.kappa == pytest.approx(0.225 / 0.525)
    assert found.smallest_expected == pytest.approx(100 * 0.1 * 0.1)
    assert adjusted_kappa(TABLE) == pytest.approx((3 * 0.7 - 1) / 2)
    assert percent_agreement(TABLE) == pytest.approx(70)


def test_the_interval_is_normal_at_its_level_and_ends_at_one() -> None:
    for level, quantile in ((0.95, 1.959963984540054), (0.9, 1.6448536269514722)):
        found = cohen_kappa(TABLE) if level == 0.95 else cohen_kappa(TABLE, level=level)
        assert found.ci is not None
        assert found.kappa is not None
        assert found.se is not None
        assert found.ci.low == pytest.approx(found.kappa - quantile * found.se)
        assert found.ci.high == pytest.approx(found.kappa + quantile * found.se)
    near = cohen_kappa([[5, 1], [0, 5]]).ci
    far = cohen_kappa([[1, 5], [5, 0]]).ci
    assert near is not None
    assert far is not None
    assert near.high == 1.0
    assert far.low == -1.0


def test_a_category_that_nobody_used_has_no_expected_count() -> None:
    assert cohen_kappa([[10, 5, 0], [5, 20, 0], [0, 0, 0]]).smallest_expected == pytest.approx(
        15 * 15 / 40
    )


def test_one_category_throughout_still_tells_what_was_observed() -> None:
    found = cohen_kappa([[3, 0], [0, 0]])
    assert (found.observed, found.expected, found.n, found.smallest_expected) == (1, 1, 3, 3)
    assert (found.kappa, found.se_null, found.se, found.ci, found.z, found.p) == (None,) * 6


def test_a_reader_who_never_changes_leaves_everything_but_the_test() -> None:
    # Three of four alike, and 3/4 by chance: the second reader's "1" meets "0" always.
    found = cohen_kappa([[3, 1], [0, 0]])
    assert (found.kappa, found.se_null, found.z, found.p) == (0, 0, None, None)
    assert found.se == pytest.approx(0)
    assert found.ci == Interval(0.0, 0.0)
    assert (found.observed, found.expected, found.n, found.smallest_expected) == (0.75, 0.75, 4, 1)


def test_rows_are_the_first_reader_s_and_categories_keep_their_order() -> None:
    table = agreement_table(["b", "b", "a", "b"], ["a", "a", "a", "b"])
    assert table.tolist() == [[1, 0], [2, 1]]
    turned = agreement_table(["b", "b", "a", "b"], ["a", "a", "a", "b"], ["b", "a"])
    assert turned.tolist() == [[1, 2], [0, 1]]


def test_units_without_ratings_are_refused() -> None:
    with pytest.raises(ValueError, match="got 0 and 0"):
        agreement_table([], [])
    with pytest.raises(ValueError, match=r"got \['0'\]"):
        agreement_table(["0"], ["1"], ["1", "2"])


def test_categories_of_several_kinds_that_are_off_the_scale_are_named() -> None:
    with pytest.raises(ValueError, match="expected the categories"):
        agreement_table([1, 2], ["a", "b"], [1, "a"])


# Rounding of these leaves -2.8e-17 and 4.2e-17 of a variance of 0.
@pytest.mark.parametrize("agreed", [(1, 2, 4), (1, 4, 1)])
def test_full_agreement_has_a_standard_error_of_exactly_zero(agreed: tuple[int, ...]) -> None:
    assert cohen_kappa(np.diag(agreed), weights="linear").se == 0


@pytest.mark.parametrize("weights", ["unweighted", "linear", "quadratic"])
def test_a_scale_of_one_category_has_no_kappa_however_weighted(weights: Weights) -> None:
    assert cohen_kappa([[5]], weights=weights).kappa is None
