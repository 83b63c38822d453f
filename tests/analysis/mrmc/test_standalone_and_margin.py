"""An AI against readers, and margins: two ways to the same answer, and intervals that agree."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.estimators.t_inference import t_inference
from analysis.mrmc.margin import equivalence_test, noninferiority_test
from analysis.mrmc.obuchowski_rockette import RandomEffects, obuchowski_rockette
from analysis.mrmc.ratings import MrmcError, crossed_ratings
from analysis.mrmc.reader_foms import Covariance, ReaderFoms, reader_foms
from analysis.mrmc.standalone import ai_against_readers, as_second_arm

NAMES = ("R1", "R2", "AI", "R3", "R4")


def _foms(seed: int = 2, readers: tuple[str, ...] = NAMES, arms: int = 1) -> ReaderFoms:
    generator = np.random.default_rng(seed)
    truth = (np.arange(70) % 2).astype(float)
    case = generator.normal(size=70)
    cube = 1.3 * truth + case + generator.normal(size=(arms, len(readers), 70))
    study = crossed_ratings(truth, cube, readers=readers)
    return reader_foms(study, covariance=Covariance.DELONG)


@pytest.mark.parametrize("seed", range(5))
def test_one_arm_and_two_arms_give_the_same_test(seed: int) -> None:
    foms = _foms(seed)
    one = ai_against_readers(foms, "AI")
    two = obuchowski_rockette(as_second_arm(foms, "AI"))
    assert two.equality is not None
    assert one.statistic is not None
    assert two.equality.statistic == pytest.approx(one.statistic**2, rel=1e-8)
    assert two.equality.df2 == pytest.approx(one.df, rel=1e-8)
    assert two.equality.p == pytest.approx(one.p, rel=1e-8)
    assert two.differences[0].inference.estimate == pytest.approx(one.estimate)


def test_fixed_cases_are_a_t_test_of_the_readers() -> None:
    foms = _foms()
    found = ai_against_readers(foms, "AI", RandomEffects.READERS)
    others = np.delete(foms.values, 2)
    expected = stats.ttest_1samp(foms.values[2] - others, 0.0)
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)
    assert found.df == 3


def test_readers_who_are_all_as_good_have_no_variance_of_their_own() -> None:
    """Means of equal numbers are rounded: a third of 3 x .7 is not .7."""
    truth, generator = (np.arange(70) % 2).astype(float), np.random.default_rng(4)
    for readers in range(3, 9):
        alike = truth + generator.normal(size=(1, 1, 70)) * np.ones((1, readers, 1))
        ai = truth + generator.normal(size=(1, 1, 70))
        names = ("AI", *(f"R{number}" for number in range(readers)))
        study = crossed_ratings(truth, np.concatenate([ai, alike], axis=1), readers=names)
        foms = reader_foms(study, covariance=Covariance.DELONG)
        found = ai_against_readers(foms, "AI", RandomEffects.READERS)
        assert (found.se, found.statistic, found.p) == (0.0, None, None)


def test_an_ai_that_rates_as_every_reader_differs_by_nothing() -> None:
    truth, generator = (np.arange(70) % 2).astype(float), np.random.default_rng(5)
    for readers in range(3, 9):
        names = ("AI", *(f"R{number}" for number in range(readers)))
        same = truth + generator.normal(size=(1, 1, 70)) * np.ones((1, readers + 1, 1))
        foms = reader_foms(
            crossed_ratings(truth, same, readers=names), covariance=Covariance.DELONG
        )
        for effects in RandomEffects:
            found = ai_against_readers(foms, "AI", effects)
            assert (found.estimate, found.se, found.p) == (0.0, 0.0, None)


def test_fixed_readers_have_the_variance_of_the_contrast() -> None:
    foms = _foms()
    weights = np.array([-0.25, -0.25, 1.0, -0.25, -0.25])
    found = ai_against_readers(foms, "AI", RandomEffects.CASES)
    assert found.se == pytest.approx(math.sqrt(weights @ foms.covariance @ weights))
    assert found.estimate == pytest.approx(weights @ foms.values)


def test_one_reader_is_compared_as_fixed_only() -> None:
    foms = _foms(readers=("R1", "AI"))
    assert ai_against_readers(foms, "AI", RandomEffects.CASES).p is not None
    with pytest.raises(MrmcError, match="two readers beside AI"):
        ai_against_readers(foms, "AI")


def test_an_ai_that_is_not_there_or_two_arms_are_refused() -> None:
    with pytest.raises(MrmcError, match="no such reader"):
        ai_against_readers(_foms(), "DNN")
    with pytest.raises(MrmcError, match="expected one arm"):
        ai_against_readers(_foms(arms=2), "AI")


@given(
    estimate=st.floats(-0.2, 0.2),
    se=st.floats(0.005, 0.1),
    df=st.floats(2, 200),
    margin=st.floats(0.01, 0.2),
)
@settings(max_examples=100, deadline=None)
def test_margins_are_kept_exactly_where_the_interval_keeps_them(
    estimate: float, se: float, df: float, margin: float
) -> None:
    difference = t_inference(estimate, se**2, df, level=0.95)
    assert difference.ci is not None
    lower = noninferiority_test(difference, margin, level=0.95)
    both = equivalence_test(difference, margin, level=0.95)
    assert lower.size == pytest.approx(0.025)
    if abs(difference.ci.low + margin) > 1e-9:
        assert lower.established is (difference.ci.low > -margin)
    if min(abs(difference.ci.low + margin), abs(difference.ci.high - margin)) > 1e-9:
        assert both.established is (-margin < difference.ci.low and difference.ci.high < margin)
    assert lower.p is not None
    assert both.p is not None
    assert both.p >= lower.p


def test_a_margin_without_variance_or_without_width_is_refused() -> None:
    none = t_inference(0.0, 0.0, 5, level=0.95)
    found = noninferiority_test(none, 0.05, level=0.95)
    assert not found.established
    assert found.reason
    with pytest.raises(MrmcError, match="margin above 0"):
        equivalence_test(none, 0.0, level=0.95)


def test_a_variance_below_zero_has_no_standard_error() -> None:
    found = t_inference(0.1, -1e-6, 5, level=0.95)
    assert math.isnan(found.se)
    assert found.ci is None
    assert t_inference(0.1, 0.0, 5, level=0.95).se == 0


def test_margins_are_held_against_student_s_t() -> None:
    # R 4.2.2: pt((.02 + .05) / .03, 10, lower = FALSE); pt((.05 - .02) / .03, 10, lower = FALSE)
    difference = t_inference(0.02, 0.03**2, 10, level=0.95)
    lower = noninferiority_test(difference, 0.05, level=0.95)
    both = equivalence_test(difference, 0.05, level=0.95)
    assert lower.p == pytest.approx(0.0209060069110577, rel=1e-9)
    assert both.p == pytest.approx(0.17044656615103, rel=1e-9)
    assert (lower.margin, both.margin, lower.established, both.established) == (
        0.05, 0.05, True, False,
    )  # fmt: skip


def test_without_a_variance_margin_and_size_are_still_told() -> None:
    found = equivalence_test(t_inference(0.0, 0.0, 5, level=0.9), 0.04, level=0.9)
    assert (found.margin, found.p) == (0.04, None)
    assert found.size == pytest.approx(0.05)


def test_two_readers_are_enough_and_the_level_is_95_percent() -> None:
    found = ai_against_readers(_foms(readers=("R1", "AI", "R2")), "AI", RandomEffects.READERS)
    assert found.df == 1
    assert found.ci is not None
    # Student's t with 1 degree of freedom has its .975 quantile at 12.7062.
    assert found.ci.high - found.estimate == pytest.approx(12.706204736 * found.se)


def test_the_ai_copied_beside_the_readers_keeps_names_and_method() -> None:
    foms = _foms()
    found = as_second_arm(foms, "AI")
    assert found.arms == ("AI", "readers")
    assert found.readers == ("R1", "R2", "R3", "R4")
    assert found.method == foms.method
    assert found.read_by.design is foms.read_by.design
    np.testing.assert_array_equal(found.table[0], np.full(4, foms.values[2]))
