"""The fingerprint of a record's keys: twenty characters that a person can compare and print."""

import base64
import hashlib
import re
from collections.abc import Iterable

from study_design.errors import BadInputError

_LENGTH, _GROUP = 20, 5


def key_name(public: str) -> str:
    """Return the name of a public key (hexadecimal): the first half of its SHA-256."""
    return hashlib.sha256(public.lower().encode()).hexdigest()[:32]


def fingerprint_of(publics: Iterable[str]) -> str:
    """Return the fingerprint of public keys: 100 bits in base 32, whatever their order.

    To make other keys with the same fingerprint takes about 2 to the 100th tries.
    """
    content = "\n".join(sorted({public.lower() for public in publics}))
    text = base64.b32encode(hashlib.sha256(content.encode()).digest()).decode()[:_LENGTH]
    return "-".join(text[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def typed_fingerprint(text: str) -> str:
    """Return a fingerprint as it was typed, in the form in which it is printed.

    Raises
    ------
    BadInputError
        Where it is none.
    """
    bare = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(rf"[A-Z2-7]{{{_LENGTH}}}", bare):
        raise BadInputError(
            f"Expected a fingerprint of {_LENGTH} letters and digits 2 to 7, as lock and verify "
            f"print it, got {text!r}. Check it."
        )
    return "-".join(bare[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
