"""The command that turns a frozen study, or any table of ratings, into estimates and a report."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from analysis.papers.zhou2023 import zhou2023
from analysis.papers.zhou2023_data import PAPER as ZHOU_2023
from analysis.report import write_analysis
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import StudySource, from_csv, from_study
from reader_app.commands.signing import By, Reason, now, signer, study_at, warn
from study_design.errors import BadInputError, ProtocolError
from study_design.protocol.study_file import read_study_file
from study_design.record.acts import staff_act
from study_design.record.events import EventType, JsonValue
from study_design.record.store.record_store import open_store
from study_design.results import StudyTables, study_tables
from study_design.study_folder import StudyFolder

# The papers whose tables can be printed from a study.
PAPERS = (ZHOU_2023,)
INTERIM = "Interim analysis of a study that is still open: not the result of the study."


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
        warn(*result.warnings)
        files: Sequence[Path] = write_analysis(result, out.resolve())
    else:
        folder = study_at(study or Path())
        if interim:
            _record_unblinding(folder, by, reason)
        files = analyse_folder(folder, out.resolve(), template=template, interim=interim)
    typer.echo(f"Wrote {len(files)} files to {out}.")


def analyse_folder(
    folder: StudyFolder, out: Path, *, template: str = "", interim: bool = False
) -> Sequence[Path]:
    """Analyse a study by its locked plan and write what comes of it.

    The tables of `template` are printed too; without one those of the paper after which the study
    was made, where that paper's tables can be printed.

    Raises
    ------
    ProtocolError
        Where the study is not frozen and this is no interim analysis.
    """
    tables = study_tables(folder)
    if not tables.frozen and not interim:
        raise ProtocolError(
            f"Expected a frozen study, got {folder.path.name}, which is still open. Freeze it: "
            f"crossread freeze {folder.path.name}, or sign an interim analysis: --interim"
        )
    settings = _settings(tables)
    table = from_study(tables, settings)
    if not tables.frozen:
        table = replace(table, notes=(INTERIM, *table.notes))
    result = analyse(table, settings)
    study_file = read_study_file(folder.study_toml)
    if (template or study_file.template) in PAPERS:
        source = StudySource(tables, study_file.scales.birads_order)
        result = replace(result, paper=zhou2023(source, settings))
    warn(*result.all_warnings)
    return write_analysis(result, out)


def _settings(tables: StudyTables) -> AnalysisSettings:
    """Return the locked analysis plan in the terms of the analysis."""
    plan = tables.plan
    return AnalysisSettings(
        primary=plan.quantity,
        unit=plan.unit,
        target=plan.target,
        method=plan.method,
        level=1 - plan.alpha,
        arms=tables.arms,
        missing=plan.missing,
        ai_failed=plan.ai_failed,
    )


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
