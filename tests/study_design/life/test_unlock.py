"""The lock is lifted by name while nobody has read, and what is locked next is another version."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from study_design.cases.exclusion import exclude_case
from study_design.errors import BadInputError, ProtocolError, RecordError
from study_design.life.integrity import verify_study
from study_design.life.lock import lock_study
from study_design.life.plan_study import plan_study
from study_design.life.unlock import unlock_study
from study_design.protocol.plan import Assignment, read_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature
from study_design.record.events import Event
from study_design.record.locked import is_locked, locked_protocol
from study_design.record.payloads.reading import SittingOpened
from study_design.record.record import Record
from study_design.record.store.record_store import open_store
from study_design.record.store.sqlite_record import SqliteRecord
from study_design.study_folder import StudyFolder

ReadEvents = Callable[[Assignment, datetime], list[Event]]


@pytest.fixture
def signature(now: datetime) -> Signature:
    return Signature(Actor("Ann"), "a case has to go", now + timedelta(hours=1))


def grave(folder: StudyFolder) -> list[str]:
    return [problem.what for problem in verify_study(folder) if problem.grave]


def test_an_unlocked_study_is_edited_and_locked_as_the_next_version(
    locked_study: StudyFolder, signature: Signature
) -> None:
    assert unlock_study(locked_study, signature) == 2
    assert not is_locked(locked_study)
    assert read_study_file(locked_study.study_toml).version == 2
    exclude_case(locked_study, "C004", "no consent", by=Actor("Ann"), now=signature.now)
    plan_study(locked_study)
    assert lock_study(locked_study, by=Actor("Ann"), now=signature.now).version == 2
    with open_store(locked_study) as store:
        protocol = locked_protocol(locked_study, store.events())
    assert protocol.version == 2
    assert {cell.case for cell in read_plan(locked_study)} == {"C001", "C002", "C003"}
    assert sorted(path.name for path in locked_study.protocol.iterdir()) == ["1.toml", "2.toml"]
    assert grave(locked_study) == []


def test_a_version_that_was_locked_before_is_not_locked_again(
    locked_study: StudyFolder, signature: Signature
) -> None:
    unlock_study(locked_study, signature)
    text = locked_study.study_toml.read_text()
    locked_study.study_toml.write_text(text.replace("version = 2", "version = 1"))
    with pytest.raises(ProtocolError, match=r"Expected version = 2 in study\.toml"):
        lock_study(locked_study, by=Actor("Ann"), now=signature.now)


def test_the_lock_stays_once_somebody_has_opened_a_case(
    locked_study: StudyFolder, signature: Signature, now: datetime, read_events: ReadEvents
) -> None:
    opened, *_ = read_events(read_plan(locked_study)[0], now)
    with open_store(locked_study) as store:
        store.append(opened)
    before = locked_study.record.read_bytes()
    with pytest.raises(ProtocolError, match="junior1 opened a case of study on 2026-11-01"):
        unlock_study(locked_study, signature)
    assert locked_study.record.read_bytes() == before
    assert is_locked(locked_study)


def test_it_is_signed_with_a_reason_and_only_where_there_is_a_lock(
    locked_study: StudyFolder, now: datetime, signature: Signature
) -> None:
    with pytest.raises(BadInputError, match="--reason"):
        unlock_study(locked_study, Signature(Actor("Ann"), " ", now))
    unlock_study(locked_study, signature)
    with pytest.raises(ProtocolError, match="Expected a locked protocol"):
        unlock_study(locked_study, signature)


def test_a_window_that_was_open_meanwhile_opens_no_case_of_the_old_plan(
    locked_study: StudyFolder, signature: Signature, now: datetime, read_events: ReadEvents
) -> None:
    opened, *_ = read_events(read_plan(locked_study)[0], now)
    sat_down = SittingOpened("0.1.0", "simulated", "", "2026-11-01T07:00:00.000000Z")
    sitting = Event("s", opened.at_utc, 60, 0.0, opened.sitting, opened.actor, sat_down)
    with open_store(locked_study) as store:
        store.append(sitting)
        unlock_study(locked_study, signature)
        with pytest.raises(RecordError, match="Close the window and open it again"):
            store.append(opened)
        plan_study(locked_study)
        lock_study(locked_study, by=Actor("Ann"), now=signature.now)
        with pytest.raises(RecordError, match="Close the window and open it again"):
            store.append(opened)
        another = Event(
            "o", opened.at_utc, 60, 0.0, "another", opened.actor, opened.payload, opened.read
        )
        assert store.append(another).number == store.last().number  # type: ignore[union-attr]


def test_who_opens_a_case_at_the_same_moment_keeps_the_lock(
    locked_study: StudyFolder,
    signature: Signature,
    now: datetime,
    read_events: ReadEvents,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened, *_ = read_events(read_plan(locked_study)[0], now)
    append = SqliteRecord.append

    def late(store: Record, event: Event, *, as_of: int | None = None) -> object:
        with open_store(locked_study) as other:
            append(other, opened)
        return append(store, event, as_of=as_of)

    monkeypatch.setattr(SqliteRecord, "append", late)
    with pytest.raises(RecordError, match="another entry came first"):
        unlock_study(locked_study, signature)
    assert is_locked(locked_study)
