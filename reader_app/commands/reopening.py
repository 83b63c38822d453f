"""The command that lets a reader do a read again."""

from typing import Annotated

import typer

from reader_app.commands.parts.signing import By, Reason, StudyPath, now, signer, study_at
from study_design.errors import BadInputError
from study_design.life.reopening import reopen_read
from study_design.record.reads.chosen_read import ReadPlace


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("reopen")(reopen_command)


def reopen_command(
    study: StudyPath,
    reader: Annotated[str, typer.Option(help="Whose read.")] = "",
    case: Annotated[str, typer.Option(help="Of which case.")] = "",
    period: Annotated[
        int | None, typer.Option(help="Which period, where both arms were read.")
    ] = None,
    arm: Annotated[str, typer.Option(help="Which arm, instead of the period.")] = "",
    read: Annotated[
        str,
        typer.Option(help="Instead: the read's name in schedule.csv, or its beginning."),
    ] = "",
    by: By = "",
    reason: Reason = "",
) -> None:
    """Let a reader do a validated read again; signed, and listed in deviations.csv."""
    place = ReadPlace(reader, case, period, arm)
    if bool(read) == bool(reader and case) or (read and place != ReadPlace("", "")):
        raise BadInputError(
            "Expected --reader ID --case CASE, or --read NAME alone, got "
            f"{'both' if read else 'neither'}. Say which read is done again."
        )
    known = reopen_read(study_at(study), read or place, by=signer(by), reason=reason, now=now())
    typer.echo(
        f"Reopened case {known.case}, period {known.period}, for {known.reader}: it comes first at "
        "the next sitting. The read that is there counts until then."
    )
