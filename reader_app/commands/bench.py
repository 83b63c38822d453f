"""The command that measures the program against its goals and its rivals."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from reader_app.bench.analysis_speed import ANALYSIS
from reader_app.bench.load import LOAD
from reader_app.bench.machine import this_machine
from reader_app.bench.report import report_json, report_lines
from reader_app.bench.viewer import VIEWER, bench_of, run_processes


class Part(StrEnum):
    """What can be measured."""

    VIEWER = "viewer"
    LOAD = "load"
    ANALYSIS = "analysis"


PLANS = {Part.VIEWER: VIEWER, Part.LOAD: LOAD, Part.ANALYSIS: ANALYSIS}


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("bench")(bench_command)


def bench_command(
    part: Annotated[Part, typer.Argument(help="What to measure.")],
    rounds: Annotated[int, typer.Option(min=1, help="Rounds in each process.")] = 7,
    processes: Annotated[int, typer.Option(min=1, help="Fresh processes, one by one.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
    quick: Annotated[bool, typer.Option(hidden=True)] = False,
) -> None:
    """Measure speed against goals and rivals in one run; a missed goal is no error."""
    runs = []
    for run in run_processes(PLANS[part], processes=processes, rounds=rounds, quick=quick):
        runs.append(run)
        typer.echo(f"{part}: process {len(runs)} of {processes} measured", err=True)
    bench, machine = bench_of(PLANS[part], tuple(runs)), this_machine()
    if as_json:
        typer.echo(json.dumps(report_json(bench, machine), indent=1))
    else:
        typer.echo("\n".join(report_lines(bench, machine)))
