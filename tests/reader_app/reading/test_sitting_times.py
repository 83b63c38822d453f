"""Waits, sleep and every kind of time of a sitting; what one sitting leaves to the next."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from given_sitting import SitDown, mark, open_case, validate

from reader_app.reading.sitting_state import Phase
from study_design.errors import RecordError
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.events import EventType
from study_design.record.payloads.staff import StudyFrozen
from study_design.vocabulary import View


def test_the_wait_for_the_first_paint_is_latency_and_not_part_of_the_read(
    sit_down: SitDown,
) -> None:
    desk = sit_down()
    desk.session.open_case()
    desk.clock.advance(3.2)
    desk.session.painted(3.2)
    desk.clock.advance(0.3)
    desk.session.case.waited(3.25, desk.clock.monotonic_s())
    validate(desk)
    (read,) = desk.reads
    assert read.times.system_s == pytest.approx(0.3)
    assert dict(read.responses) == {"latency_s": "3.2"}


def test_a_finding_overtakes_what_was_answered_of_a_breast_without_one(sit_down: SitDown) -> None:
    desk = sit_down()
    open_case(desk)
    for side in ("right", "left"):
        desk.session.case.answer(f"birads_{side}", "1")
        desk.session.case.answer(f"rating_{side}", 2.0)
    found = mark(desk)
    desk.session.case.describe_finding(replace(found, birads="5", rating=95.0))
    desk.session.show_summary()
    desk.session.validate()
    answers = desk.reads[0].answers
    assert (answers.birads_right, answers.rating_right) == ("5", 95.0)
    assert (answers.birads_left, answers.rating_left) == ("1", 2.0)
    assert (answers.birads_exam, answers.rating) == ("5", 95.0)


def test_what_follows_from_findings_is_written_with_the_validation_or_not_at_all(
    sit_down: SitDown,
) -> None:
    class FullDisk:
        """A record that takes single acts but has no room for the validation."""

        def __init__(self, store: Any) -> None:
            self.store = store

        def append_all(self, events: Any) -> Any:
            if len(events) > 1:
                raise RecordError("The disk is full.")
            return self.store.append_all(events)

    first = sit_down()
    desk = sit_down(record=FullDisk(first.store))
    open_case(desk)
    found = mark(desk)
    desk.session.case.describe_finding(replace(found, birads="5", rating=95.0))
    desk.session.case.answer("birads_left", "1")
    desk.session.case.answer("rating_left", 2.0)
    desk.session.show_summary()
    with pytest.raises(RecordError):
        desk.session.validate()
    assert {a["item"] for a in desk.payloads(EventType.ANSWER_GIVEN)} == {
        "birads_left",
        "rating_left",
    }
    assert desk.reads == ()


def test_a_read_that_another_sitting_has_validated_is_not_resumed(sit_down: SitDown) -> None:
    one, other = sit_down(), sit_down()
    open_case(one)
    open_case(other)
    validate(one)
    with pytest.raises(RecordError):
        validate(other)
    third = sit_down()
    assert not third.session.state.again
    assert third.session.state.assignment.case == "C002"


def test_nothing_is_read_after_the_freeze_but_a_sitting_may_end(sit_down: SitDown) -> None:
    desk, at_the_gate = sit_down(), sit_down()
    open_case(desk)
    now = desk.clock.now()
    desk.store.append(staff_act(StudyFrozen({}), by=Actor("C"), now=now))
    with pytest.raises(RecordError, match="frozen"):
        validate(desk)
    at_the_gate.session.close()
    assert len(desk.payloads(EventType.SITTING_CLOSED)) == 1


def test_after_an_act_that_could_not_be_written_nothing_more_is(sit_down: SitDown) -> None:
    desk = sit_down()
    open_case(desk)
    kept = mark(desk)
    now = desk.clock.now()
    desk.store.append(staff_act(StudyFrozen({}), by=Actor("C"), now=now))
    written = len(desk.store.events())
    with pytest.raises(RecordError, match="frozen"):
        mark(desk, View.L_CC)
    assert desk.session.state.draft.findings == (kept,)
    assert not desk.session.state.pending
    for act in (desk.session.case.pause, desk.session.close):
        with pytest.raises(RecordError, match="frozen"):
            act()
    assert len(desk.store.events()) == written


def test_focus_lost_at_the_gate_belongs_to_no_read(sit_down: SitDown) -> None:
    desk = sit_down()
    desk.session.case.focus_changed(focused=False)
    desk.session.case.focus_changed(focused=True)
    open_case(desk)
    validate(desk)
    assert "focus_lost_s" not in dict(desk.reads[0].responses)


@pytest.mark.parametrize("seed", range(15))
def test_every_kind_of_time_lands_in_its_column(sit_down: SitDown, seed: int) -> None:
    chance, desk = random.Random(seed), sit_down()
    expected = [read_at_random(desk, chance) for _ in range(3)]
    for read, times in zip(desk.reads, expected, strict=True):
        got = read.times
        assert (
            got.raw_s,
            got.paused_s,
            got.reading_s,
            got.idle_s,
            got.active_s,
        ) == pytest.approx(times, abs=0.005)


def read_at_random(desk: Any, chance: random.Random) -> tuple[float, ...]:
    """Read a case with stretches of work, silence and pause; return the times that must result."""
    open_case(desk)
    raw = paused = idle = 0.0
    for _ in range(chance.randint(3, 12)):
        seconds = chance.uniform(0.2, 150.0)
        if chance.random() < 0.25:
            desk.session.case.pause()
            desk.clock.advance(seconds)
            desk.session.case.resume()
            paused += seconds
        else:
            desk.clock.advance(seconds)
            desk.session.case.input_seen()
            idle += seconds if seconds >= 60.0 else 0.0
        raw += seconds
    validate(desk)
    return raw, paused, raw - paused, idle, raw - paused - idle


def test_the_dates_of_a_read_agree_with_its_times(sit_down: SitDown) -> None:
    desk = sit_down()
    desk.session.open_case()
    desk.clock.advance(0.4)
    desk.session.painted(0.4)
    desk.clock.advance(33.0)
    validate(desk)
    (read,) = desk.reads
    start = desk.clock.now() - timedelta(seconds=33.4)
    assert read.opened_utc == start.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert read.times.raw_s == pytest.approx(33.0)
    assert dict(read.responses)["latency_s"] == "0.4"


def test_sleep_of_the_computer_is_paused_flagged_and_no_reading_time(sit_down: SitDown) -> None:
    desk = sit_down(arm="aided")
    open_case(desk)
    desk.session.case.toggle_ai()
    desk.clock.advance(10.0)
    desk.clock.sleep(3600.0)
    desk.session.case.slept(3600.0)
    state = desk.session.state
    assert (state.phase, state.suspended, state.ai_visible) == (Phase.PAUSED, True, False)
    desk.clock.advance(30.0)
    desk.session.case.resume()
    desk.clock.advance(5.0)
    validate(desk)
    (read,) = desk.reads
    assert (read.times.raw_s, read.times.paused_s) == pytest.approx((3645.0, 3630.0))
    assert (read.times.reading_s, read.times.idle_s) == pytest.approx((15.0, 0.0))
    assert read.ai.shown_s == pytest.approx(10.0)
    flags = dict(read.responses)
    assert (flags["suspended"], flags["suspended_s"]) == ("1", "3600.0")


def test_sleep_during_a_pause_is_flagged_and_counted_once(sit_down: SitDown) -> None:
    desk = sit_down()
    open_case(desk)
    desk.session.case.pause()
    desk.clock.sleep(100.0)
    desk.session.case.slept(100.0)
    assert not desk.session.state.suspended
    desk.session.case.resume()
    validate(desk)
    (read,) = desk.reads
    assert read.times.paused_s == pytest.approx(100.0)
    assert dict(read.responses)["suspended_s"] == "100.0"


def test_sleep_at_the_gate_belongs_to_no_read(sit_down: SitDown) -> None:
    desk = sit_down()
    desk.session.case.slept(500.0)
    assert desk.payloads(EventType.READ_SUSPENDED) == []


@pytest.mark.parametrize("paused", [False, True])
def test_a_read_that_is_cut_off_after_sleep_knows_it_was_paused(
    sit_down: SitDown, paused: bool
) -> None:
    first = sit_down()
    open_case(first)
    first.clock.advance(20.0)
    if paused:
        first.session.case.pause()
    first.clock.sleep(900.0)
    first.session.case.slept(900.0)
    first.session.close()
    second = sit_down(days=1.0)
    open_case(second)
    second.clock.advance(4.0)
    validate(second)
    (read,) = second.reads
    assert (read.times.raw_s, read.times.paused_s) == pytest.approx((924.0, 900.0))


def test_the_record_says_when_the_computer_was_started(sit_down: SitDown) -> None:
    desk = sit_down()
    (opened,) = desk.payloads(EventType.SITTING_OPENED)
    assert opened["booted_utc"] == "2026-11-20T18:00:00.000000Z"
