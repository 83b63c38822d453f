"""The plan's tests taken together: their order, adjusted p, and what each decides.

The family is every test of a comparison that belongs to the locked plan. A one-sided p (against a
margin) is doubled first, for it is held against half of alpha.
"""

from dataclasses import dataclass, replace

import numpy as np

from analysis.estimators.multiplicity import Adjustment, adjusted_p, serial_gatekeeping_p
from analysis.quantity_words import EQUIVALENCE, NONINFERIORITY, side_name
from analysis.result import AnalysisResult, Estimate, FloatArray
from analysis.settings import ONE_SIDED, AnalysisSettings, MultipleTests

NOT_COMPUTED = "not computed"
NOT_TESTED = "no test"


@dataclass(frozen=True, slots=True)
class PlannedTest:
    """One test of the plan: its place, its name in the plan, and what was found.

    `estimate` is None where the plan's test could not be computed at all.
    """

    number: int
    quantity: str
    estimate: Estimate | None

    @property
    def decision(self) -> str:
        """What was decided, or that nothing was."""
        if self.estimate is None:
            return NOT_COMPUTED
        return self.estimate.decision or NOT_TESTED


def planned_tests(result: AnalysisResult) -> tuple[PlannedTest, ...]:
    """Return the tests of the plan in their order; none without a plan.

    A quantity with several comparisons (groups, arms) has one number for all of them.
    """
    family = [one for one in result.planned if len(one.subjects) == 2]
    more = dict.fromkeys(one.quantity for one in family if one.quantity not in result.tests)
    found = []
    for number, name in enumerate((*result.tests, *more), start=1):
        own = [one for one in family if one.quantity == name]
        found += [PlannedTest(number, name, one) for one in own]
        if not own:
            found.append(PlannedTest(number, name, None))
    return tuple(found)


def adjusted_estimates(
    estimates: tuple[Estimate, ...], settings: AnalysisSettings
) -> tuple[Estimate, ...]:
    """Return the estimates, those of the plan's family with `p_adjusted` and `decision`.

    Holm, Hochberg and the others take all tests of the family at once. A fixed sequence goes
    through the quantities of `order`, the plan's quantity first where it is not among them; where
    a quantity has several comparisons they are one step, adjusted after Holm.
    """
    family = [
        place
        for place, one in enumerate(estimates)
        if not one.exploratory and len(one.subjects) == 2
    ]
    adjusted = dict(zip(family, _adjusted([estimates[at] for at in family], settings), strict=True))
    return tuple(
        _decided(replace(one, p_adjusted=adjusted[place]), settings)
        if one.p is not None and place in adjusted
        else one
        for place, one in enumerate(estimates)
    )


def _adjusted(family: list[Estimate], settings: AnalysisSettings) -> list[float | None]:
    """Return the adjusted p of a family, in its order; None where there is no p."""
    if settings.adjust in (MultipleTests.NONE, MultipleTests.DEFAULT):
        return [None] * len(family)
    p = np.array([_two_sided(one) for one in family], dtype=np.float64)
    if settings.adjust is MultipleTests.FIXED_SEQUENCE:
        found = _in_sequence(p, family, settings)
    else:
        found = adjusted_p(p, method=Adjustment(settings.adjust.value))
    return [None if np.isnan(one) else float(one) for one in found]


def _in_sequence(p: FloatArray, family: list[Estimate], settings: AnalysisSettings) -> FloatArray:
    """Return the adjusted p of quantities tested one after another."""
    sequence = dict.fromkeys((*settings.tests, *(one.quantity for one in family)))
    steps = [np.array([one.quantity == name for one in family], dtype=bool) for name in sequence]
    # A test that is not there could not be made: nothing behind it stands.
    tested = [p[step] if step.any() else np.array([np.nan]) for step in steps]
    found = np.full(len(p), np.nan)
    for step, own in zip(steps, serial_gatekeeping_p(tested), strict=True):
        found[step] = own[: step.sum()]
    return found


def _two_sided(one: Estimate) -> float:
    """Return a p to be held against alpha; NaN where there is none."""
    if one.p is None:
        return float("nan")
    return min(2 * one.p, 1.0) if one.quantity.endswith(ONE_SIDED) else one.p


def _decided(one: Estimate, settings: AnalysisSettings) -> Estimate:
    """Return a test of the plan with what it decides at alpha."""
    own = _two_sided(one)
    p = own if one.p_adjusted is None else one.p_adjusted
    shown = p < settings.alpha
    closed = settings.adjust is MultipleTests.FIXED_SEQUENCE and own < settings.alpha <= p
    words = f"{_claim(one)} {'shown' if shown else 'not shown'}"
    if closed:
        words += ": an earlier test of the sequence failed"
    elif shown and not one.quantity.endswith(ONE_SIDED):
        words += f": {_direction(one)}"
    return replace(one, decision=words)


def _claim(one: Estimate) -> str:
    """Return what a test is to show."""
    if one.quantity.endswith(NONINFERIORITY):
        return "non-inferiority"
    return "equivalence" if one.quantity.endswith(EQUIVALENCE) else "difference"


def _direction(one: Estimate) -> str:
    """Return which side of a comparison has the greater value."""
    more, less = ("longer", "shorter") if one.quantity.startswith("reading_s") else (
        "higher", "lower",
    )  # fmt: skip
    return f"{side_name(one.subjects[0])} {more if (one.estimate or 0.0) > 0 else less}"
