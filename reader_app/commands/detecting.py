"""`evaluate` and `detect`: AI systems measured on exams, and run over a study before it is read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reader_app.commands.parts.progress import Report as Show
from reader_app.commands.parts.progress import progress_bar
from reader_app.commands.parts.signing import By, StudyPath, now, signer, study_at, warn
from reader_app.commands.parts.torch_needed import require_torch
from reader_app.commands.training import DataPath
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.exchange.detection_json import write_system_results

if TYPE_CHECKING:
    from reader_app.evaluation.detection_run import Report
    from reader_app.evaluation.evaluate import Evaluation
    from study_design.detections import CaseResult

Weights = Annotated[
    Path | None,
    typer.Option("--weights", help="Folder or file of weights that `train` wrote."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("evaluate")(evaluate_command)
    app.command("detect")(detect_command)
    app.command("example-detections")(example_detections_command)


def evaluate_command(
    system: Annotated[str, typer.Argument(help="zhou, liao, li, ueda, lin, blob, ...")],
    data: DataPath,
    weights: Weights = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the results; evaluation-SYSTEM without it.")
    ] = None,
    predict_only: Annotated[
        bool,
        typer.Option("--predict-only", help="Write the boxes only; of mini-MIAS, its test images."),
    ] = False,
) -> None:
    """Measure an AI system on exams that it has not seen: FROC, AUC, matches, depth."""
    require_torch("evaluate")
    from inference.data.open_set import open_exam_set
    from reader_app.evaluation.detection_run import ready_system
    from reader_app.evaluation.evaluate import evaluate

    exams = open_exam_set(data)
    if not exams.exams or not (exams.known or predict_only):
        raise BadInputError(
            f"Expected exams with a truth in {data}, got none. Without one: --predict-only"
        )
    ready = ready_system(system, weights)
    folder = out or Path(f"evaluation-{system}")
    with progress_bar() as show:
        done = evaluate(
            exams,
            ready,
            out=folder,
            predict_only=predict_only,
            report=_told(show),
        )
    typer.echo(ready.line)
    warn(*done.warnings)
    _print(done)


def detect_command(
    study: StudyPath,
    system: Annotated[str, typer.Option(help="zhou, liao, li, ueda, lin, blob, ...")],
    weights: Weights = None,
    by: By = "",
) -> None:
    """Run a built-in AI system over all cases, before the protocol is locked.

    Stopped, the same command goes on. Failed, nothing found and not processed stay three things.
    """
    require_torch("detect")
    from reader_app.evaluation.detect_study import detect_study
    from reader_app.evaluation.detection_run import ready_system

    folder = study_at(study)
    with progress_bar() as show:
        done = detect_study(
            folder,
            ready_system(system, weights),
            by=signer(by),
            now=now(),
            report=_told(show),
        )
    typer.echo(
        f"{system}: {counted(done.finding, 'case')} with a finding, {done.none} without, "
        f"{done.failed} failed, {done.not_processed} not processed. {done.path}"
    )


def example_detections_command(
    weights: Annotated[Path, typer.Option(help="Folder of weights that `train` wrote.")],
    out: Annotated[Path, typer.Option(help="Where the file of detections goes.")],
    seed: Annotated[int, typer.Option(min=0, help="Of the example studies.")] = 2023,
    cases: Annotated[int, typer.Option(min=4, help="Of the finished example study.")] = 24,
) -> None:
    """Find anew what the example studies' AI shows: the file that ships with Crossread."""
    require_torch("example-detections")
    from inference.model_card import read_card
    from inference.weights import weights_folder
    from reader_app.evaluation.detection_run import ready_system
    from reader_app.evaluation.example_detections import detect_examples

    system = read_card(weights_folder(weights)).system
    with progress_bar() as show:
        results = detect_examples(
            ready_system(system, weights), seed=seed, cases=cases, report=_told(show)
        )
    write_system_results(out, results)
    typer.echo(f"{counted(len(results.cases), 'case')}: {out}")


def _told(show: Show) -> "Report":
    """Return what shows progress, and says why a case failed."""

    def report(done: int, total: int, result: "CaseResult", why: str) -> None:
        show("Detect", done, total)
        if why:
            warn(f"case {result.case} failed: {why}")

    return report


def _print(done: "Evaluation") -> None:
    """Print what was measured and where the boxes are."""
    from reader_app.evaluation.evaluate import value_text

    for measure in done.measures:
        typer.echo(f"{measure.name}: {value_text(measure.value)}, n = {measure.value.n}")
    typer.echo(f"{counted(done.boxes, 'box')}: {done.predictions}")
