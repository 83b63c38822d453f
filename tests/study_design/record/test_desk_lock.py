"""A reader sits at a study once at a time; a killed program leaves no lock behind."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from study_design.errors import ProtocolError
from study_design.protocol.plan import read_plan
from study_design.record.desk_lock import desk_lock
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

HOLD = """
import sys, time
from pathlib import Path
from study_design.record.desk_lock import desk_lock
from study_design.study_folder import StudyFolder
from study_design.record.store.record_store import open_store
folder = StudyFolder(Path(sys.argv[1]))
with open_store(folder, create=True) as record, desk_lock(folder, record, "anna"):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def desk(folder: StudyFolder, reader: str) -> Iterator[None]:
    with open_store(folder, create=True) as record, desk_lock(folder, record, reader):
        yield


def test_a_second_window_of_the_same_reader_is_refused(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    with desk(folder, "anna"):
        with desk(folder, "bert"):
            pass
        with (
            pytest.raises(ProtocolError, match="another window already"),
            desk(StudyFolder(tmp_path), "anna"),
        ):
            pass
    with desk(folder, "anna"):
        pass


def test_a_killed_program_lets_go_of_the_desk(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(ProtocolError, match="another window"),
            desk(StudyFolder(tmp_path), "anna"),
        ):
            pass
        holder.kill()
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with desk(StudyFolder(tmp_path), "anna"):
                return
        except ProtocolError:
            continue
    pytest.fail("the lock outlived its program")


@pytest.mark.skipif(not sys.platform.startswith(("linux", "win")), reason="no locks of open files")
def test_a_deleted_lock_file_opens_no_second_sitting(locked_study: StudyFolder) -> None:
    with (
        desk(locked_study, "anna"),
        open_store(locked_study) as store,
    ):
        (locked_study.path / ".desk-anna.lock").unlink()
        store.events()
        with pytest.raises(ProtocolError, match="another window"), desk(locked_study, "anna"):
            pass
        with desk(locked_study, "bert"):
            pass
    with desk(locked_study, "anna"):
        pass


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no kill -9 or no such locks")
def test_a_deleted_lock_file_of_another_program_opens_no_second_sitting_until_it_is_killed(
    locked_study: StudyFolder,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(locked_study.path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        (locked_study.path / ".desk-anna.lock").unlink()
        with pytest.raises(ProtocolError, match="another window"), desk(locked_study, "anna"):
            pass
        holder.kill()
        holder.wait()
    with desk(locked_study, "anna"):
        pass


def test_the_record_is_written_as_ever_while_desks_are_held(
    locked_study: StudyFolder, read_cell: Callable[..., None], now: datetime
) -> None:
    cell = read_plan(locked_study)[0]
    with desk(locked_study, "anna"), desk(locked_study, "bert"):
        with open_store(locked_study) as store:
            read_cell(store, cell, now)
        with open_store(locked_study) as store:
            assert store.verify_chain() == ()
