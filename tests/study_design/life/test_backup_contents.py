"""A backup from anywhere: whatever it holds, one line, nothing outside, no disk filled."""

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from study_design.errors import BadInputError, CrossreadError
from study_design.life.backup import backup_study, restore_study
from study_design.record.actor import Actor
from study_design.study_folder import StudyFolder

Members = dict[str, bytes]
NOW = datetime(2026, 12, 24, 8, 0, tzinfo=UTC)
NONE = "which is none or damaged"


@pytest.fixture
def members(locked_study: StudyFolder, tmp_path: Path) -> Members:
    """The files of a good backup, with its list of contents."""
    backup_study(locked_study, tmp_path / "good.zip")
    with zipfile.ZipFile(tmp_path / "good.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def listed(members: Members, **more: bytes) -> Members:
    """Return members with more, all in the list of contents."""
    whole = {**members, **more}
    content = json.loads(whole["backup.json"])
    content["files"] = {
        name: hashlib.sha256(body).hexdigest()
        for name, body in whole.items()
        if name != "backup.json"
    }
    return {**whole, "backup.json": json.dumps(content).encode()}


def packed(path: Path, members: Members) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


def refused(path: Path, words: str, tmp_path: Path) -> None:
    with pytest.raises(CrossreadError, match=words):
        restore_study(path, tmp_path / "back" / "study", by=Actor("Ann"), now=NOW)
    assert not (tmp_path / "back" / "study").exists()
    assert not list((tmp_path / "back").glob("*"))


def test_a_whole_one_comes_back(members: Members, tmp_path: Path) -> None:
    restore_study(
        packed(tmp_path / "a.zip", listed(members)),
        tmp_path / "back" / "study",
        by=Actor("Ann"),
        now=NOW,
    )
    assert (tmp_path / "back" / "study" / "plan.csv").read_bytes() == members["plan.csv"]


@pytest.mark.parametrize(
    "name",
    [
        "../out.csv",
        "/out.csv",
        "a/../../out.csv",
        "C:out.csv",
        "a\\..\\out.csv",
        ".hidden",
        "a\x1b.csv",
    ],
)
def test_a_name_that_leads_out_or_hides_is_damage(
    members: Members, tmp_path: Path, name: str
) -> None:
    path = packed(tmp_path / "a.zip", listed(members, **{name: b"x"}))
    refused(path, NONE, tmp_path)


def test_a_link_is_damage(members: Members, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", listed(members, link=b"/etc/passwd"))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        for name, body in listed(members, link=b"/etc/passwd").items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK if name == "link" else stat.S_IFREG) << 16
            archive.writestr(info, body)
    assert path
    refused(tmp_path / "b.zip", NONE, tmp_path)


def test_names_that_differ_by_capitals_alone_are_damage(members: Members, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", listed(members, **{"PLAN.csv": b"x"}))
    refused(path, NONE, tmp_path)


@pytest.mark.parametrize(
    "contents",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"files": []}',
        b'{"files": {"a": 1}}',
        b'{"files": {"a": null}}',
        b"[" * 100_000,
        b'{"files": ' + b"9" * 5000 + b"}",
        b'{"files": {"\\ud800": "' + b"0" * 64 + b'"}}',
        b"\xff\xfe\x00",
    ],
)
def test_a_list_of_contents_that_is_none_is_damage(
    members: Members, tmp_path: Path, contents: bytes
) -> None:
    refused(packed(tmp_path / "a.zip", {**members, "backup.json": contents}), NONE, tmp_path)


@pytest.mark.parametrize("name", ["study.toml", "record.sqlite"])
def test_one_without_protocol_or_record_is_none(
    members: Members, tmp_path: Path, name: str
) -> None:
    members.pop(name)
    refused(packed(tmp_path / "a.zip", listed(members)), NONE, tmp_path)


def test_a_bomb_is_refused_before_it_is_unpacked(members: Members, tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {**members, "images/b.dcm": bytes(1_100_000_000)})
    assert path.stat().st_size < 10_000_000
    refused(path, "more than a study of its size can", tmp_path)


@pytest.mark.parametrize("link_to", ["file", "folder"])
def test_a_study_with_a_link_is_not_backed_up_without_what_it_leads_to(
    locked_study: StudyFolder, tmp_path: Path, link_to: str
) -> None:
    other = tmp_path / "other"
    other.mkdir() if link_to == "folder" else other.write_text("secret")
    (locked_study.path / "images" / "more").symlink_to(other)
    with pytest.raises(BadInputError, match="got the link images/more, which leads out of it"):
        backup_study(locked_study, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_what_is_damaged_anywhere_is_told_in_one_line(members: Members, tmp_path: Path) -> None:
    good = packed(tmp_path / "good2.zip", listed(members)).read_bytes()
    spoil: list[Callable[[bytearray], None]] = [
        lambda b: b.__delitem__(slice(len(b) // 2, None)),
        lambda b: b.__setitem__(slice(0, 4), b"GARB"),
        lambda b: b.__setitem__(slice(len(b) - 22, len(b)), bytes(22)),
        lambda b: b.__setitem__(slice(40, 80), bytes(40)),
    ]
    for number, change in enumerate(spoil):
        content = bytearray(good)
        change(content)
        path = tmp_path / f"{number}.zip"
        path.write_bytes(content)
        refused(path, NONE, tmp_path)


def test_what_a_killed_backup_or_restoring_left_aside_goes_with_the_next(
    locked_study: StudyFolder, members: Members, tmp_path: Path
) -> None:
    for name in (".again[1].zip.part-x", ".study.part-y", ".other.part-z"):
        (tmp_path / "place" / name).mkdir(parents=True)
        (tmp_path / "place" / name / "reference.csv").write_text("truth")
    backup_study(locked_study, tmp_path / "place" / "again[1].zip")
    whole = packed(tmp_path / "a.zip", listed(members))
    restore_study(whole, tmp_path / "place" / "study", by=Actor("Ann"), now=NOW)
    assert {path.name for path in (tmp_path / "place").iterdir()} == {
        "again[1].zip",
        "study",
        ".other.part-z",
    }
