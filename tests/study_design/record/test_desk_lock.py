"""A reader sits at a study once at a time; a killed program leaves no lock behind."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from study_design.errors import ProtocolError
from study_design.record.desk_lock import desk_lock
from study_design.study_folder import StudyFolder

HOLD = """
import sys, time
from pathlib import Path
from study_design.record.desk_lock import desk_lock
from study_design.study_folder import StudyFolder
with desk_lock(StudyFolder(Path(sys.argv[1])), "anna"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_window_of_the_same_reader_is_refused(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    with desk_lock(folder, "anna"):
        with desk_lock(folder, "bert"):
            pass
        with (
            pytest.raises(ProtocolError, match="another window already"),
            desk_lock(StudyFolder(tmp_path), "anna"),
        ):
            pass
    with desk_lock(folder, "anna"):
        pass


def test_a_killed_program_lets_go_of_the_desk(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(ProtocolError, match="another window"),
            desk_lock(StudyFolder(tmp_path), "anna"),
        ):
            pass
        holder.kill()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            with desk_lock(StudyFolder(tmp_path), "anna"):
                return
        except ProtocolError:
            continue
    pytest.fail("the lock outlived its program")
