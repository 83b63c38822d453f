"""Quotients of sums over cases, whole and without each sampling unit, in closed form.

Every figure of merit of marks is one of two kinds. A share is a sum over cases divided by another.
A comparison counts how often a rating on one side lies above one on the other, ties one half,
divided by what both sides weigh. Without a unit the sums lose what that unit has put in, so the
jackknife needs no second pass: O(n log n) in all.
"""

from dataclasses import dataclass

import numpy as np

from analysis.mrmc.ratings import IntArray
from analysis.result import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """A quotient, and what it is without each of u sampling units (u,); NaN where undefined."""

    value: float
    without: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """The ratings (m,) of one side of a comparison.

    Attributes
    ----------
    rating, weight, unit
        (m,) each rating, what it counts, and the sampling unit that it belongs to.
    mass
        (u,) what each unit puts into the denominator.
    """

    rating: FloatArray
    weight: FloatArray
    unit: IntArray
    mass: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """How often the ratings of `above` exceed those of `below`, ties one half."""

    above: Side
    below: Side

    def left_out(self) -> LeftOut:
        """Return the quotient with each unit left out.

        With S the sum over all pairs, a unit takes away its rows and its columns of the table of
        pairs, and gets back the pairs within itself, which both contain.
        """
        above, below = self.above, self.below
        units = len(above.mass)
        of_below = below.weight * _weight_above(above.rating, above.weight, below.rating)
        of_above = above.weight * (
            below.weight.sum() - _weight_above(below.rating, below.weight, above.rating)
        )
        total = float(of_below.sum())
        lost = np.bincount(below.unit, weights=of_below, minlength=units) + np.bincount(
            above.unit, weights=of_above, minlength=units
        )
        remaining = total - lost + self._within_units()
        above_mass, below_mass = above.mass.sum(), below.mass.sum()
        masses = (above_mass - above.mass) * (below_mass - below.mass)
        return LeftOut(
            _quotient(total, float(above_mass * below_mass)), _quotients(remaining, masses)
        )

    def _within_units(self) -> FloatArray:
        """Return the sum (u,) over the pairs of each unit with itself."""
        above, below = self.above, self.below
        order = np.argsort(above.unit, kind="stable")
        count = np.bincount(above.unit, minlength=len(above.mass))
        partners = count[below.unit]
        first = np.repeat((np.cumsum(count) - count)[below.unit], partners)
        nth = np.arange(partners.sum()) - np.repeat(np.cumsum(partners) - partners, partners)
        lower, upper = np.repeat(np.arange(len(partners)), partners), order[first + nth]
        exceeds = above.rating[upper] > below.rating[lower]
        ties = above.rating[upper] == below.rating[lower]
        worth = above.weight[upper] * below.weight[lower] * (exceeds + 0.5 * ties)
        within = np.zeros(len(above.mass))
        np.add.at(within, below.unit[lower], worth)
        return within


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """A sum over sampling units (u,) divided by another."""

    part: FloatArray
    mass: FloatArray

    def left_out(self) -> LeftOut:
        """Return the quotient with each unit left out."""
        part, mass = float(self.part.sum()), float(self.mass.sum())
        return LeftOut(_quotient(part, mass), _quotients(part - self.part, mass - self.mass))


def _weight_above(rating: FloatArray, weight: FloatArray, limit: FloatArray) -> FloatArray:
    """Return what the ratings above each limit weigh, those equal to it one half."""
    order = np.argsort(rating, kind="stable")  # of equal ones the order hangs on the processor
    ordered, heaped = rating[order], np.concatenate(([0.0], np.cumsum(weight[order])))
    below = heaped[np.searchsorted(ordered, limit, side="left")]
    up_to = heaped[np.searchsorted(ordered, limit, side="right")]
    above: FloatArray = heaped[-1] - (below + up_to) / 2
    return above


def _quotient(part: float, mass: float) -> float:
    """Return a quotient; NaN of nothing."""
    return part / mass if mass > 0 else float("nan")


def _quotients(part: FloatArray, mass: FloatArray) -> FloatArray:
    """Return quotients; NaN of nothing."""
    found: FloatArray = np.full(len(mass), np.nan)
    np.divide(part, mass, out=found, where=mass > 0)
    return found
