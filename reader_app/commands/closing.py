"""Commands that follow a study to its end: status, freeze, verify, audit, export."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
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
from reader_app.commands.parts.status_words import status_lines
from reader_app.commands.rating_files import RATING_FORMATS, Writer
from reader_app.commands.vendor_files import export_cad_reports, export_for_vendor
from reader_app.reading.station import present_here
from study_design.counted import counted
from study_design.errors import BadInputError, ProtocolError
from study_design.exchange.leaving import NotedExport
from study_design.exchange.tidy import WITHHELD, export_tables
from study_design.life.audit import audit_study, write_audit
from study_design.life.certificate import certificate
from study_design.life.freezing import Without, freeze_study, lift_freeze, still_missing
from study_design.life.status import study_status
from study_design.record.acts import Signature
from study_design.results import study_tables
from study_design.study_folder import StudyFolder

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]
# Work that takes longer than this shows its progress.
PATIENCE_S = 1.0

# A new format is one more line here; those that know nothing of --all refuse it themselves.
FORMATS: Mapping[str, Writer] = {
    "tidy": lambda folder, out, all_reads, leave: export_tables(
        folder, out, all_reads=all_reads, leave=leave
    ),
    "dicom": export_for_vendor,
    "cad-sr": export_cad_reports,
    **RATING_FORMATS,
}


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("status")(status_command)
    app.command("freeze")(freeze_command)
    app.command("verify")(verify_command)
    app.command("audit")(audit_command)
    app.command("export")(export_command)


def status_command(study: StudyPath, as_json: AsJson = False) -> None:
    """Show how far each reader has come, what is next and what to look at; nothing of results."""
    folder = study_at(study)
    with progress_bar(silent=as_json, after_s=PATIENCE_S) as report:
        status = study_status(folder, now=now(), report=report)
    if as_json:
        typer.echo(json.dumps(asdict(status), indent=1))
        return
    for line in status_lines(status, folder.path.name):
        typer.echo(line)


def freeze_command(
    study: StudyPath,
    missing: Annotated[
        str,
        typer.Option(
            metavar="REASON", help="Why the study ends although planned reads are missing."
        ),
    ] = "",
    title: Annotated[
        str,
        typer.Option(help="With --missing: the study's title; asked for otherwise."),
    ] = "",
    lift: Annotated[
        bool,
        typer.Option("--lift", help="Take the freeze back while nobody has seen results; signed."),
    ] = False,
    by: By = "",
    reason: Reason = "",
) -> None:
    """Close the record: nothing can be read after it, and analyse may begin."""
    folder = study_at(study)
    if lift:
        if missing or title:
            raise BadInputError("Expected --lift alone, got --missing or --title. Leave them out.")
        number = lift_freeze(folder, Signature(signer(by), reason, now()))
        typer.echo(f"Lifted freeze {number} of {folder.path.name}: reading may go on.")
        return
    frozen = freeze_study(
        folder, by=signer(by), now=now(), without=_without(folder, missing, title)
    )
    warn(*(f"{line}." for line in frozen.warnings), *_what_analysis_lacks(folder))
    again = f" (freeze {frozen.number})" if frozen.number > 1 else ""
    typer.echo(f"Froze {folder.path.name}{again}: {counted(frozen.reads, 'read')}.")
    typer.echo(f"Keep this hash elsewhere, it shows any later change: {frozen.last_hash}")


def _without(folder: StudyFolder, reason: str, title: str) -> Without | None:
    """Return why reads may be missing; who sits at a terminal is asked for the study's title."""
    if not reason:
        return None
    if not title and sys.stdin.isatty():
        lines = still_missing(folder)
        warn(*(f"{line}." for line in lines))
        title = typer.prompt("Title of the study, to end it without these reads") if lines else ""
    return Without(reason, title)


def _what_analysis_lacks(folder: StudyFolder) -> tuple[str, ...]:
    """Return why the study cannot be analysed yet: a truth may still come in, signed."""
    try:
        study_tables(folder)
    except ProtocolError as error:
        return (str(error),)
    return ()


def verify_command(
    study: StudyPath,
    against: Annotated[
        str,
        typer.Option(
            metavar="FILE|HASH",
            help="Compare the record's end with what was kept elsewhere: the manifest.json of an "
            "export, a certificate (verify --json), or the hash of an event.",
        ),
    ] = "",
    fingerprint: Annotated[
        str,
        typer.Option(
            metavar="X",
            help="The fingerprint that lock printed: proves on any computer who wrote the record.",
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Check that nothing was altered, lost or done out of protocol; exit 1 otherwise."""
    with progress_bar(silent=as_json, after_s=PATIENCE_S) as report:
        found = certificate(
            study_at(study),
            against=against,
            fingerprint=fingerprint,
            present=present_here(),
            report=report,
        )
    if as_json:
        typer.echo(found.text)
    else:
        for problem in found.problems:
            typer.echo(str(problem))
    if found.is_grave:
        raise typer.Exit(1)
    if not as_json:
        typer.echo("The record is whole, and what was locked is as it was locked.")
        typer.echo(f"It ends at event {found.events}: {found.last_hash}")
        if found.fingerprint:
            typer.echo(f"Fingerprint of its keys: {found.fingerprint}")


def audit_command(
    study: StudyPath,
    out: Annotated[
        Path | None, typer.Option(help="Folder for audit.txt and audit.html; results/audit.")
    ] = None,
) -> None:
    """Report who did what when: acts, readers, deviations, flags, integrity; nothing of results."""
    folder = study_at(study)
    with progress_bar(after_s=PATIENCE_S) as report:
        audit = audit_study(folder, now=now(), report=report)
    files = write_audit(audit, out.resolve() if out else folder.results / "audit")
    typer.echo(audit.text)
    typer.echo(f"Wrote {', '.join(str(file) for file in files)}.")


def export_command(
    study: StudyPath,
    out: Annotated[Path, typer.Option(help="Folder for the tables.")],
    form: Annotated[
        str, typer.Option("--format", metavar="NAME", help=f"One of {', '.join(FORMATS)}.")
    ] = "tidy",
    all_reads: Annotated[
        bool, typer.Option("--all", help="Also practice, superseded and withdrawn reads.")
    ] = False,
    by: By = "",
) -> None:
    """Write the tables of a study with a data dictionary; each export stands in the record.

    While the study is open it holds what a blinded person may see; answers, AI results and truth
    go out once the record is frozen, or unblinded by name.
    """
    if form not in FORMATS:
        raise BadInputError(
            f"Expected an export in one of the formats {', '.join(FORMATS)}, got {form!r}. "
            "Choose one."
        )
    folder = study_at(study)
    noted = NotedExport(folder, form, all_reads=all_reads, by=signer(by), now=now())
    files = FORMATS[form](folder, out.resolve(), all_reads, noted)
    warn(*noted.notes)
    warn_of_erased(folder)
    if noted.blind and form == "tidy":
        warn(
            f"the study is open, so withheld: {', '.join(WITHHELD)}. They go out after the freeze, "
            f"or signed: crossread unblind {folder.path.name}"
        )
    typer.echo(f"Wrote {counted(len(files), 'file')} to {out}.")
