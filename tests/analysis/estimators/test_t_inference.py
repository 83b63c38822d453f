"""Interval and test with Student's t: what R says of the same numbers."""

import math

import pytest

from analysis.estimators.t_inference import t_inference


def test_interval_and_p_are_those_of_r_s_t_distribution() -> None:
    # R 4.2.2: .1 + c(-1, 1) * qt(.95, 7) * .04; 2 * pt((.1 - .03) / .04, 7, lower = FALSE)
    found = t_inference(0.1, 0.04**2, 7, level=0.9, null=0.03)
    assert (found.estimate, found.df) == (0.1, 7)
    assert found.se == pytest.approx(0.04)
    assert found.statistic == pytest.approx(1.75)
    assert found.p == pytest.approx(0.123593028522288, rel=1e-10)
    assert found.ci is not None
    assert found.ci.low == pytest.approx(0.0242168557963998, rel=1e-10)
    assert found.ci.high == pytest.approx(0.1757831442036, rel=1e-10)


def test_infinite_degrees_of_freedom_are_the_normal_distribution() -> None:
    # R 4.2.2: .1 + c(-1, 1) * qnorm(.975) * .04; 2 * pnorm(2.5, lower = FALSE)
    found = t_inference(-0.1, 0.04**2, math.inf, level=0.95)
    assert found.statistic == pytest.approx(-2.5)
    assert found.p == pytest.approx(0.0124193306515523, rel=1e-10)
    assert found.ci is not None
    assert found.ci.low == pytest.approx(-0.178398559381602, rel=1e-10)
    assert found.ci.high == pytest.approx(-0.0216014406183979, rel=1e-10)


@pytest.mark.parametrize(("variance", "se"), [(0.0, 0.0), (-1e-9, math.nan), (math.nan, math.nan)])
def test_without_a_variance_there_is_the_estimate_and_the_reason(
    variance: float, se: float
) -> None:
    found = t_inference(0.1, variance, 5, level=0.95)
    assert (found.estimate, found.df) == (0.1, 5)
    assert found.se == pytest.approx(se, nan_ok=True)
    assert (found.statistic, found.p, found.ci) == (None, None, None)
    assert "variance is not above 0" in (found.reason or "")


def test_the_distribution_is_named_with_whose_degrees_of_freedom_it_has() -> None:
    t = t_inference(0.1, 0.01, 7.5, level=0.95)
    assert t.finite_df == 7.5
    assert t.words("Hillis") == "interval and p by t, degrees of freedom after Hillis"
    z = t_inference(0.1, 0.01, math.inf, level=0.95)
    assert z.finite_df is None
    assert z.words("Hillis").endswith(
        "by the normal, degrees of freedom after Hillis being infinite"
    )
    assert t_inference(0.1, 0.0, 7.5, level=0.95).finite_df is None
