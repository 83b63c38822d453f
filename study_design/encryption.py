"""Content encrypted with AES-256-GCM, under a key of this account or under a passphrase.

An encrypted file is one line of ASCII that says how it is (and cannot be changed unnoticed),
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


class EncryptionError(CrossreadError):
    """Encrypted content was altered, or the key or passphrase is another one."""


@dataclass(frozen=True, slots=True)
class NamedKey:
    """The key under which content is encrypted: its public name and its 32 bytes."""

    name: str
    key: bytes


def encrypt(content: bytes, named: NamedKey) -> bytes:
    """Return content encrypted under a key of this account."""
    return _encrypted(f"Crossread sealed 1 key {named.name}\n".encode("ascii"), named.key, content)


def key_name(encrypted: bytes) -> str:
    """Return the name of the key under which content is encrypted.

    Raises
    ------
    EncryptionError
        Where the content is not encrypted under a key.
    """
    found = _KEYED.match(encrypted)
    if not found:
        raise EncryptionError(
            "Expected a file encrypted by Crossread, got another one. Check the path."
        )
    return found[1].decode("ascii")


def decrypt(encrypted: bytes, key: bytes) -> bytes:
    """Return the content of what `encrypt` returned.

    Raises
    ------
    EncryptionError
        Where a byte was altered or the key is another one.
    """
    key_name(encrypted)
    return _decrypted(encrypted, key, "Take the file from a backup.")


def encrypt_with_passphrase(content: bytes, passphrase: str) -> bytes:
    """Return content encrypted under a passphrase, to be carried to another machine.

    Raises
    ------
    EncryptionError
        Where the passphrase has fewer than ten characters.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise EncryptionError(
            f"Expected a passphrase of {SHORTEST_PASSPHRASE} characters or more, got "
            f"{len(passphrase)}. Choose a longer one."
        )
    salt = os.urandom(16)
    head = f"Crossread sealed 1 scrypt {salt.hex()}\n".encode("ascii")
    return _encrypted(head, _derived(passphrase, salt), content)


def decrypt_with_passphrase(encrypted: bytes, passphrase: str) -> bytes:
    """Return the content of what `encrypt_with_passphrase` returned.

    Raises
    ------
    EncryptionError
        Where a byte was altered or the passphrase is another one.
    """
    found = _WITH_PASSPHRASE.match(encrypted)
    if not found:
        raise EncryptionError(
            "Expected a file encrypted with a passphrase, got another one. Make it with: crossread "
            "link STUDY --export FILE"
        )
    key = _derived(passphrase, bytes.fromhex(found[1].decode("ascii")))
    return _decrypted(encrypted, key, "Check the passphrase, or export the file again.")


def _derived(passphrase: str, salt: bytes) -> bytes:
    """Return the key of a passphrase (RFC 7914, at the cost OWASP advises: about half a second)."""
    return Scrypt(salt=salt, length=KEY_BYTES, n=2**17, r=8, p=1).derive(passphrase.encode())


def _encrypted(head: bytes, key: bytes, content: bytes) -> bytes:
    """Return the head and, bound to it, the encrypted content."""
    nonce = os.urandom(_NONCE_BYTES)
    return head + nonce + AESGCM(key).encrypt(nonce, content, head)


def _decrypted(encrypted: bytes, key: bytes, advice: str) -> bytes:
    """Return the decrypted content behind the head."""
    head_bytes = encrypted.index(b"\n") + 1
    nonce = encrypted[head_bytes : head_bytes + _NONCE_BYTES]
    try:
        body = encrypted[head_bytes + _NONCE_BYTES :]
        return AESGCM(key).decrypt(nonce, body, encrypted[:head_bytes])
    except (InvalidTag, ValueError) as error:
        raise EncryptionError(
            "Expected encrypted content as it was written, got another key or altered bytes. "
            f"{advice}"
        ) from error
