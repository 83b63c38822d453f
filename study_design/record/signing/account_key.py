"""The key with which this account signs what it writes: Ed25519, one an account, for all studies.

The private key never leaves the account: it lies in its keyring or, where there is none, in a file
that only the owner may read. Nobody copies it; another account has another one and is enrolled.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from study_design.record.signing.fingerprint import key_name
from study_design.secrets import data_folder, key, known_key

_OWNER, _PURPOSE = "account", "signing"


@dataclass(frozen=True, slots=True)
class AccountKey:
    """The key of this account; `public` is 32 bytes in hexadecimal."""

    public: str
    _private: Ed25519PrivateKey

    @property
    def name(self) -> str:
        """What events call it."""
        return key_name(self.public)

    def sign(self, content: str) -> str:
        """Return the signature of a text, in hexadecimal."""
        return self._private.sign(content.encode()).hex()


def account_key() -> AccountKey:
    """Return the key of this account, made at the first call.

    Raises
    ------
    SecretError
        Where the keyring keeps it and does not give it out now.
    """
    return _made(data_folder())


def known_account_key() -> AccountKey | None:
    """Return the key of this account; None where it never signed anything.

    Raises
    ------
    SecretError
        Where the keyring keeps it and does not give it out now.
    """
    return account_key() if known_key(_OWNER, _PURPOSE) is not None else None


def signature_holds(public: str, content: str, signature: str) -> bool:
    """Tell whether a signature of a text was made with the private half of a public key."""
    try:
        known, made = bytes.fromhex(public), bytes.fromhex(signature)
        Ed25519PublicKey.from_public_bytes(known).verify(made, content.encode())
    except (InvalidSignature, ValueError):
        return False
    return made.hex() == signature  # one way to spell it


@lru_cache(maxsize=4)
def _made(_account: Path) -> AccountKey:
    """Return the key of an account; asked for once in a program, for every act needs it."""
    private = Ed25519PrivateKey.from_private_bytes(key(_OWNER, _PURPOSE))
    return AccountKey(private.public_key().public_bytes_raw().hex(), private)
