"""Pictures of the windows for README and guide, taken of the real windows on the example study."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from PySide6.QtCore import QCoreApplication, QEventLoop, QSize
from PySide6.QtWidgets import QWidget

from reader_app.qt.application import reading_application
from reader_app.qt.home import RESULTS_SIZE, HomeWindow
from reader_app.qt.results_window import ResultsWindow
from reader_app.study_results import study_results
from study_design.errors import BadInputError
from study_design.study_folder import StudyFolder

HOME_SIZE = QSize(900, 560)
READING = Path("results") / "screenshots" / "junior-1" / "aided-3-card.png"


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("photograph")(photograph_command)


def photograph_command(
    demo: Annotated[Path, typer.Argument(help="Folder that crossread demo has made.")],
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("assets"),
) -> None:
    """Take the pictures that the README shows."""
    finished = StudyFolder(demo.resolve() / "finished")
    if not (finished.path / READING).is_file():
        raise BadInputError(
            f"Expected a finished example in {demo}, got none. Make it: crossread demo --out {demo}"
        )
    reading_application()
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(finished.path / READING, out / "reading-window.png")
    home = HomeWindow(demo.resolve())
    _photograph(home, HOME_SIZE, out / "home.png", lambda: True)
    results = ResultsWindow(partial(study_results, finished))
    _photograph(results, RESULTS_SIZE, out / "results.png", lambda: results.ready)
    typer.echo(f"Took 3 pictures in {out}.")


def _photograph(window: QWidget, size: QSize, path: Path, ready: Callable[[], bool]) -> None:
    """Show a window, wait until it has everything to show, and take its picture."""
    window.resize(size)
    window.show()
    while not ready():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 100)
    QCoreApplication.processEvents()
    window.grab().save(str(path))
    window.close()
