"""The secret keys of studies: made once, kept by the account's keyring or in its own folder.

A key lies in no study folder, so that whoever copies a study does not copy its keys. One small file
for each key, readable by its owner only, says where the key is: it holds the key itself, or the
word that the keyring of the operating system keeps it. A new key goes to the keyring where there
is a screen, at which a keyring may ask, and where the keyring gives it back; one that does not
answer in a few seconds is given up, so nothing here waits for a person who is not there.

A key is named by the study it belongs to (any text that stays the same) and by its purpose.
"""

import hashlib
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

import keyring
from filelock import FileLock
from keyring.errors import KeyringError
from platformdirs import user_data_path

from study_design.errors import CrossreadError

KEY_BYTES = 32
# Where keys and their register lie instead of the account's data folder: for tests and for
# accounts whose home is no safe place.
FOLDER_VARIABLE = "CROSSREAD_DATA"

_SERVICE = "crossread"
_IN_KEYRING = "in the keyring"
_ANSWER_S = 5.0


class SecretError(CrossreadError):
    """A key exists but cannot be had here, or must not be replaced."""


def key(study_id: str, purpose: str) -> bytes:
    """Return the key of a study for a purpose, 32 bytes; made at the first call.

    Raises
    ------
    SecretError
        Where the keyring keeps it and does not give it out now.
    """
    with _locked():
        known = _read(study_id, purpose)
        if known is None:
            known = secrets.token_bytes(KEY_BYTES)
            _keep(study_id, purpose, known)
        return known


def known_key(study_id: str, purpose: str) -> bytes | None:
    """Return the key of a study for a purpose; None where this account never had it.

    Raises
    ------
    SecretError
        Where the keyring keeps it and does not give it out now.
    """
    with _locked():
        return _read(study_id, purpose)


def keep_key(study_id: str, purpose: str, value: bytes) -> None:
    """Keep a key that was made elsewhere.

    Raises
    ------
    SecretError
        Where this account has another key of that name, which would be lost.
    """
    with _locked():
        known = _read(study_id, purpose)
        if known is not None and known != value:
            raise SecretError(
                f"Expected no key or the same one for {purpose}, got another one of that name. "
                "Nothing was replaced; use the account that it belongs to."
            )
        if known is None:
            _keep(study_id, purpose, value)


def forget_key(study_id: str, purpose: str) -> None:
    """Remove a key for ever; what was sealed with it can never be read again."""
    with _locked():
        path = _register(study_id, purpose)
        if path.exists() and path.read_text(encoding="ascii") == _IN_KEYRING:
            _answer(lambda: keyring.delete_password(_SERVICE, path.stem))
        path.unlink(missing_ok=True)


def data_folder() -> Path:
    """Return the account's folder for what belongs to no study, made for its owner only."""
    folder = Path(os.environ.get(FOLDER_VARIABLE) or user_data_path("crossread", appauthor=False))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _locked() -> FileLock:
    """Return the lock under which two processes do not make two keys of one name."""
    return FileLock(data_folder() / "keys.lock", timeout=60)


def _register(study_id: str, purpose: str) -> Path:
    """Return the file of a key; a study's id may hold anything, so its digest names it."""
    digest = hashlib.sha256(study_id.encode()).hexdigest()[:32]
    return data_folder() / f"{purpose}-{digest}.key"


def _read(study_id: str, purpose: str) -> bytes | None:
    """Return a key from where its file says it is; None where there is no file."""
    path = _register(study_id, purpose)
    if not path.exists():
        return None
    text = path.read_text(encoding="ascii")
    if text == _IN_KEYRING:
        text = _answer(lambda: keyring.get_password(_SERVICE, path.stem)) or ""
    if len(text) != 2 * KEY_BYTES:
        raise SecretError(
            f"Expected the key for {purpose} from the keyring of this account, got none. Unlock "
            "the keyring (log in at the screen) and try again."
        )
    return bytes.fromhex(text)


def _keep(study_id: str, purpose: str, value: bytes) -> None:
    """Put a key into the keyring or, where none can be used, into its file."""
    path = _register(study_id, purpose)
    text = value.hex()
    kept = _has_screen() and _answer(lambda: _put_into_keyring(path.stem, text)) == text
    staged = path.with_suffix(".new")
    staged.unlink(missing_ok=True)
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(_IN_KEYRING if kept else text)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)


def _put_into_keyring(name: str, text: str) -> str | None:
    """Give a secret to the keyring and return what it gives back."""
    keyring.set_password(_SERVICE, name, text)
    return keyring.get_password(_SERVICE, name)


def _has_screen() -> bool:
    """Tell whether somebody could answer a keyring that asks."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY") if sys.platform == "linux" else ()
    return not screens or any(os.environ.get(name) for name in screens)


def _answer(ask: Callable[[], str | None]) -> str | None:
    """Return what the keyring says; None where it fails or does not answer in time."""
    answers: SimpleQueue[str | None] = SimpleQueue()

    def asking() -> None:
        try:
            answers.put(ask())
        except (KeyringError, OSError, RuntimeError):
            answers.put(None)

    Thread(target=asking, daemon=True, name="keyring").start()
    try:
        return answers.get(timeout=_ANSWER_S)
    except Empty:
        return None
