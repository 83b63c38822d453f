"""RJafroc's significance tests of ROC data, label by label.

Names of modalities and readers are taken from the reference's own answer, in their order.
"""

import math
import re

import numpy as np

from analysis.estimators.t_inference import TInference
from analysis.mrmc.components import error_covariances
from analysis.mrmc.dbm import ArmSquares, CrossedSquares, DbmResult, dorfman_berbaum_metz
from analysis.mrmc.figures_of_merit import EmpiricalAuc, Jackknifed, jackknifed
from analysis.mrmc.obuchowski_rockette import MrmcResult, RandomEffects, obuchowski_rockette
from analysis.mrmc.reader_foms import ReaderFoms, reader_foms
from analysis.reference_methods.against_readers import against_readers
from analysis.reference_methods.case_ratings import case_ratings
from analysis.reference_methods.r_calls import RCall, r_call
from analysis.reference_methods.reference_case import Part, ReferenceCase, matrix, vector

Parts = tuple[Part, ...]
EFFECTS = {
    "RRRC": RandomEffects.READERS_AND_CASES,
    "FRRC": RandomEffects.CASES,
    "RRFC": RandomEffects.READERS,
}
CELL = re.compile(r"\.FOMs\.foms\[(.+), (.+)\]")


def answer(case: ReferenceCase, name: str) -> Parts | None:
    """Return what a name asks for; None where the name is not known."""
    call = r_call(case.calls[name], "St")
    compared = r_call(case.calls[name], "StCadVsRad")
    if compared is not None and compared.argument("FOM") == "Wilcoxon":
        foms = reader_foms(case_ratings(case))
        return against_readers(compared, case.expected[name], foms, foms.readers[0])
    if call is None or call.argument("FOM") != "Wilcoxon":
        return None
    study = case_ratings(case)
    left_out = jackknifed(study, EmpiricalAuc())
    return significance(
        call, case.expected[name], reader_foms(study), left_out, cases=len(study.truth)
    )


def significance(
    call: RCall, expected: Parts, foms: ReaderFoms, left_out: Jackknifed, *, cases: int
) -> Parts:
    """Return what RJafroc's `St` says of figures of merit and their jackknife.

    Parameters
    ----------
    call
        The call, with `method` and `analysisOption`.
    expected
        The reference's answer, for the names of modalities and readers.
    foms, left_out
        The figures of merit with their covariance, and without each case.
    cases
        How many cases there are, whether or not they count for the figure of merit.
    """
    option = call.argument("analysisOption")
    cells = [cell for part in expected if (cell := CELL.fullmatch(part.label))]
    arms = list(dict.fromkeys(cell[1] for cell in cells))
    readers = list(dict.fromkeys(cell[2] for cell in cells))
    found = obuchowski_rockette(foms, EFFECTS[option])
    both = (*_foms(foms, found, arms, readers),)
    if call.argument("method") == "OR":
        return (
            *both,
            *_or_anova(foms, found),
            *_or_tests(found, option, cases),
        )
    dbm = dorfman_berbaum_metz(
        left_out,
        arms=len(foms.arms),
        readers=len(foms.readers),
        effects=EFFECTS[option],
    )
    return (*both, *_dbm_anova(dbm, arms, readers), *_dbm_tests(dbm, option))


def _foms(foms: ReaderFoms, found: MrmcResult, arms: list[str], readers: list[str]) -> Parts:
    """Return figures of merit, means and differences of means."""
    return (
        *(
            Part(f".FOMs.foms{part.label}", part.value)
            for part in matrix(arms, readers, foms.table.tolist())
        ),
        *vector([one.inference.estimate for one in found.means], "FOMs.trtMeans.Estimate"),
        *vector(
            [one.inference.estimate for one in found.differences], "FOMs.trtMeanDiffs.Estimate"
        ),
    )


def _or_anova(foms: ReaderFoms, found: MrmcResult) -> Parts:
    """Return mean squares and components, of all, of each arm and of each reader."""
    arms, readers = len(foms.arms), len(foms.readers)
    squares, error = found.squares, found.components.error
    df = (arms - 1, readers - 1, (arms - 1) * (readers - 1))
    means = (squares.arm, squares.reader, squares.error)
    arm_reader = squares.error - error.variance + error.cov1 + error.sharing
    reader = (
        squares.reader
        - error.variance
        + (arms - 1) * (error.cov3 - error.cov1)
        + error.cov2
        - arm_reader
    ) / arms
    own = [error_covariances(foms, reader=place) for place in range(readers)]
    spread = foms.table.var(axis=0, ddof=1) if arms > 1 else np.full(readers, math.nan)
    variance = error.variance or math.nan
    each = [one.error for one in found.means]
    return (
        *vector([one * by for one, by in zip(means, df, strict=True)], "ANOVA.TRanova.SS"),
        *vector(df, "ANOVA.TRanova.DF"),
        *vector(means, "ANOVA.TRanova.MS"),
        *vector(
            (reader, arm_reader, error.cov1, error.cov2, error.cov3, error.variance),
            "ANOVA.VarCom.Estimates",
        ),
        *vector(
            (
                math.nan,
                math.nan,
                error.cov1 / variance,
                error.cov2 / variance,
                error.cov3 / variance,
                math.nan,
            ),
            "ANOVA.VarCom.Rhos",
        ),
        *vector([readers - 1] * arms, "ANOVA.IndividualTrt.DF"),
        *vector([one.reader_mean_square for one in found.means], "ANOVA.IndividualTrt.msREachTrt"),
        *vector([one.variance for one in each], "ANOVA.IndividualTrt.varEachTrt"),
        *vector([one.cov2 for one in each], "ANOVA.IndividualTrt.cov2EachTrt"),
        *vector([arms - 1] * readers, "ANOVA.IndividualRdr.DF"),
        *vector(spread.tolist(), "ANOVA.IndividualRdr.msTEachRdr"),
        *vector([one.variance for one in own], "ANOVA.IndividualRdr.varEachRdr"),
        *vector([one.cov1 for one in own], "ANOVA.IndividualRdr.cov1EachRdr"),
        *vector([one.variance for one in own], "FRRC.IndividualRdrVarCov1.varEachRdr"),
        *vector([one.cov1 for one in own], "FRRC.IndividualRdrVarCov1.cov1EachRdr"),
    )


def _or_tests(found: MrmcResult, option: str, cases: int) -> Parts:
    """Return the tests and intervals of one choice of what is random."""
    fixed = option == "FRRC"
    ones = [one.inference for one in found.means]
    means = (
        *_rows(f"{option}.ciAvgRdrEachTrt", ones, df=[cases - 1.0] * len(ones) if fixed else None),
        *vector([one.error.cov2 for one in found.means], f"{option}.ciAvgRdrEachTrt.Cov2"),
    )
    test = found.equality
    if test is None or test.statistic is None or test.p is None:
        return means
    statistic = {"RRRC": "FStat", "FRRC": "Chisq", "RRFC": "F"}[option]
    return (
        *means,
        *vector((found.squares.arm, test.denominator), f"{option}.FTests.MS"),
        *vector((test.df1, math.nan if fixed else test.df2), f"{option}.FTests.DF"),
        *vector((test.statistic, math.nan), f"{option}.FTests.{statistic}"),
        *vector((test.p, math.nan), f"{option}.FTests.p"),
        *_rows(f"{option}.ciDiffTrt", [one.inference for one in found.differences]),
        *_rows(f"{option}.ciDiffTrtEachRdr", [one.inference for one in found.reader_differences]),
    )


def _dbm_anova(found: DbmResult, arms: list[str], readers: list[str]) -> Parts:
    """Return sums and mean squares and the components of the pseudovalues."""
    sums, df, squares = (_in_order(one) for one in (found.sums, found.df, found.squares))
    parts = found.components
    i, j, k = found.df.arm, found.df.reader, found.df.case
    return (
        *vector((*sums, sum(sums)), "ANOVA.TRCanova.SS"),
        *vector((*df, sum(df)), "ANOVA.TRCanova.DF"),
        *vector((*squares, math.nan), "ANOVA.TRCanova.MS"),
        *vector(
            (
                parts.reader,
                parts.case,
                parts.arm_reader,
                parts.arm_case,
                parts.reader_case,
                parts.error,
            ),
            "ANOVA.VarCom.Estimates",
        ),
        *vector((j, k, j * k), "ANOVA.IndividualTrt.DF"),
        *_each("ANOVA.IndividualTrt", arms, found.arms),
        *vector((i, k, i * k), "ANOVA.IndividualRdr.DF"),
        *_each("ANOVA.IndividualRdr", readers, found.readers),
    )


def _each(table: str, names: list[str], ones: tuple[ArmSquares, ...]) -> Parts:
    """Return the mean squares of each arm or reader under its name."""
    return tuple(
        part
        for name, one in zip(names, ones, strict=True)
        for part in vector((one.main, one.case, one.interaction), f"{table}.{name}")
    )


def _dbm_tests(found: DbmResult, option: str) -> Parts:
    """Return the tests and intervals of one choice of what is random."""
    test = found.equality
    if test.f is None or test.p is None:
        return ()
    return (
        *vector((test.df1, test.df2), f"{option}.FTests.DF"),
        *vector((test.mean_square, test.denominator), f"{option}.FTests.MS"),
        *vector((test.f, math.nan), f"{option}.FTests.FStat"),
        *vector((test.p, math.nan), f"{option}.FTests.p"),
        *_rows(f"{option}.ciDiffTrt", list(found.differences)),
        *_rows(f"{option}.ciAvgRdrEachTrt", list(found.means)),
        *_rows(f"{option}.ciDiffTrtEachRdr", list(found.reader_differences)),
    )


def _in_order(one: CrossedSquares) -> tuple[float, ...]:
    """Return the terms in RJafroc's order."""
    return (
        one.arm,
        one.reader,
        one.case,
        one.arm_reader,
        one.arm_case,
        one.reader_case,
        one.arm_reader_case,
    )


def _rows(table: str, ones: list[TInference], df: list[float] | None = None) -> Parts:
    """Return estimates, standard errors, tests and limits, column by column."""
    unknown = math.nan
    statistic = [unknown if one.statistic is None else one.statistic for one in ones]
    p = [unknown if one.p is None else one.p for one in ones]
    columns = {
        "Estimate": [one.estimate for one in ones],
        "StdErr": [one.se for one in ones],
        "DF": [one.df for one in ones] if df is None else df,
        "t": statistic,
        "z": statistic,
        "PrGTt": p,
        "PrGTz": p,
        "CILower": [unknown if one.ci is None else one.ci.low for one in ones],
        "CIUpper": [unknown if one.ci is None else one.ci.high for one in ones],
    }
    return tuple(
        part for name, values in columns.items() for part in vector(values, f"{table}.{name}")
    )
