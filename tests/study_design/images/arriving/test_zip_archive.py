import contextlib
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study_design.images.arriving import zip_archive
from study_design.images.arriving.zip_archive import ArchiveError, unpack


def zipped(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members:
            opened.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def test_nested_folders_and_those_of_windows_are_kept(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", ("one/two/a.dcm", b"1"), ("one\\b.dcm", b"2"))
    root = unpack(archive, tmp_path / "in")
    assert (root / "one" / "two" / "a.dcm").read_bytes() == b"1"
    assert (root / "one" / "b.dcm").read_bytes() == b"2"


def test_two_archives_do_not_mix(tmp_path: Path) -> None:
    first = unpack(zipped(tmp_path / "a.zip", ("a.dcm", b"1")), tmp_path / "in")
    second = unpack(zipped(tmp_path / "b.zip", ("a.dcm", b"2")), tmp_path / "in")
    assert (first / "a.dcm").read_bytes(), (second / "a.dcm").read_bytes() == (b"1", b"2")


def test_hidden_members_are_left_out(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", ("__MACOSX/a.dcm", b"1"), ("x/.DS_Store", b"2"))
    assert list(unpack(archive, tmp_path / "in").rglob("*")) == []


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/out", "..\\out", "C:\\out", "c:out"])
def test_a_member_outside_its_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveError, match="outside its own folder"):
        unpack(zipped(tmp_path / "a.zip", ("fine", b"1"), (name, b"2")), tmp_path / "in")
    assert not list(tmp_path.rglob("out"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.sampled_from("ab./\\:~\x01 *"), min_size=1, max_size=8))
def test_whatever_a_member_is_called_it_lands_below_the_folder(tmp_path: Path, name: str) -> None:
    archive = zipped(tmp_path / "a.zip", (name, b"1"))
    before = {path for path in tmp_path.rglob("*") if tmp_path / "in" not in path.parents}
    try:
        root = unpack(archive, tmp_path / "in")
    except ArchiveError:
        root = tmp_path / "in"
    after = {path for path in tmp_path.rglob("*") if tmp_path / "in" not in path.parents}
    assert after - before <= {tmp_path / "in"}
    assert all(tmp_path / "in" in path.parents for path in root.rglob("*"))


def test_a_link_becomes_a_plain_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as opened:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        opened.writestr(link, "/etc/hostname")
    root = unpack(tmp_path / "a.zip", tmp_path / "in")
    assert not (root / "link").is_symlink()
    assert (root / "link").read_text() == "/etc/hostname"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "bomb.zip", ("a.dcm", b"\0" * 200_000_000))
    with pytest.raises(ArchiveError, match=r"0\.2 GB, more than images can"):
        unpack(archive, tmp_path / "in")
    assert list((tmp_path / "in").rglob("a.dcm")) == []


def test_a_member_larger_than_it_says_is_not_written_beyond_it(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", ("a.dcm", b"\0" * 1_000_000))
    content = archive.read_bytes()
    size = (1_000_000).to_bytes(4, "little")
    archive.write_bytes(content.replace(size, (1000).to_bytes(4, "little")))
    with pytest.raises(ArchiveError, match="damaged"):
        unpack(archive, tmp_path / "in")
    assert sum(path.stat().st_size for path in (tmp_path / "in").rglob("a.dcm")) <= 1000


def test_what_does_not_fit_on_the_disk_is_not_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zip_archive, "DISK_RESERVE_BYTES", 1 << 62)
    with pytest.raises(ArchiveError, match="make room"):
        unpack(zipped(tmp_path / "a.zip", ("a.dcm", b"1")), tmp_path / "in")


def test_an_encrypted_archive_says_what_to_do(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", ("a.dcm", b"1"))
    content = bytearray(archive.read_bytes())
    content[6] |= 1  # the flag in the local header
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the central directory
    archive.write_bytes(content)
    with pytest.raises(ArchiveError, match="unpack it with its password"):
        unpack(archive, tmp_path / "in")


@pytest.mark.parametrize("members", [["a", "a"], ["a", "a/b"]])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_given_twice_is_refused(tmp_path: Path, members: list[str]) -> None:
    archive = zipped(tmp_path / "a.zip", *((name, b"1") for name in members))
    with pytest.raises(ArchiveError, match="names one file twice"):
        unpack(archive, tmp_path / "in")


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_archive_is_refused_or_unpacked(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(zipped(tmp_path / "a.zip", ("x/a.dcm", bytes(300))).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / "a.zip").write_bytes(content)
    with contextlib.suppress(ArchiveError):
        root = unpack(tmp_path / "a.zip", tmp_path / "in")
        assert all(path.stat().st_size <= 300 for path in root.rglob("*") if path.is_file())
