"""The Obuchowski-Rockette analysis: whether arms are equal, how they differ, what each is worth.

Obuchowski and Rockette (1995) with the degrees of freedom of Hillis (2007) and, for split-plot and
nested designs, the marginal means of Hillis (2014). Readers and cases are random (RRRC), or the
cases only (FRRC, readers fixed: these readers), or the readers only (RRFC, cases fixed: these
cases). Differences Cov2 - Cov3 and covariances Cov2 below 0 are taken as 0 in every denominator.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

import numpy as np
from scipy import stats

from analysis.estimators.t_inference import TInference, t_inference
from analysis.mrmc.components import (
    ErrorCovariances,
    MeanSquares,
    VarianceComponents,
    arm_reader_mean_square,
    error_covariances,
    mean_squares,
    reader_df,
    variance_components,
)
from analysis.mrmc.ratings import Design, MrmcError
from analysis.mrmc.reader_foms import ReaderFoms


class RandomEffects(StrEnum):
    """What the study's results are to hold beyond, as it is printed."""

    READERS_AND_CASES = "readers and cases random"
    CASES = "readers fixed, cases random"
    READERS = "readers random, cases fixed"


class DegreesOfFreedom(StrEnum):
    """How the denominator's degrees of freedom are found."""

    HILLIS = "Hillis"
    ORIGINAL = "Obuchowski-Rockette"


@dataclass(frozen=True, slots=True)
class EqualArmsTest:
    """The test that all arms are equal.

    `statistic` is F with `df1` and `df2`, or chi-square with `df1` where readers are fixed (then
    `df2` is inf). None, with a reason, where the denominator is 0.
    """

    statistic: float | None
    df1: int
    df2: float
    p: float | None
    denominator: float
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ArmMean:
    """The mean of an arm's readers, with what its variance is made of."""

    arm: str
    inference: TInference
    reader_mean_square: float
    error: ErrorCovariances


@dataclass(frozen=True, slots=True)
class ArmDifference:
    """The first arm minus the second; of one reader where `reader` is given."""

    first: str
    second: str
    inference: TInference
    reader: str | None = None


@dataclass(frozen=True, slots=True)
class ReaderMean:
    """The figure of merit of one reader in one arm, that reader fixed."""

    reader: str
    arm: str
    inference: TInference


@dataclass(frozen=True, slots=True)
class MrmcResult:
    """Everything that one Obuchowski-Rockette analysis says.

    `equality` is None with one arm; `reader_differences` and `reader_means` are given where
    readers are fixed. `differences` are those of every two arms, the earlier minus the later.
    """

    effects: RandomEffects
    design: Design
    method: str
    squares: MeanSquares
    components: VarianceComponents
    equality: EqualArmsTest | None
    differences: tuple[ArmDifference, ...]
    means: tuple[ArmMean, ...]
    reader_differences: tuple[ArmDifference, ...]
    reader_means: tuple[ReaderMean, ...]


@dataclass(frozen=True, slots=True)
class _Denominator:
    """What the arms' mean square is compared with, and its degrees of freedom."""

    value: float
    df: float


def obuchowski_rockette(
    foms: ReaderFoms,
    effects: RandomEffects = RandomEffects.READERS_AND_CASES,
    *,
    level: float = 0.95,
    df: DegreesOfFreedom = DegreesOfFreedom.HILLIS,
) -> MrmcResult:
    """Compare the arms of a reader study.

    Parameters
    ----------
    foms
        Figures of merit with their error covariance, from `reader_foms`.
    effects
        What is random.
    level
        Confidence level of every interval; limits are not truncated.
    df
        Hillis's degrees of freedom, or the original (arms - 1)(readers - 1), which are their
        smallest value.

    Raises
    ------
    MrmcError
        Where readers are to be random and an arm has one reader only.
    """
    fixed = effects is RandomEffects.CASES
    if not fixed and min(np.bincount(foms.arm)) < 2:
        raise MrmcError(
            "expected at least two readers in each arm for random readers, got one; take readers "
            "as fixed"
        )
    squares, error = mean_squares(foms), error_covariances(foms)
    below = _denominator(foms, squares, error, effects, df)
    return MrmcResult(
        effects,
        foms.read_by.design,
        method_of(foms, effects),
        squares,
        variance_components(squares, error, len(foms.arms)),
        _equality(squares, below, len(foms.arms), fixed=fixed),
        _differences(foms, below, level),
        tuple(_mean(foms, arm, effects, level) for arm in range(len(foms.arms))),
        _reader_differences(foms, level) if fixed else (),
        _reader_means(foms, level) if fixed else (),
    )


def method_of(foms: ReaderFoms, effects: RandomEffects = RandomEffects.READERS_AND_CASES) -> str:
    """Return the analysis in words."""
    return f"Obuchowski-Rockette, {foms.method}, {effects}, {foms.read_by.design}"


def _denominator(
    foms: ReaderFoms,
    squares: MeanSquares,
    error: ErrorCovariances,
    effects: RandomEffects,
    df: DegreesOfFreedom,
) -> _Denominator:
    """Return the denominator of the arms' mean square (Hillis 2014, table 3)."""
    sharing = squares.readers_sharing
    if effects is RandomEffects.READERS:
        return _Denominator(squares.error, squares.error_df)
    if effects is RandomEffects.CASES:
        if foms.read_by.design is Design.READERS_IN_ARMS:
            if sharing <= 1:  # Nobody shares an arm: there is no Cov2.
                left = error.variance - error.cov3
            else:
                left = error.variance - error.cov2 + sharing * error.sharing
        else:
            left = error.variance - error.cov1 + (sharing - 1) * error.sharing
        return _Denominator(error.beyond_rounding(left), math.inf)
    value = squares.error + sharing * error.sharing
    if df is DegreesOfFreedom.ORIGINAL:
        return _Denominator(value, squares.error_df)
    return _Denominator(value, hillis_df(value, squares.error, squares.error_df))


def hillis_df(total: float, mean_square: float, df: int) -> float:
    """Return the degrees of freedom of a sum of which only the mean square is uncertain.

    Hillis (2007); never below `df`, and inf where the mean square is 0.
    """
    return df * (total / mean_square) ** 2 if mean_square > 0 else math.inf


def _equality(
    squares: MeanSquares, below: _Denominator, arms: int, *, fixed: bool
) -> EqualArmsTest | None:
    """Return the global test; None with one arm."""
    if arms < 2:
        return None
    df1 = arms - 1
    if not below.value > 0:
        return EqualArmsTest(
            None, df1, below.df, None, below.value, "not estimable: the denominator is not above 0"
        )
    ratio = squares.arm / below.value
    if fixed:
        p = float(stats.chi2.sf(df1 * ratio, df1))
        return EqualArmsTest(df1 * ratio, df1, below.df, p, below.value)
    if math.isinf(below.df):
        p = float(stats.chi2.sf(df1 * ratio, df1))
    else:
        p = float(stats.f.sf(ratio, df1, below.df))
    return EqualArmsTest(ratio, df1, below.df, p, below.value)


def _differences(foms: ReaderFoms, below: _Denominator, level: float) -> tuple[ArmDifference, ...]:
    """Return the differences of every two arms."""
    sizes = np.bincount(foms.arm)
    means = np.bincount(foms.arm, weights=foms.values) / sizes
    return tuple(
        ArmDifference(
            foms.arms[first],
            foms.arms[second],
            t_inference(
                float(means[first] - means[second]),
                float(1 / sizes[first] + 1 / sizes[second]) * below.value,
                below.df,
                level=level,
            ),
        )
        for first, second in combinations(range(len(sizes)), 2)
    )


def _mean(foms: ReaderFoms, arm: int, effects: RandomEffects, level: float) -> ArmMean:
    """Return the mean of an arm, from the readings of that arm only."""
    members = foms.arm == arm
    readers, error = int(members.sum()), error_covariances(foms, arm=arm)
    square = arm_reader_mean_square(foms, arm)
    cov2 = max(error.cov2, 0.0)
    group = np.bincount(foms.read_by.group[foms.reader[members]])
    sharing = float((group**2).sum() / readers)
    df: float
    if effects is RandomEffects.CASES:
        total, df = error.variance + (sharing - 1) * cov2, math.inf
    elif effects is RandomEffects.READERS:
        total, df = square, reader_df(foms, arm)
    else:
        total = square + sharing * cov2
        df = hillis_df(total, square, reader_df(foms, arm))
    estimate = float(foms.values[members].mean())
    return ArmMean(
        foms.arms[arm], t_inference(estimate, total / readers, df, level=level), square, error
    )


def _reader_differences(foms: ReaderFoms, level: float) -> tuple[ArmDifference, ...]:
    """Return each reader's differences, from that reader's own variance and Cov1."""
    table = foms.table
    return tuple(
        ArmDifference(
            foms.arms[first],
            foms.arms[second],
            t_inference(
                float(table[first, reader] - table[second, reader]),
                2 * own.beyond_rounding(own.variance - own.cov1),
                math.inf,
                level=level,
            ),
            foms.readers[reader],
        )
        for reader in range(len(foms.readers))
        for own in (error_covariances(foms, reader=reader),)
        for first, second in combinations(range(len(foms.arms)), 2)
        if not np.isnan(table[[first, second], reader]).any()
    )


def _reader_means(foms: ReaderFoms, level: float) -> tuple[ReaderMean, ...]:
    """Return each reader's figure of merit in each arm."""
    return tuple(
        ReaderMean(
            foms.readers[foms.reader[curve]],
            foms.arms[foms.arm[curve]],
            t_inference(
                float(foms.values[curve]),
                float(foms.covariance[curve, curve]),
                math.inf,
                level=level,
            ),
        )
        for curve in range(len(foms.values))
    )
