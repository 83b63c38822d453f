"""DICOM over TLS (PS3.15 B): certificates and keys as files, and the words where they do not fit.

Both sides prove who they are where both name an authority; TLS 1.2 is the least (BCP 195).
"""

import ssl
from dataclasses import dataclass
from pathlib import Path

from study_design.errors import BadInputError


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The PEM files of our side; none of them: no TLS.

    Attributes
    ----------
    certificate, key
        What we prove ourselves with; the key may stand in the file of the certificate.
    authority
        Whose signature the other side's certificate must bear.
    """

    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None

    def __bool__(self) -> bool:
        return any((self.certificate, self.key, self.authority))

    @property
    def trusted(self) -> str:
        """Whom we trust, in words."""
        return self.authority.name if self.authority else "an authority that this computer trusts"


def listening_context(files: TlsFiles) -> ssl.SSLContext | None:
    """Return how a listener secures what it accepts; None without TLS.

    Raises
    ------
    BadInputError
        Where a file is missing or makes no sense, or a listener has no certificate.
    """
    if not files:
        return None
    if files.certificate is None:
        raise BadInputError(
            "Expected a certificate to listen with TLS, got none. Add --tls-certificate FILE and "
            "--tls-key FILE."
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _load(context, files)
    if files.authority is not None:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def asking_context(files: TlsFiles) -> ssl.SSLContext | None:
    """Return how a call to another application is secured; None without TLS.

    Raises
    ------
    BadInputError
        Where a file is missing or makes no sense.
    """
    if not files:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if files.authority is None:
        context.load_default_certs()
    _load(context, files)
    return context


def failure_words(error: OSError, files: TlsFiles) -> str:
    """Return why a TLS connection to another application failed: what was expected, got, to do."""
    if isinstance(error, ssl.SSLCertVerificationError):
        if "match" in error.verify_message.lower():
            return (
                f"a certificate for the address given, got one for another ({error.verify_message})"
                ". Address the archive as its certificate names it."
            )
        return (
            f"a certificate signed by {files.trusted}, got another one ({error.verify_message}). "
            "Name the file of the right authority with --tls-ca, or ask whoever runs the archive."
        )
    return (
        "TLS there, got something else. Check the port: archives listen for TLS on one of its own, "
        "often 2762."
    )


def _load(context: ssl.SSLContext, files: TlsFiles) -> None:
    """Load what the files hold."""
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if files.key and not files.certificate:
        raise BadInputError(
            f"Expected the certificate that belongs to {files.key.name}, got none. Add "
            "--tls-certificate FILE."
        )
    for path in (files.certificate, files.key, files.authority):
        if path is not None and not path.is_file():
            raise BadInputError(f"Expected a PEM file at {path}, got none. Check the path.")
    if files.certificate is not None:
        try:
            # An empty answer: nobody is asked for the passphrase of a service's key.
            context.load_cert_chain(files.certificate, files.key, password=lambda: "")
        except (OSError, ValueError) as error:
            named = " and ".join(p.name for p in (files.certificate, files.key) if p)
            raise BadInputError(
                f"Expected a certificate and its key in {named} (PEM, the key without passphrase), "
                "got others. Ask whoever made them for such files."
            ) from error
    if files.authority is not None:
        try:
            context.load_verify_locations(files.authority)
        except (OSError, ValueError) as error:
            raise BadInputError(
                f"Expected certificates of an authority in {files.authority.name} (PEM), got "
                "something else. Ask whoever runs the archive for the file."
            ) from error
