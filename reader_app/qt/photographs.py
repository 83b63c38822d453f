"""Pictures of the desk windows on an example study, taken of the real windows."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtWidgets import QWidget

from reader_app.qt.application import reading_application
from reader_app.qt.coordinator.import_window import CASES_SIZE, ImportWindow
from reader_app.qt.home import HomeWindow
from reader_app.qt.results.results_window import RESULTS_SIZE, ResultsWindow
from reader_app.results.study_results import study_results
from reader_app.simulated.example_study import COORDINATOR
from study_design.study_folder import StudyFolder

HOME_SIZE = QSize(900, 560)


def photograph_desk(demo: Path, finished: StudyFolder, out: Path) -> tuple[Path, ...]:
    """Photograph home on the folder of the examples, and results and cases of one of them."""
    reading_application()
    home = HomeWindow(demo)
    _photograph(home, HOME_SIZE, out / "home.png", lambda: True)
    now = datetime.now(UTC).astimezone()
    load = partial(study_results, finished, by=COORDINATOR, now=now)
    results = ResultsWindow(load)
    _photograph(results, RESULTS_SIZE, out / "results.png", lambda: results.ready)
    cases = ImportWindow(finished, COORDINATOR)
    _photograph(cases, CASES_SIZE, out / "cases.png", lambda: cases.ready)
    return out / "home.png", out / "results.png", out / "cases.png"


def _photograph(window: QWidget, size: QSize, path: Path, ready: Callable[[], bool]) -> None:
    """Show a window, wait until it has everything to show, and take its picture."""
    window.resize(size)
    window.show()
    while not ready():
        time.sleep(0.002)
        QCoreApplication.processEvents()
    QCoreApplication.processEvents()
    window.grab().save(str(path))
    window.close()
