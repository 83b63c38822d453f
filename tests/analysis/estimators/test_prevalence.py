"""Predictive values at another prevalence: Bayes' theorem and its edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimators.diagnostic import TwoByTwo, diagnostic_accuracy
from analysis.estimators.prevalence import predictive_values

COUNT = st.integers(1, 300)


@given(COUNT, COUNT, COUNT, COUNT)
def test_at_the_study_s_own_prevalence_they_are_the_study_s_own(
    tp: int, fp: int, fn: int, tn: int
) -> None:
    table = TwoByTwo(tp, fp, fn, tn)
    own = diagnostic_accuracy(table)
    found = predictive_values(table, prevalence=own.prevalence.estimate)
    assert found.positive.estimate == pytest.approx(own.positive_predictive_value.estimate)
    assert found.negative.estimate == pytest.approx(own.negative_predictive_value.estimate)


@given(COUNT, COUNT, COUNT, COUNT, st.floats(0.001, 0.999))
def test_the_classes_are_treated_alike(
    tp: int, fp: int, fn: int, tn: int, prevalence: float
) -> None:
    table = TwoByTwo(tp, fp, fn, tn)
    found = predictive_values(table, prevalence=prevalence).positive
    turned = predictive_values(table.turned, prevalence=1 - prevalence).negative
    assert found.estimate == pytest.approx(turned.estimate)
    assert found.ci is not None
    assert turned.ci is not None
    assert (found.ci.low, found.ci.high) == pytest.approx((turned.ci.low, turned.ci.high))
    assert found.ci.low < (found.estimate or 0) < found.ci.high


def test_the_interval_holds_the_true_value_as_often_as_it_says() -> None:
    generator = np.random.default_rng(2)
    truth = 0.01 * 0.85 / (0.01 * 0.85 + 0.99 * 0.1)
    held = 0
    for tp, fp in zip(
        generator.binomial(150, 0.85, 800).tolist(),
        generator.binomial(300, 0.1, 800).tolist(),
        strict=True,
    ):
        ci = predictive_values(TwoByTwo(tp, fp, 150 - tp, 300 - fp), prevalence=0.01).positive.ci
        held += ci is not None and ci.low <= truth <= ci.high
    assert 0.93 < held / 800 < 0.97


def test_empty_cells_have_a_reason() -> None:
    perfect = predictive_values(TwoByTwo(10, 0, 0, 10), prevalence=0.1)
    assert (perfect.positive.estimate, perfect.positive.ci) == (1, None)
    assert perfect.positive.reason is not None
    never = predictive_values(TwoByTwo(0, 0, 10, 10), prevalence=0.1)
    assert never.positive.estimate is None
    assert never.negative.estimate == pytest.approx(0.9)


def test_what_has_no_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        predictive_values(TwoByTwo(1, 1, 1, 1), prevalence=1.0)
    with pytest.raises(ValueError, match="both"):
        predictive_values(TwoByTwo(0, 1, 0, 1), prevalence=0.1)
