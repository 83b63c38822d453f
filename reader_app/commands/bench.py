"""The command that measures the program against its goals and its rivals."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from reader_app.bench.analysis_speed import ANALYSIS
from reader_app.bench.inference_speed import INFERENCE
from reader_app.bench.load import LOAD
from reader_app.bench.machine import this_machine
from reader_app.bench.report import report_json, report_lines
from reader_app.bench.viewer import VIEWER, bench_of, run_processes
from reader_app.commands.parts.progress import progress_bar
from reader_app.commands.parts.torch_needed import require_torch


class Part(StrEnum):
    """What can be measured."""

    VIEWER = "viewer"
    LOAD = "load"
    ANALYSIS = "analysis"
    INFERENCE = "inference"
    PHANTOMS = "phantoms"


PLANS = {
    Part.VIEWER: VIEWER,
    Part.LOAD: LOAD,
    Part.ANALYSIS: ANALYSIS,
    Part.INFERENCE: INFERENCE,
}


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("bench")(bench_command)


def bench_command(
    part: Annotated[Part, typer.Argument(help="What to measure.")],
    rounds: Annotated[int, typer.Option(min=1, help="Rounds in each process.")] = 7,
    processes: Annotated[int, typer.Option(min=1, help="Fresh processes, one by one.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
    quick: Annotated[bool, typer.Option(hidden=True)] = False,
    data: Annotated[Path | None, typer.Option(help="phantoms: what `phantoms` wrote.")] = None,
    out: Annotated[Path | None, typer.Option(help="phantoms: where the rows are kept.")] = None,
    rows: Annotated[str, typer.Option(help="phantoms: rows by name, with commas; or all.")] = "",
    patch_iterations: Annotated[int, typer.Option(help="phantoms: of the trunk.")] = 1500,
    base_iterations: Annotated[int, typer.Option(help="phantoms: of the base.")] = 1500,
    row_iterations: Annotated[int, typer.Option(help="phantoms: of each row after it.")] = 300,
    minutes: Annotated[float | None, typer.Option(help="phantoms: stop after so many.")] = None,
    seed: Annotated[int, typer.Option(help="phantoms: of split, weights and batches.")] = 0,
) -> None:
    """Measure speed against goals and rivals in one run; a missed goal is no error.

    `phantoms` trains and compares the systems of the papers on synthetic exams. It can be stopped
    and goes on; several programs with the same --out share the rows among them.
    """
    if part is Part.PHANTOMS:
        require_torch("bench phantoms")
        from reader_app.bench.phantom_bench import bench_phantoms, row_names
        from reader_app.bench.phantom_rows import BenchSettings

        if data is None or out is None:
            raise typer.BadParameter("phantoms needs --data DIR and --out DIR")
        settings = BenchSettings(
            out, row_names(rows), patch_iterations, base_iterations, row_iterations, seed, minutes
        )
        with progress_bar() as show:
            table = bench_phantoms(data, settings, show)
        typer.echo(table)
        return
    if part is Part.INFERENCE:
        require_torch("bench inference")
    runs = []
    for run in run_processes(PLANS[part], processes=processes, rounds=rounds, quick=quick):
        runs.append(run)
        typer.echo(f"{part}: process {len(runs)} of {processes} measured", err=True)
    bench, machine = bench_of(PLANS[part], tuple(runs)), this_machine()
    if as_json:
        typer.echo(json.dumps(report_json(bench, machine), indent=1))
    else:
        typer.echo("\n".join(report_lines(bench, machine)))
