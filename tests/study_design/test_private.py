"""A study is its owner's alone, from the moment it is made; one of an earlier version is mended."""

import os
import stat
import sys
from datetime import datetime
from pathlib import Path

import pytest

from study_design.exchange.tidy import export_tables
from study_design.images.link_file import LinkFile
from study_design.images.network.incoming import IncomingFolder
from study_design.life.backup import backup_study, restore_study
from study_design.life.new_study import new_study
from study_design.life.opened import opened
from study_design.private import access_command, keep_private, private_files
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has lists of access instead")


def open_to_others(*roots: Path) -> list[str]:
    """Name what anybody but the owner may touch."""
    found = [path for root in roots for path in (root, *root.rglob("*"))]
    return [str(path) for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077]


def throw_open(*roots: Path) -> None:
    """Give files the modes that most systems give them."""
    for root in roots:
        for path in (root, *root.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


@posix
def test_a_new_study_is_closed_to_others(tmp_path: Path, now: datetime) -> None:
    with_default = os.umask(0o022)
    try:
        folder = new_study(tmp_path / "study", template="zhou2023", by=Actor("Ann"), now=now)
    finally:
        os.umask(with_default)
    assert open_to_others(folder.path) == []


@posix
def test_an_open_study_is_mended_with_its_truth_record_and_images_when_it_is_opened(
    read_study: StudyFolder,
) -> None:
    LinkFile().write(read_study)
    waiting = IncomingFolder.of(read_study, "receive")
    waiting.store("1.2.3", b"identified")
    beside = (read_study.link_file, waiting.path.parent)
    throw_open(read_study.path, *beside)
    opened(read_study.path)
    assert open_to_others(read_study.path, *beside) == []


@posix
def test_truth_and_ai_results_are_mended_in_a_folder_that_is_closed_already(
    read_study: StudyFolder,
) -> None:
    throw_open(read_study.path)
    read_study.path.chmod(0o700)
    keep_private(read_study)
    assert open_to_others(read_study.reference_standard, read_study.detections) == []
    assert not stat.S_IMODE(read_study.record.stat().st_mode) & 0o077


@posix
def test_a_link_out_of_the_study_is_left_alone(read_study: StudyFolder, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("not ours")
    other.chmod(0o644)
    (read_study.path / "link.txt").symlink_to(other)
    keep_private(read_study)
    assert stat.S_IMODE(other.stat().st_mode) == 0o644


@posix
def test_backups_restored_studies_and_exports_are_closed_too(
    read_study: StudyFolder, tmp_path: Path, now: datetime
) -> None:
    backup_study(read_study, tmp_path / "study.zip")
    restore_study(tmp_path / "study.zip", tmp_path / "again", by=Actor("Ann"), now=now)
    with private_files():
        export_tables(read_study, tmp_path / "out")
    assert open_to_others(tmp_path / "study.zip", tmp_path / "again", tmp_path / "out") == []


@posix
def test_what_is_asked_of_files_elsewhere_is_as_before_when_a_block_ends(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with private_files():
            (tmp_path / "within").touch()
        (tmp_path / "after").touch()
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    assert open_to_others(tmp_path / "within") == []
    assert open_to_others(tmp_path / "after") != []


def test_windows_is_asked_to_leave_the_folder_to_its_owner_the_system_and_administrators() -> None:
    assert access_command(Path("study"), "CLINIC\\ann") == (
        "icacls",
        "study",
        "/inheritance:r",
        "/grant:r",
        "CLINIC\\ann:(OI)(CI)F",
        "/grant:r",
        "*S-1-5-18:(OI)(CI)F",
        "/grant:r",
        "*S-1-5-32-544:(OI)(CI)F",
        "/q",
    )
