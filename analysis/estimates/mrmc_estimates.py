"""Means of readers and their differences with the readers as a sample of those to come (MRMC).

Beside the estimates of these readers (fixed) stand those of readers like them (random), after
Obuchowski and Rockette: their `of` says `random`. Which of the two belong to the locked plan is
told by its method.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from analysis.estimates.ai_estimates import system_estimates
from analysis.estimates.margin_estimates import margin_estimates
from analysis.estimates.point_estimates import StatedPoint
from analysis.estimates.power_estimates import power_estimates
from analysis.estimates.random_components import (
    AnalysisComponents,
    component_estimates,
    component_warnings,
)
from analysis.estimates.random_study import RANDOM, RandomStudy, with_inference
from analysis.estimates.sequence_estimates import (
    UNWEIGHTED,
    lost_sequences,
    sequences_inference,
)
from analysis.estimates.ustatistics_estimates import u_statistic_estimates
from analysis.estimators.intervals import logit_interval
from analysis.estimators.t_inference import TInference
from analysis.mrmc.figures_of_merit import (
    EmpiricalAuc,
    FigureOfMerit,
    PartialAuc,
    Sensitivity,
    Specificity,
)
from analysis.mrmc.obuchowski_rockette import method_of, obuchowski_rockette
from analysis.mrmc.ratings import Design, MrmcError
from analysis.mrmc.reader_foms import Covariance, ReaderFoms
from analysis.mrmc.sequence_means import MEAN_OF_SEQUENCES
from analysis.rating_grid import Layout, Pair, Pool
from analysis.result import Estimate
from analysis.settings import AnalysisSettings

# What U-statistics are of where the analysis leaves out readers who are not in every arm with
# positive and negative cases.
ALL_READINGS = "all, incomplete readers included"
ONE_POINT = "all ratings take at most two values, one point is no curve; see auc_binary"
COVARIANCES = {"or_jackknife": Covariance.JACKKNIFE, "or_unbiased": Covariance.UNBIASED}


@dataclass(frozen=True, slots=True)
class MrmcEstimates:
    """Estimates with random readers, what stands in for what, and the components behind them."""

    estimates: tuple[Estimate, ...]
    warnings: tuple[str, ...]
    components: tuple[AnalysisComponents, ...] = ()
    instead: tuple[str, ...] = ()  # warnings of what stands in the place of what was planned


def covariance_of(settings: AnalysisSettings) -> Covariance:
    """Return the covariance over cases that the plan's method names; else DeLong's."""
    return COVARIANCES.get(settings.method, Covariance.DELONG)


def mrmc_estimates(layout: Layout, stated: StatedPoint | None) -> MrmcEstimates:
    """Return the AUC, and accuracy at a stated threshold, with readers and cases random.

    Parameters
    ----------
    layout
        Whose means and differences are estimated: all readers, groups, and AI systems against them.
        Cases of one cluster are left out together by a jackknife, whatever covariance the settings
        name.
    stated
        The readers' stated threshold, if there is one.

    Returns
    -------
    Nothing for a single reader unless the locked plan asks for random readers; then the reason.
    """
    clustered = layout.grid.shared_clusters is not None
    wanted = covariance_of(layout.settings)
    found = [MrmcEstimates(tuple(_without_curve(layout)), ())]
    for figure, point in _figures(layout, stated):
        # Only the AUC has the unbiased covariance, and a partial area has the jackknife's alone.
        other = wanted is Covariance.UNBIASED and not isinstance(figure, EmpiricalAuc)
        jackknife = clustered or other or isinstance(figure, PartialAuc)
        study = RandomStudy(layout, Covariance.JACKKNIFE if jackknife else wanted, figure, point)
        for pools in _scopes(layout):
            try:
                found.append(_by_plan(study, pools))
            except MrmcError as error:
                found.append(_without_model(study, pools, str(error)))
            found.append(MrmcEstimates(tuple(system_estimates(study, pools)), ()))
    analyses = tuple(one for each in found for one in each.components)
    warnings = dict.fromkeys(warning for each in found for warning in each.warnings)
    return MrmcEstimates(
        tuple(one for each in found for one in each.estimates),
        (*warnings, *component_warnings(analyses)),
        analyses,
        tuple(dict.fromkeys(warning for each in found for warning in each.instead)),
    )


def _without_curve(layout: Layout) -> Iterator[Estimate]:
    """Return why a planned AUC of decisions cannot be estimated; nothing where there are curves."""
    if layout.grid.two_valued and layout.settings.quantity == "auc":
        study = RandomStudy(layout, Covariance.DELONG, EmpiricalAuc(), None)
        for pools in _scopes(layout):
            yield from _refused(study, pools, ONE_POINT)


def _figures(
    layout: Layout, stated: StatedPoint | None
) -> Iterator[tuple[FigureOfMerit, str | None]]:
    """Return the figures of merit, and the operating point that they are at."""
    part = layout.settings.partial
    if not layout.grid.two_valued:
        yield EmpiricalAuc(), None
    if part is not None and not layout.grid.two_valued:
        yield PartialAuc(part.focus.value, part.low, part.high), None
    if stated is not None and not np.isnan(stated.readers_from):
        for share in (Sensitivity(stated.readers_from), Specificity(stated.readers_from)):
            yield share, stated.name


def _scopes(layout: Layout) -> Iterator[tuple[Pool, ...]]:
    """Return all readers, and each group, arm by arm from the last to the first."""
    means = [pool for pool in layout.pools if pool.of.readers or pool.of.group]
    planned = layout.settings.readers_random and layout.settings.quantity is not None
    for _, members in groupby(means, key=lambda pool: (pool.of.readers, pool.of.group)):
        pools = tuple(reversed(tuple(members)))
        readers = {layout.grid.rows[row].reader for pool in pools for row in pool.rows}
        if planned or len(readers) > 1:
            yield pools


def _by_plan(study: RandomStudy, pools: tuple[Pool, ...]) -> MrmcEstimates:
    """Return the analysis of some readers by the plan's method, or by the one that stands in."""
    planned = study.layout.settings.method == "u_statistics" and study.has_u_statistics
    uneven = any(pair.uneven and pair.first in pools for pair in study.layout.pairs)
    found = _of_scope(study, pools, by_u_statistics=planned and not uneven)
    if not (planned and uneven):
        return found
    note = (
        f"Random readers ({pools[0].of.whom}), {_in_words(study.quantity)}: Obuchowski and "
        "Rockette's model stands in for U-statistics, which do not weight sequences equally."
    )
    return replace(found, instead=(note, *found.instead))


def _of_scope(
    study: RandomStudy, pools: tuple[Pool, ...], *, by_u_statistics: bool
) -> MrmcEstimates:
    """Return means, differences and components of some readers; incomplete ones left out."""
    complete = _in_every_arm(study.layout, pools)
    if by_u_statistics:
        every = _by_u_statistics(study, pools)
        if complete == pools or all(one.ci is not None for one in every.estimates):
            return every
    elif complete == pools:
        return _by_model(study, pools)
    left = ", ".join(sorted(_readers(study.layout, pools) - _readers(study.layout, complete)))
    analysed = _by_u_statistics if by_u_statistics else _by_model
    found = analysed(study, complete, f"; complete readers, without {left}")
    note = (
        f"Random readers ({pools[0].of.whom}), {_in_words(study.quantity)}: left out, for lack of "
        f"positive or of negative cases in some arm: {left}. What is given is of the other readers"
    )
    beside: tuple[Estimate, ...] = ()
    if study.has_u_statistics:
        whole = tuple(replace(one, of=replace(one.of, readings=ALL_READINGS)) for one in pools)
        beside = _by_u_statistics(study, whole).estimates
        note += "; U-statistics of all readings stand beside it"
    estimates = (*found.estimates, *beside)
    return MrmcEstimates(estimates, found.warnings, found.components, (f"{note}.",))


def _in_every_arm(layout: Layout, pools: tuple[Pool, ...]) -> tuple[Pool, ...]:
    """Return the pools with the readers only who rated both classes in all of them.

    Where fewer than two are, or all, the pools stay as they are.
    """
    grid = layout.grid
    complete = [
        {grid.rows[row].reader for row in pool.rows if grid.rated(row).both_classes}
        for pool in pools
    ]
    kept = set.intersection(*complete)
    if len(kept) < 2 or kept == _readers(layout, pools):
        return pools
    return tuple(
        Pool(pool.of, tuple(row for row in pool.rows if layout.grid.rows[row].reader in kept))
        for pool in pools
    )


def _readers(layout: Layout, pools: tuple[Pool, ...]) -> set[str]:
    """Return the readers of some pools."""
    return {layout.grid.rows[row].reader for pool in pools for row in pool.rows}


def _by_model(study: RandomStudy, pools: tuple[Pool, ...], whose: str = "") -> MrmcEstimates:
    """Return the analysis after Obuchowski and Rockette; `whose` ends its method."""
    settings, grid = study.layout.settings, study.layout.grid
    arms = tuple(pool.of.arm or "" for pool in pools)
    foms = study.foms(tuple(row for pool in pools for row in pool.rows), arms)
    found = obuchowski_rockette(foms, level=settings.level)
    method = f"{found.method}{whose}"
    by_arm = dict(zip(arms, pools, strict=True))
    estimates: list[Estimate] = []
    for pool, one in reversed(tuple(zip(pools, found.means, strict=True))):
        bare = Estimate(
            study.quantity,
            study.of(pool),
            None,
            method,
            n=pool.counts(grid),
            reason="not computed",
        )
        mean = with_inference(bare, one.inference, study)
        estimates += (mean, *_logit(mean, one.inference, study))
    notes: list[str] = []
    for difference in found.differences:
        pair = Pair(by_arm[difference.first], by_arm[difference.second])
        estimates += _differences(study, pair, difference.inference, foms, whose)
        notes += lost_sequences(study.layout, pair)
    of, counts = study.of(pools[0]), Pair(pools[0], pools[-1]).counts(grid)
    estimates += component_estimates(found, study.quantity, of, counts)
    estimates += power_estimates(found, study.quantity, of, counts, settings)
    figure = _in_words(study.quantity)
    components = AnalysisComponents(pools[0].of.whom, figure, found.components, len(foms.readers))
    paired_in_part = foms.read_by.design is Design.PARTIALLY_PAIRED
    if paired_in_part:
        notes.append(_missing_readings(study, pools))
    return MrmcEstimates(tuple(estimates), tuple(notes), (components,))


def _missing_readings(study: RandomStudy, pools: tuple[Pool, ...]) -> str:
    """Return that reading sets overlap in part, who lacks most, and what a plan can say instead."""
    grid = study.layout.grid
    rows = [row for pool in pools for row in pool.rows]
    seen = grid.seen(tuple(rows))
    lacking = np.isnan(grid.ratings[rows][:, seen]).sum(axis=1)
    worst = grid.rows[rows[int(np.argmax(lacking))]]
    name = f"{worst.reader}, {worst.arm}" if worst.arm else worst.reader
    other = ' or method = "u_statistics"' if study.has_u_statistics else ""
    return (
        f"Random readers ({pools[0].of.whom}), {_in_words(study.quantity)}: not every curve has "
        f"all cases (most: {name} lacks {int(lacking.max())} of {int(seen.sum())}), so the design "
        "is partially paired: two curves covary over the cases that both have. The plan can "
        f'state missing = "complete"{other} instead.'
    )


def _in_words(quantity: str) -> str:
    """Return a quantity as warnings name it."""
    return "AUC" if quantity == "auc" else quantity


def _by_u_statistics(study: RandomStudy, pools: tuple[Pool, ...], whose: str = "") -> MrmcEstimates:
    """Return the analysis by U-statistics; why there is none where they refuse."""
    try:
        found = u_statistic_estimates(study.layout, pools, random=RANDOM)
    except ValueError as error:
        return MrmcEstimates(tuple(_refused(study, pools, str(error))), ())
    return MrmcEstimates(tuple(replace(one, method=f"{one.method}{whose}") for one in found), ())


def _logit(mean: Estimate, inference: TInference, study: RandomStudy) -> Iterator[Estimate]:
    """Return a mean AUC again with the interval that is made on the logit scale."""
    inside = mean.estimate is not None and 0 < mean.estimate < 1
    if mean.ci is None or mean.estimate is None or not inside or mean.quantity != "auc":
        return
    level = study.layout.settings.level
    ci = logit_interval(mean.estimate, inference.se**2, level=level, df=inference.df)
    yield replace(mean, quantity="auc_logit", ci=ci, method=f"{mean.method}; interval on logits")


def _differences(
    study: RandomStudy, pair: Pair, plain: TInference, foms: ReaderFoms, whose: str
) -> Iterator[Estimate]:
    """Return a difference with its margin tests: that of a crossover's sequences where uneven."""
    sequences, level = study.layout.sequences_of(pair), study.layout.settings.level
    mean = sequences_inference(foms, sequences, pair.arms, level=level)
    method = f"{method_of(foms)}{whose}"
    if mean is None:
        yield from _difference(study, pair, plain, method)
        return
    yield from _difference(study, pair, mean, f"{method}; {MEAN_OF_SEQUENCES}")
    (unweighted, *_) = _difference(study, pair, plain, method)
    yield replace(unweighted, quantity=f"{study.quantity}{UNWEIGHTED}")


def _difference(
    study: RandomStudy, pair: Pair, inference: TInference, method: str
) -> Iterator[Estimate]:
    """Return a difference, and with a margin its test for non-inferiority."""
    of = study.of(pair.first), study.of(pair.second)
    counts, name = pair.counts(study.layout.grid), f"{study.quantity}_difference"
    bare = Estimate(name, of, None, method, n=counts, reason="not computed")
    found = with_inference(bare, inference, study)
    yield found
    yield from margin_estimates(found, study.layout.settings, df=inference.df)


def _without_model(study: RandomStudy, pools: tuple[Pool, ...], why: str) -> MrmcEstimates:
    """Return U-statistics where the model is refused; else say why."""
    refused = MrmcEstimates(tuple(_refused(study, pools, why)), ())
    if not study.has_u_statistics:
        return refused
    try:
        estimates = u_statistic_estimates(study.layout, pools, random=RANDOM)
    except ValueError:
        return refused
    note = f"Random readers ({pools[0].of.whom}), AUC: U-statistics stand in for the model: {why}."
    return MrmcEstimates(estimates, (), (), (note,))


def _refused(study: RandomStudy, pools: tuple[Pool, ...], why: str) -> Iterator[Estimate]:
    """Return estimates that say why readers cannot be taken as random."""
    name, grid, reason = study.quantity, study.layout.grid, f"not estimable: {why}"
    for pool in pools:
        yield Estimate(name, study.of(pool), None, "none", n=pool.counts(grid), reason=reason)
    for later, first in enumerate(pools):
        for second in pools[later + 1 :]:
            of = study.of(first), study.of(second)
            counts = Pair(first, second).counts(grid)
            yield Estimate(f"{name}_difference", of, None, "none", n=counts, reason=reason)
