"""What a killed program leaves, identities and truth among it, goes when a study is opened next."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from study_design.images.arriving.work_folder import ImportRunningError, work_folder
from study_design.left_overs import clear_left_overs
from study_design.life.opened import opened
from study_design.study_folder import StudyFolder

KILLED_IMPORT = """
import os, sys
from pathlib import Path
from study_design.images.arriving.work_folder import work_folder
from study_design.images.arriving.zip_archive import unpack
from study_design.study_folder import StudyFolder
with work_folder(StudyFolder(Path(sys.argv[1]))) as work:
    unpack(Path(sys.argv[2]), work / "unpacked")
    print("unpacked", flush=True)
    if sys.argv[3] == "kill":
        os.kill(os.getpid(), 9)
    sys.stdin.read()
""".replace("from study_design.images.arriving.sources import opened_sources\n", "")

posix = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")


def archive(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("DOE^JANE/1.dcm", b"identified")
    return path


def identified(folder: StudyFolder) -> list[str]:
    return [path.name for path in folder.path.rglob("*") if "DOE" in path.name]


@posix
def test_a_killed_import_of_an_archive_leaves_nothing_once_the_study_is_opened(
    locked_study: StudyFolder, tmp_path: Path
) -> None:
    words = [str(locked_study.path), str(archive(tmp_path / "a.zip")), "kill"]
    assert subprocess.run([sys.executable, "-c", KILLED_IMPORT, *words]).returncode == -9
    assert identified(locked_study)
    opened(locked_study.path)
    assert identified(locked_study) == []
    assert not list(locked_study.path.glob(".import-*"))


@posix
def test_an_import_that_runs_is_left_alone_even_where_its_lock_was_deleted(
    locked_study: StudyFolder, tmp_path: Path
) -> None:
    words = [str(locked_study.path), str(archive(tmp_path / "a.zip")), "wait"]
    with subprocess.Popen(
        [sys.executable, "-c", KILLED_IMPORT, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "unpacked\n"
        opened(locked_study.path)
        assert identified(locked_study)
        with pytest.raises(ImportRunningError), work_folder(locked_study):
            pass
        (locked_study.path / ".import.lock").unlink()
        opened(locked_study.path)
        assert identified(locked_study)
        running.communicate("")
    assert running.returncode == 0
    assert identified(locked_study) == []


def no_process() -> int:
    """Return the number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


@posix
def test_half_written_files_and_truth_of_a_program_that_ended_go(locked_study: StudyFolder) -> None:
    number = no_process()
    folder = locked_study.path
    names = [f".cases.csv.{number}.part", f"detections/.demo.json.{number}.part"]
    for name in names:
        (folder / name).write_text("half")
    (folder / f".truth-{number}-abc").mkdir()
    (folder / f".truth-{number}-abc" / "reference.csv").write_text("case,truth\n")
    beside = folder.with_name(f".{folder.name}.link.{number}.part")
    beside.write_text("half")
    incoming = folder.with_name(f"{folder.name}.incoming") / "receive"
    incoming.mkdir(parents=True)
    (incoming / f".1.2.3.dcm.{number}.part").write_text("identified")
    removed = clear_left_overs(locked_study)
    assert len(removed) == 5
    assert not any(path.exists() for path in removed)
    assert clear_left_overs(locked_study) == ()


@posix
def test_what_a_running_program_writes_is_left_alone(locked_study: StudyFolder) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE
    ) as running:
        path = locked_study.path / f".plan.csv.{running.pid}.part"
        path.write_text("half")
        assert clear_left_overs(locked_study) == ()
        running.communicate(b"")
    assert clear_left_overs(locked_study) == (path,)


def test_what_an_earlier_version_left_goes_once_it_is_old(locked_study: StudyFolder) -> None:
    truth = locked_study.path / ".truth-abcdefgh"
    truth.mkdir()
    assert clear_left_overs(locked_study) == ()
    os.utime(truth, (0, 0))
    assert clear_left_overs(locked_study) == (truth,)
    (locked_study.path / ".import-abcdefgh").mkdir()
    assert clear_left_overs(locked_study) == (locked_study.path / ".import-abcdefgh",)


def test_files_of_the_study_and_journals_that_are_gone_on_with_stay(
    locked_study: StudyFolder,
) -> None:
    (locked_study.detections / ".demo.jsonl").write_text("{}")
    before = sorted(locked_study.path.rglob("*"))
    assert clear_left_overs(locked_study) == ()
    assert sorted(locked_study.path.rglob("*")) == before
