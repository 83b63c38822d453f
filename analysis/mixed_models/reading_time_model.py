"""Whether reading takes longer in an arm, with readers and cases random.

Times are skewed and act in proportion, so both analyses work on their logarithm, and a difference
of arms is a ratio of (geometric mean) times. The mixed model is

    log(reading_s) ~ arm + period + position + (1 + arm | reader) + (1 | case)

and, where that is singular, one with fewer variances, which is said. The analysis of the readers'
mean log times after Obuchowski and Rockette stands in `reading_time_readers`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.mixed_models.mixed_model import (
    MixedModelError,
    MixedModelFit,
    RandomCovariance,
    fit_mixed_model,
)
from analysis.mixed_models.reml import IntArray, MixedModel, RandomTerm
from analysis.mixed_models.satterthwaite import FixedEffect, fixed_effects
from analysis.result import FloatArray, Interval

INTERCEPT = "intercept"
POSITION = "position"


@dataclass(frozen=True, slots=True, eq=False)
class TimedReads:
    """Reads with their times, one place a read.

    Attributes
    ----------
    reading_s
        (n,) seconds, above 0.
    arm, reader, case
        Who read what in which arm.
    period
        Where there are several; None where there is one.
    position
        (n,) place of the read in its reader's order; None where unknown.
    """

    reading_s: FloatArray
    arm: tuple[str, ...]
    reader: tuple[str, ...]
    case: tuple[str, ...]
    period: tuple[str, ...] | None = None
    position: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse times that have no logarithm, and columns of another length."""
        n = len(self.reading_s)
        if {n} != {len(column) for column in (self.arm, self.reader, self.case)}:
            raise MixedModelError(f"expected arm, reader and case of {n} reads, got other numbers")
        if not (self.reading_s > 0).all():
            raise MixedModelError(
                "expected reading times above 0 s, got one that is not; leave such reads out"
            )


@dataclass(frozen=True, slots=True)
class TimeRatio:
    """How many times as long the second arm takes, with Satterthwaite's t on the log scale."""

    first: str
    second: str
    ratio: float
    ci: Interval
    df: float
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class ReadingTimeModel:
    """The fitted model.

    Attributes
    ----------
    formula
        The model that was fitted in the end.
    notes
        What was left out of the planned model and why; empty where it was fitted as planned.
    effects
        On the log scale.
    ratios
        Each later arm against the first.
    random, residual_variance
        Variance components on the log scale.
    singular
        Whether even the smallest model has a variance of 0.
    """

    formula: str
    notes: tuple[str, ...]
    effects: tuple[FixedEffect, ...]
    ratios: tuple[TimeRatio, ...]
    random: tuple[RandomCovariance, ...]
    residual_variance: float
    singular: bool


@dataclass(frozen=True, slots=True, eq=False)
class _FixedPart:
    """The fixed effects: terms as printed, names and columns, and what was left out."""

    terms: tuple[str, ...]
    names: tuple[str, ...]
    design: FloatArray
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _RandomPart:
    """One choice of random terms, as printed."""

    terms: str
    random: tuple[RandomTerm, ...]


def model_reading_times(
    reads: TimedReads, *, arms: Sequence[str], level: float = 0.95
) -> ReadingTimeModel:
    """Fit the mixed model of log reading times.

    Parameters
    ----------
    reads
        Any design in which cases are read more than once.
    arms
        In order; the first is the one that others are compared with.
    level
        Confidence level.

    Raises
    ------
    MixedModelError
        Where there is one reader, fewer than two arms, or no case was read twice.

    Notes
    -----
    Where the model is singular (a variance of 0, or a perfect correlation), the readers' own arm
    effects are first taken as uncorrelated with the readers' speed (1 | reader:arm), and then left
    out. Dropping them can make the test of the arm anticonservative, which the note says.
    """
    if len(arms) < 2:
        raise MixedModelError(f"expected at least two arms to compare, got {', '.join(arms)}")
    fixed = _fixed_part(reads, arms)
    tried: list[str] = []
    for choice in _random_parts(reads, arms):
        model = MixedModel(np.log(reads.reading_s), fixed.names, fixed.design, choice.random)
        fit = fit_mixed_model(model)
        if not fit.singular:
            break
        tried.append(choice.terms)
    notes = (*fixed.notes, *_fallback_notes(tried, choice.terms))
    terms = " + ".join((*fixed.terms, choice.terms))
    return _result(fit, f"log(reading_s) ~ {terms}", notes, arms, level)


def _result(
    fit: MixedModelFit, formula: str, notes: tuple[str, ...], arms: Sequence[str], level: float
) -> ReadingTimeModel:
    """Return the fitted model in the words of the study."""
    effects = fixed_effects(fit, level=level)
    by_name = {effect.name: effect for effect in effects}
    ratios = tuple(_ratio(arms[0], arm, by_name[f"arm {arm}"]) for arm in arms[1:])
    return ReadingTimeModel(
        formula, notes, effects, ratios, fit.random, fit.residual_variance, fit.singular
    )


def _ratio(first: str, second: str, effect: FixedEffect) -> TimeRatio:
    """Return an effect as a ratio of times."""
    ci = Interval(_exponential(effect.ci.low), _exponential(effect.ci.high))
    ratio = _exponential(effect.estimate)
    return TimeRatio(first, second, ratio, ci, effect.df, effect.p)


def _exponential(log: float) -> float:
    """Return e to a power; infinity where a tiny study's interval is wider than numbers go."""
    try:
        return math.exp(log)
    except OverflowError:
        return math.inf


def _fixed_part(reads: TimedReads, arms: Sequence[str]) -> _FixedPart:
    """Return the fixed effects that can be told apart; the arm always stays."""
    n = len(reads.reading_s)
    arm = _contrasts("arm", reads.arm, arms)
    terms, names = ["arm"], [INTERCEPT, *(f"arm {one}" for one in arms[1:])]
    design = np.hstack([np.ones((n, 1)), arm])
    notes: list[str] = []
    offered = [("period", *_period(reads)), ("position", *_position(reads))]
    for term, more, columns in offered:
        if not more:
            continue
        wider = np.hstack([design, columns])
        if np.linalg.matrix_rank(wider) < wider.shape[1]:
            notes.append(f"{term} left out: it cannot be told apart from {' and '.join(terms)}")
            continue
        terms, names, design = [*terms, term], [*names, *more], wider
    return _FixedPart(tuple(terms), tuple(names), design, tuple(notes))


def _contrasts(what: str, values: Sequence[str], levels: Sequence[str]) -> FloatArray:
    """Return a column (n, levels - 1) for each level but the first."""
    unknown = sorted(set(values) - set(levels))
    if unknown or not set(levels) <= set(values):
        raise MixedModelError(
            f"expected reads of every {what} ({', '.join(levels)}) and no other, "
            f"got {', '.join(sorted(set(values)))}"
        )
    column = np.array(values)[:, None]
    contrasts: FloatArray = (column == np.array(levels[1:])[None, :]).astype(np.float64)
    return contrasts


def _period(reads: TimedReads) -> tuple[list[str], FloatArray]:
    """Return names and columns of the periods; none where there is one."""
    levels = sorted(set(reads.period)) if reads.period is not None else []
    if reads.period is None or len(levels) < 2:
        return [], np.zeros((len(reads.reading_s), 0))
    return [f"period {one}" for one in levels[1:]], _contrasts("period", reads.period, levels)


def _position(reads: TimedReads) -> tuple[list[str], FloatArray]:
    """Return name and column of the position, around its mean; none where it is unknown."""
    if reads.position is None:
        return [], np.zeros((len(reads.reading_s), 0))
    return [POSITION], (reads.position - reads.position.mean())[:, None]


def _random_parts(reads: TimedReads, arms: Sequence[str]) -> tuple[_RandomPart, ...]:
    """Return the choices of random terms, the planned one first."""
    ones = np.ones((len(reads.reading_s), 1))
    reader, case = _places(reads.reader), _places(reads.case)
    slopes = np.hstack([ones, _contrasts("arm", reads.arm, arms)])
    of_case = RandomTerm("case", (INTERCEPT,), case, ones)
    of_reader = RandomTerm("reader", (INTERCEPT,), reader, ones)
    names = (INTERCEPT, *(f"arm {one}" for one in arms[1:]))
    both = [f"{who}\n{arm}" for who, arm in zip(reads.reader, reads.arm, strict=True)]
    return (
        _RandomPart(
            "(1 + arm | reader) + (1 | case)",
            (RandomTerm("reader", names, reader, slopes), of_case),
        ),
        _RandomPart(
            "(1 | reader) + (1 | reader:arm) + (1 | case)",
            (of_reader, RandomTerm("reader:arm", (INTERCEPT,), _places(both), ones), of_case),
        ),
        _RandomPart("(1 | reader) + (1 | case)", (of_reader, of_case)),
    )


def _places(labels: Sequence[str]) -> IntArray:
    """Return the place of each label among them in order."""
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _fallback_notes(tried: list[str], fitted: str) -> tuple[str, ...]:
    """Say which models were singular, and what that means for the arm."""
    if not tried:
        return ()
    notes = [f"{terms} is singular (a variance is 0 or a correlation perfect)" for terms in tried]
    if fitted in tried:
        notes[-1] += "; it was kept, as the smallest model"
    else:
        notes[-1] += f"; {fitted} was fitted in its place"
    if "arm" not in fitted:
        notes.append(
            "the arm's effect is taken as the same in all readers; if it varies, its test is "
            "anticonservative"
        )
    return tuple(notes)
