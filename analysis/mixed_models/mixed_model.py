"""Linear mixed models with crossed random effects, fitted by restricted maximum likelihood (REML).

The criterion of `reml` is minimised over the entries of its triangles, as lme4 does.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse
from scipy.sparse import linalg

from analysis.mixed_models.reml import NOTHING_LEFT, MixedModel, RemlCriterion
from analysis.result import FloatArray

# lme4's isSingular: a relative standard deviation below it counts as 0.
SINGULAR = 1e-4
# Two starts, for a criterion may be flat near 0.
_STARTS = (1.0, 0.2)


class MixedModelError(ValueError):
    """A mixed model cannot be fitted; the text says what was expected and got."""


@dataclass(frozen=True, slots=True, eq=False)
class RandomCovariance:
    """The covariance (c, c) of a random term's effects."""

    group: str
    names: tuple[str, ...]
    covariance: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class MixedModelFit:
    """What REML gives.

    Attributes
    ----------
    coefficients, covariance
        (p,) fixed effects and (p, p) their covariance.
    random, residual_variance
        Variance components.
    theta
        Entries of the triangles, term by term, row by row.
    criterion
        The REML criterion at its least: -2 log restricted likelihood.
    singular
        Whether a random term has no variance in some direction.
    """

    model: MixedModel
    coefficients: FloatArray
    covariance: FloatArray
    random: tuple[RandomCovariance, ...]
    residual_variance: float
    theta: FloatArray
    criterion: float
    singular: bool


def fit_mixed_model(model: MixedModel) -> MixedModelFit:
    """Fit a linear mixed model by REML.

    Raises
    ------
    MixedModelError
        Where the fixed effects cannot be told apart, a random term has as many levels as there are
        rows, or nothing is left for the residual: the effects explain the response wholly.
    """
    _check(model)
    criterion = RemlCriterion(model)
    try:
        if _explains_all(model):
            raise np.linalg.LinAlgError("nothing is left for the residual")
        theta = _least(criterion)
        solved = criterion.solve(theta)
    except np.linalg.LinAlgError as error:
        raise MixedModelError(
            "expected values that vary beyond what the effects explain, got none that do"
        ) from error
    sigma2 = solved.residual / criterion.df
    random = []
    singular = False
    for term, triangle in zip(model.random, criterion.triangles(theta), strict=True):
        random.append(RandomCovariance(term.group, term.names, sigma2 * triangle @ triangle.T))
        singular |= bool((np.abs(np.diag(triangle)) < SINGULAR).any())
    return MixedModelFit(
        model,
        solved.coefficients,
        sigma2 * solved.unscaled,
        tuple(random),
        sigma2,
        theta,
        criterion.profiled(theta),
        singular,
    )


def _explains_all(model: MixedModel) -> bool:
    """Tell whether least squares on all effects leaves nothing, where rows outnumber the effects.

    The criterion then falls without end, and where its search stops is a matter of rounding.
    """
    rows = np.arange(len(model.response))
    effects = [
        sparse.csr_array(
            (term.columns[:, column], (rows, term.level)), shape=(len(rows), term.n_levels)
        )
        for term in model.random
        for column in range(len(term.names))
    ]
    design = sparse.hstack([sparse.csr_array(model.design), *effects]).tocsr()
    if design.shape[1] >= design.shape[0]:
        return False
    left = linalg.lsqr(design, model.response, atol=1e-12, btol=1e-12)[3]
    return bool(left**2 <= NOTHING_LEFT * float(model.response @ model.response))


def _least(criterion: RemlCriterion) -> FloatArray:
    """Return the theta at which the criterion is least."""
    bounds = criterion.bounds()
    found = [
        optimize.minimize(
            criterion.profiled,
            np.array([start if low == 0.0 else 0.0 for low, _ in bounds]),
            method="L-BFGS-B",
            jac="3-point",
            bounds=bounds,
            options={"ftol": 1e-14, "gtol": 1e-7, "maxiter": 500},
        )
        for start in _STARTS
    ]
    best: FloatArray = np.asarray(min(found, key=lambda one: float(one.fun)).x)
    return best


def _check(model: MixedModel) -> None:
    """Refuse a model that cannot be fitted."""
    rows, columns = model.design.shape
    rank = int(np.linalg.matrix_rank(model.design))
    if rank < columns:
        raise MixedModelError(
            f"expected {columns} fixed effects that can be told apart "
            f"({', '.join(model.names)}), got {rank}; leave one out"
        )
    for term in model.random:
        if term.n_levels * len(term.names) >= rows:
            raise MixedModelError(
                f"expected several rows for each effect by {term.group}, got {rows} rows for "
                f"{term.n_levels * len(term.names)} effects; leave the term out"
            )
        if term.n_levels < 2:
            raise MixedModelError(f"expected at least two levels of {term.group}, got one")
