"""Commands that change a locked study, each signed with a reason and listed as a deviation."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from reader_app.commands.parts.signing import By, Reason, StudyPath, now, signer, study_at, warn
from reader_app.reading.station import desk_here
from study_design.cases.case_erasure import erase_case
from study_design.counted import counted
from study_design.dates import minute_text
from study_design.errors import BadInputError
from study_design.life.amend import amend_study
from study_design.life.signed_acts import unblind_study, withdraw_case
from study_design.life.unlock import unlock_study
from study_design.record.acts import Signature
from study_design.record.clocks.attest import attest_date, unexplained
from study_design.record.store.record_store import open_store


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("withdraw")(withdraw_command)
    app.command("unblind")(unblind_command)
    app.command("attest")(attest_command)
    app.command("amend")(amend_command)
    app.command("unlock")(unlock_command)


def withdraw_command(
    study: StudyPath,
    case: Annotated[str, typer.Argument(help="The case, as cases.csv names it.")],
    erase: Annotated[
        bool,
        typer.Option(
            "--erase",
            help="Consent was withdrawn: its images, and who it was, are deleted for ever; before "
            "the lock and after the freeze too.",
        ),
    ] = False,
    sure: Annotated[
        str,
        typer.Option(
            metavar="CASE",
            help="With --erase: the case once more; asked for otherwise.",
        ),
    ] = "",
    by: By = "",
    reason: Reason = "",
) -> None:
    """Take a case out after reading began; its reads are kept and leave the primary analysis."""
    folder, signature = study_at(study), _signature(by, reason)
    if not erase:
        withdraw_case(folder, case, signature)
        typer.echo(f"{case} is withdrawn. Its reads are kept: crossread export STUDY --all")
        return
    if not sure and sys.stdin.isatty():
        sure = typer.prompt(
            f"Name of the case, to delete its images and who it was for ever ({case})"
        )
    if sure.strip() != case:
        raise BadInputError(
            f"Expected --sure {case} to erase {case} for ever, got {sure.strip() or 'none'!r}. "
            "Nothing was erased; repeat the name of the case."
        )
    done = erase_case(folder, case, signature)
    typer.echo(f"{case} is withdrawn and {counted(len(done.images), 'image')} of it are erased.")
    for path in done.copies:
        typer.echo(f"Deleted as well: {path}")
    for path in done.waiting:
        typer.echo(f"Deleted as well, of what had arrived: {path}")
    typer.echo("What was read of it is kept, and nothing ties it to a person any more.")
    warn("backups, exports and packages made before still hold the images. Delete them.")
    if done.untold:
        named = ", ".join(map(str, done.untold))
        warn(f"it is not known whose these received files are: {named}. Look, then delete them.")
    if done.others:
        named = ", ".join(done.others)
        warn(f"the same patient has {named} in this study. Withdraw it too, or ask the patient.")


def unblind_command(study: StudyPath, by: By = "", reason: Reason = "") -> None:
    """Let the export of a study that is still open hold answers, AI results and truth."""
    unblind_study(study_at(study), _signature(by, reason))
    typer.echo("Recorded: from now on the export of this study holds answers and truth.")


def attest_command(
    study: StudyPath,
    by: By = "",
    reason: Reason = "",
    clock: Annotated[
        str,
        typer.Option(
            metavar="right|TEXT",
            help="right if the clock was right all along, else what it did; asked for otherwise.",
        ),
    ] = "",
    stood_still: Annotated[
        bool,
        typer.Option(
            "--stood-still",
            help="The computer itself stood still while time went on, as a virtual machine that "
            "was suspended: its clock counts, and not how long it ran.",
        ),
    ] = False,
) -> None:
    """Vouch for the date of this computer, and say what its clock did."""
    folder, signature = study_at(study), _signature(by, reason)
    with open_store(folder) as store:
        events = store.events()
    desk = desk_here(folder, events)
    if not clock and sys.stdin.isatty():
        for sign in unexplained(events, desk.station, signature.now):
            typer.echo(f"- {sign}")
        question = f"This computer says {minute_text(signature.now)}. Was its clock right (right)"
        clock = typer.prompt(f"{question}, or what did it do?")
    attest_date(
        folder,
        signature,
        clock=clock,
        station=desk.station,
        stood_still=stood_still,
        true=desk.true_time,
    )
    who, date = signature.by.name, f"{signature.now:%Y-%m-%d}"
    typer.echo(f"Recorded: {who} vouches for the date {date} of this computer.")


def amend_command(
    study: StudyPath,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The amended study.toml, its version one more.")
    ],
    by: By = "",
    reason: Reason = "",
) -> None:
    """Put another version of the protocol in place of the locked one, as far as reads allow it."""
    amended = amend_study(study_at(study), file, _signature(by, reason))
    warn(*(f"weaker than before: {what}" for what in amended.weaker), *amended.warnings)
    typer.echo(f"Protocol version {amended.version}: changed {', '.join(amended.changed)}.")


def unlock_command(study: StudyPath, by: By = "", reason: Reason = "") -> None:
    """Lift the lock while nobody has opened a case; the study is edited and locked again."""
    folder = study_at(study)
    version = unlock_study(folder, _signature(by, reason))
    typer.echo(
        f"Unlocked {folder.path.name}. Edit it, then lock it as version {version}: "
        f"crossread plan {folder.path.name}, crossread lock {folder.path.name}"
    )


def _signature(by: str, reason: str) -> Signature:
    """Return who signs, why and when."""
    return Signature(signer(by), reason, now())
