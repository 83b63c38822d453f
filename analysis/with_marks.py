"""A study's result with what its marks say beside what its ratings say."""

from dataclasses import replace

from analysis.estimates.confirmatory_tests import adjusted_estimates
from analysis.froc.froc_data import FrocError
from analysis.froc.froc_estimates import (
    AS_TABLED,
    FrocEstimates,
    froc_estimates,
    tabled_estimates,
)
from analysis.froc.froc_settings import FrocSettings
from analysis.froc.marked_cases import MatchedMarks
from analysis.froc.study_marks import IMAGE
from analysis.report.cautions import primary_result_lacking, tests_not_computed
from analysis.result import AnalysisResult, Setting
from analysis.settings import AnalysisSettings
from analysis.tables import StudySource


def with_marks(
    result: AnalysisResult,
    source: StudySource,
    settings: AnalysisSettings,
    own: FrocSettings | None = None,
) -> AnalysisResult:
    """Return a result with the figures of merit and FROC curves of the study's marks.

    A study without lesions that have a place, or without marks, keeps its result; where marks
    cannot be analysed a warning says why.
    """
    if not source.has_marked_lesions:
        return without_marks(
            result, settings, "in this study no lesion has a place, or nobody marked any"
        )
    try:
        # Arms stand in the order of the result, so that all differences have the same sign.
        by_unit, by_image = (
            replace(source.marked(unit, settings), arms=result.arms)
            for unit in (settings.unit, IMAGE)
        )
        found = froc_estimates(by_unit, by_image, settings, own)
    except FrocError as error:
        return _refused(result, settings, error)
    return _joined(result, settings, found, own or FrocSettings())


def with_tabled_marks(
    result: AnalysisResult,
    matched: MatchedMarks,
    settings: AnalysisSettings,
    own: FrocSettings | None = None,
) -> AnalysisResult:
    """Return a result with what marks say that a table brings already matched to lesions."""
    own = own or FrocSettings()
    try:
        found = tabled_estimates(matched, settings, own)
    except FrocError as error:
        return _refused(result, settings, error)
    return _joined(result, settings, found, own, rule=AS_TABLED)


def _refused(
    result: AnalysisResult, settings: AnalysisSettings, error: FrocError
) -> AnalysisResult:
    """Return a result with a warning of why its marks are not analysed."""
    refusal = f"Marks are not analysed: {error}."
    return _warned(result, (refusal, *tests_not_computed((), settings.order_of_marks)))


def _joined(
    result: AnalysisResult,
    settings: AnalysisSettings,
    found: FrocEstimates,
    own: FrocSettings,
    rule: str | None = None,
) -> AnalysisResult:
    """Return a result with the estimates of marks among its own."""
    settings = settings.for_arms(result.arms)
    planned = settings.order_of_marks
    estimates = (
        *result.estimates,
        *(
            replace(one, exploratory=not settings.is_primary(one.quantity, *one.subjects))
            for one in found.estimates
        ),
    )
    ordered = tuple(sorted(estimates, key=lambda one: one.exploratory))
    joined = replace(
        result,
        estimates=adjusted_estimates(ordered, settings),
        froc_curves=found.curves,
        settings=(*result.settings, *_printed(own, rule)),
    )
    own_quantity = settings.quantity if settings.quantity in planned else None
    lacking = primary_result_lacking(ordered, own_quantity) if own_quantity else ()
    joined = replace(joined, warnings=(*lacking, *joined.warnings))
    return _warned(joined, (*tests_not_computed(ordered, planned), *found.warnings))


def without_marks(result: AnalysisResult, settings: AnalysisSettings, why: str) -> AnalysisResult:
    """Return a result with a warning where the plan asks for what only marks can tell.

    Parameters
    ----------
    result
        Of ratings only.
    settings
        The plan.
    why
        Why there are no marks, as the end of a sentence.
    """
    planned = settings.order_of_marks
    if not planned:
        return result
    warning = (
        f"The plan asks for {', '.join(planned)}: that needs marks on the images and lesions with "
        f"a place, but {why}. It was not computed; everything here is exploratory but what else "
        "the plan names."
    )
    return replace(result, warnings=(warning, *result.warnings))


def _warned(result: AnalysisResult, warnings: tuple[str, ...]) -> AnalysisResult:
    """Return a result with further warnings, each once."""
    return replace(result, warnings=tuple(dict.fromkeys((*result.warnings, *warnings))))


def _printed(own: FrocSettings, rule: str | None) -> tuple[Setting, ...]:
    """Return how marks were analysed, as settings are printed."""
    return (
        Setting("hit_rule", rule or own.rule.words),
        Setting("hit_radius_mm", None if rule else own.rule.radius_mm),
        Setting("false_marks", ", ".join(f"{one:g}" for one in own.false_marks)),
        Setting("false_marks_limit", own.limit),
    )
