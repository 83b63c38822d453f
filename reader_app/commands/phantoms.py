"""`phantoms`: a folder of synthetic exams with their exact truth, to train on and to try things."""

from pathlib import Path
from typing import Annotated

import typer

from reader_app.commands.parts.progress import progress_bar
from study_design.phantom.exam_set import ExamSetSettings, write_exam_set
from study_design.phantom.mixes import Mix
from study_design.phantom.render import COARSEST_SPACING_MM, DEFAULT_SPACING_MM, FINEST_SPACING_MM


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("phantoms")(phantoms_command)


def phantoms_command(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="New folder, or one to complete.")],
    exams: Annotated[int, typer.Option(min=1, help="Number of exams.")],
    seed: Annotated[
        int,
        typer.Option(min=0, help="Seed of the first exam."),
    ] = 1,
    spacing: Annotated[
        float,
        typer.Option(
            min=FINEST_SPACING_MM, max=COARSEST_SPACING_MM, help="Distance of pixel centres in mm."
        ),
    ] = DEFAULT_SPACING_MM,
    mix: Annotated[
        Mix,
        typer.Option(
            help="study: four of ten are normal, masses prevail. training: 85 % have one or two "
            "lesions, all types alike."
        ),
    ] = Mix.STUDY,
) -> None:
    """Draw synthetic exams: DICOM, manifest.csv, reference.csv, lesions.csv, distractors.csv.

    They show that a program works and that a system learns, not how well it does on patients.
    """
    with progress_bar() as report:
        write_exam_set(out.resolve(), ExamSetSettings(seed, spacing, mix), exams, report)
    typer.echo(f"{exams} phantom exams, simulated, no data of persons: {out}")
    typer.echo(f"  import them    crossread import STUDY --manifest {out / 'manifest.csv'}")
    typer.echo(
        f"  their truth    crossread truth STUDY {out / 'reference.csv'} {out / 'lesions.csv'}"
    )
