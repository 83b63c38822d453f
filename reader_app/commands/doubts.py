"""`doubts`: what is doubtful of images and how they are shown, listed and accepted."""

from typing import Annotated

import typer

from reader_app.commands.parts.signing import By, Reason, StudyPath, now, signer, study_at
from study_design.cases.doubt_judgement import accept_doubts
from study_design.counted import counted
from study_design.images.display_doubt import read_doubts


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("doubts")(doubts_command)


def doubts_command(
    study: StudyPath,
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="IMAGE", help="This image is right as it is; `all` for all."),
    ] = None,
    by: By = "",
    reason: Reason = "",
) -> None:
    """List what is doubtful of images; accept it after a look at the picture."""
    folder = study_at(study)
    if accept:
        waiting = {doubt.image for doubt in read_doubts(folder)}
        images = waiting if "all" in accept else set(accept)
        count = accept_doubts(folder, images, by=signer(by), why=reason, now=now())
        typer.echo(f"Accepted {counted(count, 'doubt')}.")
    doubts = read_doubts(folder)
    for doubt in doubts:
        state = "open" if doubt.is_open else "accepted"
        typer.echo(f"{doubt.image}\t{doubt.doubt}\t{state}\t{doubt.by}\t{doubt.why}".rstrip())
    waiting_now = sum(doubt.is_open for doubt in doubts)
    typer.echo(f"{counted(len(doubts), 'doubt')} on images, {waiting_now} not decided on.")
