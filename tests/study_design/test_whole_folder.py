"""Output is whole or not there, on a full disk and after a kill as well."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

from study_design.disk import disk_of, free_bytes, require_room, size_text
from study_design.errors import BadInputError, DiskFullError
from study_design.tables.csv_file import write_atomically
from study_design.whole_folder import whole_folder


class SmallDisk(Protocol):
    """A disk of two megabytes."""

    path: Path

    def fill(self, leave_bytes: int) -> None: ...

    @property
    def names(self) -> set[str]: ...


def make(out: Path, files: dict[str, str], last: str = "") -> None:
    with whole_folder(out, "a test", last=last) as draft:
        for name, text in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_text(text)


def held(out: Path) -> dict[str, str]:
    return {p.relative_to(out).as_posix(): p.read_text() for p in out.rglob("*") if p.is_file()}


@pytest.mark.parametrize("there", [False, True])
def test_files_take_their_place_and_others_stay(tmp_path: Path, there: bool) -> None:
    out = tmp_path / "deep" / "out"
    if there:
        (out / "sub").mkdir(parents=True)
        (out / "mine.txt").write_text("mine")
        (out / "sub" / "a.txt").write_text("old")
    make(out, {"sub/a.txt": "new", "b.txt": "b"}, last="b.txt")
    mine = {"mine.txt": "mine"} if there else {}
    assert held(out) == {"sub/a.txt": "new", "b.txt": "b", **mine}
    assert [path.name for path in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("there", [False, True])
def test_what_fails_leaves_everything_as_it_was(tmp_path: Path, there: bool) -> None:
    out = tmp_path / "out"
    if there:
        make(out, {"a.txt": "old", "last.txt": "old"}, last="last.txt")
    before = held(out)

    def fail() -> None:
        with whole_folder(out, "a test") as draft:
            (draft / "a.txt").write_text("new")
            raise BadInputError("half way")

    with pytest.raises(BadInputError, match="half way"):
        fail()
    assert held(out) == before
    assert out.exists() is there
    assert {path.name for path in tmp_path.rglob("*")} == ({"out", *before} if there else set())


def test_what_vouches_for_the_others_is_gone_while_they_are_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(out, {"a.txt": "old", "b.txt": "old", "z.json": "old"}, last="z.json")
    (out / "b.txt").unlink()
    (out / "b.txt").mkdir()  # cannot be replaced by a file
    (out / "b.txt" / "c").write_text("")
    with pytest.raises(OSError, match=r"b\.txt"):
        make(out, {"a.txt": "new", "b.txt": "new", "z.json": "new"}, last="z.json")
    assert not (out / "z.json").exists()


def test_what_an_earlier_output_had_alone_goes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    make(out, {"a.txt": "old", "b.txt": "old"})
    with whole_folder(out, "a test", stale=lambda out, _names: [out / "b.txt"]) as draft:
        (draft / "a.txt").write_text("new")
    assert held(out) == {"a.txt": "new"}


def test_a_file_in_the_way_and_a_folder_with_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInputError, match=r"Expected a folder at .*, got a file"):
        make(tmp_path / "file", {})
    with (
        pytest.raises(BadInputError, match="got one with files in it"),
        whole_folder(tmp_path, "a test", new=True),
    ):
        pass


KILLED = """
import os, sys
from pathlib import Path
from study_design.whole_folder import whole_folder
with whole_folder(Path(sys.argv[1]), "a test") as draft:
    (draft / "a.txt").write_text("half")
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
@pytest.mark.parametrize("there", [False, True])
def test_a_kill_leaves_no_file_in_sight_and_the_next_output_cleans_up(
    tmp_path: Path, there: bool
) -> None:
    out = tmp_path / "out"
    if there:
        make(out, {"a.txt": "old"})
    killed = subprocess.run([sys.executable, "-c", KILLED, str(out)], check=False)
    assert killed.returncode == -9
    assert {path.name for path in tmp_path.rglob("*") if not path.name.startswith(".")} == (
        {"out", "a.txt"} if there else {"a.txt"}
    )
    assert out.exists() is there
    make(out, {"a.txt": "new"})
    assert {path.name for path in tmp_path.rglob("*")} == {"out", "a.txt"}


def test_a_full_disk_is_named_with_what_was_free_and_nothing_is_left(
    small_disk: SmallDisk,
) -> None:
    small_disk.fill(leave_bytes=50_000)
    before = small_disk.names
    with pytest.raises(DiskFullError) as refused:
        make(small_disk.path / "out", {"small.txt": "fits", "large.txt": "x" * 200_000})
    assert str(small_disk.path) in str(refused.value)
    assert "a test" in str(refused.value)
    assert " kB that were free" in str(refused.value)
    assert small_disk.names == before


def test_a_disk_that_is_a_folder_of_output_itself_is_written_to(small_disk: SmallDisk) -> None:
    make(small_disk.path, {"sub/a.txt": "a"})
    assert small_disk.names == {"sub", "a.txt"}


def test_too_little_room_is_said_before_anything_is_made(small_disk: SmallDisk) -> None:
    with (
        pytest.raises(DiskFullError, match=r"Expected 1\.0 GB or more for the images") as refused,
        whole_folder(small_disk.path / "out", "the images", need_bytes=1_000_000_000),
    ):
        pytest.fail("it began")
    assert str(small_disk.path) in str(refused.value)
    assert small_disk.names == set()


def test_a_file_that_does_not_fit_leaves_the_old_one(small_disk: SmallDisk) -> None:
    path = small_disk.path / "facts.json"
    write_atomically(path, json.dumps({"old": True}).encode())
    small_disk.fill(leave_bytes=8192)
    with pytest.raises(DiskFullError, match=r"room for facts\.json on the disk"):
        write_atomically(path, bytes(100_000))
    assert json.loads(path.read_text()) == {"old": True}
    assert small_disk.names == {"facts.json"}


def test_a_disk_is_the_place_where_it_is_mounted(small_disk: SmallDisk) -> None:
    assert disk_of(small_disk.path / "not" / "there") == small_disk.path
    assert disk_of(small_disk.path.parent) != small_disk.path
    assert free_bytes(small_disk.path / "not" / "there") <= 2 << 20
    require_room(small_disk.path, 1 << 20, "a test")


@pytest.mark.parametrize(
    ("count", "text"),
    [(999, "999 bytes"), (1500, "1.5 kB"), (2_000_000, "2.0 MB"), (3e9, "3.0 GB")],
)
def test_sizes_are_told_for_people(count: float, text: str) -> None:
    assert size_text(int(count)) == text
