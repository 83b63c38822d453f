"""The readers' mean log reading times, compared as figures of merit (Obuchowski and Rockette).

The mean over a reader's cases is a figure of merit like an AUC: it varies with the cases, and
readers differ. So the same analysis gives a ratio of times with readers and cases random.
"""

import math
from dataclasses import dataclass

import numpy as np

from analysis.estimators.t_inference import TInference
from analysis.mrmc.obuchowski_rockette import MrmcResult, RandomEffects, obuchowski_rockette
from analysis.mrmc.ratings import MrmcError
from analysis.mrmc.reader_foms import ReaderFoms, foms_from_jackknife
from analysis.result import FloatArray, Interval

# A standard error this small on the log scale is rounding: the arms' times are the same.
ROUNDING_SE = 1e-9


@dataclass(frozen=True, slots=True)
class ReadersTimeRatio:
    """The first arm's geometric mean time over the second's; None where nothing varies."""

    first: str
    second: str
    ratio: float
    ci: Interval | None
    df: float
    p: float | None


@dataclass(frozen=True, slots=True)
class ReadersTimes:
    """The whole analysis on the log scale, and its differences as ratios."""

    analysis: MrmcResult
    ratios: tuple[ReadersTimeRatio, ...]


def mean_log_times(
    arms: tuple[str, ...], readers: tuple[str, ...], reading_s: FloatArray
) -> ReaderFoms:
    """Return every reader's mean log time in every arm, with the covariance over cases.

    Parameters
    ----------
    arms, readers
        Names in the order of the array.
    reading_s
        (arms, readers, n) seconds, above 0, without gaps.

    Raises
    ------
    MrmcError
        Where a time is missing or not above 0, or there are fewer than two cases.
    """
    if reading_s.ndim != 3 or reading_s.shape[2] < 2:
        raise MrmcError(f"expected times by arm, reader and 2 or more cases, got {reading_s.shape}")
    if not (reading_s > 0).all():
        raise MrmcError(
            "expected a time above 0 s of every reader, case and arm, got a gap or none; "
            "use the mixed model, which needs no complete table"
        )
    logs = np.log(reading_s)
    n = logs.shape[2]
    means = logs.mean(axis=2)
    without = (n * means[:, :, None] - logs) / (n - 1)
    return foms_from_jackknife(arms, readers, means, without, name="mean log reading time")


def compare_reader_times(
    arms: tuple[str, ...],
    readers: tuple[str, ...],
    reading_s: FloatArray,
    *,
    effects: RandomEffects = RandomEffects.READERS_AND_CASES,
    level: float = 0.95,
) -> ReadersTimes:
    """Compare the arms' mean log times; parameters and errors as in `mean_log_times`."""
    found = obuchowski_rockette(mean_log_times(arms, readers, reading_s), effects, level=level)
    return ReadersTimes(
        found,
        tuple(_ratio(one.first, one.second, one.inference) for one in found.differences),
    )


def _ratio(first: str, second: str, inference: TInference) -> ReadersTimeRatio:
    """Return a difference of logarithms as a ratio."""
    ratio, ci = math.exp(inference.estimate), inference.ci
    if ci is None or inference.se < ROUNDING_SE:
        return ReadersTimeRatio(first, second, ratio, None, inference.df, None)
    limits = Interval(math.exp(ci.low), math.exp(ci.high))
    return ReadersTimeRatio(first, second, ratio, limits, inference.df, inference.p)
