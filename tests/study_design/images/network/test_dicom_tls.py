"""Files for DICOM over TLS that do not fit are named in one line."""

from pathlib import Path
from typing import Any

import pytest

from study_design.errors import BadInputError
from study_design.images.network.dicom_tls import TlsFiles, asking_context, listening_context


def test_without_files_there_is_no_tls() -> None:
    assert listening_context(TlsFiles()) is None
    assert asking_context(TlsFiles()) is None


def test_files_that_do_not_fit_are_named(certificates: Any, tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("no certificate")
    station = certificates.pem("station")
    for files, words in (
        (TlsFiles(station, certificates.key("pacs")), "station.pem and pacs.key"),
        (TlsFiles(rubbish), "its key in rubbish.pem"),
        (TlsFiles(station, certificates.key("station"), rubbish), "authority in rubbish.pem"),
        (TlsFiles(key=certificates.key("station")), "the certificate that belongs to station.key"),
        (TlsFiles(station, tmp_path / "none.key"), "a PEM file at"),
    ):
        for context in (listening_context, asking_context):
            with pytest.raises(BadInputError) as refused:
                context(files)
            if files.certificate or context is asking_context:
                assert words in str(refused.value)
            assert "\n" not in str(refused.value)


def test_a_key_with_a_passphrase_is_refused_and_nobody_is_asked(
    certificates: Any, tmp_path: Path
) -> None:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(certificates.key("station").read_bytes(), None)
    closed = tmp_path / "closed.key"
    closed.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(BadInputError, match="the key without passphrase"):
        listening_context(TlsFiles(certificates.pem("station"), closed))
