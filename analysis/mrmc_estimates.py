"""Means of readers and their differences with the readers as a sample of those to come (MRMC).

Beside the estimates of these readers (fixed) stand those of readers like them (random), after
Obuchowski and Rockette: their `of` says `random`. Which of the two belong to the locked plan is
told by its method.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from analysis.intervals import logit_interval
from analysis.margin_estimates import margin_estimates
from analysis.mrmc.figures_of_merit import (
    EmpiricalAuc,
    FigureOfMerit,
    PartialAuc,
    Sensitivity,
    Specificity,
)
from analysis.mrmc.obuchowski_rockette import obuchowski_rockette
from analysis.mrmc.ratings import MrmcError, crossed_ratings
from analysis.mrmc.reader_foms import Covariance, ReaderFoms, reader_foms
from analysis.mrmc.standalone import ai_against_readers
from analysis.mrmc.t_inference import TInference, t_inference
from analysis.point_estimates import StatedPoint
from analysis.power_estimates import power_estimates
from analysis.random_components import (
    AnalysisComponents,
    component_estimates,
    component_warnings,
)
from analysis.rating_grid import Layout, Pair, Pool
from analysis.result import Estimate, Interval, Of
from analysis.ustatistics_estimates import u_statistic_estimates

RANDOM = "readers and cases"
COVARIANCES = {"or_jackknife": Covariance.JACKKNIFE, "or_unbiased": Covariance.UNBIASED}


@dataclass(frozen=True, slots=True)
class MrmcEstimates:
    """Estimates with random readers, what stands in for what, and the components behind them."""

    estimates: tuple[Estimate, ...]
    warnings: tuple[str, ...]
    components: tuple[AnalysisComponents, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Study:
    """What is compared, over which sampling units, and how it is named."""

    layout: Layout
    covariance: Covariance
    figure: FigureOfMerit
    operating_point: str | None

    @property
    def quantity(self) -> str:
        """The name of the figure of merit among the quantities."""
        return "partial_auc" if isinstance(self.figure, PartialAuc) else self.figure.name

    def of(self, pool: Pool) -> Of:
        """Return what an estimate with random readers is of."""
        return replace(pool.of, random=RANDOM, operating_point=self.operating_point)

    def foms(self, rows: tuple[int, ...], arms: tuple[str, ...]) -> ReaderFoms:
        """Return the figures of merit of some rows of the grid, on the cases that any has rated.

        An AI system has no arm; it counts as a reader in the only one.
        """
        grid = self.layout.grid
        seen = ~np.isnan(grid.ratings[list(rows)]).all(axis=0)
        readers = tuple(dict.fromkeys(grid.rows[row].reader for row in rows))
        cube = np.full((len(arms), len(readers), int(seen.sum())), np.nan)
        for row in rows:
            arm = arms.index(grid.rows[row].arm) if len(arms) > 1 else 0
            cube[arm, readers.index(grid.rows[row].reader)] = grid.ratings[row, seen]
        study = crossed_ratings(grid.truth[seen], cube, arms=arms, readers=readers)
        study = replace(study, unit=grid.cluster[seen])
        return reader_foms(study, self.figure, covariance=self.covariance)


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
    wanted = COVARIANCES.get(layout.settings.method, Covariance.DELONG)
    found: list[MrmcEstimates] = []
    for figure, point in _figures(layout, stated):
        jackknife = clustered or isinstance(figure, PartialAuc)
        study = _Study(layout, Covariance.JACKKNIFE if jackknife else wanted, figure, point)
        for pools in _scopes(layout):
            try:
                found.append(_of_scope(study, pools))
            except MrmcError as error:
                found.append(_without_model(study, pools, str(error)))
    analyses = tuple(one for each in found for one in each.components)
    warnings = dict.fromkeys(warning for each in found for warning in each.warnings)
    return MrmcEstimates(
        tuple(one for each in found for one in each.estimates),
        (*warnings, *component_warnings(analyses)),
        analyses,
    )


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
    planned = layout.settings.method != "delong"
    for _, members in groupby(means, key=lambda pool: (pool.of.readers, pool.of.group)):
        pools = tuple(reversed(tuple(members)))
        readers = {layout.grid.rows[row].reader for pool in pools for row in pool.rows}
        if planned or len(readers) > 1:
            yield pools


def _of_scope(study: _Study, pools: tuple[Pool, ...]) -> MrmcEstimates:
    """Return means, differences, components and comparisons with AI systems of some readers."""
    settings, grid = study.layout.settings, study.layout.grid
    if settings.method == "u_statistics" and _without_clusters(study):
        return _by_u_statistics(study, pools)
    arms = tuple(pool.of.arm or "" for pool in pools)
    foms = study.foms(tuple(row for pool in pools for row in pool.rows), arms)
    found = obuchowski_rockette(foms, level=settings.level)
    by_arm = dict(zip(arms, pools, strict=True))
    estimates: list[Estimate] = []
    for pool, one in reversed(tuple(zip(pools, found.means, strict=True))):
        bare = Estimate(
            study.quantity,
            study.of(pool),
            None,
            found.method,
            n=pool.counts(grid),
            reason="not computed",
        )
        mean = _filled(bare, one.inference, study)
        estimates += (mean, *_logit(mean, one.inference, study))
    for difference in found.differences:
        pair = Pair(by_arm[difference.first], by_arm[difference.second])
        estimates += _difference(study, pair, difference.inference, found.method)
    estimates += _systems(study, pools)
    of, counts = study.of(pools[0]), Pair(pools[0], pools[-1]).counts(grid)
    estimates += component_estimates(found, study.quantity, of, counts)
    estimates += power_estimates(found, study.quantity, of, counts, settings)
    figure = "AUC" if study.quantity == "auc" else study.quantity
    components = AnalysisComponents(pools[0].of.whom, figure, found.components, len(foms.readers))
    return MrmcEstimates(tuple(estimates), (), (components,))


def _without_clusters(study: _Study) -> bool:
    """Tell whether U-statistics have this figure of merit of cases that are independent."""
    independent = study.layout.grid.shared_clusters is None
    return independent and isinstance(study.figure, EmpiricalAuc)


def _by_u_statistics(study: _Study, pools: tuple[Pool, ...]) -> MrmcEstimates:
    """Return the analysis by U-statistics; an AI system against readers stays a model's."""
    try:
        found = u_statistic_estimates(study.layout, pools, random=RANDOM)
    except ValueError as error:
        return MrmcEstimates(tuple(_refused(study, pools, str(error))), ())
    return MrmcEstimates((*found, *_systems(study, pools)), ())


def _systems(study: _Study, pools: tuple[Pool, ...]) -> Iterator[Estimate]:
    """Return AI systems minus the means of some readers, where the figure is the AUC."""
    for pair in study.layout.pairs:
        if pair.second in pools and pair.first.of.system and isinstance(study.figure, EmpiricalAuc):
            yield _against_ai(study, pair)


def _logit(mean: Estimate, inference: TInference, study: _Study) -> Iterator[Estimate]:
    """Return a mean AUC again with the interval that is made on the logit scale."""
    inside = mean.estimate is not None and 0 < mean.estimate < 1
    if mean.ci is None or mean.estimate is None or not inside or mean.quantity != "auc":
        return
    level = study.layout.settings.level
    ci = logit_interval(mean.estimate, inference.se**2, level=level, df=inference.df)
    yield replace(mean, quantity="auc_logit", ci=ci, method=f"{mean.method}; interval on logits")


def _difference(
    study: _Study, pair: Pair, inference: TInference, method: str
) -> Iterator[Estimate]:
    """Return a difference, and with a margin its test for non-inferiority."""
    of = study.of(pair.first), study.of(pair.second)
    counts, name = pair.counts(study.layout.grid), f"{study.quantity}_difference"
    bare = Estimate(name, of, None, method, n=counts, reason="not computed")
    found = _filled(bare, inference, study)
    yield found
    yield from margin_estimates(found, study.layout.settings, df=inference.df)


def _against_ai(study: _Study, pair: Pair) -> Estimate:
    """Return an AI system minus the mean of readers, the readers random."""
    grid = study.layout.grid
    of = study.of(pair.first), study.of(pair.second)
    method = "AI alone against random readers (1T-RRRC, Hillis 2007)"
    bare = Estimate("auc_difference", of, None, method, n=pair.counts(grid), reason="not computed")
    try:
        foms = study.foms((*pair.second.rows, *pair.first.rows), (pair.second.of.arm or "",))
        system = grid.rows[pair.first.rows[0]].reader
        found = ai_against_readers(foms, system, level=study.layout.settings.level)
    except MrmcError as error:
        return replace(bare, method="none", reason=f"not estimable: {error}")
    return _filled(replace(bare, method=f"{method}, {foms.method}"), found, study)


def _filled(bare: Estimate, inference: TInference, study: _Study) -> Estimate:
    """Return an estimate with its inference; limits are cut to what the quantity can be."""
    comparison = isinstance(bare.of, tuple)
    tested = inference
    if not comparison and bare.quantity == "auc":
        # A mean is tested against an area of one half, a difference against none.
        level = study.layout.settings.level
        tested = t_inference(
            inference.estimate, inference.se**2, inference.df, level=level, null=0.5
        )
    ci = None
    if inference.ci is not None:
        low = -1.0 if comparison else 0.0
        ci = Interval(max(inference.ci.low, low), min(inference.ci.high, 1.0))
    return replace(
        bare,
        estimate=inference.estimate,
        method=bare.method if ci is None else f"{bare.method}; {inference.words('Hillis')}",
        df=inference.finite_df,
        se=inference.se if ci is not None else None,
        ci=ci,
        level=None if ci is None else study.layout.settings.level,
        p=tested.p if comparison or bare.quantity == "auc" else None,
        reason=inference.reason,
    )


def _without_model(study: _Study, pools: tuple[Pool, ...], why: str) -> MrmcEstimates:
    """Return U-statistics where the model is refused (readings missing); else say why."""
    refused = MrmcEstimates(tuple(_refused(study, pools, why)), ())
    if not _without_clusters(study):
        return refused
    try:
        estimates = u_statistic_estimates(study.layout, pools, random=RANDOM)
    except ValueError:
        return refused
    note = f"Random readers ({pools[0].of.whom}), AUC: U-statistics stand in for the model: {why}."
    return MrmcEstimates(estimates, (note,))


def _refused(study: _Study, pools: tuple[Pool, ...], why: str) -> Iterator[Estimate]:
    """Return estimates that say why readers cannot be taken as random."""
    name, grid, reason = study.quantity, study.layout.grid, f"not estimable: {why}"
    for pool in pools:
        yield Estimate(name, study.of(pool), None, "none", n=pool.counts(grid), reason=reason)
    for later, first in enumerate(pools):
        for second in pools[later + 1 :]:
            of = study.of(first), study.of(second)
            counts = Pair(first, second).counts(grid)
            yield Estimate(f"{name}_difference", of, None, "none", n=counts, reason=reason)
