"""Options that the commands share which speak DICOM with other machines.

Each may come from the environment, so that a hospital's settings are said once.
"""

from pathlib import Path
from typing import Annotated

import typer

from study_design.images.network.dicom_tls import TlsFiles
from study_design.images.network.remote_images import Filters

Title = Annotated[
    str, typer.Option("--title", envvar="CROSSREAD_TITLE", help="Our AE title.", show_default=True)
]
TlsCertificate = Annotated[
    Path | None,
    typer.Option(
        envvar="CROSSREAD_TLS_CERTIFICATE",
        metavar="FILE",
        help="Secure the connection (DICOM TLS): our certificate, PEM.",
    ),
]
TlsKey = Annotated[
    Path | None,
    typer.Option(
        envvar="CROSSREAD_TLS_KEY",
        metavar="FILE",
        help="With TLS: the key of our certificate, PEM, without passphrase.",
    ),
]
TlsCa = Annotated[
    Path | None,
    typer.Option(
        envvar="CROSSREAD_TLS_CA",
        metavar="FILE",
        help="With TLS: the authority whose certificates we trust, PEM.",
    ),
]
PatientIds = Annotated[
    list[str] | None,
    typer.Option("--patient-id", help="Exams of this patient; repeat for more."),
]
Accessions = Annotated[
    list[str] | None,
    typer.Option("--accession", help="The exam of this accession number; repeat for more."),
]
StudyUids = Annotated[
    list[str] | None,
    typer.Option("--study-uid", help="The exam of this Study Instance UID; repeat for more."),
]
Dates = Annotated[str, typer.Option("--date", help="20240131 or 20240101-20240131.")]


def filters_of(
    patient_ids: list[str] | None,
    accessions: list[str] | None,
    study_uids: list[str] | None,
    dates: str,
) -> Filters:
    """Return which exams the options name."""
    return Filters(
        tuple(patient_ids or ()), tuple(accessions or ()), dates, tuple(study_uids or ())
    )


def tls_files(certificate: Path | None, key: Path | None, authority: Path | None) -> TlsFiles:
    """Return the files that the options name."""
    return TlsFiles(certificate, key, authority)
