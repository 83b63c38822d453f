"""The pages of a study that the home window offers: a new page is one more entry here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from reader_app.coordinator.study_summary import StudySummary
from reader_app.qt.coordinator.ai_results_window import AI_RESULTS_SIZE, AiResultsWindow
from reader_app.qt.coordinator.import_window import CASES_SIZE, ImportWindow
from reader_app.qt.results.results_window import RESULTS_SIZE, ResultsWindow
from reader_app.results.study_results import study_results
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder


@dataclass(frozen=True, slots=True)
class Page:
    """A window on one part of a study.

    Attributes
    ----------
    offered
        Whether it makes sense for a study as it stands.
    build
        Makes the window, for who acts in it.
    size
        The size that it wants.
    """

    title: str
    offered: Callable[[StudySummary], bool]
    build: Callable[[StudySummary, Actor], QWidget]
    size: QSize


def _cases(study: StudySummary, actor: Actor) -> QWidget:
    """Return the page on which exams come into a study."""
    return ImportWindow(StudyFolder(study.path), actor)


def _ai_results(study: StudySummary, actor: Actor) -> QWidget:
    """Return the page on which results of AI systems come into a study."""
    return AiResultsWindow(StudyFolder(study.path), actor)


def _results(study: StudySummary, actor: Actor) -> QWidget:
    """Return the results of a frozen study."""
    now = datetime.now(UTC).astimezone()
    load = partial(study_results, StudyFolder(study.path), by=actor, now=now)
    return ResultsWindow(load, study.report)


def _is_set_up(study: StudySummary) -> bool:
    """Tell whether a study is still being set up."""
    return not study.locked and not study.problem


def _is_frozen(study: StudySummary) -> bool:
    """Tell whether the record of a study is closed."""
    return study.frozen


CASES = Page("Cases", _is_set_up, _cases, CASES_SIZE)
AI_RESULTS = Page("AI results", _is_set_up, _ai_results, AI_RESULTS_SIZE)
RESULTS = Page("Results", _is_frozen, _results, RESULTS_SIZE)
PAGES = (CASES, AI_RESULTS, RESULTS)
