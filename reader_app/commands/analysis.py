"""The command that turns a frozen study, or any table of ratings, into estimates and a report."""

from pathlib import Path
from typing import Annotated

import typer

from analysis.report import write_analysis
from analysis.study_analysis import analyse
from analysis.tables import from_csv
from reader_app.commands.signing import By, Reason, now, signer, study_at, warn
from reader_app.study_results import PAPERS, analyse_study
from study_design.errors import BadInputError
from study_design.record.acts import staff_act
from study_design.record.events import EventType, JsonValue
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("analyse")(analyse_command)


def analyse_command(
    out: Annotated[Path, typer.Option(help="Folder for results, tables, figures and report.")],
    study: Annotated[Path | None, typer.Argument(metavar="[STUDY]", help="A frozen study.")] = None,
    table: Annotated[
        Path | None, typer.Option(help="A CSV with reader, case, truth and rating instead.")
    ] = None,
    template: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Print the tables of this paper too (zhou2023); without it those of the paper "
            "after which the study was made.",
        ),
    ] = "",
    interim: Annotated[
        bool, typer.Option("--interim", help="Analyse a study that is not frozen; is recorded.")
    ] = False,
    by: By = "",
    reason: Reason = "",
) -> None:
    """Estimate what a study or a table of ratings says."""
    if (study is None) == (table is None):
        raise typer.BadParameter("give a study or --table CSV, one of the two")
    if template and template not in PAPERS:
        raise BadInputError(
            f"Expected a paper whose tables can be printed ({', '.join(PAPERS)}), got {template!r}."
        )
    if table is not None:
        if template:
            raise BadInputError(
                f"The tables of {template} need findings and lesions: expected a study, got a "
                "table of ratings. Leave --template out, or give the study."
            )
        result = analyse(from_csv(table))
    else:
        folder = study_at(study or Path())
        if interim:
            _record_unblinding(folder, by, reason)
        result = analyse_study(folder, template=template, interim=interim)
    warn(*result.all_warnings)
    files = write_analysis(result, out.resolve())
    typer.echo(f"Wrote {len(files)} files to {out}.")


def _record_unblinding(folder: StudyFolder, by: str, reason: str) -> None:
    """Write down, before anything is computed, who looks at results of an open study and why."""
    if not reason:
        raise BadInputError(
            "An interim analysis unblinds the study: expected --reason TEXT, got none. Give it."
        )
    with open_store(folder) as store:
        payload: dict[str, JsonValue] = {"what": f"interim analysis: {reason}", "masked": False}
        event = staff_act(EventType.STUDY_UNBLINDED, payload, by=signer(by), now=now())
        store.append(event)
