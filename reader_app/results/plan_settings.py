"""The locked analysis plan in the terms of the analysis."""

from dataclasses import replace

from analysis.estimators.mcnemar import McNemarMethod
from analysis.estimators.partial_auc import Focus, Part
from analysis.froc.figures_of_merit import FrocFigure
from analysis.froc.froc_estimates import QUANTITIES
from analysis.froc.froc_settings import FrocSettings
from analysis.froc.hit_rules import LesionHitRule, Nearness
from analysis.settings import AnalysisSettings, MultipleTests
from study_design.protocol.analysis_plan import AnalysisPlan


def analysis_settings(plan: AnalysisPlan) -> AnalysisSettings:
    """Return the settings that a plan states."""
    part = None
    if plan.partial_over is not None:
        part = Part(Focus(plan.partial_over), plan.partial_from, plan.partial_to)
    return AnalysisSettings(
        quantity=plan.quantity,
        quantity_of=plan.quantity_of,
        unit=plan.unit,
        target=plan.target,
        method=plan.method,
        alpha=plan.alpha,
        margin=plan.margin,
        order=plan.order,
        arms=plan.arms,
        missing=plan.missing,
        reopened_time=plan.reopened_time,
        ai_failed=plan.ai_failed,
        positive_from=plan.positive_from,
        ai_positive_from=plan.ai_positive_from,
        interval=plan.interval,
        bootstrap_samples=plan.bootstrap_samples,
        bootstrap_seed=plan.bootstrap_seed,
        clusters=plan.clusters,
        sequences=plan.sequences,
        partial=part,
        mcnemar=McNemarMethod(plan.mcnemar),
        adjust=MultipleTests(plan.adjust),
        power_effect=plan.power_effect,
        power=plan.power,
        prevalence=plan.prevalence,
    )


def froc_settings(plan: AnalysisPlan) -> FrocSettings:
    """Return how a plan wants marks analysed; its own figure of merit stands first.

    Other hit rules, the usual one among them, are tried with the plan's radius.
    """
    usual = FrocSettings()
    planned = tuple(figure for figure, name in QUANTITIES.items() if name == plan.quantity)
    figures: tuple[FrocFigure, ...] = tuple(dict.fromkeys((*planned, *usual.figures)))
    rule = LesionHitRule(Nearness(plan.hit_rule), plan.hit_iou, plan.hit_radius_mm)
    others = (
        replace(one, radius_mm=plan.hit_radius_mm) for one in (usual.rule, *usual.alternatives)
    )
    return FrocSettings(
        rule=rule,
        alternatives=tuple(one for one in others if one.words != rule.words),
        figures=figures,
        false_marks=plan.false_marks,
        limit=plan.false_marks_limit,
    )
