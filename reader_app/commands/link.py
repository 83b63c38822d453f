"""`link`: what a coordinator needs of the link file; every look into it is recorded."""

import os
from pathlib import Path
from typing import Annotated

import typer

from reader_app.commands.parts.signing import By, Reason, StudyPath, now, signer, study_at
from study_design.counted import counted
from study_design.errors import BadInputError
from study_design.images.link_file import LinkFile
from study_design.images.person import NOBODY
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.payloads.staff import LinkOpened
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

# The passphrase where nobody is there to type it.
PASSPHRASE_VARIABLE = "CROSSREAD_PASSPHRASE"


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("link")(link_command)


def link_command(
    study: StudyPath,
    show: Annotated[
        str, typer.Option(metavar="CASE", help="Print what the hospital calls this case.")
    ] = "",
    export: Annotated[
        Path | None, typer.Option(help="Write the link file under a passphrase, to carry it.")
    ] = None,
    bring: Annotated[
        Path | None, typer.Option(help="Bring in a link file that --export wrote.")
    ] = None,
    by: By = "",
    reason: Reason = "",
) -> None:
    """Look up who a case is, or carry the link file to another machine; it is recorded."""
    if sum(map(bool, (show, export, bring))) != 1:
        raise typer.BadParameter("give one of --show CASE, --export FILE, --bring FILE")
    folder = study_at(study)
    if bring is not None:
        link = LinkFile.bring(folder, bring, _passphrase(confirm=False))
        typer.echo(f"{folder.link_file.name} names {counted(len(link.rows), 'image')}.")
        return
    why = " ".join(reason.split())
    if not why:
        raise BadInputError("Expected a reason to open the link file, got none. Add --reason TEXT.")
    if export is not None:
        _export(folder, export, why, by=signer(by))
    else:
        _show(folder, show, why, by=signer(by))


def _show(folder: StudyFolder, case: str, why: str, *, by: Actor) -> None:
    """Print the identifiers of a case, once the record says who saw them."""
    rows = LinkFile.read(folder).of_case(case)
    if not rows:
        raise BadInputError(
            f"Expected a case that {folder.link_file.name} names, got {case!r}. Check the name."
        )
    if all(row.is_erased for row in rows):
        raise BadInputError(
            f"Expected a case of which it is known who it is, got {case}, which was erased, for "
            "consent was withdrawn."
        )
    _record(folder, case, why, by=by)
    first = rows[0]
    typer.echo(f"{case}: patient {first.original_patient}, accession {first.original_accession}")
    person = first.person
    if person != NOBODY:
        told = (
            person.name or "nobody",
            person.birth_date and f"born {person.birth_date}",
            person.sex,
        )
        typer.echo(f"  named {', '.join(filter(None, told))}")
    if first.original_date:
        typer.echo(f"  exam of {first.original_date}")
    typer.echo(f"  Study Instance UID {first.original_study_uid}")
    if first.days_shifted:
        typer.echo(f"  dates in the study are {first.days_shifted} days early")
    for row in rows:
        typer.echo(f"  {row.image}: {row.original_sop_uid or row.original_path}")


def _export(folder: StudyFolder, path: Path, why: str, *, by: Actor) -> None:
    """Write the link file under a passphrase, once the record says who took it."""
    if path.resolve().is_relative_to(folder.path):
        raise BadInputError(
            f"Expected a place outside {folder.path.name}, got {path}: a link file within the "
            "study would travel with every copy. Choose another."
        )
    link = LinkFile.read(folder)
    if not link.rows:
        raise BadInputError(f"Expected a link file beside {folder.path.name}, got none to export.")
    passphrase = _passphrase(confirm=True)
    link.export(path, passphrase)
    _record(folder, "exported", why, by=by)
    typer.echo(f"Wrote {path}. Hand the passphrase over by another way.")


def _passphrase(*, confirm: bool) -> str:
    """Return the passphrase from the environment, or ask for it."""
    said = os.environ.get(PASSPHRASE_VARIABLE)
    if said is not None:
        return said
    asked: str = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return asked


def _record(folder: StudyFolder, what: str, why: str, *, by: Actor) -> None:
    """Write down that identifiers were looked at."""
    with open_store(folder) as store:
        store.append(staff_act(LinkOpened(what, why), by=by, now=now()))
