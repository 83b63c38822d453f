"""Acts are stamped when they happen, and what waits for them follows in their order."""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime

import pytest

from reader_app.reading.clocks.clock import SimulatedClock
from reader_app.reading.journal import Act, Journal
from reader_app.reading.record_writer import Written
from study_design.errors import RecordError
from study_design.record.events import Event, StoredEvent
from study_design.record.payloads.reading import MarkRemoved, ReadPaused


class Later:
    """A writer that the test tells when a batch is on the disk, or lost."""

    def __init__(self) -> None:
        self.batches: list[tuple[Sequence[Event], Written]] = []

    def write(self, events: Sequence[Event]) -> Written:
        self.batches.append((events, Future()))
        return self.batches[-1][1]

    def arrive(self, batch: int) -> None:
        events, written = self.batches[batch]
        written.set_result(
            tuple(StoredEvent(n, event, "", "", "", 1, None) for n, event in enumerate(events, 1))
        )

    def lose(self, batch: int) -> None:
        self.batches[batch][1].set_exception(RecordError("lost"))


@pytest.fixture
def writer() -> Later:
    return Later()


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(datetime(2026, 11, 20, 18, 0, tzinfo=UTC))


@pytest.fixture
def journal(writer: Later, clock: SimulatedClock) -> Journal:
    return Journal(writer, clock, actor="R01")


def test_an_act_has_the_time_at_which_it_happened(
    journal: Journal, writer: Later, clock: SimulatedClock
) -> None:
    clock.advance(2.0)
    journal.append_all([Act(ReadPaused())], lambda _: None, read="read-1")
    clock.advance(60.0)
    writer.arrive(0)
    journal.settle()
    (((event,), _),) = writer.batches
    assert (event.elapsed_s, event.at_utc, event.read) == (
        2.0,
        "2026-11-20T18:00:02.000000Z",
        "read-1",
    )


def test_what_waits_follows_in_order_and_not_before_its_turn(
    journal: Journal, writer: Later
) -> None:
    followed: list[int] = []
    for n in range(3):
        journal.append_all([Act(MarkRemoved(n))], lambda stored: followed.append(len(stored)))
    writer.arrive(1)
    assert not journal.settle()
    assert followed == []
    writer.arrive(0)
    assert journal.settle()
    assert (len(followed), journal.pending) == (2, True)
    writer.arrive(2)
    journal.settle()
    assert (len(followed), journal.pending) == (3, False)


def test_the_oldest_act_says_for_how_long_the_disk_is_waited_for_sleep_left_out(
    journal: Journal, writer: Later, clock: SimulatedClock
) -> None:
    assert journal.waiting_s == 0.0
    journal.append_all([Act(ReadPaused())], lambda _: None)
    clock.advance(1.0)
    journal.append_all([Act(ReadPaused())], lambda _: None)
    clock.sleep(3600.0)
    clock.advance(0.5)
    assert journal.waiting_s == pytest.approx(1.5)
    writer.arrive(0)
    journal.settle()
    assert journal.waiting_s == pytest.approx(0.5)


def test_somebody_is_told_whenever_it_is_time_to_settle(journal: Journal, writer: Later) -> None:
    told: list[bool] = []
    journal.arrived = lambda: told.append(True)
    journal.append_all([Act(ReadPaused())], lambda _: None)
    journal.append_all([Act(ReadPaused())], lambda _: None)
    assert not told
    writer.arrive(0)
    writer.lose(1)
    assert len(told) == 2


def test_after_a_lost_act_nothing_follows_and_nothing_more_is_taken(
    journal: Journal, writer: Later
) -> None:
    followed: list[int] = []
    for n in range(3):
        journal.append_all([Act(MarkRemoved(n))], lambda _: followed.append(1))
    writer.arrive(0)
    writer.lose(1)
    writer.arrive(2)
    with pytest.raises(RecordError, match="lost"):
        journal.settle()
    assert (len(followed), journal.pending) == (1, False)
    with pytest.raises(RecordError, match="lost"):
        journal.append_all([Act(ReadPaused())], lambda _: None)
    assert len(writer.batches) == 3
