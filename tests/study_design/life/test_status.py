"""The status says how far everybody is and what to look at, and nothing of results."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import pytest

from study_design.errors import ProtocolError
from study_design.exchange.study_rows import study_rows
from study_design.images.case_list import read_images, write_images
from study_design.life.freezing import Without, freeze_study, lift_freeze
from study_design.life.reopening import reopen_read, reopening, reopening_key
from study_design.life.signed_acts import withdraw_case
from study_design.life.status import StudyStatus, study_status
from study_design.life.unlock import unlock_study
from study_design.protocol.plan import Assignment, assignments_of, read_plan
from study_design.protocol.study_file import read_study_file
from study_design.record.actor import Actor
from study_design.record.acts import Signature, moment_of, staff_act
from study_design.record.events import Event, EventType
from study_design.record.payloads.reading import (
    FocusLost,
    FocusReturned,
    ReadStalled,
    ReadValidated,
)
from study_design.record.reads.chosen_read import ReadPlace
from study_design.record.reads.next_read import REOPENED
from study_design.record.reads.replay import reads_of
from study_design.record.record import Record
from study_design.record.store.record_store import open_store
from study_design.study_folder import StudyFolder

ReadCell = Callable[[Record, Assignment, datetime], None]


def status_of(folder: StudyFolder, now: datetime) -> StudyStatus:
    return study_status(folder, now=now, report=lambda *_: None)


def test_a_locked_study_must_have_its_plan(locked_study: StudyFolder, now: datetime) -> None:
    locked_study.plan_csv.unlink()
    with pytest.raises(ProtocolError, match=r"the locked plan of study, got no plan\.csv"):
        status_of(locked_study, now)


def test_a_case_with_one_image_out_of_use_is_still_read(
    locked_study: StudyFolder, now: datetime
) -> None:
    before = status_of(locked_study, now)
    images = read_images(locked_study)
    unused = replace(images[0], image="second", view=None, excluded=True, reason="blurred")
    write_images(locked_study, (*images, unused))
    assert status_of(locked_study, now) == before
    assert sum(reader.left for reader in before.readers) == before.planned


def test_a_case_without_an_image_in_use_is_not_read(
    locked_study: StudyFolder, now: datetime
) -> None:
    images = read_images(locked_study)
    out = [replace(i, excluded=True, reason="x") if i.case == images[0].case else i for i in images]
    write_images(locked_study, out)
    status = status_of(locked_study, now)
    assert 0 < sum(reader.left for reader in status.readers) < status.planned


def test_a_new_study_has_readers_and_nothing_planned(study: StudyFolder, now: datetime) -> None:
    status = status_of(study, now)
    assert (status.state, status.planned, status.cells) == ("being set up", 0, ())
    assert [(reader.reader, reader.next_cell) for reader in status.readers] == [
        ("junior1", None),
        ("senior1", None),
    ]


def test_the_next_block_opens_when_the_washout_of_its_last_case_is_over(
    locked_study: StudyFolder, now: datetime, read_cell: ReadCell
) -> None:
    own = assignments_of(read_plan(locked_study), "junior1")
    first = [cell for cell in own if cell.period == 1]
    assert status_of(locked_study, now).readers[0].open_now
    with open_store(locked_study) as store:
        for number, cell in enumerate(first):
            read_cell(store, cell, now + timedelta(minutes=5 * number))
    junior, senior = status_of(locked_study, now + timedelta(days=1)).readers
    assert (junior.done, junior.left, junior.open_now) == (4, 4, False)
    assert junior.opens_at is not None
    last = now + timedelta(minutes=15, days=21)
    assert timedelta() < moment_of(junior.opens_at) - last < timedelta(minutes=1)
    assert (senior.done, senior.left, senior.open_now) == (0, 8, True)


def test_a_reopened_read_is_next_while_the_block_behind_it_waits_for_its_washout(
    locked_study: StudyFolder, now: datetime, read_cell: ReadCell
) -> None:
    own = assignments_of(read_plan(locked_study), "junior1")
    later = now + timedelta(days=1)
    with open_store(locked_study) as store:
        for number, cell in enumerate(cell for cell in own if cell.period == 1):
            read_cell(store, cell, now + timedelta(minutes=5 * number))
        second = reads_of(store.events())[1]
        act = staff_act(
            reopening(second, "wrong case"),
            by=Actor("Ann"),
            now=later,
            once=reopening_key(second.read),
        )
        store.append(replace(act, read=second.read))
    junior, _ = status_of(locked_study, later).readers
    assert (junior.done, junior.left, junior.to_redo) == (4, 4, 1)
    assert (junior.next_cell, junior.next_state) == (second.cell, REOPENED)
    assert (junior.next_position, junior.next_total, junior.next_period) == (2, 4, 1)
    assert junior.open_now


def test_the_ledger_of_the_status_is_the_schedule_of_the_export(
    locked_study: StudyFolder, now: datetime, read_cell: ReadCell
) -> None:
    first, second, *_ = read_plan(locked_study)
    with open_store(locked_study) as store:
        read_cell(store, first, now)
    withdraw_case(locked_study, second.case, Signature(Actor("Ann"), "consent withdrawn", now))
    status = status_of(locked_study, now + timedelta(hours=1))
    with open_store(locked_study) as store:
        tables = {t.table.file: t.rows for t in study_rows(locked_study, store.events())}
    for count in status.cells:
        rows = [
            row
            for row in tables["schedule.csv"]
            if (row["state"], row["reason"]) == (count.state, count.reason)
        ]
        assert len(rows) == count.cells
    assert sum(count.cells for count in status.cells) == status.planned == 16
    assert {count.reason for count in status.cells if count.state == "void"} == {
        "case withdrawn: consent withdrawn"
    }
    assert status.deviations == len(tables["deviations.csv"]) == 1


def test_a_read_of_a_withdrawn_case_is_kept_and_does_not_count(
    read_study: StudyFolder, now: datetime
) -> None:
    withdraw_case(
        read_study, "C001", Signature(Actor("Ann"), "another cancer", now + timedelta(days=50))
    )
    with open_store(read_study) as store:
        events = store.events()
    (final, *_) = study_rows(read_study, events)
    (everything, *_) = study_rows(read_study, events, all_reads=True)
    assert {row["case"] for row in final.rows} == {"C002", "C003", "C004"}
    withdrawn = [row for row in everything.rows if row["status"] == "withdrawn"]
    assert {row["case"] for row in withdrawn} == {"C001"}
    assert len(withdrawn) == 4
    with pytest.raises(ProtocolError, match="withdrawn already"):
        withdraw_case(
            read_study, "C001", Signature(Actor("Ann"), "again", now + timedelta(days=51))
        )


def test_flags_are_added_up_over_the_reads_of_a_reader(
    locked_study: StudyFolder, now: datetime, read_cell: ReadCell
) -> None:
    cell = next(cell for cell in read_plan(locked_study) if cell.reader == "junior1")

    class Distracted:
        """A record to which an interrupted read with a stall and a lost window is written."""

        def __init__(self, store: Record) -> None:
            self._store = store
            self.events = store.events

        def append(self, event: Event) -> None:
            self._store.append(event)
            if event.type is EventType.READ_PAINTED:
                for number, payload in enumerate((ReadStalled(4.0), FocusLost(), FocusReturned())):
                    self._store.append(
                        replace(
                            event,
                            event=f"{event.event}/{number}",
                            payload=payload,
                            elapsed_s=event.elapsed_s + number,
                        )
                    )

    with open_store(locked_study) as store:
        read_cell(Distracted(store), cell, now)  # type: ignore[arg-type]
    flags = status_of(locked_study, now + timedelta(hours=1)).readers[0].flags
    assert (flags.stalls, flags.focus_lost_s, flags.interrupted, flags.outliers) == (1, 1.0, 0, ())


class Slow:
    """A record to which one read is written that took an hour."""

    def __init__(self, store: Record, cell: str) -> None:
        self._store = store
        self._read = f"read-{cell}"
        self.events = store.events

    def append(self, event: Event) -> None:
        payload = event.payload
        if isinstance(payload, ReadValidated) and event.read == self._read:
            payload = replace(payload, raw_s=3600.0)
        self._store.append(replace(event, payload=payload))


def test_a_read_that_took_unusually_long_is_named(
    locked_study: StudyFolder, now: datetime, read_cell: ReadCell
) -> None:
    own = assignments_of(read_plan(locked_study), "junior1")
    with open_store(locked_study) as store:
        for number, cell in enumerate(own):
            at = now + timedelta(days=22 * cell.period, minutes=number)
            read_cell(Slow(store, own[2].cell), cell, at)  # type: ignore[arg-type]
            if number == 6:
                early = status_of(locked_study, at + timedelta(hours=1)).readers[0]
                assert early.flags.outliers == ()
    reader = status_of(locked_study, now + timedelta(days=60)).readers[0]
    assert reader.flags.outliers == (own[2].cell,)
    assert reader.median_active_s == pytest.approx(29.9)


def test_nothing_is_next_once_the_record_is_frozen(
    locked_study: StudyFolder, now: datetime
) -> None:
    assert status_of(locked_study, now).state == "locked, nobody has begun"
    without = Without("the readers left", read_study_file(locked_study.study_toml).title)
    freeze_study(locked_study, by=Actor("Ann"), now=now, without=without)
    status = status_of(locked_study, now)
    assert (status.state, status.readers[0].next_cell) == ("frozen", None)
    (count,) = status.cells
    assert (count.state, count.reason) == (
        "missing",
        "not read; frozen without it: the readers left",
    )


def test_a_lifted_freeze_and_a_second_one_are_told(read_study: StudyFolder, now: datetime) -> None:
    later = now + timedelta(days=60)
    freeze_study(read_study, by=Actor("Ann"), now=later)
    lift_freeze(read_study, Signature(Actor("Ann"), "too early", later))
    assert status_of(read_study, later).state == "being read, freeze lifted"
    freeze_study(read_study, by=Actor("Ann"), now=later)
    assert status_of(read_study, later).state == "frozen (no. 2)"


def test_an_unlocked_study_says_so_and_opens_for_nobody(
    locked_study: StudyFolder, now: datetime
) -> None:
    unlock_study(locked_study, Signature(Actor("Ann"), "a case is missing", now))
    status = status_of(locked_study, now)
    assert (status.state, status.protocol_version, status.deviations) == ("unlocked", None, 1)
    assert {reader.opens_at for reader in status.readers} == {None}


def test_the_status_tells_neither_arms_nor_answers_nor_truth(
    read_study: StudyFolder, now: datetime
) -> None:
    text = json.dumps(asdict(status_of(read_study, now + timedelta(days=60))))
    for word in ("unaided", "aided", "rating", "malignant", "birads"):
        assert word not in text


def test_a_read_that_was_done_again_is_flagged_and_stands_in_the_deviations(
    locked_study: StudyFolder,
    now: datetime,
    read_events: Callable[[Assignment, datetime], list[Event]],
) -> None:
    cell = read_plan(locked_study)[0]
    with open_store(locked_study) as store:
        for event in read_events(cell, now):
            store.append(event)
    place = ReadPlace(cell.reader, cell.case)
    reopen_read(locked_study, place, by=Actor("Ann"), reason="phone", now=now + timedelta(hours=1))
    assert status_of(locked_study, now).readers[0].flags.done_again == 0
    with open_store(locked_study) as store:
        for number, event in enumerate(read_events(cell, now + timedelta(hours=2))):
            store.append(replace(event, event=f"again/{number}", read="again", once=None))
        events = store.events()
    assert status_of(locked_study, now).readers[0].flags.done_again == 1
    tables = {table.table.file: table.rows for table in study_rows(locked_study, events)}
    (read,) = tables["reads.csv"]
    assert (read["read"], read["supersedes"]) == ("again", f"read-{cell.cell}")
    assert read["earlier_s"] == pytest.approx(29.9)
    signed, noticed = tables["deviations.csv"]
    assert (signed["category"], noticed["category"]) == ("reopened", "read again")
    assert noticed["impact"] == ("reading time: that of both is analysed (earlier_s of reads.csv)")
    assert "29.9" not in f"{noticed}"
