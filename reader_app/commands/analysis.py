"""The command that turns a frozen study, or any table of ratings, into estimates and a report."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from analysis.arm_order import PlanError
from analysis.marked_workbook import from_marked_workbook
from analysis.papers.templates import PAPERS
from analysis.report.report import write_analysis
from analysis.result import AnalysisResult
from analysis.settings import AnalysisSettings
from analysis.study_analysis import analyse
from analysis.tables import from_csv
from analysis.with_marks import with_tabled_marks, without_marks
from reader_app.commands.parts.signing import (
    By,
    Reason,
    now,
    signer,
    study_at,
    warn,
    warn_of_erased,
)
from reader_app.commands.parts.table_options import (
    Decimal,
    Encoding,
    SheetName,
    known_map,
    with_form,
)
from reader_app.results.plan_settings import analysis_settings, froc_settings
from reader_app.results.study_results import analyse_open_study, noted_analysis
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.protocol.study_file import read_analysis_plan
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.payloads.staff import StudyUnblinded
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder
from study_design.tables.foreign.column_map import ColumnMap


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("analyse")(analyse_command)


def analyse_command(
    out: Annotated[Path, typer.Option(help="Folder for results, tables, figures and report.")],
    study: Annotated[Path | None, typer.Argument(metavar="[STUDY]", help="A frozen study.")] = None,
    table: Annotated[
        Path | None,
        typer.Option(
            help="A table (CSV, xlsx) with reader, case, truth and rating instead, or a workbook "
            "of RJafroc."
        ),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            metavar="TOML", help="With --table: a file with [analysis] as a study.toml has it."
        ),
    ] = None,
    template: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help=f"Print the tables of this paper too ({', '.join(PAPERS)}); without it those of "
            "the paper after which the study was made.",
        ),
    ] = "",
    interim: Annotated[
        bool, typer.Option("--interim", help="Analyse a study that is not frozen; is recorded.")
    ] = False,
    mask_arms: Annotated[
        bool, typer.Option("--mask-arms", help="Interim only: hide which arm is which.")
    ] = False,
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map", metavar="FILE", help="With --table: what its columns and words mean."
        ),
    ] = None,
    encoding: Encoding = "",
    decimal: Decimal = None,
    sheet: SheetName = "",
    by: By = "",
    reason: Reason = "",
) -> None:
    """Estimate what a study or a table of ratings says."""
    if (study is None) == (table is None):
        raise typer.BadParameter("give a study or --table CSV, one of the two")
    if plan is not None and table is None:
        raise BadInputError(
            "A study is analysed by its own locked plan: expected --table with --plan, got a "
            "study. Leave --plan out."
        )
    if template and template not in PAPERS:
        raise BadInputError(
            f"Expected a paper whose tables can be printed ({', '.join(PAPERS)}), got {template!r}."
        )
    if mask_arms and not interim:
        raise BadInputError(
            "Arms are masked in an interim analysis only: expected --interim with --mask-arms, got "
            "none. Give both, or neither."
        )
    _refuse_unusable(out.resolve())
    if table is not None:
        told = with_form(known_map(map_file), encoding, decimal, sheet)
        result = _of_table(table, told, plan, template, interim=interim)
    elif interim:
        result = _of_open_study(
            study_at(study or Path()), template, signer(by), reason, masked=mask_arms
        )
    else:
        folder = study_at(study or Path())
        result = noted_analysis(folder, "analysis", by=signer(by), now=now(), template=template)
    warn(*result.all_warnings)
    if study is not None:
        warn_of_erased(study_at(study))
    files = write_analysis(result, out.resolve())
    typer.echo(f"Wrote {counted(len(files), 'file')} to {out}.")


def _refuse_unusable(out: Path) -> None:
    """Refuse a place for the results that cannot be a folder, before any work is done."""
    there = next(path for path in (out, *out.parents) if path.exists())
    if not there.is_dir():
        raise BadInputError(
            f"Expected a folder for the results, got {there}, which is a file. Name a folder."
        )
    if not os.access(there, os.W_OK):
        raise BadInputError(
            f"Expected a folder to write results in, got {there}, which is read-only. Name another."
        )


def _of_table(
    table: Path, column_map: ColumnMap, plan: Path | None, template: str, *, interim: bool
) -> AnalysisResult:
    """Return the analysis of a table of ratings."""
    if template:
        raise BadInputError(
            f"The tables of {template} need findings and lesions: expected a study, got a "
            "table of ratings. Leave --template out, or give the study."
        )
    if interim:
        raise BadInputError(
            "An interim analysis is one of a study: expected a study with --interim, got a table "
            "of ratings. Leave --interim out, or give the study."
        )
    stated = None if plan is None else read_analysis_plan(plan)
    settings = AnalysisSettings() if stated is None else analysis_settings(stated)
    marked = from_marked_workbook(table)
    ratings = from_csv(table, column_map) if marked is None else marked.ratings
    if plan is not None:
        plan_sha256 = hashlib.sha256(plan.read_bytes()).hexdigest()
        known = replace(ratings.provenance, plan_sha256=plan_sha256)
        ratings = replace(ratings, provenance=known)
    try:
        result = analyse(ratings, settings)
    except PlanError as error:
        raise BadInputError(str(error)) from error
    if marked is None:
        return without_marks(result, settings, "a table of ratings holds neither")
    own = None if stated is None else froc_settings(stated)
    return with_tabled_marks(result, marked.marks, settings, own)


def _of_open_study(
    folder: StudyFolder, template: str, by: Actor, reason: str, *, masked: bool
) -> AnalysisResult:
    """Return an interim analysis, after who looks at it and why was written into the record."""
    if not reason:
        raise BadInputError(
            "An interim analysis unblinds the study: expected --reason TEXT, got none. Give it."
        )
    masks = np.random.default_rng() if masked else None
    result = analyse_open_study(folder, template=template, masks=masks)
    with open_store(folder) as store:
        unblinded = StudyUnblinded(f"interim analysis: {reason}", masked=masked)
        store.append(staff_act(unblinded, by=by, now=now()))
    return result
