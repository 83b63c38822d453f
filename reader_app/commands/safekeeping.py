"""Commands that keep a study safe: backup into one file, also while it is read, and restore."""

from pathlib import Path
from typing import Annotated

import typer

from reader_app.commands.progress import progress_bar
from reader_app.commands.signing import StudyPath, study_at, warn
from study_design.record.backup import backup_study, restore_study


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)


def backup_command(
    study: StudyPath,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new ZIP file.")],
) -> None:
    """Write the whole study, its truth too, into one file; readers may go on meanwhile."""
    with progress_bar(after_s=1.0) as report:
        made = backup_study(study_at(study), file, report=report)
    warn(*made.warnings)
    typer.echo(f"Wrote {made.files} files and {made.events} events to {file}.")
    typer.echo(f"The record in it ends with {made.last_hash}")


def restore_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of crossread backup.")],
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="Where the study goes; new.")],
) -> None:
    """Make a study again from its backup; every file is checked first."""
    with progress_bar(after_s=1.0) as report:
        restored = restore_study(file, study.resolve(), report=report)
    warn(*restored.warnings)
    typer.echo(f"Restored {restored.files} files and {restored.events} events to {study}.")
    typer.echo(f"The record ends with {restored.last_hash}")
