"""The plan's tests taken together: adjusted p beside those of each test.

The family is every test of a comparison that belongs to the locked plan. A one-sided p (against a
margin) is doubled first, for it is held against half of alpha.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from analysis.multiplicity import Adjustment, adjusted_p, serial_gatekeeping_p
from analysis.result import Estimate, FloatArray
from analysis.settings import ONE_SIDED, AnalysisSettings, MultipleTests


def adjusted_estimates(
    estimates: tuple[Estimate, ...], settings: AnalysisSettings
) -> tuple[Estimate, ...]:
    """Return the estimates, those of the plan's family with `p_adjusted`.

    Holm, Hochberg and the others take all tests of the family at once. A fixed sequence goes
    through the quantities of `order`, the plan's quantity first where it is not among them; where
    a quantity has several comparisons they are one step, adjusted after Holm.
    """
    if settings.adjust is MultipleTests.NONE:
        return estimates
    family = [
        place
        for place, one in enumerate(estimates)
        if not one.exploratory and len(one.subjects) == 2
    ]
    adjusted = dict(zip(family, _adjusted([estimates[at] for at in family], settings), strict=True))
    return tuple(
        replace(one, p_adjusted=adjusted[place]) if one.p is not None and place in adjusted else one
        for place, one in enumerate(estimates)
    )


def _adjusted(family: list[Estimate], settings: AnalysisSettings) -> list[float | None]:
    """Return the adjusted p of a family, in its order; None where there is no p."""
    p = np.array([_two_sided(one) for one in family], dtype=np.float64)
    if settings.adjust is MultipleTests.FIXED_SEQUENCE:
        found = _in_sequence(p, family, settings)
    else:
        found = adjusted_p(p, method=Adjustment(settings.adjust.value))
    return [None if np.isnan(one) else float(one) for one in found]


def _in_sequence(p: FloatArray, family: list[Estimate], settings: AnalysisSettings) -> FloatArray:
    """Return the adjusted p of quantities tested one after another."""
    there = dict.fromkeys(one.quantity for one in family)
    sequence = [name for name in _sequence(settings) if name in there]
    steps = [np.array([one.quantity == name for one in family], dtype=bool) for name in sequence]
    found = np.full(len(p), np.nan)
    for step, own in zip(steps, serial_gatekeeping_p([p[step] for step in steps]), strict=True):
        found[step] = own
    return found


def _sequence(settings: AnalysisSettings) -> Iterable[str]:
    """Return the quantities in the order of their tests."""
    first = f"{settings.quantity}_difference"
    return settings.order if first in settings.order else (first, *settings.order)


def _two_sided(one: Estimate) -> float:
    """Return a p to be held against alpha; NaN where there is none."""
    if one.p is None:
        return float("nan")
    return min(2 * one.p, 1.0) if one.quantity.endswith(ONE_SIDED) else one.p
