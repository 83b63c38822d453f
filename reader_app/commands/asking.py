"""`echo` and `query`: whether a PACS answers us, and which exams it has, before anything comes."""

from collections import Counter
from typing import Annotated

import typer

from reader_app.commands.parts.network_options import (
    Accessions,
    Dates,
    PatientIds,
    StudyUids,
    Title,
    TlsCa,
    TlsCertificate,
    TlsKey,
    filters_of,
    tls_files,
)
from reader_app.commands.parts.progress import progress_bar
from study_design.counted import counted
from study_design.images.network.archive import Archive
from study_design.images.network.dicom_entity import TITLE, partner_at

PacsAddress = Annotated[
    str, typer.Argument(metavar="TITLE@HOST:PORT", help="The PACS: its AE title and where it is.")
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("echo")(echo_command)
    app.command("query")(query_command)


def echo_command(
    pacs: PacsAddress,
    title: Title = TITLE,
    tls_certificate: TlsCertificate = None,
    tls_key: TlsKey = None,
    tls_ca: TlsCa = None,
) -> None:
    """Ask a PACS whether it hears us (C-ECHO)."""
    tls = tls_files(tls_certificate, tls_key, tls_ca)
    archive = Archive(partner_at(pacs), title=title, tls=tls)
    seconds = archive.echo()
    secured = " with TLS" if tls else ""
    typer.echo(f"{archive.partner} answers {title}{secured} after {1000 * seconds:.0f} ms.")


def query_command(
    pacs: PacsAddress,
    patient_id: PatientIds = None,
    accession: Accessions = None,
    study_uid: StudyUids = None,
    date: Dates = "",
    title: Title = TITLE,
    tls_certificate: TlsCertificate = None,
    tls_key: TlsKey = None,
    tls_ca: TlsCa = None,
) -> None:
    """List the mammography exams that a PACS has (C-FIND), the newest first; nothing is fetched.

    Name patients, accession numbers, exams or dates: a search for everything is refused.
    """
    filters = filters_of(patient_id, accession, study_uid, date)
    filters.required()
    tls = tls_files(tls_certificate, tls_key, tls_ca)
    archive = Archive(partner_at(pacs), title=title, tls=tls)
    with progress_bar(after_s=1.0) as show:
        found = archive.find_images(
            filters, progress=lambda step: show(step.act, step.done, step.total)
        )
    images = Counter(image.study_uid for image in found.images)
    others = Counter(image.study_uid for image in found.others)
    for exam in found.exams:
        holds = f"{counted(images[exam.uid], 'image')}, {counted(others[exam.uid], 'other object')}"
        day = dashed(exam.date) or "no date"
        told = (day, exam.modalities, holds, exam.description, exam.uid)
        typer.echo("  ".join(word for word in told if word))
    typer.echo(
        f"{counted(len(found.exams), 'exam')} with {counted(len(found.images), 'image')}. Fetch "
        f"them with: crossread import STUDY --pacs {pacs} and the same filters."
    )


def dashed(date: str) -> str:
    """Return a date of DICOM as people write it; empty where it is none."""
    return f"{date[:4]}-{date[4:6]}-{date[6:]}" if len(date) == 8 and date.isdigit() else ""
