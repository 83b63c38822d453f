"""RJafroc's `StCadVsRad`: an AI against the mean of readers, by any figure of merit.

Differences are readers minus AI there. One number stands for each label of the reference's answer,
in its order; labels of a row of numbers share their name.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy import stats

from analysis.estimators.t_inference import TInference
from analysis.mrmc.components import error_covariances, spread
from analysis.mrmc.obuchowski_rockette import ArmMean, RandomEffects, obuchowski_rockette
from analysis.mrmc.reader_foms import ReaderFoms
from analysis.mrmc.standalone import ai_against_readers, as_second_arm
from analysis.reference_methods.r_calls import RCall
from analysis.reference_methods.reference_case import Part

KEY = re.compile(r"\.(\w+)")
Values = Mapping[str, Sequence[float]]


def against_readers(
    call: RCall, expected: tuple[Part, ...], foms: ReaderFoms, ai: str
) -> tuple[Part, ...]:
    """Return what a call of `StCadVsRad` answers.

    Parameters
    ----------
    call
        With `method`: 1T-RRRC (the default), 1T-RRFC or 2T-RRRC, and `alpha`.
    expected
        The reference's answer, for its labels.
    foms
        Figures of merit of one arm with jackknife covariance, the AI's among them.
    ai
        The AI's name among the readers.

    Raises
    ------
    ValueError
        For another method.
    """
    level = 1 - call.number("alpha", 0.05)
    alone = foms.readers.index(ai)
    readers = np.delete(foms.values, alone)
    common = {
        "fomCAD": [float(foms.values[alone])],
        "fomRAD": readers.tolist(),
        "avgRadFom": [float(readers.mean())],
        "avgDiffFom": [float(readers.mean() - foms.values[alone])],
        "varR": [spread(readers)],
        "varDiffFom": [spread(readers)],
    }
    method = call.argument("method", "1T-RRRC")
    if method == "2T-RRRC":
        return tuple(_labelled(expected, common | _two_arms(foms, ai, level)))
    effects = {"1T-RRRC": RandomEffects.READERS_AND_CASES, "1T-RRFC": RandomEffects.READERS}
    if method not in effects:
        raise ValueError(f"expected 1T-RRRC, 1T-RRFC or 2T-RRRC, got {method}")
    found = ai_against_readers(foms, ai, effects[method], level=level)
    return tuple(_labelled(expected, common | _one_arm(foms, found, alone)))


def _one_arm(foms: ReaderFoms, found: TInference, alone: int) -> dict[str, Sequence[float]]:
    """Return the analysis of one arm."""
    others = np.delete(np.arange(len(foms.values)), alone)
    contrast = np.eye(len(foms.values))[others]
    contrast[:, alone] = -1.0
    covariance = contrast @ foms.covariance @ contrast.T
    apart = ~np.eye(len(others), dtype=bool)
    low, high = (math.nan, math.nan) if found.ci is None else (-found.ci.high, -found.ci.low)
    ai = float(foms.values[alone])
    return {
        "CIAvgRad": [ai + low, ai + high],
        "CIAvgRadFom": [ai + low, ai + high],
        "CIAvgDiffFom": [low, high],
        "varError": [float(np.diag(covariance).mean())],
        "cov2": [float(covariance[apart].mean())],
        "Tstat": [math.nan if found.statistic is None else -found.statistic],
        "df": [found.df],
        "pval": [math.nan if found.p is None else found.p],
    }


def _two_arms(foms: ReaderFoms, ai: str, level: float) -> dict[str, Sequence[float]]:
    """Return the analysis of two arms, the AI copied once per reader as the first."""
    crossed = as_second_arm(foms, ai)
    found = obuchowski_rockette(crossed, level=level)
    test, one = found.equality, found.differences[0].inference
    error, components = error_covariances(crossed), found.components
    statistic, p, df2 = math.nan, math.nan, math.nan
    if test is not None and test.statistic is not None and test.p is not None:
        statistic, p, df2 = test.statistic, test.p, test.df2
    t = -one.estimate / one.se if one.se else math.nan
    low, high = (math.nan, math.nan) if one.ci is None else (-one.ci.high, -one.ci.low)
    greater = float(2 * stats.t.sf(abs(t), one.df))
    return {
        "varR": [components.reader],
        "varTR": [components.arm_reader],
        "cov1": [error.cov1],
        "cov2": [error.cov2],
        "cov3": [error.cov3],
        "varError": [error.variance],
        "FStat": [statistic],
        "ndf": [1.0],
        "df": [df2],
        "pval": [p],
        "ciDiffFom": [-one.estimate, one.se, one.df, t, greater, low, high],
        "ciAvgRdrEachTrt": _of_arms(found.means),
    }


def _of_arms(means: Sequence[ArmMean]) -> list[float]:
    """Return estimate, standard error, df, limits and Cov2 of each arm, row by row."""
    rows: list[float] = []
    for mean in means:
        inference, error = mean.inference, mean.error
        limits = (
            (math.nan, math.nan) if inference.ci is None else (inference.ci.low, inference.ci.high)
        )
        rows += [inference.estimate, inference.se, inference.df, *limits, error.cov2]
    return rows


def _labelled(expected: tuple[Part, ...], values: Values) -> Iterator[Part]:
    """Return a number for each label that has one."""
    met: Counter[str] = Counter()
    for part in expected:
        found = KEY.match(part.label)
        own = values.get(found[1], ()) if found else ()
        if found and met[found[1]] < len(own):
            yield Part(part.label, float(own[met[found[1]]]))
            met[found[1]] += 1
