"""The results of a study by its locked plan: computed once, for the files and for the window."""

from dataclasses import dataclass, replace

from analysis.drawing import DrawnFigure
from analysis.figures import figures
from analysis.report_tables import ReportTable, report_tables
from analysis.result import AnalysisResult
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_study
from study_design.errors import ProtocolError
from study_design.results import StudyTables, study_tables
from study_design.study_folder import StudyFolder

INTERIM = "Interim analysis of a study that is still open: not the result of the study."


@dataclass(frozen=True, slots=True)
class StudyResults:
    """What there is to show of a study's analysis; figures and tables come from the result."""

    result: AnalysisResult
    figures: tuple[DrawnFigure, ...]
    tables: tuple[ReportTable, ...]


def study_results(folder: StudyFolder) -> StudyResults:
    """Return what the results window shows of a frozen study."""
    result = analyse_study(folder)
    return StudyResults(result, figures(result), report_tables(result))


def analyse_study(folder: StudyFolder, *, interim: bool = False) -> AnalysisResult:
    """Analyse a study by its locked plan.

    Raises
    ------
    ProtocolError
        Where the study is not frozen and this is no interim analysis.
    """
    tables = study_tables(folder)
    if not tables.frozen and not interim:
        raise ProtocolError(
            f"Expected a frozen study, got {folder.path.name}, which is still open. Freeze it: "
            f"crossread freeze {folder.path.name}, or sign an interim analysis: --interim"
        )
    settings = settings_of(tables)
    table = from_study(tables, settings)
    if not tables.frozen:
        table = replace(table, notes=(INTERIM, *table.notes))
    return analyse(table, settings)


def settings_of(tables: StudyTables) -> AnalysisSettings:
    """Return the locked analysis plan in the terms of the analysis."""
    plan = tables.plan
    return AnalysisSettings(
        primary=plan.quantity,
        unit=plan.unit,
        target=plan.target,
        method=plan.method,
        level=1 - plan.alpha,
        arms=tables.arms,
        missing=plan.missing,
        ai_failed=plan.ai_failed,
    )
