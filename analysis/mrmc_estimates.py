"""Means of readers and their differences with the readers as a sample of those to come (MRMC).

Beside the estimates of these readers (fixed) stand those of readers like them (random), after
Obuchowski and Rockette: their `of` says `random`. Which of the two belong to the locked plan is
told by its method.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from analysis.mrmc.figures_of_merit import EmpiricalAuc, FigureOfMerit, Sensitivity, Specificity
from analysis.mrmc.margin import noninferiority_test
from analysis.mrmc.obuchowski_rockette import MrmcResult, obuchowski_rockette
from analysis.mrmc.ratings import IntArray, MrmcError, crossed_ratings
from analysis.mrmc.reader_foms import Covariance, ReaderFoms, reader_foms
from analysis.mrmc.standalone import ai_against_readers
from analysis.mrmc.t_inference import TInference, t_inference
from analysis.point_estimates import StatedPoint
from analysis.rating_grid import Layout, Pair, Pool
from analysis.rating_table import RatingTable
from analysis.result import Estimate, Interval, Of
from analysis.ustatistics_estimates import u_statistic_estimates

RANDOM = "readers and cases"
COVARIANCES = {"or_jackknife": Covariance.JACKKNIFE, "or_unbiased": Covariance.UNBIASED}


@dataclass(frozen=True, slots=True)
class MrmcEstimates:
    """Estimates with random readers, and what has to be said of their variances."""

    estimates: tuple[Estimate, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Study:
    """What is compared, over which sampling units, and how it is named."""

    layout: Layout
    unit: IntArray
    covariance: Covariance
    figure: FigureOfMerit
    operating_point: str | None

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
        study = replace(study, unit=self.unit[seen])
        return reader_foms(study, self.figure, covariance=self.covariance)


def mrmc_estimates(table: RatingTable, layout: Layout, stated: StatedPoint | None) -> MrmcEstimates:
    """Return the AUC, and accuracy at a stated threshold, with readers and cases random.

    Parameters
    ----------
    table
        Ratings; cases of one cluster are left out together by a jackknife, whatever covariance
        the settings name.
    layout
        Whose means and differences are estimated: all readers, groups, and AI systems against them.
    stated
        The readers' stated threshold, if there is one.

    Returns
    -------
    Nothing for a single reader unless the locked plan asks for random readers; then the reason.
    """
    figures: list[tuple[FigureOfMerit, str | None]] = []
    if not layout.grid.two_valued:
        figures.append((EmpiricalAuc(), None))
    if stated is not None and not np.isnan(stated.readers_from):
        for share in (Sensitivity(stated.readers_from), Specificity(stated.readers_from)):
            figures.append((share, stated.name))
    clusters = table.rows.drop_duplicates("case").set_index("case")["cluster"]
    names = [clusters[case] for case in layout.grid.cases]
    unit = np.unique(names, return_inverse=True)[1]
    clustered = len(set(names)) < len(names)
    wanted = COVARIANCES.get(layout.settings.method, Covariance.DELONG)
    estimates: list[Estimate] = []
    notes: dict[str, None] = {}
    for figure, point in figures:
        covariance = Covariance.JACKKNIFE if clustered else wanted
        study = _Study(layout, unit, covariance, figure, point)
        for pools in _scopes(layout):
            try:
                found = _of_scope(study, pools)
            except MrmcError as error:
                found = _without_model(study, pools, str(error), clustered=clustered)
            estimates += found.estimates
            notes |= dict.fromkeys(found.warnings)
    return MrmcEstimates(tuple(estimates), tuple(notes))


def _scopes(layout: Layout) -> Iterator[tuple[Pool, ...]]:
    """Return all readers, and each group, arm by arm from the last to the first."""
    means = [pool for pool in layout.pools if pool.of.readers or pool.of.group]
    planned = layout.settings.method.startswith("or_")
    for _, members in groupby(means, key=lambda pool: (pool.of.readers, pool.of.group)):
        pools = tuple(reversed(tuple(members)))
        readers = {layout.grid.rows[row].reader for pool in pools for row in pool.rows}
        if planned or len(readers) > 1:
            yield pools


def _of_scope(study: _Study, pools: tuple[Pool, ...]) -> MrmcEstimates:
    """Return means, differences, components and comparisons with AI systems of some readers."""
    level, grid = study.layout.settings.level, study.layout.grid
    arms = tuple(pool.of.arm or "" for pool in pools)
    foms = study.foms(tuple(row for pool in pools for row in pool.rows), arms)
    found = obuchowski_rockette(foms, level=level)
    by_arm = dict(zip(arms, pools, strict=True))
    name = study.figure.name
    estimates = [
        _filled(
            Estimate(
                name, study.of(pool), None, found.method, n=pool.counts(grid), reason="not computed"
            ),
            one.inference,
            study,
        )
        for pool, one in reversed(tuple(zip(pools, found.means, strict=True)))
    ]
    for one in found.differences:
        pair = Pair(by_arm[one.first], by_arm[one.second])
        estimates += _difference(study, pair, one.inference, found.method)
    for pair in study.layout.pairs:
        if pair.second in pools and pair.first.of.system is not None and name == "auc":
            estimates.append(_against_ai(study, pair))
    return MrmcEstimates(tuple(estimates), _notes(found, pools[0].of.whom))


def _difference(
    study: _Study, pair: Pair, inference: TInference, method: str
) -> Iterator[Estimate]:
    """Return a difference, and with a margin its test for non-inferiority."""
    settings, name = study.layout.settings, study.figure.name
    of = study.of(pair.first), study.of(pair.second)
    counts = pair.counts(study.layout.grid)
    bare = Estimate(f"{name}_difference", of, None, method, n=counts, reason="not computed")
    yield _filled(bare, inference, study)
    if settings.margin > 0:
        test = noninferiority_test(inference, settings.margin, level=settings.level)
        yield replace(
            _filled(bare, inference, study),
            quantity=f"{name}_noninferiority_difference",
            p=test.p,
            method=f"one-sided test of non-inferiority, margin {test.margin:g}, size "
            f"{test.size:g}; {_with_df(bare, inference)}",
        )


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
        method=_with_df(bare, inference),
        se=inference.se if ci is not None else None,
        ci=ci,
        level=None if ci is None else study.layout.settings.level,
        p=tested.p if comparison or bare.quantity == "auc" else None,
        reason=inference.reason,
    )


def _with_df(bare: Estimate, inference: TInference) -> str:
    """Return a method with the degrees of freedom of its t, a clause of its own."""
    if inference.ci is None:
        return bare.method
    whom = " - ".join(of.label for of in bare.subjects)
    return f"{bare.method}; {whom}: t with {inference.df:.4g} df (Hillis)"


def _without_model(
    study: _Study, pools: tuple[Pool, ...], why: str, *, clustered: bool
) -> MrmcEstimates:
    """Return U-statistics where the model is refused (readings missing); else say why."""
    refused = MrmcEstimates(tuple(_refused(study, pools, why)), ())
    if clustered or not isinstance(study.figure, EmpiricalAuc):
        return refused
    try:
        estimates = u_statistic_estimates(study.layout, pools, random=RANDOM)
    except ValueError:
        return refused
    note = f"Random readers ({pools[0].of.whom}), auc: U-statistics stand in for the model: {why}."
    return MrmcEstimates(estimates, (note,))


def _refused(study: _Study, pools: tuple[Pool, ...], why: str) -> Iterator[Estimate]:
    """Return estimates that say why readers cannot be taken as random."""
    name, grid, reason = study.figure.name, study.layout.grid, f"not estimable: {why}"
    for pool in pools:
        yield Estimate(name, study.of(pool), None, "none", n=pool.counts(grid), reason=reason)
    for later, first in enumerate(pools):
        for second in pools[later + 1 :]:
            of = study.of(first), study.of(second)
            counts = Pair(first, second).counts(grid)
            yield Estimate(f"{name}_difference", of, None, "none", n=counts, reason=reason)


def _notes(found: MrmcResult, whom: str) -> tuple[str, ...]:
    """Return what has to be said of the variances."""
    return tuple(
        f"Random readers ({whom}), {found.method}: {one}." for one in found.components.notes
    )
