"""Content sealed with AES-256-GCM, under a key of this account or under a passphrase.

A sealed file is one line of ASCII that says how it is sealed (and is itself sealed against change),
then twelve random bytes, then the encrypted content. Whoever alters a byte makes it unreadable.
"""

import os
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from study_design.errors import CrossreadError
from study_design.secrets import KEY_BYTES

_NONCE_BYTES = 12
_KEYED = re.compile(rb"Crossread sealed 1 key ([0-9a-f-]{36})\n")
_WITH_PASSPHRASE = re.compile(rb"Crossread sealed 1 scrypt ([0-9a-f]{32})\n")
SHORTEST_PASSPHRASE = 10


class SealError(CrossreadError):
    """Sealed content was altered, or the key or passphrase is another one."""


@dataclass(frozen=True, slots=True)
class KeyedSeal:
    """The key under which content is sealed: its public name and its 32 bytes."""

    name: str
    key: bytes


def seal(content: bytes, seal_by: KeyedSeal) -> bytes:
    """Return content sealed under a key of this account."""
    return _sealed(f"Crossread sealed 1 key {seal_by.name}\n".encode("ascii"), seal_by.key, content)


def key_name(sealed: bytes) -> str:
    """Return the name of the key under which content is sealed.

    Raises
    ------
    SealError
        Where the content is not sealed under a key.
    """
    found = _KEYED.match(sealed)
    if not found:
        raise SealError("Expected a file sealed by Crossread, got another one. Check the path.")
    return found[1].decode("ascii")


def unseal(sealed: bytes, key: bytes) -> bytes:
    """Return the content of what `seal` returned.

    Raises
    ------
    SealError
        Where a byte was altered or the key is another one.
    """
    key_name(sealed)
    return _opened(sealed, key, "Take the file from a backup.")


def seal_with_passphrase(content: bytes, passphrase: str) -> bytes:
    """Return content sealed under a passphrase, to be carried to another machine.

    Raises
    ------
    SealError
        Where the passphrase has fewer than ten characters.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise SealError(
            f"Expected a passphrase of {SHORTEST_PASSPHRASE} characters or more, got "
            f"{len(passphrase)}. Choose a longer one."
        )
    salt = os.urandom(16)
    head = f"Crossread sealed 1 scrypt {salt.hex()}\n".encode("ascii")
    return _sealed(head, _derived(passphrase, salt), content)


def unseal_with_passphrase(sealed: bytes, passphrase: str) -> bytes:
    """Return the content of what `seal_with_passphrase` returned.

    Raises
    ------
    SealError
        Where a byte was altered or the passphrase is another one.
    """
    found = _WITH_PASSPHRASE.match(sealed)
    if not found:
        raise SealError(
            "Expected a file sealed with a passphrase, got another one. Make it with: crossread "
            "link STUDY --export FILE"
        )
    key = _derived(passphrase, bytes.fromhex(found[1].decode("ascii")))
    return _opened(sealed, key, "Check the passphrase, or export the file again.")


def _derived(passphrase: str, salt: bytes) -> bytes:
    """Return the key of a passphrase (RFC 7914, at the cost OWASP advises: about half a second)."""
    return Scrypt(salt=salt, length=KEY_BYTES, n=2**17, r=8, p=1).derive(passphrase.encode())


def _sealed(head: bytes, key: bytes, content: bytes) -> bytes:
    """Return the head and, bound to it, the encrypted content."""
    nonce = os.urandom(_NONCE_BYTES)
    return head + nonce + AESGCM(key).encrypt(nonce, content, head)


def _opened(sealed: bytes, key: bytes, advice: str) -> bytes:
    """Return the decrypted content behind the head."""
    head_bytes = sealed.index(b"\n") + 1
    nonce = sealed[head_bytes : head_bytes + _NONCE_BYTES]
    try:
        body = sealed[head_bytes + _NONCE_BYTES :]
        return AESGCM(key).decrypt(nonce, body, sealed[:head_bytes])
    except (InvalidTag, ValueError) as error:
        raise SealError(
            f"Expected sealed content as it was written, got another key or altered bytes. {advice}"
        ) from error
