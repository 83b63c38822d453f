"""Non-inferiority and equivalence: a difference held against a margin that was stated beforehand.

Non-inferiority is the one-sided test whose size is half of 1 - level, so that it is established
exactly where the interval's lower limit lies above minus the margin. Equivalence is two one-sided
tests of that size (Schuirmann 1987): the whole interval lies within the margin. Works with any
estimate, standard error and degrees of freedom; an increase is an improvement.
"""

import math
from dataclasses import dataclass

from scipy import stats

from analysis.estimators.t_inference import TInference
from analysis.mrmc.ratings import MrmcError


@dataclass(frozen=True, slots=True)
class MarginTest:
    """The test of a difference against a margin; `p` is None where the variance is 0.

    `p` is one-sided (the greater of the two where both sides are tested), to be held against
    `size`.
    """

    margin: float
    p: float | None
    size: float
    reason: str | None = None

    @property
    def established(self) -> bool:
        """Whether the null hypothesis of a difference beyond the margin is rejected."""
        return self.p is not None and self.p < self.size


def noninferiority_test(difference: TInference, margin: float, *, level: float) -> MarginTest:
    """Test that the first is worse than the second by less than a margin.

    Raises
    ------
    MrmcError
        Where the margin is not above 0.
    """
    return _tested(difference, margin, level, both_sides=False)


def equivalence_test(difference: TInference, margin: float, *, level: float) -> MarginTest:
    """Test that two differ by less than a margin, in either direction.

    Raises
    ------
    MrmcError
        Where the margin is not above 0.
    """
    return _tested(difference, margin, level, both_sides=True)


def _tested(difference: TInference, margin: float, level: float, *, both_sides: bool) -> MarginTest:
    """Return the greater p of the sides that are tested."""
    if not (margin > 0 and math.isfinite(margin)):
        raise MrmcError(f"expected a margin above 0, got {margin}")
    size = (1 - level) / 2
    if difference.p is None:
        return MarginTest(margin, None, size, difference.reason)
    worse = float(stats.t.sf((difference.estimate + margin) / difference.se, difference.df))
    better = float(stats.t.sf((margin - difference.estimate) / difference.se, difference.df))
    return MarginTest(margin, max(worse, better) if both_sides else worse, size)
