"""The results of a study by its locked plan: computed once, for the files and for the window."""

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from analysis.estimates.withdrawn import with_withdrawn
from analysis.papers.templates import PAPERS
from analysis.report.drawing import DrawnFigure
from analysis.report.figures import figures, paper_figures
from analysis.report.interim import as_interim
from analysis.report.report_rows import ReportTable
from analysis.report.report_tables import report_tables
from analysis.result import AnalysisResult
from analysis.study_analysis import analyse
from analysis.tables import StudySource, from_study
from analysis.with_marks import with_marks
from reader_app.results.arm_masking import masked_arms
from reader_app.results.plan_settings import analysis_settings, froc_settings
from study_design.errors import ProtocolError
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.release import note_results
from study_design.results import StudyTables, study_tables
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class StudyResults:
    """What there is to show of a study's analysis; figures and tables come from the result."""

    result: AnalysisResult
    figures: tuple[DrawnFigure, ...]
    tables: tuple[ReportTable, ...]
    paper_figures: tuple[DrawnFigure, ...] = ()


def study_results(folder: StudyFolder, *, by: Actor, now: datetime) -> StudyResults:
    """Return what the results window shows of a frozen study, the paper's own tables included.

    That somebody sees it stands in the record first.
    """
    result = noted_analysis(folder, "results window", by=by, now=now)
    return StudyResults(result, figures(result), report_tables(result), paper_figures(result))


def noted_analysis(
    folder: StudyFolder, what: str, *, by: Actor, now: datetime, template: str = ""
) -> AnalysisResult:
    """Analyse a frozen study and write down that its results are about to be seen.

    Parameters
    ----------
    what
        The files or the window that will show them.

    Raises
    ------
    ProtocolError, RecordError
        Where the study is not frozen, or the note cannot be written.
    """
    result = analyse_study(folder, template=template)
    notes = note_results(folder, what, by=by, now=now)
    return replace(result, warnings=(*result.warnings, *notes))


def analyse_study(folder: StudyFolder, *, template: str = "") -> AnalysisResult:
    """Analyse a frozen study by its locked plan.

    The tables of `template` are made too; without one those of the paper after which the study was
    made, where that paper's tables can be printed.

    Raises
    ------
    ProtocolError
        Where the study is not frozen.
    """
    tables = study_tables(folder)
    if not tables.frozen:
        raise ProtocolError(
            f"Expected a frozen study, got {folder.path.name}, which is still open. Freeze it: "
            f"crossread freeze {folder.path.name}, or sign an interim analysis: --interim"
        )
    return with_withdrawn(
        _analysed(folder, tables, template), _with_withdrawn_reads(folder, tables), tables.withdrawn
    )


def analyse_open_study(
    folder: StudyFolder, *, template: str = "", masks: np.random.Generator | None = None
) -> AnalysisResult:
    """Analyse a study before it is frozen; every table and figure says that it is an interim one.

    Whoever sees the result must have signed for it first.

    Parameters
    ----------
    folder, template
        As for `analyse_study`.
    masks
        Draws the names that hide the arms; None: the arms are named.

    Raises
    ------
    ProtocolError
        Where the study is frozen.
    """
    tables = study_tables(folder)
    if tables.frozen:
        raise ProtocolError(
            f"Expected a study that is still open, got {folder.path.name}, which is frozen. "
            "Leave --interim out."
        )
    # Both analyses draw from the same state, so that a masked arm has one name.
    shown = tables if masks is None else masked_arms(tables, deepcopy(masks))
    again = _with_withdrawn_reads(folder, tables, masks)
    both = with_withdrawn(_analysed(folder, shown, template), again, tables.withdrawn)
    return as_interim(both, masked=masks is not None)


def _with_withdrawn_reads(
    folder: StudyFolder, tables: StudyTables, masks: np.random.Generator | None = None
) -> AnalysisResult | None:
    """Return the analysis as if no case had been withdrawn; None where that changes no read."""
    if not tables.withdrawn:
        return None
    everything = study_tables(folder, with_withdrawn=True)
    if len(everything.reads) == len(tables.reads):
        return None
    shown = everything if masks is None else masked_arms(everything, deepcopy(masks))
    return _analysed(folder, shown, "", of_paper=False)


def _analysed(
    folder: StudyFolder, tables: StudyTables, template: str, *, of_paper: bool = True
) -> AnalysisResult:
    """Return the analysis by the locked plan, with the tables of a paper if they are wanted."""
    settings = analysis_settings(tables.plan)
    study_file = read_study_file(folder.study_toml)
    source = StudySource(tables, study_file.scales.order.rising)
    rated = analyse(from_study(tables, settings), settings)
    result = with_marks(rated, source, settings, froc_settings(tables.plan))
    paper = PAPERS.get(template or study_file.template) if of_paper else None
    return result if paper is None else replace(result, paper=paper(source, settings))
