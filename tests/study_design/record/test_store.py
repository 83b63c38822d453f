"""What was acknowledged stays; nothing is doubled; a change is refused or seen."""

import math
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from study_design.errors import RecordError
from study_design.record.events import Event, EventType
from study_design.record.payloads.reading import AnswerGiven
from study_design.record.record import Record
from study_design.record.signing.signature_check import Trust, signature_problems
from study_design.record.store.record_store import open_store
from study_design.record.store.writing import AlreadyRecordedError
from study_design.study_folder import StudyFolder

MakeEvent = Callable[..., Event]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[Record]:
    with open_store(path, create=True) as opened:
        yield opened


def answer(make_event: MakeEvent, value: float, **more: object) -> Event:
    return make_event(EventType.ANSWER_GIVEN, item="rating", value=value, **more)


def test_events_come_back_as_they_went_in(store: Record, make_event: MakeEvent) -> None:
    acts = [
        make_event(EventType.READ_OPENED, at_s=0.1 + 0.2, gap_days=21.000000000000004),
        make_event(EventType.READ_PAINTED, latency_s=1),
        make_event(EventType.ANSWER_GIVEN, item="note", value="Verkalkung, 乳腺 \U0001f600 'x'"),
    ]
    written = tuple(store.append(act) for act in acts)
    assert store.events()[1:] == written
    assert [stored.event for stored in written] == acts
    assert [stored.number for stored in written] == [2, 3, 4]
    assert store.last() == written[-1]
    assert store.verify_chain() == ()


def test_an_empty_record_has_no_last_event(store: Record) -> None:
    assert store.last() is None
    assert store.events() == ()


def test_events_are_found_by_actor_read_type_and_number(
    store: Record, make_event: MakeEvent
) -> None:
    first = store.append(answer(make_event, 1, actor="junior1", read="a"))
    second = store.append(answer(make_event, 2, actor="senior1", read="b"))
    third = store.append(make_event(EventType.READ_PAUSED, actor="senior1", read="b"))
    assert store.events(actor="junior1") == (first,)
    assert store.events(read="b") == (second, third)
    assert store.events(types=(EventType.READ_PAUSED, EventType.READ_RESUMED)) == (third,)
    assert store.events(after=2) == (second, third)


def test_a_retry_finds_its_event_instead_of_writing_it_twice(
    store: Record, make_event: MakeEvent
) -> None:
    act = answer(make_event, 50, once="R01-P1-001/1")
    assert store.append(act) == store.append(act)
    assert len(store.events()) == 2  # the key and the answer


def test_one_uuid_cannot_stand_for_two_contents(store: Record, make_event: MakeEvent) -> None:
    act = answer(make_event, 50)
    store.append(act)
    with pytest.raises(RecordError, match="already in the record with other content"):
        store.append(replace(act, payload=AnswerGiven("rating", 51)))


def test_what_may_happen_once_is_refused_the_second_time(
    store: Record, make_event: MakeEvent
) -> None:
    store.append(answer(make_event, 50, once="R01-P1-001/1"))
    with pytest.raises(AlreadyRecordedError, match="event 2 of 2026"):
        store.append(answer(make_event, 60, once="R01-P1-001/1"))
    assert len(store.events()) == 2  # the key and the answer


def test_a_payload_of_another_form_is_a_mistake(store: Record, make_event: MakeEvent) -> None:
    with pytest.raises(ValueError, match="valid string"):
        store.append(replace(answer(make_event, 1), payload=AnswerGiven(1, 2)))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.append(replace(answer(make_event, 1), payload=AnswerGiven("rating", math.nan)))


def test_every_connection_is_durable(store: Record) -> None:
    for _ in range(2):
        with store._writing.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3
        store.close()


@pytest.mark.parametrize("act", ["UPDATE events SET actor = 'x'", "DELETE FROM events"])
def test_the_database_refuses_to_change_or_delete_an_event(
    store: Record, path: Path, make_event: MakeEvent, act: str
) -> None:
    store.append(answer(make_event, 1))
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="never changed"):
        connection.execute(act)
    connection.close()
    assert len(store.events()) == 2  # the key and the answer


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        ("UPDATE events SET actor = 'x' WHERE number = 2", "Event 2 is not what was recorded."),
        ("UPDATE events SET payload = '{}' WHERE number = 2", "Event 2 is not what was recorded."),
        ("UPDATE events SET payload = '{' WHERE number = 2", "Event 2 is not what was recorded."),
        ("UPDATE events SET type = 'x' WHERE number = 2", "Event 2 is not what was recorded."),
        ("UPDATE events SET hash = 'x' WHERE number = 2", "Event 3 is not what was recorded."),
        ("DELETE FROM events WHERE number = 2", "Expected event 2, got event 3."),
        ("DELETE FROM events WHERE number = 1", "Expected event 1, got event 2."),
        (
            "UPDATE events SET number = 6 - number WHERE number > 1",
            "Event 2 is not what was recorded.",
        ),
    ],
)
def test_a_change_behind_the_triggers_is_seen(
    store: Record, path: Path, make_event: MakeEvent, act: str, problem: str
) -> None:
    for value in (1, 2, 3):
        store.append(answer(make_event, value))
    connection = sqlite3.connect(path)
    connection.execute("DROP TRIGGER events_no_update")
    connection.execute("DROP TRIGGER events_no_delete")
    if "6 - number" in act:
        connection.execute("UPDATE events SET number = -number WHERE number > 1")
        act = "UPDATE events SET number = 6 + number WHERE number < 0"
    connection.execute(act)
    connection.commit()
    connection.close()
    assert problem in store.verify_chain()


def test_a_missing_record_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="Put it back from a backup"):
        open_store(StudyFolder(tmp_path))
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("store")
def test_a_record_of_a_newer_version_is_refused(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = '3'")
    connection.commit()
    connection.close()
    with pytest.raises(RecordError, match="newer Crossread"):
        open_store(path)


@pytest.mark.parametrize("content", [b"no database at all, just text" * 50, b"SQLite format 3\0x"])
def test_a_damaged_record_is_named_in_one_line(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(RecordError, match=r"damaged\. Earlier reads are saved\. Restore it"):
        open_store(path)


def test_a_byte_that_was_flipped_anywhere_is_noticed_or_changes_nothing(
    store: Record, path: Path, make_event: MakeEvent
) -> None:
    for value in range(20):
        store.append(answer(make_event, value, once=f"cell-{value}"))
    written = store.events()
    raw = path.read_bytes()
    draw = random.Random(13)
    flipped = path.with_name("flipped.sqlite")
    noticed = 0
    # A sample here; all of them, in minutes: CROSSREAD_EVERY_BYTE=1 pytest -k byte_that_was_flipped
    sample = len(raw) if os.environ.get("CROSSREAD_EVERY_BYTE") else 150
    for place in draw.sample(range(len(raw)), sample):
        damaged = bytearray(raw)
        damaged[place] ^= 1 << draw.randrange(8)
        flipped.write_bytes(damaged)
        try:
            with open_store(flipped) as opened:
                if opened.verify_chain() or any(
                    problem.grave for problem in signature_problems(opened.events(), Trust())
                ):
                    noticed += 1
                else:
                    assert opened.events() == written
        except RecordError:
            noticed += 1
    assert noticed > sample // 8


@pytest.mark.usefixtures("store")
def test_a_record_that_another_program_holds_is_named_in_one_line(
    path: Path, make_event: MakeEvent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("study_design.record.store.connection.BUSY_TIMEOUT_S", 0.05)
    holder = sqlite3.connect(path, isolation_level=None)
    with open_store(path) as impatient:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordError, match="another program holds it"):
            impatient.append(answer(make_event, 1))
    holder.close()


def test_a_full_disk_loses_nothing(store: Record, make_event: MakeEvent) -> None:
    store.append(answer(make_event, 1))
    store.close()
    with store._writing.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(RecordError, match=r"the disk /.* is full \(.* free\)"):
        store.append(make_event(EventType.ANSWER_GIVEN, item="note", value="x" * 100_000))
    assert len(store.events()) == 2  # the key and the answer
    assert store.verify_chain() == ()


def test_a_study_that_was_moved_while_it_was_open_is_told_as_that(
    store: Record, path: Path, make_event: MakeEvent
) -> None:
    store.append(answer(make_event, 1))
    path.parent.rename(path.parent.with_name("elsewhere"))
    with pytest.raises(RecordError, match="the study was moved or renamed since it was opened"):
        store.append(answer(make_event, 2))


def test_several_stations_write_one_unbroken_chain(path: Path, make_event: MakeEvent) -> None:
    open_store(path, create=True).close()

    def write(station: int) -> None:
        with open_store(path) as own:
            for value in range(10):
                own.append(answer(make_event, value, actor=f"reader{station}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    with open_store(path) as store:
        assert len(store.events()) == 41
        assert store.verify_chain() == ()


WRITER = """
import sys
from pathlib import Path
from study_design.record.events import Event
from study_design.record.payloads.reading import AnswerGiven
from study_design.record.signing.signature_check import Trust, signature_problems
from study_design.record.store.record_store import open_store

with open_store(Path(sys.argv[1])) as store:
    for number in range(int(sys.argv[2]), 10**9):
        store.append(Event(f"act-{number}", "2026-11-20T09:00:00.000000Z", 0, 0.0, "s", "junior1",
                           AnswerGiven("rating", number), once=f"cell-{number}"))
        print(number, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of Unix")
def test_a_killed_station_loses_nothing_acknowledged_and_a_retry_doubles_nothing(
    path: Path,
) -> None:
    open_store(path, create=True).close()
    seconds = random.Random(7)
    first = 0
    for _ in range(6):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(first)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).resolve().parents[3],
        )
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline())]
        time.sleep(seconds.uniform(0, 0.05))  # the moment of death is the random input here
        writer.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
        writer.stdout.close()
        writer.wait()
        first = acknowledged[-1]  # the next writer repeats the last one: a retry
        with open_store(path) as store:
            ids = [stored.event.event for stored in store.events()]
            ids = ids[1:]  # without the key
            assert ids == [f"act-{number}" for number in range(len(ids))]
            assert len(ids) in (first + 1, first + 2)
            assert store.verify_chain() == ()
