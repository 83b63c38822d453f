"""Power of a planned reader study, and how many cases it needs, from conjecture or a pilot.

Hillis, Obuchowski and Berbaum (2011) for fully crossed studies; for split-plot and nested designs
the expectations of the mean squares in Hillis (2014). The errors' covariances shrink with the
number of cases, the readers' variances do not. Two arms; the alternative is the difference in the
population of what is random.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from analysis.mrmc.components import ErrorCovariances
from analysis.mrmc.obuchowski_rockette import MrmcResult, RandomEffects, hillis_df
from analysis.mrmc.ratings import Design, MrmcError

# A search for the number of cases stops here.
MOST_CASES = 20_000


@dataclass(frozen=True, slots=True)
class PilotComponents:
    """What a pilot study or a conjecture says of the variances.

    Attributes
    ----------
    arm_reader
        Arm x reader variance; below 0 is taken as 0.
    error
        Error variance and covariances of a study with `cases` cases.
    cases
        The number of cases that `error` is for; with cases nested in readers or groups those that
        one reader reads.
    reader
        Reader variance; needed only where readers are nested in arms.
    """

    arm_reader: float
    error: ErrorCovariances
    cases: int
    reader: float = 0.0

    def __post_init__(self) -> None:
        if self.cases < 1 or not self.error.variance > 0:
            raise MrmcError(
                "expected an error variance above 0 and the number of cases that it is for, got "
                f"{self.error.variance} and {self.cases}"
            )


@dataclass(frozen=True, slots=True)
class PlannedStudy:
    """A study to come, of two arms.

    `readers` are all readers; where readers are nested in arms, those of one arm. `groups` is the
    number of groups where cases are nested in groups of readers, each of the same size.
    """

    readers: int
    cases: int
    design: Design = Design.CROSSED
    groups: int = 1

    def __post_init__(self) -> None:
        if self.readers < 2 or self.cases < 2:
            raise MrmcError(
                f"expected two readers and two cases at least, got {self.readers} and {self.cases}"
            )
        if self.groups < 1 or self.readers % self.groups or self.readers == self.groups > 1:
            raise MrmcError(
                f"expected groups of two readers or more, all of one size, got {self.readers} "
                f"readers in {self.groups} groups"
            )
        if (self.groups > 1) != (self.design is Design.CASES_IN_GROUPS):
            raise MrmcError(f"expected groups with cases nested in groups only, got {self.groups}")


@dataclass(frozen=True, slots=True)
class Power:
    """Power of the F test (chi-square where readers are fixed: `df2` is inf)."""

    power: float
    noncentrality: float
    df2: float
    critical: float


@dataclass(frozen=True, slots=True)
class CasesNeeded:
    """The fewest cases with a power above the wanted one, or the most that were tried."""

    cases: int
    power: Power
    reached: bool


@dataclass(frozen=True, slots=True)
class _Expected:
    """Expected mean square of the error term, what shared cases add, degrees of freedom."""

    mean_square: float
    shared: float
    df: int


def pilot_components(pilot: MrmcResult, *, cases: int) -> PilotComponents:
    """Return the components of a study that was made, for planning the next one.

    The arm x reader variance is taken with Cov2 - Cov3 at least 0 (Hillis, Obuchowski and Berbaum
    2011, equation 9). `cases` is the number of cases of the pilot that one reader read.
    """
    error, squares = pilot.components.error, pilot.squares
    if pilot.design is Design.READERS_IN_ARMS:
        return PilotComponents(0.0, error, cases, max(pilot.components.reader, 0.0))
    arm_reader = squares.error - error.variance + error.cov1 + error.sharing
    return PilotComponents(arm_reader, error, cases, max(pilot.components.reader, 0.0))


def power_of(
    planned: PlannedStudy,
    components: PilotComponents,
    *,
    effect: float,
    alpha: float = 0.05,
    effects: RandomEffects = RandomEffects.READERS_AND_CASES,
) -> Power:
    """Return the power to find a difference between two arms.

    Parameters
    ----------
    planned, components
        The study to come, and the variances that it is expected to have.
    effect
        The difference in the figure of merit.
    alpha
        Size of the two-sided test.
    effects
        What the study's result is to hold beyond.
    """
    if not 0 < alpha < 1 or not math.isfinite(effect):
        raise MrmcError(f"expected 0 < alpha < 1 and a difference, got {alpha} and {effect}")
    expected = _expected(planned, components, effects)
    below = expected.mean_square + expected.shared
    if not below > 0:
        raise MrmcError(f"expected a variance of the difference above 0, got {below:g}")
    noncentrality = effect**2 * planned.readers / 2 / below
    if effects is RandomEffects.CASES:
        critical = float(stats.chi2.ppf(1 - alpha, 1))
        power = float(stats.ncx2.sf(critical, 1, noncentrality)) if noncentrality else alpha
        return Power(power, noncentrality, math.inf, critical)
    df2 = hillis_df(below, expected.mean_square, expected.df)
    critical = float(stats.f.ppf(1 - alpha, 1, df2))
    power = float(stats.ncf.sf(critical, 1, df2, noncentrality)) if noncentrality else alpha
    return Power(power, noncentrality, df2, critical)


def cases_needed(
    planned: PlannedStudy,
    components: PilotComponents,
    *,
    effect: float,
    power: float = 0.8,
    alpha: float = 0.05,
    effects: RandomEffects = RandomEffects.READERS_AND_CASES,
    most_cases: int = MOST_CASES,
) -> CasesNeeded:
    """Return the fewest cases with which a power is exceeded; the cases of `planned` do not count.

    Power rises with the cases and may fall again, for with few readers the degrees of freedom
    shrink as the readers' own variance takes over. So numbers 5 % apart are tried in turn, then
    those about the best, and the first above the wanted power is found between its neighbours.
    Where even the best is too low, `reached` is False.
    """

    def at(cases: int) -> Power:
        study = replace(planned, cases=cases)
        return power_of(study, components, effect=effect, alpha=alpha, effects=effects)

    places = np.geomspace(2, most_cases, int(20 * math.log(most_cases))).round().astype(int)
    tried = np.unique(places).tolist()
    powers = [at(cases).power for cases in tried]
    first = next((place for place, one in enumerate(powers) if one > power), None)
    if first is None:
        best = int(np.argmax(powers))
        low, high = tried[max(best - 1, 0)], tried[min(best + 1, len(tried) - 1)]
        enough = max(range(low, high + 1), key=lambda cases: at(cases).power)
        if at(enough).power <= power:
            return CasesNeeded(most_cases, at(most_cases), reached=False)
        fewest = low
    else:
        fewest, enough = tried[max(first - 1, 0)], tried[first]
    while enough - fewest > 1:
        middle = (fewest + enough) // 2
        if at(middle).power > power:
            enough = middle
        else:
            fewest = middle
    return CasesNeeded(enough, at(enough), reached=True)


def _expected(
    planned: PlannedStudy, components: PilotComponents, effects: RandomEffects
) -> _Expected:
    """Return the expectations of the denominator's parts (Hillis 2014, table 2)."""
    ratio, error = components.cases / planned.cases, _of_design(components.error, planned.design)
    sharing = max(error.cov2 - error.cov3, 0.0) * ratio
    arm_reader = max(components.arm_reader, 0.0)
    readers = planned.readers // planned.groups
    df = planned.readers - planned.groups
    if planned.design is Design.READERS_IN_ARMS:
        between = arm_reader + components.reader
        square, df = ratio * (error.variance - error.cov2), 2 * (planned.readers - 1)
    else:
        between, square = arm_reader, ratio * (error.variance - error.cov1) - sharing
    if effects is RandomEffects.CASES:
        return _Expected(square, readers * sharing, df)
    if effects is RandomEffects.READERS:
        return _Expected(between + square, 0.0, df)
    return _Expected(between + square, readers * sharing, df)


def _of_design(error: ErrorCovariances, design: Design) -> ErrorCovariances:
    """Return the covariances without those of pairs that share no cases."""
    if design is Design.CASES_IN_READERS:
        return replace(error, cov2=0.0, cov3=0.0)
    if design is Design.CASES_IN_ARMS:
        return replace(error, cov1=0.0, cov3=0.0)
    return error
