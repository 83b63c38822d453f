"""`train`: a system of the papers, trained on a study's images or on a site's own."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reader_app.commands.parts.progress import Report, progress_bar
from reader_app.commands.parts.torch_needed import require_torch
from study_design.errors import BadInputError

if TYPE_CHECKING:
    from inference.data.exam_set import ExamSet, KnownExam
    from inference.training.fit import FitSettings, Fitted
    from inference.training.processes import Processes

DataPath = Annotated[
    Path,
    typer.Option(
        "--data",
        help="A study, a folder with manifest.csv and lesions.csv, or mini-MIAS.",
    ),
]
_MOST_TOLD = 5


class Built(StrEnum):
    """How large a system is built."""

    LITE = "lite"
    FULL = "full"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("train")(train_command)


def train_command(
    system: Annotated[str, typer.Argument(help="zhou, liao, li, ueda, lin, ...")],
    data: DataPath,
    out: Annotated[Path, typer.Option(help="Folder of the run; the same one continues it.")],
    folds: Annotated[
        int, typer.Option(help="Train and evaluate so many times; 1: train once.")
    ] = 1,
    size: Annotated[Built, typer.Option(help="full as in the paper; lite without a GPU.")] = (
        Built.LITE
    ),
    minutes: Annotated[float | None, typer.Option(help="Stop cleanly after this time.")] = None,
    iterations: Annotated[
        int | None, typer.Option(help="In place of the schedule's iterations.")
    ] = None,
    init: Annotated[
        Path | None, typer.Option("--init", help="Safetensors to start from: own or a base.")
    ] = None,
    frozen_trunk: Annotated[
        bool, typer.Option("--frozen-trunk", help="Keep the trunk of --init; for few exams.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of initial weights, batches and folds.")] = 0,
) -> None:
    """Train an AI system; stopped or killed, the same command goes on where it was.

    With torchrun several processes train together, one for each GPU.
    """
    require_torch("train")
    from inference.data.open_set import open_exam_set
    from inference.system import Size
    from inference.training.fit import FitSettings
    from inference.training.processes import processes

    exams = open_exam_set(data)
    if not exams.known:
        raise BadInputError(f"Expected exams with a truth in {data}, got none. Check --data.")
    settings = FitSettings(
        system,
        Size(size.value),
        out,
        out / "prepared",
        seed,
        minutes,
        iterations,
        init,
        frozen_trunk=frozen_trunk,
    )
    with processes() as among, progress_bar(silent=not among.is_first) as show:
        if folds == 1:
            _tell(_fitted(exams.known, exams.name, settings, among, show), out)
        else:
            _train_folds(exams, folds, settings, among, show)


def _fitted(
    known: "tuple[KnownExam, ...]",
    name: str,
    settings: "FitSettings",
    among: "Processes",
    show: Report,
) -> "Fitted":
    """Train once and show how it gets on."""
    from inference.training.fit import fit

    return fit(
        known,
        name,
        settings,
        processes=among,
        report=lambda done, total, _: show("Train", done, total),
        prepared=lambda done, total, _: show("Prepare exams", done, total),
    )


def _train_folds(
    exams: "ExamSet", count: int, settings: "FitSettings", among: "Processes", show: Report
) -> None:
    """Train on each fold, evaluate on its held-out exams, and write means with their SD."""
    from dataclasses import replace

    from inference.data.splits import folds
    from reader_app.evaluation.folds import evaluate_folds

    fitted = []
    for fold in folds(exams.known, count, seed=settings.seed):
        out = settings.out / f"fold-{fold.number}"
        done = _fitted(fold.train, exams.name, replace(settings, out=out), among, show)
        _tell(done, out)
        fitted.append(fold)
    if among.is_first:
        for one in evaluate_folds(fitted, settings.system, settings.out):
            sd = "" if one.sd is None else f", SD {one.sd:.3f}"
            typer.echo(f"{one.name}: {one.mean:.3f}{sd} ({one.folds} folds)")


def _tell(fitted: "Fitted", out: Path) -> None:
    """Say what came of a run."""
    from inference.training.fit import WEIGHTS

    initial = fitted.initialised
    if initial is not None:
        typer.echo(
            f"Started from {len(initial.taken)} tensors; missing {len(initial.missing)}"
            f"{_some(initial.missing)}, unexpected {len(initial.unexpected)}"
            f"{_some(initial.unexpected)}."
        )
    outcome = fitted.outcome
    typer.echo(
        f"{outcome.iterations} iterations in {outcome.seconds / 60:.1f} min, loss "
        f"{outcome.last_loss:.3f}. Weights: {out / WEIGHTS}"
    )
    if not outcome.finished:
        typer.echo("Stopped at the time limit: the same command continues the training.")


def _some(names: tuple[str, ...]) -> str:
    """Return the first names in brackets."""
    more = ", ..." if len(names) > _MOST_TOLD else ""
    return f" ({', '.join(names[:_MOST_TOLD])}{more})" if names else ""
