"""The command that lets a reader do a read again."""

from typing import Annotated

import typer

from reader_app.commands.signing import By, Reason, StudyPath, now, signer, study_at
from study_design.record.reopening import reopen_read


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("reopen")(reopen_command)


def reopen_command(
    study: StudyPath,
    read: Annotated[str, typer.Option(help="The read's name in reads.csv, or how it begins.")],
    by: By = "",
    reason: Reason = "",
) -> None:
    """Let a reader do a validated read again; signed, and listed in deviations.csv."""
    known = reopen_read(study_at(study), read, by=signer(by), reason=reason, now=now())
    typer.echo(
        f"Reopened case {known.case} for {known.reader}: it comes first at the next sitting. "
        f"Read {known.read} counts until then."
    )
