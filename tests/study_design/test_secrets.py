"""Keys are made once, kept privately, and never lost to a keyring that is silent."""

import os
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from study_design import secrets
from study_design.secrets import SecretError, data_folder, forget_key, keep_key, key, known_key


class DictionaryKeyring(KeyringBackend):
    """A keyring that keeps its passwords in memory, and may be locked or not answer."""

    priority = 9

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.answers = threading.Event()
        self.answers.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.answers.wait()
        return None if self.locked else self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.answers.wait()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "account"))
    monkeypatch.setenv("DISPLAY", ":0")
    return tmp_path / "account"


@pytest.fixture
def ring() -> Iterator[DictionaryKeyring]:
    usual, ours = keyring.get_keyring(), DictionaryKeyring()
    keyring.set_keyring(ours)
    yield ours
    keyring.set_keyring(usual)


def files() -> list[Path]:
    return sorted(data_folder().glob("*.key"))


def test_a_key_is_made_once_and_is_another_for_each_study_and_purpose() -> None:
    assert known_key("one", "link") is None
    made = key("one", "link")
    assert len(made) == 32
    assert key("one", "link") == known_key("one", "link") == made
    assert len({made, key("one", "record"), key("two", "link")}) == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_without_a_keyring_the_key_lies_in_a_file_of_the_owner_alone() -> None:
    made = key("one", "link")
    (path,) = files()
    assert path.read_text() == made.hex()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(data_folder().stat().st_mode) == 0o700


def test_with_a_keyring_no_key_lies_in_a_file(ring: DictionaryKeyring) -> None:
    made = key("one", "link")
    assert list(ring.kept.values()) == [made.hex()]
    assert [path.read_text() for path in files()] == ["in the keyring"]
    assert key("one", "link") == made


def test_a_locked_keyring_is_an_error_and_never_a_new_key(ring: DictionaryKeyring) -> None:
    made = key("one", "link")
    ring.locked = True
    with pytest.raises(SecretError, match="Unlock the keyring"):
        key("one", "link")
    ring.locked = False
    assert key("one", "link") == made


def test_a_keyring_that_hangs_is_given_up(
    ring: DictionaryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "_ANSWER_S", 0.05)
    ring.answers.clear()
    made = key("one", "link")  # which would never return
    assert files()[0].read_text() == made.hex()
    ring.answers.set()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a screen")
def test_a_machine_without_a_screen_leaves_the_keyring_alone(
    ring: DictionaryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    key("one", "link")
    assert not ring.kept


def test_a_key_from_elsewhere_never_replaces_another() -> None:
    keep_key("one", "link", b"x" * 32)
    keep_key("one", "link", b"x" * 32)
    assert key("one", "link") == b"x" * 32
    with pytest.raises(SecretError, match="Nothing was replaced"):
        keep_key("one", "link", b"y" * 32)


def test_a_forgotten_key_is_gone_from_file_and_keyring(ring: DictionaryKeyring) -> None:
    made = key("one", "link")
    forget_key("one", "link")
    forget_key("two", "link")
    assert ring.kept == {}
    assert files() == []
    assert key("one", "link") != made
