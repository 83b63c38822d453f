"""A study's result with what its marks say beside what its ratings say."""

from dataclasses import replace

from analysis.froc.froc_data import FrocError
from analysis.froc.froc_estimates import froc_estimates
from analysis.froc.froc_settings import FrocSettings
from analysis.froc.study_marks import IMAGE
from analysis.result import AnalysisResult
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
        return result
    try:
        # Arms stand in the order of the result, so that all differences have the same sign.
        by_unit, by_image = (
            replace(source.marked(unit, settings), arms=result.arms)
            for unit in (settings.unit, IMAGE)
        )
        found = froc_estimates(by_unit, by_image, settings, own)
    except FrocError as error:
        return replace(result, warnings=(*result.warnings, f"Marks are not analysed: {error}."))
    estimates = (
        replace(one, exploratory=not settings.is_primary(one.quantity, *one.subjects))
        for one in found.estimates
    )
    known = set(result.warnings)
    return replace(
        result,
        estimates=(*result.estimates, *estimates),
        warnings=(*result.warnings, *(one for one in found.warnings if one not in known)),
        froc_curves=found.curves,
    )
