"""Commands that set a study up: new, readers, truth, plan, lock."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from reader_app.commands.parts.signing import (
    By,
    Reason,
    StudyPath,
    note,
    now,
    signer,
    study_at,
    warn,
)
from reader_app.commands.parts.table_options import Decimal, Encoding, SheetName, with_form
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.exchange.brought_sheets import SheetOptions
from study_design.exchange.sheet_merge import SheetChange
from study_design.exchange.truth_import import accept_truth, foresee_truth
from study_design.images.case_list import read_images
from study_design.images.link_file import LinkFile, missing_link
from study_design.life.joining import add_reader
from study_design.life.lock import lock_study
from study_design.life.new_study import new_study, templates
from study_design.life.plan_study import plan_study
from study_design.protocol.readers import ReaderProfile, read_readers
from study_design.record.acts import Signature
from study_design.record.signing.enrolling import fingerprint_of_study
from study_design.study_folder import StudyFolder
from study_design.tables.foreign.column_map import ColumnMap, read_column_map
from study_design.vocabulary import ReaderKind


class ReadersAction(StrEnum):
    """What to do with the readers."""

    ADD = "add"
    LIST = "list"


# Cells of the reference standard that change are told one by one up to so many.
_MOST_TOLD = 20


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("new")(new_command)
    app.command("readers")(readers_command)
    app.command("truth")(truth_command)
    app.command("plan")(plan_command)
    app.command("lock")(lock_command)


def new_command(
    study: StudyPath,
    template: Annotated[
        str,
        typer.Option(metavar="NAME", help=f"Template of the protocol: {', '.join(templates())}."),
    ],
    title: Annotated[str, typer.Option(help="Title; without it the folder's name.")] = "",
    by: By = "",
) -> None:
    """Make a study folder from a template."""
    made = new_study(study.resolve(), template=template, title=title, by=signer(by), now=now())
    typer.echo(f"Made {made.path}. Next: edit {made.study_toml.name}, then crossread import.")


def readers_command(
    study: StudyPath,
    action: Annotated[ReadersAction, typer.Argument(help="add or list")],
    reader: Annotated[str, typer.Argument(help="Name of the reader to add.")] = "",
    group: Annotated[str, typer.Option(help="Group, e.g. junior.")] = "",
    years: Annotated[float | None, typer.Option(help="Years of mammogram reading.")] = None,
    volume: Annotated[float | None, typer.Option(help="Mammograms read a year.")] = None,
    site: Annotated[str, typer.Option(help="Site.")] = "",
    kind: Annotated[ReaderKind, typer.Option(help="Kind of reader.")] = ReaderKind.HUMAN,
    members: Annotated[
        str, typer.Option(metavar="NAME+NAME", help="Of a consensus: the readers who agree.")
    ] = "",
) -> None:
    """Add a reader to a study, or list its readers: name, group, kind, site, members."""
    folder = study_at(study)
    if action is ReadersAction.ADD:
        if not reader:
            raise BadInputError("Expected the reader's name after add, got none. Add it.")
        profile = ReaderProfile(
            reader,
            kind,
            group,
            members=tuple(name.strip() for name in members.split("+") if name.strip()),
            years=years,
            volume=volume,
            site=site,
        )
        add_reader(folder, profile)
    readers = read_readers(folder)
    for known in readers:
        joined = "+".join(known.members)
        typer.echo(f"{known.reader}\t{known.group}\t{known.kind}\t{known.site}\t{joined}".rstrip())
    if not readers:
        warn(
            f"no readers yet. Add one: crossread readers {folder.path.name} add NAME --group GROUP"
        )


def truth_command(
    study: StudyPath,
    reference: Annotated[Path, typer.Argument(metavar="REFERENCE", help="CSV or xlsx.")],
    lesions: Annotated[
        Path | None, typer.Argument(metavar="[LESIONS]", help="CSV or xlsx; may be the same file.")
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="What columns and words of the sheets mean, as TOML; the usual ones of English, "
            "German, French, Chinese and Japanese are known. See study_design/exchange/README.md.",
        ),
    ] = None,
    leave_out_others: Annotated[
        bool,
        typer.Option(
            "--leave-out-others",
            help="Leave out rows of cases that the study does not have; they are counted and "
            "recorded.",
        ),
    ] = False,
    encoding: Encoding = "",
    decimal: Decimal = None,
    sheet: SheetName = "",
    replace: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Put the sheets in the place of what is there; what goes is said. Without it they "
            "are merged in, case by case, and nothing goes.",
        ),
    ] = False,
    by: By = "",
    reason: Reason = "",
) -> None:
    """Bring the reference standard in; after the lock with --reason, after the freeze no more."""
    folder = study_at(study)
    said = ColumnMap() if map_file is None else read_column_map(map_file)
    column_map = with_form(said, encoding, decimal, sheet)
    foreseen = foresee_truth(
        folder,
        reference,
        lesions,
        resolve=linked(folder).resolve_case,
        replace=replace,
        options=SheetOptions(column_map, leave_out_others),
    )
    for changed in foreseen.becomes[:_MOST_TOLD]:
        typer.echo(f"Changes: {changed}.")
    if len(foreseen.becomes) > _MOST_TOLD:
        typer.echo(f"Changes: {len(foreseen.becomes) - _MOST_TOLD} more cells.")
    for gone in foreseen.goes:
        typer.echo(f"Goes: {gone}.")
    if foreseen.goes and sys.stdin.isatty():
        typer.confirm("Take this out of the reference standard?", abort=True)
    signature = Signature(signer(by), reason, now()) if reason.strip() else None
    imported = accept_truth(folder, foreseen, signature=signature, by=signer(by), now=now())
    note(*imported.notes)
    warn(*imported.warnings)
    typer.echo(f"Truth of {imported.cases} cases, {imported.malignant} of them malignant.")
    typer.echo(f"Cases: {_counted(imported.cases_change)}.")
    if imported.lesions:
        typer.echo(f"Rows of lesions: {_counted(imported.lesions_change)}.")


def _counted(change: SheetChange) -> str:
    """Return what became of the rows of a sheet."""
    counts = [
        f"{change.added} added",
        f"{change.changed} changed",
        f"{change.unchanged} unchanged",
    ]
    if change.kept:
        counts.append(f"{change.kept} not in the sheet and kept")
    if change.removed:
        counts.append(f"{len(change.removed)} removed")
    return ", ".join(counts)


def plan_command(
    study: StudyPath,
    seed: Annotated[int | None, typer.Option(help="Another seed; kept in study.toml.")] = None,
) -> None:
    """Draw the schedule: who reads which case in which arm, and in which order."""
    folder = study_at(study)
    planned = plan_study(folder, seed)
    warn(*planned.warnings)
    typer.echo(f"Planned {counted(len(planned.assignments), 'read')} in {folder.plan_csv.name}.")


def lock_command(study: StudyPath, by: By = "") -> None:
    """Sign and lock the protocol, the plan and the analysis plan."""
    folder = study_at(study)
    lock = lock_study(folder, by=signer(by), now=now())
    warn(*lock.warnings)
    typer.echo(f"Locked protocol version {lock.version} of {folder.path.name}.")
    typer.echo(
        f"Fingerprint: {fingerprint_of_study(folder)}. Note it elsewhere: with it, verify proves "
        "on any computer that the record was written here."
    )


def linked(folder: StudyFolder) -> LinkFile:
    """Return the link file of a study; say what is lost where it is missing."""
    lost = missing_link(folder, len(read_images(folder)))
    warn(*([lost] if lost else []))
    return LinkFile.read(folder)
