"""The whole analysis: from a rating table and settings to everything that is printed."""

from dataclasses import fields, replace

from analysis.arm_order import arms_in_order, refuse_undirected
from analysis.estimates.auc_estimates import auc_estimates
from analysis.estimates.confirmatory_tests import adjusted_estimates
from analysis.estimates.crossover_effects import crossover_effects
from analysis.estimates.equality_estimates import equality_estimates
from analysis.estimates.margin_estimates import fixed_margin_estimates
from analysis.estimates.mrmc_estimates import covariance_of, mrmc_estimates
from analysis.estimates.paired_decisions import decided_by_mcnemar, mcnemar_estimates
from analysis.estimates.partial_estimates import partial_estimates
from analysis.estimates.point_estimates import (
    StatedPoint,
    stated_estimates,
    stated_point,
    youden_estimates,
)
from analysis.estimates.prevalence_estimates import prevalence_estimates
from analysis.estimates.reader_agreement import agreement_estimates
from analysis.estimates.strata import stratified_estimates
from analysis.estimates.switch_estimates import NOISE, switch_estimates
from analysis.estimates.time_estimates import reader_times, time_estimates
from analysis.estimates.time_model_estimates import time_model_estimates
from analysis.estimators.roc import mean_roc_curve, roc_curve
from analysis.layout import layout_of
from analysis.rating_grid import Layout
from analysis.rating_table import Provenance, RatingTable
from analysis.report.cautions import cautions
from analysis.report.extent import extent_of
from analysis.report.methods_text import estimand
from analysis.result import AnalysisResult, Curve, Estimate, Setting
from analysis.settings import AnalysisSettings
from analysis.table_clusters import unit_of


def analyse(table: RatingTable, settings: AnalysisSettings | None = None) -> AnalysisResult:
    """Return what a rating table says, per reader, group, arm and AI system.

    Parameters
    ----------
    table
        Ratings with truth, from `analysis.tables`.
    settings
        The locked plan, or None: then everything is exploratory.

    Raises
    ------
    PlanError
        Where the plan names an arm that is not there, or tests one-sidedly and names none.
    """
    settings = settings or AnalysisSettings()
    refuse_undirected(table, settings)
    settings = replace(settings, unit=unit_of(table.rows, settings.unit))
    arms = arms_in_order(table, settings)
    settings = settings.for_arms(arms)
    layout = layout_of(table, settings)
    stated = stated_point(layout)
    random_readers = mrmc_estimates(layout, stated)
    switches = () if stated is None else switch_estimates(table, layout, stated)
    crossover = crossover_effects(layout, covariance_of(settings))
    time_models = time_model_estimates(table, layout)
    estimates = (
        replace(
            one,
            exploratory=not settings.is_primary(
                one.quantity, *one.subjects, one_arm=len(arms) == 1
            ),
        )
        for one in (
            *_readers_fixed(layout, stated),
            *random_readers.estimates,
            *switches,
            *agreement_estimates(table, layout),
            *time_estimates(layout),
            *time_models.estimates,
            *crossover.estimates,
        )
    )
    # The locked plan's quantities stand first, in their own order.
    ordered = adjusted_estimates(
        tuple(sorted(estimates, key=lambda one: one.exploratory)), settings
    )
    strata = stratified_estimates(table, settings, stated)
    found = AnalysisResult(
        title=table.title,
        simulated=table.simulated,
        arms=arms,
        settings=(
            Setting("source", table.source),
            Setting("protocol", table.protocol or None),
            Setting("simulated", table.simulated),
            Setting("interim", False),
            *replace(settings, arms=arms).printed(),
            *provenance_settings(table.provenance),
        ),
        estimand="",
        warnings=(
            *cautions(table, layout, ordered, instead=random_readers.instead),
            *random_readers.warnings,
            *([NOISE] if switches else []),
            *time_models.warnings,
            *crossover.warnings,
            *strata.warnings,
        ),
        estimates=ordered,
        curves=_curves(layout),
        times=reader_times(layout),
        strata=strata.estimates,
        extent=extent_of(table, layout),
        tests=settings.tests,
    )
    return replace(found, estimand=estimand(found))


def provenance_settings(provenance: Provenance) -> tuple[Setting, ...]:
    """Return by which program and from which data results come, as settings are printed."""
    return tuple(
        Setting(field.name, getattr(provenance, field.name) or None) for field in fields(provenance)
    )


def _readers_fixed(layout: Layout, stated: StatedPoint | None) -> tuple[Estimate, ...]:
    """Return what holds for these readers, cases random."""
    areas = (*auc_estimates(layout), *partial_estimates(layout))
    tests = () if stated is None else tuple(mcnemar_estimates(layout, stated))
    points = (
        ()
        if stated is None
        else decided_by_mcnemar(stated_estimates(layout, stated), tests, layout)
    )
    return (
        *areas,
        *fixed_margin_estimates(areas, layout.settings),
        *equality_estimates(layout),
        *youden_estimates(layout),
        *points,
        *fixed_margin_estimates(points, layout.settings),
        *tests,
        *(() if stated is None else prevalence_estimates(layout, stated)),
    )


def _curves(layout: Layout) -> tuple[Curve, ...]:
    """Return the ROC curve of every pool: its own, or the mean of its readers'."""
    grid = layout.grid
    found = []
    for pool in layout.pools:
        cases = [grid.rated(row) for row in pool.rows]
        if not all(one.both_classes for one in cases):
            continue
        group = grid.rows[pool.rows[0]].group if pool.of.readers is None else None
        own = [roc_curve(one.truth, one.rating) for one in cases]
        if len(own) > 1:
            mean = mean_roc_curve(own)
            found.append(
                Curve(pool.of, group, mean.false_positive_fraction, mean.sensitivity, None)
            )
        else:
            curve = own[0]
            found.append(
                Curve(
                    pool.of,
                    group,
                    curve.false_positive_fraction,
                    curve.sensitivity,
                    curve.threshold,
                )
            )
    return tuple(found)
