"""One thread writes: in order, behind whoever hands over, and nothing after what was lost."""

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reader_app.reading.record_writer import RecordWriter
from study_design.errors import RecordError
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.events import Event, StoredEvent
from study_design.record.payloads.staff import DateAttested
from study_design.record.record import Record
from study_design.study_folder import StudyFolder

MakeAct = Callable[[str], Event]


def act(why: str) -> Event:
    return staff_act(DateAttested(why), by=Actor("C"), now=datetime(2026, 11, 20, tzinfo=UTC))


def test_what_is_handed_over_is_written_in_order_while_the_record_is_held_by_another(
    store: Record, folder: StudyFolder
) -> None:
    before = len(store.events())
    with RecordWriter(store) as writer:
        with closing(sqlite3.connect(folder.record, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            written = [writer.write([act(f"{n}"), act(f"{n}b")]) for n in range(20)]
            assert not any(one.done() for one in written)
            assert len(store.events()) == before
            other.execute("ROLLBACK")
        told = [stored.event for one in written for stored in one.result()]
    assert [stored.event for stored in store.events()][before:] == told
    assert len(told) == 40


def test_leaving_writes_what_was_handed_over(store: Record) -> None:
    before = len(store.events())
    with RecordWriter(store) as writer:
        for n in range(30):
            writer.write([act(f"{n}")])
    assert len(store.events()) == before + 30


class Breaks:
    """A record on a disk that fails once and would work again."""

    def __init__(self, store: Record, good: int) -> None:
        self.store, self.good = store, good
        self.threads: set[int] = set()

    def append_all(self, events: Sequence[Event]) -> tuple[StoredEvent, ...]:
        self.threads.add(threading.get_ident())
        self.good -= 1
        if self.good == -1:
            raise RecordError("the disk is full")
        return self.store.append_all(events)


def test_nothing_is_written_after_what_could_not_be(store: Record) -> None:
    before, record = len(store.events()), Breaks(store, good=2)
    with RecordWriter(record) as writer:
        written = [writer.write([act(f"{n}")]) for n in range(5)]
        for one in written[2:]:
            with pytest.raises(RecordError, match="disk is full"):
                one.result()
    assert len(store.events()) == before + 2
    assert len(record.threads) == 1
    assert threading.get_ident() not in record.threads


def test_a_batch_is_on_the_disk_whole_or_not_at_all(store: Record) -> None:
    before, first = len(store.events()), act("first")
    with RecordWriter(store) as writer:
        twice = [act("second"), first, replace(first, actor="another")]
        with pytest.raises(RecordError):
            writer.write(twice).result()
    assert len(store.events()) == before
