"""A linear mixed model with crossed random effects, and its REML criterion.

As in lme4 (Bates, Maechler, Bolker and Walker 2015, Journal of Statistical Software 67:1): the
covariance of each random term is written relative to the residual variance by a lower triangle;
coefficients and residual variance are profiled out. The largest grouping factor (the cases) is
eliminated level by level, levels with the same design at once; what is factored has as many rows as
the other terms (the readers) have effects, so that the number of cases costs next to nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.result import FloatArray

IntArray = npt.NDArray[np.int64]

# A residual sum of squares this small beside the response's own is rounding.
NOTHING_LEFT = 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class RandomTerm:
    """Effects that vary by a grouping factor: its intercepts, or intercepts and slopes.

    Attributes
    ----------
    group
        What the effects vary by, such as reader.
    names
        Names of the columns.
    level
        (n,) place of each row's level, 0 to levels - 1.
    columns
        (n, c) what the effects are multiplied by; a column of ones for an intercept. The c effects
        of a level covary freely.
    """

    group: str
    names: tuple[str, ...]
    level: IntArray
    columns: FloatArray

    @property
    def n_levels(self) -> int:
        """How many levels there are."""
        return int(self.level.max()) + 1

    @property
    def n_parameters(self) -> int:
        """Entries of the triangle."""
        width = len(self.names)
        return width * (width + 1) // 2


@dataclass(frozen=True, slots=True, eq=False)
class MixedModel:
    """A model before it is fitted.

    Attributes
    ----------
    response
        (n,).
    names, design
        Names and columns (n, p) of the fixed effects, of full rank.
    random
        At least one random term.
    """

    response: FloatArray
    names: tuple[str, ...]
    design: FloatArray
    random: tuple[RandomTerm, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """What is left to know at given relative covariances.

    `log_determinant` is that of the random and fixed effects' matrix, `residual` the penalised sum
    of squares, `unscaled` (p, p) the coefficients' covariance at a residual variance of 1.
    """

    log_determinant: float
    residual: float
    coefficients: FloatArray
    unscaled: FloatArray


class RemlCriterion:
    """-2 log restricted likelihood as a function of the relative covariances, data summed up."""

    def __init__(self, model: MixedModel) -> None:
        """Sum up the data once; each evaluation then costs what the levels cost, not the rows."""
        self._terms = model.random
        widest = max(range(len(self._terms)), key=lambda place: self._terms[place].n_levels)
        self._widest = widest
        self._others = [place for place in range(len(self._terms)) if place != widest]
        self._p = model.design.shape[1]
        self.df: int = len(model.response) - self._p
        rest = [_indicator(self._terms[place]) for place in self._others]
        dense = np.hstack([*rest, model.design, model.response[:, None]])
        self._squares: FloatArray = dense.T @ dense
        self._sum_up_widest(self._terms[widest], dense)

    def _sum_up_widest(self, term: RandomTerm, dense: FloatArray) -> None:
        """Sum up the widest term over its levels, those with the same design together."""
        levels, width, rest = term.n_levels, len(term.names), dense.shape[1]
        own = np.zeros((levels, width, width))
        np.add.at(own, term.level, term.columns[:, :, None] * term.columns[:, None, :])
        cross = np.zeros((levels, width, rest))
        for column in range(width):
            np.add.at(cross[:, column], term.level, term.columns[:, [column]] * dense)
        found, place = np.unique(own.reshape(levels, -1), axis=0, return_inverse=True)
        self._own = found.reshape(-1, width, width)
        self._same = np.bincount(place).astype(np.float64)
        self._cross = np.empty((len(found), width, width, rest, rest))
        for design in range(len(found)):
            of_design = cross[place == design]
            for one, other in np.ndindex(width, width):
                self._cross[design, one, other] = of_design[:, one].T @ of_design[:, other]

    def triangles(self, theta: FloatArray) -> tuple[FloatArray, ...]:
        """Return the lower triangle of each term."""
        found, start = [], 0
        for term in self._terms:
            width = len(term.names)
            triangle = np.zeros((width, width))
            triangle[np.tril_indices(width)] = theta[start : start + term.n_parameters]
            start += term.n_parameters
            found.append(triangle)
        return tuple(found)

    def solve(self, theta: FloatArray) -> Solved:
        """Return coefficients, residual and determinants.

        One Cholesky factor of [random effects, fixed effects, response] holds them all.

        Raises
        ------
        LinAlgError
            Where the effects explain the response but for rounding.
        """
        triangles = self.triangles(theta)
        own = triangles[self._widest]
        block = own.T @ self._own @ own + np.eye(len(own))
        weights = own @ np.linalg.solve(block, np.broadcast_to(own.T, block.shape))
        explained = np.tensordot(weights, self._cross, axes=3)
        matrix = self._scaled(self._scaled(self._squares - explained, triangles).T, triangles)
        q = len(matrix) - self._p - 1
        matrix[np.arange(q), np.arange(q)] += 1
        root = np.linalg.cholesky(matrix)
        if root[-1, -1] ** 2 <= NOTHING_LEFT * self._squares[-1, -1]:
            raise np.linalg.LinAlgError("nothing is left for the residual")
        fixed, last = slice(q, q + self._p), len(matrix) - 1
        upper = root[fixed, fixed].T
        inverse = np.linalg.inv(upper)
        of_widest = float(self._same @ np.linalg.slogdet(block)[1])
        return Solved(
            of_widest + 2 * float(np.log(np.diag(root)[:last]).sum()),
            float(root[last, last] ** 2),
            inverse @ root[last, fixed],
            inverse @ inverse.T,
        )

    def profiled(self, theta: FloatArray) -> float:
        """Return the criterion at the residual variance that makes it least."""
        solved = self.solve(theta)
        spread = 1 + math.log(2 * math.pi * solved.residual / self.df)
        return float(solved.log_determinant + self.df * spread)

    def at(self, theta: FloatArray, sigma: float) -> float:
        """Return the criterion at a residual standard deviation."""
        solved = self.solve(theta)
        spread = self.df * math.log(2 * math.pi * sigma**2)
        return float(solved.log_determinant + spread + solved.residual / sigma**2)

    def bounds(self) -> list[tuple[float | None, None]]:
        """Return the bounds of theta: standard deviations are not negative."""
        return [
            (0.0 if row == column else None, None)
            for term in self._terms
            for row, column in zip(*np.tril_indices(len(term.names)), strict=True)
        ]

    def _scaled(self, matrix: FloatArray, triangles: Sequence[FloatArray]) -> FloatArray:
        """Return a matrix with the columns of the other terms turned into relative effects."""
        scaled, start = matrix.copy(), 0
        for place in self._others:
            width = len(triangles[place])
            own = slice(start, start + width * self._terms[place].n_levels)
            columns = matrix[:, own].reshape(len(matrix), -1, width) @ triangles[place]
            scaled[:, own] = columns.reshape(len(matrix), -1)
            start = own.stop
        return scaled


def _indicator(term: RandomTerm) -> FloatArray:
    """Return the columns (n, levels x c) of a random term, level by level."""
    width = len(term.names)
    columns = np.zeros((len(term.level), term.n_levels, width))
    columns[np.arange(len(term.level)), term.level] = term.columns
    return columns.reshape(len(term.level), -1)
