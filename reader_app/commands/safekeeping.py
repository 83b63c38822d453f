"""Commands that keep a study safe: backup, restore, and the keys that may write to it."""

from pathlib import Path
from typing import Annotated

import typer

from reader_app.commands.parts.progress import progress_bar
from reader_app.commands.parts.signing import (
    By,
    Reason,
    StudyPath,
    now,
    signer,
    study_at,
    warn,
    warn_of_erased,
)
from study_design.cases.case_erasure import brought_back, erasures
from study_design.counted import counted
from study_design.life.backup import backup_study, restore_study
from study_design.life.restoring import Vouching
from study_design.record.acts import Signature
from study_design.record.signing.account_key import account_key
from study_design.record.signing.enrolling import enrol_key, fingerprint_of_study
from study_design.study_folder import StudyFolder


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)
    app.command("enrol")(enrol_command)


def backup_command(
    study: StudyPath,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new ZIP file.")],
) -> None:
    """Write the whole study, its truth too, into one file; readers may go on meanwhile."""
    folder = study_at(study)
    with progress_bar(after_s=1.0) as report:
        made = backup_study(folder, file, report=report)
    warn(*made.warnings)
    warn_of_erased(folder)
    typer.echo(
        f"Wrote {counted(made.files, 'file')} and {counted(made.events, 'event')} to {file}."
    )
    typer.echo(f"The record in it ends with {made.last_hash}")


def restore_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of crossread backup.")],
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="Where the study goes; new.")],
    fingerprint: Annotated[
        str,
        typer.Option(metavar="X", help="Fingerprint that lock printed."),
    ] = "",
    against: Annotated[
        str,
        typer.Option(
            metavar="FILE|HASH", help="Manifest, certificate or hash of an event, as another proof."
        ),
    ] = "",
    by: By = "",
) -> None:
    """Make a study again from its backup; every file is checked first, and the record tells it."""
    vouching = Vouching(fingerprint, against)
    with progress_bar(after_s=1.0) as report:
        restored = restore_study(
            file, study.resolve(), by=signer(by), now=now(), vouching=vouching, report=report
        )
    backup, told = restored.backup, restored.verdict
    folder = StudyFolder(study.resolve())
    warn(*told.doubts, *brought_back(folder, erasures(folder)))
    files, events = counted(backup.files, "file"), counted(backup.events, "event")
    typer.echo(f"Restored {files} and {events} to {study}.")
    typer.echo(f"The record in the backup ends with {backup.last_hash}")
    if told.lost_until:
        typer.echo(f"Lost: events {backup.events + 1} to {told.lost_until}, known to this account.")
    if told.lost_until or not told.loss_known:
        typer.echo(
            "Cases read since the backup could come again too early, so reading waits for a signed "
            "attestation: crossread attest STUDY --by NAME --reason TEXT --clock right"
        )
    if told.verified:
        typer.echo("Verified: it is what was written.")
    else:
        typer.echo(
            "Unverified, and the record keeps saying so: nothing confirmed this backup. With "
            "the fingerprint that lock printed: crossread restore FILE STUDY --fingerprint X"
        )
    typer.echo(f"Fingerprint from here on: {fingerprint_of_study(study_at(study))}")


def enrol_command(
    study: StudyPath,
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="The key of the other account, as it prints it.")
    ] = "",
    owner: Annotated[str, typer.Option(help="Whose account it is.")] = "",
    by: By = "",
    reason: Reason = "",
) -> None:
    """Let another account write to the study; without a key, print the one of this account."""
    folder = study_at(study)
    if not key:
        typer.echo(account_key().public)
        return
    signature = Signature(signer(by), reason or f"lets {owner or 'another account'} write", now())
    fingerprint = enrol_key(folder, key, owner, signature)
    typer.echo(f"Enrolled. Fingerprint from here on: {fingerprint}")
