"""Commands that follow a study to its end: status, freeze, verify, export."""

from pathlib import Path
from typing import Annotated

import typer

from reader_app.commands.signing import By, StudyPath, now, signer, study_at, warn
from reader_app.study_summary import summary_of
from study_design.errors import ProtocolError
from study_design.exchange.tidy import export_tables
from study_design.record.integrity import freeze_study, verify_study


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("status")(status_command)
    app.command("freeze")(freeze_command)
    app.command("verify")(verify_command)
    app.command("export")(export_command)


def status_command(study: StudyPath) -> None:
    """Show how far each reader has come; says nothing of results."""
    summary = summary_of(study_at(study))
    if summary.problem:
        raise ProtocolError(summary.problem)
    typer.echo(f"{summary.title}: {summary.state}")
    for reader in summary.readers:
        typer.echo(f"  {reader.reader} ({reader.group}): {reader.done} of {reader.planned} reads")


def freeze_command(study: StudyPath, by: By = "") -> None:
    """Close the record: nothing can be read after it."""
    folder = study_at(study)
    frozen = freeze_study(folder, by=signer(by), now=now())
    warn(*frozen.warnings)
    typer.echo(f"Froze {folder.path.name}: {frozen.reads} reads.")


def verify_command(study: StudyPath) -> None:
    """Check that nothing was altered, lost or done out of protocol; exit 1 otherwise."""
    problems = verify_study(study_at(study))
    for problem in problems:
        typer.echo(str(problem))
    if any(problem.grave for problem in problems):
        raise typer.Exit(1)
    typer.echo("The record is whole, and what was locked is as it was locked.")


def export_command(
    study: StudyPath,
    out: Annotated[Path, typer.Option(help="Folder for the tables.")],
    all_reads: Annotated[
        bool, typer.Option("--all", help="Also practice, superseded and withdrawn reads.")
    ] = False,
) -> None:
    """Write all tables of the study with a data dictionary."""
    files = export_tables(study_at(study), out.resolve(), all_reads=all_reads)
    typer.echo(f"Wrote {len(files)} files to {out}.")
