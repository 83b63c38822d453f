"""A record is closed when nothing is missing or somebody says why, and opened again in time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from study_design.errors import BadInputError, ProtocolError, RecordError
from study_design.exchange.study_rows import study_rows
from study_design.life.freezing import Without, freeze_study, lift_freeze, still_missing
from study_design.life.integrity import verify_study
from study_design.life.reopening import reopen_read
from study_design.life.signed_acts import withdraw_case
from study_design.protocol.plan import Assignment, read_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature, signed_act, staff_act
from study_design.record.events import Event
from study_design.record.newest import is_frozen
from study_design.record.payloads.staff import FreezeLifted, ResultsShown, StudyExported
from study_design.record.record import Record
from study_design.record.release import note_results, release_after
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

ReadCell = Callable[[Record, Assignment, datetime], None]
ReadEvents = Callable[[Assignment, datetime], list[Event]]


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(days=60)


@pytest.fixture
def signature(later: datetime) -> Signature:
    return Signature(Actor("Ann"), "one reader comes back", later)


def title_of(folder: StudyFolder) -> str:
    return read_study_file(folder.study_toml).title


def frozen(folder: StudyFolder) -> bool:
    with open_store(folder) as store:
        return is_frozen(store.events())


def grave(folder: StudyFolder) -> list[str]:
    return [problem.what for problem in verify_study(folder) if problem.grave]


def test_a_study_with_one_read_of_many_is_not_frozen_and_what_is_missing_is_named(
    locked_study: StudyFolder, now: datetime, read_cell: ReadCell
) -> None:
    with open_store(locked_study) as store:
        read_cell(store, read_plan(locked_study)[0], now)
    with pytest.raises(ProtocolError) as refused:
        freeze_study(locked_study, by=Actor("Ann"), now=now)
    said = str(refused.value)
    assert "got 15 missing: junior1, period 1: 3 planned reads are missing." in said
    assert "--missing REASON" in said
    assert not frozen(locked_study)


@pytest.mark.parametrize("pending", ["open", "reopened"])
def test_a_read_that_stands_open_or_is_to_be_done_again_is_missing_too(
    locked_study: StudyFolder,
    later: datetime,
    now: datetime,
    read_cell: ReadCell,
    read_events: ReadEvents,
    pending: str,
) -> None:
    *cells, last = read_plan(locked_study)
    with open_store(locked_study) as store:
        for number, cell in enumerate(cells):
            at = now + timedelta(days=22 * (cell.period - 1) + 1, minutes=5 * number)
            read_cell(store, cell, at)
        acts = read_events(last, now + timedelta(days=30))
        for event in acts[:-1] if pending == "open" else acts:
            store.append(event)
    if pending == "reopened":
        reopen_read(locked_study, f"read-{last.cell}", by=Actor("Ann"), reason="phone", now=later)
    why = {"open": "opened, not validated", "reopened": "reopened and not read again"}[pending]
    line = f"{last.reader}, period {last.period}: 1 planned read is missing (1 {why})"
    assert still_missing(locked_study) == (line,)
    with pytest.raises(ProtocolError, match="got 1 missing"):
        freeze_study(locked_study, by=Actor("Ann"), now=later)
    without = Without("she left", title_of(locked_study))
    assert freeze_study(locked_study, by=Actor("Ann"), now=later, without=without).warnings == (
        line,
    )
    assert grave(locked_study) == []


@pytest.mark.parametrize(
    ("reason", "title", "said"),
    [
        ("", "{title}", "Expected a reason for 16 missing reads"),
        ("  ", "{title}", "Expected a reason for 16 missing reads"),
        ("all ill", "", "Expected the title of the study"),
        ("all ill", "another study", "got 'another study'"),
    ],
)
def test_missing_reads_need_a_reason_and_the_title(
    locked_study: StudyFolder, now: datetime, reason: str, title: str, said: str
) -> None:
    without = Without(reason, title.format(title=title_of(locked_study)))
    with pytest.raises(BadInputError, match=said):
        freeze_study(locked_study, by=Actor("Ann"), now=now, without=without)
    assert not frozen(locked_study)


def test_an_accepted_gap_stands_in_schedule_and_deviations_with_its_reason(
    locked_study: StudyFolder, now: datetime
) -> None:
    without = Without("all  ill", f" {title_of(locked_study)} ")
    freeze_study(locked_study, by=Actor("Ann"), now=now, without=without)
    with open_store(locked_study) as store:
        events = store.events()
    tables = {table.table.file: table.rows for table in study_rows(locked_study, events)}
    assert {(row["state"], row["reason"]) for row in tables["schedule.csv"]} == {
        ("missing", "not read; frozen without it: all ill")
    }
    (row,) = tables["deviations.csv"]
    assert (row["category"], row["who"]) == ("missing reads", "Ann")
    assert row["what"] == "frozen without 16 planned reads: all ill"


def test_withdrawn_cases_are_not_missing(locked_study: StudyFolder, now: datetime) -> None:
    for case in ("C001", "C002", "C003", "C004"):
        withdraw_case(locked_study, case, Signature(Actor("Ann"), "no consent", now))
    assert freeze_study(locked_study, by=Actor("Ann"), now=now).warnings == ()


def test_a_freeze_is_lifted_by_name_and_the_next_one_has_the_next_number(
    locked_study: StudyFolder,
    later: datetime,
    signature: Signature,
    read_cell: ReadCell,
) -> None:
    without = Without("for now", title_of(locked_study))
    assert freeze_study(locked_study, by=Actor("Ann"), now=later, without=without).number == 1
    cell = read_plan(locked_study)[0]
    with open_store(locked_study) as store, pytest.raises(RecordError, match="is frozen"):
        read_cell(store, cell, later)
    assert lift_freeze(locked_study, signature) == 1
    assert not frozen(locked_study)
    with pytest.raises(ProtocolError, match="nothing to lift"):
        lift_freeze(locked_study, signature)
    with open_store(locked_study) as store:
        read_cell(store, cell, later)
    assert freeze_study(locked_study, by=Actor("Ann"), now=later, without=without).number == 2
    assert lift_freeze(locked_study, signature) == 2
    assert grave(locked_study) == []
    with open_store(locked_study) as store:
        rows = study_rows(locked_study, store.events())
    told = [row["category"] for table in rows for row in table.rows if "category" in row]
    assert told == ["missing reads", "freeze lifted", "missing reads", "freeze lifted"]


def test_a_lift_needs_a_reason(read_study: StudyFolder, later: datetime) -> None:
    freeze_study(read_study, by=Actor("Ann"), now=later)
    with pytest.raises(BadInputError, match="--reason"):
        lift_freeze(read_study, Signature(Actor("Ann"), "", later))
    assert frozen(read_study)


SEEN = [
    ResultsShown("analysis", "0.1.0"),
    ResultsShown("results window", "0.1.0"),
    StudyExported("tidy", "reads.csv", False, False, "0" * 64, "0.1.0"),
]


@pytest.mark.parametrize("seen", SEEN, ids=lambda seen: seen.type)
def test_nothing_is_lifted_once_results_were_seen(
    read_study: StudyFolder,
    later: datetime,
    signature: Signature,
    seen: ResultsShown | StudyExported,
) -> None:
    freeze_study(read_study, by=Actor("Ann"), now=later)
    with open_store(read_study) as store:
        store.append(staff_act(seen, by=Actor("Bob"), now=later))
    with pytest.raises(ProtocolError, match=r"by Bob .*so the freeze stays"):
        lift_freeze(read_study, signature)
    assert frozen(read_study)
    with open_store(read_study) as store:  # as another program would write it
        store.append(signed_act(FreezeLifted(1), signature))
    assert len(grave(read_study)) == 1
    assert "lifts a freeze after which results had been seen" in grave(read_study)[0]


def test_a_blind_export_and_results_before_the_freeze_leave_it_to_be_lifted(
    read_study: StudyFolder, later: datetime, signature: Signature
) -> None:
    with open_store(read_study) as store:
        store.append(staff_act(SEEN[2], by=Actor("Bob"), now=later))
        assert release_after(store.events()) is None
    freeze_study(read_study, by=Actor("Ann"), now=later)
    with open_store(read_study) as store:
        store.append(staff_act(replace(SEEN[2], blind=True), by=Actor("Bob"), now=later))
    assert lift_freeze(read_study, signature) == 1


def test_that_results_of_a_frozen_study_were_seen_stands_in_its_record(
    read_study: StudyFolder, later: datetime
) -> None:
    freeze_study(read_study, by=Actor("Ann"), now=later)
    assert note_results(read_study, "analysis", by=Actor("Bob"), now=later) == ()
    with open_store(read_study) as store:
        last = store.last()
    assert last is not None
    assert (last.event.actor, last.event.payload) == ("Bob", SEEN[0])


def test_results_of_a_study_whose_freeze_was_lifted_meanwhile_are_not_shown(
    read_study: StudyFolder, later: datetime
) -> None:
    with pytest.raises(ProtocolError, match="lifted since"):
        note_results(read_study, "analysis", by=Actor("Bob"), now=later)
