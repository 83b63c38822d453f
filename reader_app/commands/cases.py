"""`cases`: the window in which a study's exams come in and are looked over."""

import typer

from reader_app.commands.parts.signing import By, StudyPath, signer, study_at
from reader_app.qt.coordinator.open_cases import show_cases
from reader_app.screen import require_screen


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("cases")(cases_command)


def cases_command(study: StudyPath, by: By = "") -> None:
    """Open the Cases page: bring images in, look exams over, mend or exclude them."""
    folder = study_at(study)
    require_screen()
    raise typer.Exit(show_cases(folder, signer(by)))
