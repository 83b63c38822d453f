"""What this computer says of itself: the same at every sitting, and nothing that names it."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reader_app.reading.clocks.system_clocks import boot_name, elapsed_s, machine_name
from reader_app.reading.station import desk_here, newest_file_s, station, witness_folders
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder


def test_a_computer_is_known_again_within_a_study_and_in_no_other(folder: StudyFolder) -> None:
    here, again, elsewhere = (station(folder, study) for study in ("one", "one", "other"))
    assert (here.machine, here.boot) == (again.machine, again.boot)
    assert here.machine != elsewhere.machine or machine_name() == ""
    assert machine_name() not in (here.machine, "") or here.machine == ""
    assert re.fullmatch(r"[0-9a-f]{16}|", here.machine)


def test_a_station_says_how_long_it_has_run_and_which_start_it_is(folder: StudyFolder) -> None:
    before_s = elapsed_s()
    here = station(folder, "one")
    assert here.since_boot_s is not None
    assert before_s <= here.since_boot_s <= elapsed_s()
    assert here.boot == boot_name() == boot_name()


def test_the_newest_file_is_a_witness_wherever_it_lies(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder, at_s in zip(folders, (1000.0, 3000.0), strict=True):
        folder.mkdir()
        (folder / "file").write_text("")
        os.utime(folder / "file", (at_s, at_s))
    assert newest_file_s([*folders, tmp_path / "none"]) == 3000.0
    assert newest_file_s([tmp_path]) == 0.0


def test_a_file_of_the_study_tells_that_the_clock_is_behind(folder: StudyFolder) -> None:
    later = datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)
    os.utime(folder.study_toml, (later.timestamp(), later.timestamp()))
    assert station(folder, "one").files_utc == "2031-01-02T03:04:05.000000Z"
    assert folder.path in witness_folders(folder)


def test_a_desk_asks_the_stations_time_servers(
    folder: StudyFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(folder) as store:
        events = store.events()
    monkeypatch.setenv("CROSSREAD_TIME_SERVERS", "")
    assert desk_here(folder, events).true_time is None
    monkeypatch.setenv("CROSSREAD_TIME_SERVERS", "http://127.0.0.1:9/")
    assert desk_here(folder, events).true_time is None
