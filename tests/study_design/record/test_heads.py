"""That a record was cut off, rolled back, rewritten or moved is told as far as it can be known."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from study_design.errors import RecordError
from study_design.record.events import Event, EventType
from study_design.record.heads import head_problems, restart_head
from study_design.record.problem import Problem
from study_design.record.record import file_identity
from study_design.record.store.record_store import open_store
from study_design.secrets import data_folder

MakeEvent = Callable[..., Event]


@pytest.fixture(autouse=True)
def _account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "account"))


@pytest.fixture
def write(tmp_path: Path, make_event: MakeEvent) -> Callable[..., Path]:
    """Write some answers to the record at a path, the usual one without it."""

    def more(count: int, path: Path = tmp_path / "study" / "record.sqlite") -> Path:
        path.parent.mkdir(exist_ok=True)
        with open_store(path, create=True) as store:
            for value in range(count):
                # The key of the account comes first, so that events are numbered from 2.
                store.append(make_event(EventType.ANSWER_GIVEN, item="rating", value=value))
        return path

    return more


def problems(path: Path) -> list[Problem]:
    with open_store(path) as store:
        assert store.verify_chain() == ()
        return list(head_problems(store.identity, store.events()))


def change(path: Path, *acts: str) -> None:
    """Change a record behind its guards and put the guards back."""
    connection = sqlite3.connect(path)
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    standing = guards.fetchall()
    for name, _ in standing:
        connection.execute(f"DROP TRIGGER {name}")
    for act in (*acts, *(sql for _, sql in standing)):
        connection.execute(act)
    connection.commit()
    connection.close()


def test_a_record_that_was_written_here_is_whole(write: Callable[..., Path]) -> None:
    assert problems(write(3)) == []


@pytest.mark.parametrize("kept", [1, 2, 4])
def test_an_end_that_was_cut_off_is_grave(write: Callable[..., Path], kept: int) -> None:
    path = write(5)
    change(path, f"DELETE FROM events WHERE number > {kept}")
    (cut,) = problems(path)
    assert cut.grave
    assert f"ends at event {kept}, but this account wrote" in cut.what


def test_a_record_that_was_rolled_back_stays_evident_when_it_goes_on(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    path = write(3)
    shutil.copy(path, tmp_path / "older.sqlite")
    write(2)
    shutil.copy(tmp_path / "older.sqlite", path)
    (rolled_back,) = problems(path)
    assert "an older file was put in its place" in rolled_back.what
    write(1)
    assert [problem.grave for problem in problems(path)] == [True]
    write(5)
    (rewritten,) = problems(path)
    assert "Event 6 is not the one that this account wrote" in rewritten.what


def test_a_chain_that_was_calculated_anew_is_not_the_one_that_was_written(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    path = write(1)
    forged = tmp_path / "forged.sqlite"
    shutil.copy(path, forged)
    write(2)
    write(2, forged)
    shutil.copy(forged, path)
    (rewritten,) = problems(path)
    assert "Event 4 is not the one that this account wrote" in rewritten.what


def test_a_record_of_another_computer_is_a_note_and_no_failure(
    write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(3)
    monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "other"))
    (unknown,) = problems(path)
    assert not unknown.grave
    assert "whether its end was cut off cannot be known" in unknown.what


def test_a_study_that_was_moved_is_known_and_a_copy_is_not_taken_for_it(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    path = write(3)
    copy = tmp_path / "copy"
    shutil.copytree(path.parent, copy)
    write(2, copy / "record.sqlite")
    write(1)
    assert problems(path) == problems(copy / "record.sqlite") == []
    moved = path.parent.rename(tmp_path / "moved") / "record.sqlite"
    assert problems(moved) == []
    change(moved, "DELETE FROM events WHERE number > 2")
    assert [problem.grave for problem in problems(moved)] == [True]


def test_a_copy_that_went_on_and_was_removed_is_no_word_on_other_copies(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    path = write(3)
    tried, kept = tmp_path / "tried", tmp_path / "kept"
    shutil.copytree(path.parent, tried)
    shutil.copytree(path.parent, kept)
    write(4, tried / "record.sqlite")
    shutil.rmtree(tried)
    (note,) = problems(kept / "record.sqlite")
    assert not note.grave
    assert (
        f"This is a copy: the record of this study that this account wrote to lies at {path}"
        in (note.what)
    )
    assert problems(path) == []


def test_a_head_that_was_altered_is_grave_and_is_not_moved_on(write: Callable[..., Path]) -> None:
    path = write(3)
    (head,) = (data_folder() / "heads").glob("*.json")
    head.write_text(head.read_text().replace('"number": 4', '"number": 2'))
    write(1)
    (altered,) = problems(path)
    assert altered == Problem("What this account remembers of the record's end was altered.")


def test_a_head_that_cannot_be_written_stops_nobody(write: Callable[..., Path]) -> None:
    (data_folder() / "heads").write_text("in the way")
    path = write(3)
    with open_store(path) as store:
        assert len(store.events()) == 4


def test_nothing_is_written_where_nothing_can_be_signed(
    write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(1)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "file" / "account"))
    with pytest.raises(RecordError, match="Nothing can be signed, so nothing was written"):
        write(1)
    with open_store(path) as store:
        assert len(store.events()) == 2


@pytest.mark.parametrize("damage", ["deleted", "one letter"])
def test_a_head_that_is_gone_or_damaged_where_one_was_due_is_grave(
    write: Callable[..., Path], damage: str
) -> None:
    path = write(3)
    (head,) = (data_folder() / "heads").glob("*.json")
    if damage == "deleted":
        head.unlink()
    else:
        head.write_text("[" + head.read_text()[1:])
    (missing,) = problems(path)
    assert missing.grave
    assert "is gone or damaged" in missing.what
    with open_store(path) as store:
        assert [
            p.grave for p in head_problems(file_identity(path), store.events(), witnessed=True)
        ] == [False]


def test_another_record_in_the_place_of_a_known_one_is_grave_even_without_its_head(
    write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, account = write(3), data_folder()
    (head,) = (account / "heads").glob("*.json")
    monkeypatch.setenv("CROSSREAD_DATA", str(tmp_path / "forger"))
    forged = write(3, tmp_path / "forged" / "record.sqlite")
    shutil.copy(forged, path)
    monkeypatch.setenv("CROSSREAD_DATA", str(account))
    assert problems(path)[0].grave
    head.unlink()
    assert [problem.grave for problem in problems(path)] == [True, False]
    assert "lay the record of another study" in problems(path)[0].what


def test_a_new_record_in_the_place_of_one_that_was_deleted_is_no_problem(
    write: Callable[..., Path],
) -> None:
    path = write(3)
    path.unlink()
    assert problems(write(2)) == []


def test_a_copy_beside_the_original_is_told_and_compared(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    path = write(3)
    copy = tmp_path / "copy" / "record.sqlite"
    shutil.copytree(path.parent, copy.parent)
    (note,) = problems(copy)
    assert not note.grave
    assert "This is a copy" in note.what
    write(1)
    assert [problem.grave for problem in problems(copy)] == [False]


def test_a_restored_record_goes_on_and_what_was_lost_is_said(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    path = write(3)
    shutil.copy(path, tmp_path / "older.sqlite")
    write(2)
    shutil.copy(tmp_path / "older.sqlite", path)
    with open_store(path) as store:
        events = store.events()
    restart_head(file_identity(path), events[0].event.event, events[-1])
    write(1)
    (lost,) = problems(path)
    assert not lost.grave
    assert "ends at event 4; what this account wrote up to event 6 before that is lost" in lost.what
    change(path, "DELETE FROM events WHERE number > 4")
    assert [problem.grave for problem in problems(path)] == [False, True]


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 3), (4, 5), (1, 5)])
def test_two_events_that_changed_places_are_seen(
    write: Callable[..., Path], first: int, second: int
) -> None:
    path = write(5)
    change(
        path,
        f"UPDATE events SET number = -1 WHERE number = {first}",
        f"UPDATE events SET number = {first} WHERE number = {second}",
        f"UPDATE events SET number = {second} WHERE number = -1",
    )
    with open_store(path) as store:
        broken = store.verify_chain()
    assert f"Event {first} is not what was recorded." in broken
