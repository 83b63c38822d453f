"""Pictures of the windows for README and guide, taken of the real windows on the example study."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from reader_app.qt.photographs import photograph_desk
from reader_app.simulated.phantom_picture import write_phantom_picture
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.study_folder import StudyFolder

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
    # Nobody needs to see the windows, and every computer takes the same pictures.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(finished.path / READING, out / "reading-window.png")
    write_phantom_picture(out / "phantoms.png")
    taken = photograph_desk(demo.resolve(), finished, out)
    typer.echo(f"Took {counted(2 + len(taken), 'picture')} in {out}.")
