"""Of the reads of a cell, one counts: the newest that took the place of a reopened one."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study_design.reads import Read, ReadTimes
from study_design.record.events import Event, EventType, StoredEvent
from study_design.record.reads.replay import reads_of
from study_design.record.reads.supersession import reopened_reads, with_supersession
from study_design.vocabulary import ReadStatus

MakeEvent = Callable[..., Event]
TIMES = {"raw_s": 1.0, "paused_s": 0.0, "idle_s": 0.0, "system_s": 0.0}
TIMES |= {"ai_first_shown_s": None, "ai_shown_s": 0.0, "contradiction": ""}


@pytest.fixture
def one(make_event: MakeEvent) -> Read:
    acts = [make_event(EventType.READ_OPENED), make_event(EventType.READ_VALIDATED, **TIMES)]
    stored = [StoredEvent(n, act, "", "", "", 1, None) for n, act in enumerate(acts, start=1)]
    (read,) = reads_of(stored)
    return read


def test_reopenings_are_found_among_other_events(make_event: MakeEvent) -> None:
    payload = {"reader": "R01", "case": "C001", "cell": "a", "reason": ""}
    acts = [
        make_event(EventType.READ_OPENED, read="one"),
        make_event(EventType.READ_REOPENED, read="two", **payload),
    ]
    stored = [StoredEvent(n, act, "", "", "", 1, None) for n, act in enumerate(acts, start=1)]
    assert reopened_reads(stored) == {"two"}


def test_a_reopened_read_counts_until_another_is_there(one: Read) -> None:
    (alone,) = with_supersession([one], {one.read})
    assert alone.status is ReadStatus.FINAL


def test_two_reads_of_which_none_was_reopened_both_count(one: Read) -> None:
    reads = with_supersession([one, replace(one, read="other")], ())
    assert [read.status for read in reads] == [ReadStatus.FINAL] * 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([1, 2])), max_size=12))
def test_where_each_read_was_reopened_before_the_next_one_counts_per_cell_and_step(
    one: Read, cells: list[tuple[str, int]]
) -> None:
    reads = [
        replace(one, read=str(n), cell=cell, step=step) for n, (cell, step) in enumerate(cells)
    ]
    settled = with_supersession(reads, {read.read for read in reads})
    assert [read.read for read in settled] == [read.read for read in reads]
    final = Counter((r.cell, r.step) for r in settled if r.status is ReadStatus.FINAL)
    assert final == dict.fromkeys(cells, 1)
    by_name = {read.read: read for read in settled}
    for read in settled:
        if read.supersedes is not None:
            earlier = by_name[read.supersedes]
            assert (earlier.cell, earlier.step) == (read.cell, read.step)
            assert earlier.status is ReadStatus.SUPERSEDED


def test_a_read_keeps_the_time_of_all_the_reads_that_it_replaces(one: Read) -> None:
    timed = [
        replace(one, read=str(n), times=ReadTimes(raw_s, paused_s, 0.0, 0.0))
        for n, (raw_s, paused_s) in enumerate([(50.6, 2.0), (19.6, 0.0), (8.0, 1.0)])
    ]
    first, second, third = with_supersession(timed, {"0", "1"})
    assert first.earlier_s is None
    assert second.earlier_s == pytest.approx(48.6)
    assert third.earlier_s == pytest.approx(48.6 + 19.6)
    (alone, again) = with_supersession(timed[:2], ())
    assert (alone.earlier_s, again.earlier_s) == (None, None)
