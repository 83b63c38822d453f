"""Seals: an HMAC over what this account writes about a record, with a key that is in no study.

A seal shows that a head, a manifest or a certificate is the one that was written. Whoever has the
account has its key: tampering becomes evident to others, it is not made impossible.
"""

import hashlib
import hmac
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from study_design.record.events import JsonValue
from study_design.record.payloads.form import canonical
from study_design.secrets import SecretError, data_folder, key, known_key

_PURPOSE = "record"


def sealed(study: str, content: Mapping[str, JsonValue]) -> str:
    """Return the seal of some content: HMAC-SHA256 of its canonical JSON, in hexadecimal.

    Parameters
    ----------
    study
        What the study's record is known by: the UUID of its first event.

    Raises
    ------
    SecretError
        Where the keyring keeps the key and does not give it out now.
    """
    secret = _key(data_folder(), study)
    if secret is None:
        raise SecretError("Expected the key of the record from the keyring, got none. Unlock it.")
    return _hmac(secret, content)


def seal_holds(study: str, content: Mapping[str, JsonValue], seal: str) -> bool | None:
    """Tell whether a seal is that of the content; None where this account never had the key."""
    known = known_key(study, _PURPOSE)
    return None if known is None else hmac.compare_digest(_hmac(known, content), seal)


@lru_cache(maxsize=8)
def _key(_account: Path, study: str) -> bytes | None:
    """Return the key of a record; None where it cannot be had now.

    Asked for once in a program: every act needs it, and a silent keyring must not slow each down.
    """
    try:
        return key(study, _PURPOSE)
    except SecretError:
        return None


def _hmac(secret: bytes, content: Mapping[str, JsonValue]) -> str:
    """Return the HMAC in hexadecimal."""
    return hmac.new(secret, canonical(content).encode(), hashlib.sha256).hexdigest()
