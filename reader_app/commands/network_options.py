"""Options that the commands share which speak DICOM with other machines.

Each may come from the environment, so that a hospital's settings are said once.
"""

from pathlib import Path
from typing import Annotated

import typer

from study_design.images.dicom_tls import TlsFiles

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


def tls_files(certificate: Path | None, key: Path | None, authority: Path | None) -> TlsFiles:
    """Return the files that the options name."""
    return TlsFiles(certificate, key, authority)
