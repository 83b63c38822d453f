"""Fingerprints, keys and backups as a coordinator meets them on the command line."""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from study_design.study_folder import StudyFolder


@dataclass(frozen=True)
class Answer:
    status: int
    out: str
    err: str


Crossread = Callable[..., Answer]
FINGERPRINT = re.compile(r"\b[A-Z2-7]{5}(?:-[A-Z2-7]{5}){3}\b")


def fingerprint_in(text: str) -> str:
    (found,) = set(FINGERPRINT.findall(text))
    return found


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Go to another computer: an account without keys and memories."""
    return lambda: monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "elsewhere"))


def test_the_lock_prints_the_fingerprint_that_proves_the_record_elsewhere(
    crossread: Crossread, study: StudyFolder, elsewhere: Callable[[], None]
) -> None:
    assert crossread("unlock", study.path, "--by", "A", "--reason", "look again").status == 0
    content = study.study_toml.read_text()
    study.study_toml.write_text(content.replace("version = 1", "version = 2"))
    locked = crossread("lock", study.path)
    assert locked.status == 0
    fingerprint = fingerprint_in(locked.out)
    elsewhere()
    plain = crossread("verify", study.path)
    assert plain.status == 0
    assert f"The record is genuine only if the fingerprint is {fingerprint}." in plain.out
    assert crossread("verify", study.path, "--fingerprint", fingerprint).status == 0
    other = crossread("verify", study.path, "--fingerprint", "A" * 20)
    assert other.status == 1
    assert "it was not written with the keys that you know" in other.out
    wrong = crossread("verify", study.path, "--fingerprint", "none")
    assert (wrong.status, wrong.err.count("\n")) == (1, 1)


def test_another_account_is_told_how_it_may_write(
    crossread: Crossread,
    study: StudyFolder,
    elsewhere: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    elsewhere()
    signed = ("--by", "B", "--reason", "consent withdrawn")
    refused = crossread("withdraw", study.path, "C001", *signed)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    (key,) = re.findall(r"crossread enrol study ([0-9a-f]{64})", refused.err)
    assert crossread("enrol", study.path).out.strip() == key
    monkeypatch.undo()
    enrolled = crossread("enrol", study.path, key, "--owner", "ward PC", "--by", "A")
    assert enrolled.status == 0
    monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "elsewhere"))
    case = next(study.images.glob("*.dcm")).name.split("-")[0].split("_")[0]
    assert crossread("withdraw", study.path, case, *signed).status == 0
    fingerprint = fingerprint_in(enrolled.out)
    assert crossread("verify", study.path, "--fingerprint", fingerprint).status == 0


def test_a_restore_says_whether_it_was_vouched_for_and_what_that_asks(
    crossread: Crossread, study: StudyFolder, tmp_path: Path, elsewhere: Callable[[], None]
) -> None:
    fingerprint = fingerprint_in(crossread("verify", study.path).out)
    file = tmp_path / "study.zip"
    assert crossread("backup", study.path, file).status == 0
    shutil.rmtree(study.path)
    elsewhere()
    known = crossread("restore", file, tmp_path / "known", "--fingerprint", fingerprint)
    assert known.status == 0
    assert "Verified: it is what was written." in known.out
    assert "reading waits for a signed attestation" in known.out
    assert crossread("verify", tmp_path / "known").status == 0
    unknown = crossread("restore", file, tmp_path / "unknown")
    assert unknown.status == 0
    assert "Unverified, and the record keeps saying so" in unknown.out
    verified = crossread("verify", tmp_path / "unknown")
    assert verified.status == 1
    assert "unverified: the study was restored" in verified.out
    false = crossread("restore", file, tmp_path / "false", "--fingerprint", "B" * 20)
    assert "Unverified" in false.out
    assert "not written with the keys that you know" in false.err
