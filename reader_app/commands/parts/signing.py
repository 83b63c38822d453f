"""Options and words that the commands share: who acts, why, and how to say what was done."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from study_design.cases.case_erasure import erasures
from study_design.life.opened import opened
from study_design.record.actor import Actor, acting
from study_design.study_folder import StudyFolder

StudyPath = Annotated[Path, typer.Argument(metavar="STUDY", help="Folder of the study.")]
By = Annotated[str, typer.Option("--by", help="Who acts; without it the name of your login.")]
Reason = Annotated[str, typer.Option("--reason", help="Why.")]


def signer(by: str) -> Actor:
    """Return who signs an act."""
    return acting(by)


def now() -> datetime:
    """Return the moment at which a command acts."""
    return datetime.now(UTC).astimezone()


def study_at(path: Path) -> StudyFolder:
    """Return the study in a folder, or refuse."""
    return opened(path)


def warn_of_erased(folder: StudyFolder) -> None:
    """Say which cases have no pictures any more, because consent was withdrawn."""
    warn(*(f"{case.words}." for case in erasures(folder)))


def note(*sentences: str) -> None:
    """Print what was understood, and how, on standard error."""
    for sentence in sentences:
        typer.echo(f"Note: {sentence}", err=True)


def warn(*sentences: str) -> None:
    """Print warnings on standard error."""
    for sentence in sentences:
        typer.echo(f"Warning: {sentence}", err=True)
