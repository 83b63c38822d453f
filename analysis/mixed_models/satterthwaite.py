"""Tests of a mixed model's fixed effects with Satterthwaite's degrees of freedom.

As lmerTest does it (Kuznetsova, Brockhoff and Christensen 2017, Journal of Statistical Software
82:13): the degrees of freedom of a t test say how well the variance of the effect is known, from
how that variance changes with the variance parameters and how well these are known. Derivatives are
central differences, extrapolated once.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from analysis.mixed_models.mixed_model import MixedModelFit
from analysis.mixed_models.reml import RemlCriterion
from analysis.result import FloatArray, Interval

# Curvature below this share of the greatest counts as none: differences of the criterion leave that
# much of rounding.
_FLAT = 1e-9
_STEP = 1e-2


@dataclass(frozen=True, slots=True)
class FixedEffect:
    """One fixed effect, tested against 0.

    `df`, and with it `p` and `ci`, is NaN where the spread of its variance is not known, as when
    two readers are all there is for a variance of readers, one of their arms and a covariance.
    """

    name: str
    estimate: float
    se: float
    df: float
    t: float
    p: float
    ci: Interval


def fixed_effects(fit: MixedModelFit, *, level: float = 0.95) -> tuple[FixedEffect, ...]:
    """Return every fixed effect of a fitted model with test and interval."""
    criterion = RemlCriterion(fit.model)
    n_theta = len(fit.theta)
    at = np.append(fit.theta, math.sqrt(fit.residual_variance))
    curvature = _hessian(lambda x: criterion.at(x[:n_theta], float(x[n_theta])), at)
    # -2 log likelihood: twice the inverse curvature is the parameters' covariance.
    spread = 2 * _inverse(curvature)
    gradients = _jacobian(
        lambda x: float(x[n_theta]) ** 2 * criterion.solve(x[:n_theta]).unscaled, at
    )
    found = []
    for place in range(len(fit.coefficients)):
        gradient = gradients[:, place, place]
        found.append(_effect(fit, place, float(gradient @ spread @ gradient), level))
    return tuple(found)


def _effect(fit: MixedModelFit, place: int, uncertainty: float, level: float) -> FixedEffect:
    """Return one effect; `uncertainty` is the variance of its variance."""
    estimate, variance = float(fit.coefficients[place]), float(fit.covariance[place, place])
    df = 2 * variance**2 / uncertainty if uncertainty > 0 else math.nan
    se = math.sqrt(variance)
    t = estimate / se
    half = float(stats.t.ppf((1 + level) / 2, df)) * se
    return FixedEffect(
        fit.model.names[place],
        estimate,
        se,
        df,
        t,
        float(2 * stats.t.sf(abs(t), df)),
        Interval(estimate - half, estimate + half),
    )


def _inverse(curvature: FloatArray) -> FloatArray:
    """Return the inverse; NaN where the data do not tell the variance parameters apart."""
    values, vectors = np.linalg.eigh(curvature)
    if values.min() <= _FLAT * values.max():
        return np.full_like(curvature, np.nan)
    inverse: FloatArray = (vectors / values) @ vectors.T
    return inverse


def _steps(at: FloatArray) -> FloatArray:
    """Return a step for each parameter; the criterion is smooth through 0."""
    steps: FloatArray = _STEP * np.maximum(np.abs(at), 0.1)
    return steps


def _jacobian(function: Callable[[FloatArray], FloatArray], at: FloatArray) -> FloatArray:
    """Return the derivatives by each parameter."""

    def difference(step: FloatArray) -> FloatArray:
        along: FloatArray = (function(at + step) - function(at - step)) / (2 * step.sum())
        return along

    steps = np.diag(_steps(at))
    return np.stack([(4 * difference(one / 2) - difference(one)) / 3 for one in steps])


def _hessian(function: Callable[[FloatArray], float], at: FloatArray) -> FloatArray:
    """Return the second derivatives."""

    def second(one: FloatArray, other: FloatArray) -> float:
        total = function(at + one + other) - function(at + one - other)
        total += function(at - one - other) - function(at - one + other)
        return total / float(4 * one.sum() * other.sum())

    along = np.diag(_steps(at))
    return np.array(
        [
            [(4 * second(one / 2, other / 2) - second(one, other)) / 3 for other in along]
            for one in along
        ]
    )
