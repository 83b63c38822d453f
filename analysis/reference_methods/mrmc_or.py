"""Obuchowski-Rockette and Dorfman-Berbaum-Metz analyses, as MRMCaov and RJafroc answer them.

MRMCaov prints variance components as they are estimated, and cuts intervals of means at 0 and 1;
RJafroc takes a negative Cov2 - Cov3 as 0 within the arm x reader component and cuts nothing. With
three arms or more MRMCaov prints the readers' standard errors one after another beside differences
that run through the arms first; compared is what its table makes of our differences and errors.
"""

import math

import numpy as np

from analysis.estimators.t_inference import TInference, t_inference
from analysis.mrmc.figures_of_merit import (
    EmpiricalAuc,
    FigureOfMerit,
    PartialAuc,
    Sensitivity,
    Specificity,
)
from analysis.mrmc.obuchowski_rockette import (
    ArmDifference,
    MrmcResult,
    RandomEffects,
    obuchowski_rockette,
)
from analysis.mrmc.ratings import Design, StudyRatings
from analysis.mrmc.reader_foms import Covariance, ReaderFoms, reader_foms
from analysis.reference_methods import mrmc_rjafroc
from analysis.reference_methods.case_ratings import study_ratings
from analysis.reference_methods.r_calls import RCall, r_call
from analysis.reference_methods.reference_case import (
    Part,
    ReferenceCase,
    ReferenceTable,
    matrix,
    vector,
)
from analysis.result import FloatArray

COVARIANCES = {
    "": Covariance.JACKKNIFE,
    "jackknife": Covariance.JACKKNIFE,
    "DeLong": Covariance.DELONG,
    "unbiased": Covariance.UNBIASED,
}
Parts = tuple[Part, ...]


def answer(case: ReferenceCase, name: str) -> Parts | None:
    """Return what a name asks for; None where the name is not known."""
    text = case.calls[name]
    if "RJafroc::" in text:
        return mrmc_rjafroc.answer(case, name)
    call = next((one for kind in ("mrmc", "srmc", "stmc") if (one := r_call(text, kind))), None)
    if call is None:
        return None
    study = _study(case.table, call)
    figure = _figure(call, case.table)
    foms = reader_foms(
        study, figure, covariance=COVARIANCES[call.argument("cov").removesuffix("()")]
    )
    if call.function == "stmc":
        return _single(foms, call.plain[0].partition("(")[0])
    if ")$data" in text.replace(" ", ""):
        return _values(foms, call)
    if ")$cov" in text.replace(" ", ""):
        return _covariance(foms)
    summary = r_call(text, "summary")
    level = 0.95 if summary is None else summary.number("conf.level", 0.95)
    return _summary(foms, call, level)


def _study(table: ReferenceTable, call: RCall) -> StudyRatings:
    """Return the ratings of the columns that a call names; rows may be chosen by `d[d$a==1,]`."""
    response = r_call(call.plain[0], call.plain[0].partition("(")[0])
    if response is None:
        raise ValueError(f"expected a metric with truth and rating, got {call.plain[0]}")
    rows = _chosen_rows(table, call.argument("data"))
    truth, rating = (table.numbers(column)[rows] for column in response.plain[:2])
    places = call.plain[1:]
    one = np.zeros(int(rows.sum()))
    test = one if call.function == "stmc" else table.categories(places[0])[rows]
    reader = table.categories(_bare(places[1]))[rows] if call.function == "mrmc" else one
    cases = table.categories(_bare(places[-1]))[rows]
    text_of_case = np.array(table.texts(_bare(places[-1])))[rows]
    return study_ratings(test, reader, cases, text_of_case, truth, rating)


def _chosen_rows(table: ReferenceTable, data: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which rows a call is given: all, or those of `d[d$column==value,]`."""
    everything = np.ones(len(table.cells[0]), dtype=bool)
    inside = data.partition("[")[2]
    if not inside:
        return everything
    column, _, value = inside.partition("$")[2].partition("==")
    wanted = value.partition(",")[0].strip().strip("'\"")
    chosen: np.ndarray[tuple[int], np.dtype[np.bool_]] = np.array(
        [cell == wanted for cell in table.texts(column.strip())]
    )
    return chosen


def _bare(argument: str) -> str:
    """Return the column of an argument that may be `fixed(column)`."""
    inner = r_call(argument, "fixed")
    return argument if inner is None else inner.plain[0]


def _figure(call: RCall, table: ReferenceTable) -> FigureOfMerit:
    """Return the figure of merit of a metric; a decision is positive at its greater value."""
    metric = call.plain[0].partition("(")[0]
    response = r_call(call.plain[0], metric)
    if response is None or metric not in ("empirical_auc", "binary_sens", "binary_spec"):
        raise ValueError(f"expected empirical_auc, binary_sens or binary_spec, got {metric}")
    if metric != "empirical_auc":
        threshold = float(table.numbers(response.plain[1]).max())
        return Sensitivity(threshold) if metric == "binary_sens" else Specificity(threshold)
    partial = response.argument("partial")
    low, high = response.number("min", 0.0), response.number("max", 1.0)
    if partial == "specificity":
        return PartialAuc("specificity", low, high)
    return PartialAuc("sensitivity", low, high) if partial == "sensitivity" else EmpiricalAuc()


def _effects(call: RCall) -> RandomEffects:
    """Return what is random in a call."""
    if call.function == "srmc" or call.plain[2].startswith("fixed("):
        return RandomEffects.CASES
    return (
        RandomEffects.READERS
        if call.plain[3].startswith("fixed(")
        else (RandomEffects.READERS_AND_CASES)
    )


def _summary(foms: ReaderFoms, call: RCall, level: float) -> Parts:
    """Return what `summary` of an analysis prints."""
    effects = _effects(call)
    found = obuchowski_rockette(foms, effects, level=level)
    one_reader = len(foms.readers) == 1
    return (
        *(() if effects is RandomEffects.READERS else _components(found, one_reader=one_reader)),
        *(() if one_reader else (*_equality(found), *_arm_means(found))),
        *_rows("test_diffs", [one.inference for one in found.differences]),
        *(
            ()
            if one_reader
            else _rows("reader_test_diffs", _recycled(found.reader_differences, level))
        ),
        *_reader_means(found, call.plain[0].partition("(")[0]),
    )


def _recycled(differences: tuple[ArmDifference, ...], level: float) -> list[TInference]:
    """Return readers' differences with the standard errors in the order that MRMCaov prints."""
    errors = list({one.reader: one.inference.se for one in differences}.values())
    return [
        t_inference(
            one.inference.estimate, errors[row % len(errors)] ** 2, one.inference.df, level=level
        )
        for row, one in enumerate(differences)
    ]


def _components(found: MrmcResult, *, one_reader: bool) -> Parts:
    """Return variance components and correlations."""
    parts, error = found.components, found.components.error
    covariances = (error.cov1, error.cov2, error.cov3)
    readers = [] if one_reader else [parts.reader]
    if not one_reader and found.design is not Design.READERS_IN_ARMS:
        readers.append(parts.arm_reader)
    estimates = (*readers, error.variance, *covariances)
    unknown = (math.nan,) * (len(estimates) - 3)
    scale = error.variance or math.nan
    correlations = (*unknown, *(one / scale for one in covariances))
    return (
        *vector(estimates, "vcov_comps.Estimate"),
        *vector(correlations, "vcov_comps.Correlation"),
    )


def _equality(found: MrmcResult) -> Parts:
    """Return the global test."""
    test, error = found.equality, found.components.error
    if test is None:
        return ()
    nested = found.design is Design.READERS_IN_ARMS
    arm, within = ("MS[T]", "MS[R(T)]") if nested else ("MS(T)", "MS(T:R)")
    fixed = found.effects is RandomEffects.CASES
    named = {
        "MS(T)" if fixed else arm: found.squares.arm,
        within: found.squares.error,
        "Cov1": error.cov1,
        "Cov2": error.cov2,
        "Cov3": error.cov3,
        "Denominator": test.denominator,
        "X2" if fixed else "F": math.nan if test.statistic is None else test.statistic,
        "df" if fixed else "df1": test.df1,
        "df2": test.df2,
        "p-value": math.nan if test.p is None else test.p,
    }
    return tuple(Part(f".test_equality.{name}", float(value)) for name, value in named.items())


def _arm_means(found: MrmcResult) -> Parts:
    """Return the mean of every arm."""
    ones = found.means
    return (
        *vector([one.reader_mean_square for one in ones], "test_means.MS(R)"),
        *vector([one.error.variance for one in ones], "test_means.Var(Error)"),
        *vector([one.error.cov2 for one in ones], "test_means.Cov2"),
        *_rows("test_means", [one.inference for one in ones], within=(0.0, 1.0)),
    )


def _reader_means(found: MrmcResult, metric: str) -> Parts:
    """Return every reader's figure of merit with its interval."""
    ones = [one.inference for one in found.reader_means]
    return (
        *vector([one.estimate for one in ones], f"reader_means.{metric}"),
        *_rows("reader_means", ones, within=(0.0, 1.0)),
    )


def _rows(
    table: str, ones: list[TInference], within: tuple[float, float] = (-math.inf, math.inf)
) -> Parts:
    """Return estimates, standard errors, tests and intervals, column by column."""
    statistic = [_statistic(one) for one in ones]
    p = [_p(one) for one in ones]
    limits = [tuple(np.clip(_limits(one), *within).tolist()) for one in ones]
    places = [
        f"[{place} of {len(ones)}]" if len(ones) > 1 else "" for place in range(1, len(ones) + 1)
    ]
    return (
        *vector([one.estimate for one in ones], f"{table}.Estimate"),
        *vector([one.se for one in ones], f"{table}.StdErr"),
        *vector([one.df for one in ones], f"{table}.df"),
        *vector(statistic, f"{table}.t"),
        *vector(statistic, f"{table}.z"),
        *vector(p, f"{table}.p-value"),
        *(
            part
            for place, pair in zip(places, limits, strict=True)
            for part in vector(pair, f"{table}.CI{place}")
        ),
    )


def _statistic(one: TInference) -> float:
    """Return t or z; R divides by a standard error of 0."""
    if one.statistic is not None:
        return one.statistic
    return math.copysign(math.inf, one.estimate) if one.se == 0 and one.estimate else math.nan


def _p(one: TInference) -> float:
    """Return p; 0 at an infinite statistic."""
    if one.p is not None:
        return one.p
    return 0.0 if math.isinf(_statistic(one)) else math.nan


def _limits(one: TInference) -> tuple[float, float]:
    """Return the interval; the estimate twice at a standard error of 0."""
    if one.ci is not None:
        return one.ci.low, one.ci.high
    return (one.estimate, one.estimate) if one.se == 0 else (math.nan, math.nan)


def _single(foms: ReaderFoms, metric: str) -> Parts:
    """Return one curve's figure of merit with its normal interval."""
    (one,) = obuchowski_rockette(foms, RandomEffects.CASES).reader_means
    found = one.inference
    low, high = np.clip(_limits(found), 0.0, 1.0).tolist()
    named = {metric: found.estimate, "StdErr": found.se, "CI.Lower": low, "CI.Upper": high}
    return tuple(Part(f".{name}", value) for name, value in named.items())


def _values(foms: ReaderFoms, call: RCall) -> Parts:
    """Return every curve's figure of merit."""
    return vector(foms.values.tolist(), call.plain[0].partition("(")[0])


def _covariance(foms: ReaderFoms) -> Parts:
    """Return the covariance matrix, its rows named arm.reader."""
    names = [
        f"{foms.arms[arm]}.{foms.readers[reader]}"
        for arm, reader in zip(foms.arm, foms.reader, strict=True)
    ]
    covariance: FloatArray = foms.covariance
    return matrix(names, names, covariance.tolist())
