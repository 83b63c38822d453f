"""Mixed models: against the likelihood written out, analysis of variance, and simulation."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import optimize

from analysis.mixed_models.mixed_model import MixedModelError, fit_mixed_model
from analysis.mixed_models.reml import MixedModel, RandomTerm, RemlCriterion
from analysis.mixed_models.satterthwaite import fixed_effects
from analysis.result import FloatArray


def _model(seed: int = 1, readers: int = 6, cases: int = 15, slopes: bool = True) -> MixedModel:
    """Return a crossover of which one read in seven is missing."""
    random = np.random.default_rng(seed)
    reader, case, arm = (one.ravel() for one in np.indices((readers, cases, 2)))
    kept = random.random(len(reader)) > 1 / 7
    reader, case, arm = reader[kept], case[kept], arm[kept]
    own = random.normal(size=(readers, 2)) @ np.array([[0.4, 0.2], [0.0, 0.3]])
    noise = 0.3 * random.normal(size=len(reader))
    response = (
        4 - 0.2 * arm + own[reader, 0] + own[reader, 1] * arm * slopes
        + 0.3 * random.normal(size=cases)[case] + noise
    )  # fmt: skip
    ones = np.ones((len(reader), 1))
    both = np.hstack([ones, arm[:, None].astype(np.float64)])
    of_reader = (
        RandomTerm("reader", ("intercept", "arm"), reader, both)
        if slopes
        else RandomTerm("reader", ("intercept",), reader, ones)
    )
    of_case = RandomTerm("case", ("intercept",), case, ones)
    return MixedModel(response, ("intercept", "arm"), both, (of_reader, of_case))


def _written_out(model: MixedModel, theta: FloatArray, sigma: float) -> float:
    """Return -2 log restricted likelihood from the covariance of all rows."""
    triangles = RemlCriterion(model).triangles(theta)
    covariance = np.eye(len(model.response))
    for term, triangle in zip(model.random, triangles, strict=True):
        own = term.columns @ triangle
        covariance += (own @ own.T) * (term.level[:, None] == term.level[None, :])
    covariance *= sigma**2
    inverse, x = np.linalg.inv(covariance), model.design
    information = x.T @ inverse @ x
    beta = np.linalg.solve(information, x.T @ inverse @ model.response)
    rest = model.response - x @ beta
    return float(
        np.linalg.slogdet(covariance)[1]
        + np.linalg.slogdet(information)[1]
        + rest @ inverse @ rest
        + (len(rest) - len(beta)) * math.log(2 * math.pi)
    )


@pytest.mark.parametrize(
    "theta", [[1.0, 0.3, 0.5, 0.8], [0.0, 0.2, 0.0, 1.5], [2.0, -1.0, 0.1, 0.0]]
)
def test_the_criterion_is_the_restricted_likelihood_written_out(theta: list[float]) -> None:
    model = _model()
    found = RemlCriterion(model).at(np.array(theta), 0.4)
    assert found == pytest.approx(_written_out(model, np.array(theta), 0.4), rel=1e-10)


def test_no_other_variances_have_a_smaller_criterion() -> None:
    model = _model(2)
    fit = fit_mixed_model(model)
    start = np.append(fit.theta * 1.2 + 0.05, math.sqrt(fit.residual_variance))

    def written_out(x: FloatArray) -> float:
        return _written_out(model, x[:-1], float(x[-1]))

    other = optimize.minimize(written_out, start, method="Nelder-Mead", options={"maxiter": 1000})
    assert fit.criterion <= float(other.fun) + 1e-6
    assert not fit.singular


def test_a_balanced_crossing_gives_the_components_of_the_analysis_of_variance() -> None:
    random = np.random.default_rng(3)
    readers, cases = 5, 8
    table = (
        random.normal(size=(readers, 1)) + random.normal(size=(1, cases))
        + 0.5 * random.normal(size=(readers, cases))
    )  # fmt: skip
    reader, case = (one.ravel() for one in np.indices(table.shape))
    ones = np.ones((table.size, 1))
    terms = (
        RandomTerm("reader", ("intercept",), reader, ones),
        RandomTerm("case", ("intercept",), case, ones),
    )
    fit = fit_mixed_model(MixedModel(table.ravel(), ("intercept",), ones, terms))
    by_reader, by_case = table.mean(axis=1), table.mean(axis=0)
    rest = table - by_reader[:, None] - by_case[None, :] + table.mean()
    error = (rest**2).sum() / ((readers - 1) * (cases - 1))
    of_readers = (cases * by_reader.var(ddof=1) - error) / cases
    of_cases = (readers * by_case.var(ddof=1) - error) / readers
    assert fit.residual_variance == pytest.approx(error, rel=1e-5)
    assert fit.random[0].covariance[0, 0] == pytest.approx(of_readers, rel=1e-5)
    assert fit.random[1].covariance[0, 0] == pytest.approx(of_cases, rel=1e-5)


def test_one_way_degrees_of_freedom_are_the_groups_less_one() -> None:
    # A mean over balanced groups is tested with the groups' mean square.
    random = np.random.default_rng(4)
    group = np.repeat(np.arange(7), 5)
    response = 2 + random.normal(size=7)[group] + 0.3 * random.normal(size=35)
    ones = np.ones((35, 1))
    term = RandomTerm("group", ("intercept",), group, ones)
    fit = fit_mixed_model(MixedModel(response, ("intercept",), ones, (term,)))
    effect = fixed_effects(fit)[0]
    means = response.reshape(7, 5).mean(axis=1)
    assert effect.df == pytest.approx(6, rel=1e-4)
    assert effect.se == pytest.approx(means.std(ddof=1) / math.sqrt(7), rel=1e-5)
    assert effect.ci.low < effect.estimate < effect.ci.high


def test_the_order_of_rows_and_terms_does_not_matter() -> None:
    model = _model(5)
    order = np.random.default_rng(0).permutation(len(model.response))
    turned = MixedModel(
        model.response[order],
        model.names,
        model.design[order],
        tuple(
            RandomTerm(term.group, term.names, term.level[order], term.columns[order])
            for term in model.random[::-1]
        ),
    )
    one, other = fit_mixed_model(model), fit_mixed_model(turned)
    assert one.criterion == pytest.approx(other.criterion, abs=1e-6)
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-5)
    np.testing.assert_allclose(
        one.random[0].covariance, other.random[1].covariance, rtol=1e-3, atol=1e-6
    )


def test_readers_who_do_not_differ_make_the_fit_singular() -> None:
    model = _model(6, slopes=False)
    reader = model.random[0]
    means = np.array([model.response[reader.level == one].mean() for one in range(6)])
    alike = model.response - means[reader.level]
    fit = fit_mixed_model(MixedModel(alike, model.names, model.design, model.random))
    assert fit.singular
    assert fit.random[0].covariance[0, 0] == pytest.approx(0, abs=1e-6)
    assert all(math.isfinite(effect.df) for effect in fixed_effects(fit))


def test_variances_that_two_readers_cannot_tell_apart_leave_no_degrees_of_freedom() -> None:
    # Times of a small study, in seconds; by rounding alone one order of its rows gave 9 df for the
    # arm and another 0.00000003.
    seconds = np.array([25.0, 30, 27, 24, 24, 29, 28, 23, 25, 31, 30, 26, 25, 24, 30, 27])
    reader = np.repeat([0, 1, 0, 1], 4)
    case = np.array([2, 3, 0, 1, 2, 3, 0, 1, 1, 3, 0, 2, 2, 1, 3, 0])
    arm, period = np.repeat([0.0, 1, 1, 0], 4), np.repeat([0.0, 0, 1, 1], 4)
    ones = np.ones(16)
    for seed in range(6):
        at = np.random.default_rng(seed).permutation(16)
        model = MixedModel(
            np.log(seconds[at]),
            ("intercept", "arm", "period"),
            np.column_stack([ones, arm[at], period[at]]),
            (
                RandomTerm(
                    "reader", ("intercept", "arm"), reader[at], np.column_stack([ones, arm[at]])
                ),
                RandomTerm("case", ("intercept",), case[at], ones[:, None]),
            ),
        )
        fit = fit_mixed_model(model)
        assert not fit.singular
        assert all(math.isnan(effect.df) for effect in fixed_effects(fit))


def test_fixed_effects_that_cannot_be_told_apart_are_refused() -> None:
    model = _model()
    doubled = np.hstack([model.design, model.design[:, [1]]])
    with pytest.raises(MixedModelError, match="told apart"):
        fit_mixed_model(
            MixedModel(model.response, ("intercept", "arm", "again"), doubled, model.random)
        )


def test_effects_as_many_as_rows_are_refused() -> None:
    ones = np.ones((4, 1))
    term = RandomTerm("case", ("intercept",), np.arange(4), ones)
    with pytest.raises(MixedModelError, match="4 rows for 4 effects"):
        fit_mixed_model(MixedModel(np.arange(4.0), ("intercept",), ones, (term,)))


def test_a_single_level_is_refused() -> None:
    ones = np.ones((4, 1))
    term = RandomTerm("reader", ("intercept",), np.zeros(4, dtype=np.int64), ones)
    with pytest.raises(MixedModelError, match="two levels of reader"):
        fit_mixed_model(MixedModel(np.arange(4.0), ("intercept",), ones, (term,)))


def test_twenty_readers_and_500_cases_are_fitted_without_the_covariance_of_all_rows(
    most_bytes: Callable[[Callable[[], object]], int],
) -> None:
    model = _model(7, readers=20, cases=500)
    # Measured at 130 numbers a row; the covariance has 17,000.
    numbers = 400
    held = most_bytes(lambda: fixed_effects(fit_mixed_model(model)))
    assert held < numbers * 8 * len(model.response)
