"""The command that tries every interval and test on simulated reader studies."""

from pathlib import Path
from typing import Annotated

import typer

from analysis.checks.calibration import scenarios
from analysis.checks.calibration_record import CalibrationError, calibrate, calibration_table
from study_design.errors import BadInputError


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("calibrate")(calibrate_command)


def calibrate_command(
    record: Annotated[
        Path,
        typer.Argument(help="File of finished batches (JSON lines); a later run continues it."),
    ],
    studies: Annotated[int, typer.Option(min=1, help="Simulated studies of each scenario.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of all random numbers.")] = 1,
) -> None:
    """Print how often intervals hold the truth and tests reject under Roe-Metz readers."""
    chosen, batches = scenarios(), []
    try:
        for batch in calibrate(chosen, record, studies=studies, seed=seed):
            batches.append(batch)
            typer.echo(f"{batch.key.scenario}: batch {batch.key.number + 1} done", err=True)
    except (CalibrationError, OSError) as error:
        raise BadInputError(f"Calibration record {record.name}: {error}.") from error
    typer.echo(f"{len(chosen)} scenarios, {studies} studies of each, seed {seed}; per cent")
    typer.echo("\n".join(calibration_table(batches, chosen)))
