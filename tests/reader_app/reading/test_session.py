"""A sitting on a real record: every act is written down, and every kind of time has its column."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from reader_app.reading.session_state import Phase
from study_design.errors import ProtocolError, RecordError, WashoutError
from study_design.geometry import Point
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.events import EventType
from study_design.record.payloads.staff import CaseWithdrawn, StudyFrozen
from study_design.vocabulary import AbnormalityType, View

SitDown = Callable[..., Any]
MASS = (AbnormalityType.MASS,)


def open_case(desk: Any) -> None:
    desk.session.open_case()
    desk.session.painted(0.05)


def answer_all(desk: Any) -> None:
    for item in ("birads_right", "birads_left"):
        desk.session.case.answer(item, "1")
    for item in ("rating_right", "rating_left"):
        desk.session.case.answer(item, 3.0)
    desk.session.show_summary()


def validate(desk: Any) -> None:
    answer_all(desk)
    desk.session.validate()


def mark(desk: Any, view: View = View.R_CC) -> Any:
    return desk.session.case.place_mark(view, view.value, points=(Point(10.0, 20.0),), types=MASS)


def test_a_read_is_in_the_record_when_validate_returns(sit_down: SitDown) -> None:
    desk = sit_down()
    open_case(desk)
    validate(desk)
    (read,) = desk.reads
    assert (read.case, read.answers.rating, read.answers.birads_exam) == ("C001", 3.0, "1")
    assert desk.session.state.phase is Phase.GATE
    assert desk.session.state.progress.position == 2


def test_after_the_last_case_the_session_is_finished(sit_down: SitDown) -> None:
    desk = sit_down()
    for _ in range(3):
        open_case(desk)
        validate(desk)
    assert desk.session.state.phase is Phase.FINISHED
    assert desk.session.upcoming(2) == ()
    assert desk.session.opens_at is None


def test_a_withdrawn_case_is_met_no_more_and_what_was_begun_of_it_is_left(
    sit_down: SitDown,
) -> None:
    desk = sit_down()
    open_case(desk)
    withdrawn = CaseWithdrawn("C001", "consent withdrawn")
    act = staff_act(withdrawn, by=Actor("C"), now=desk.clock.now())
    desk.store.append(act)
    again = sit_down()
    assert not again.session.state.again
    for place in (1, 2):
        # Counted without the case that is gone, and offered again under the same number.
        progress = again.session.state.progress
        assert (progress.position, progress.total) == (place, 2)
        open_case(again)
        validate(again)
        assert again.session.state.offer.position == place
    assert [read.case for read in again.reads] == ["C002", "C003"]
    assert again.session.state.phase is Phase.FINISHED


def test_ai_is_asked_for_in_an_arm_with_ai_only(sit_down: SitDown) -> None:
    unaided, aided = sit_down(arm="unaided"), sit_down(arm="aided")
    open_case(unaided)
    assert unaided.asked == []
    assert unaided.session.state.ai is None
    unaided.session.case.toggle_ai()
    assert not unaided.session.state.ai_visible
    assert unaided.payloads(EventType.AI_SHOWN) == []
    open_case(aided)
    assert [assignment.case for assignment in aided.asked] == ["C001"]


def test_the_record_says_how_long_ai_marks_were_shown(sit_down: SitDown) -> None:
    desk = sit_down(arm="aided")
    open_case(desk)
    desk.clock.advance(5.0)
    desk.session.case.toggle_ai()
    desk.clock.advance(7.0)
    desk.session.case.toggle_ai()
    desk.clock.advance(3.0)
    desk.session.case.toggle_ai()
    desk.clock.advance(2.0)
    validate(desk)
    (read,) = desk.reads
    assert read.ai.first_shown_s == pytest.approx(5.0)
    assert read.ai.shown_s == pytest.approx(9.0)


def test_a_pause_hides_the_ai_and_stops_the_reading_time(sit_down: SitDown) -> None:
    desk = sit_down(arm="aided")
    open_case(desk)
    desk.session.case.toggle_ai()
    desk.clock.advance(10.0)
    desk.session.case.pause()
    assert not desk.session.state.ai_visible
    desk.clock.advance(600.0)
    desk.session.case.resume()
    desk.clock.advance(4.0)
    validate(desk)
    (read,) = desk.reads
    assert read.times.raw_s == pytest.approx(614.0)
    assert read.times.paused_s == pytest.approx(600.0)
    assert read.times.reading_s == pytest.approx(14.0)
    assert read.ai.shown_s == pytest.approx(10.0)


def test_an_interrupted_read_goes_on_with_its_marks_and_its_time(sit_down: SitDown) -> None:
    first = sit_down()
    open_case(first)
    first.clock.advance(30.0)
    found = mark(first)
    second = sit_down()
    assert second.session.state.again
    open_case(second)
    assert second.session.state.draft.findings == (found,)
    second.clock.advance(12.0)
    second.session.case.describe_finding(replace(found, birads="1", rating=2.0))
    validate(second)
    (read,) = second.reads
    assert read.times.raw_s == pytest.approx(42.0)
    assert dict(read.responses)["interrupted"] == "1"
    assert not read.seen_before
    assert second.session.state.progress.position == 2


def test_a_read_that_lacks_an_answer_is_not_validated(sit_down: SitDown) -> None:
    desk = sit_down()
    open_case(desk)
    desk.session.case.answer("birads_right", "1")
    desk.session.show_summary()
    with pytest.raises(ProtocolError, match="birads left is still missing"):
        desk.session.validate()
    assert desk.reads == ()


def test_an_incomplete_finding_stops_the_summary(sit_down: SitDown) -> None:
    desk = sit_down()
    open_case(desk)
    mark(desk)
    with pytest.raises(ProtocolError, match="Finding 1 lacks"):
        desk.session.show_summary()


def test_a_clock_that_was_set_back_is_refused(sit_down: SitDown, folder: Any) -> None:
    late = sit_down()
    late.clock.advance(86_400.0)
    open_case(late)
    with pytest.raises(WashoutError, match="Set the clock right"):
        sit_down()
    assert folder.record.is_file()


def test_an_act_that_does_not_belong_to_the_phase_is_a_mistake(sit_down: SitDown) -> None:
    desk = sit_down()
    with pytest.raises(RuntimeError, match="not while gate"):
        desk.session.case.pause()


def test_a_long_wait_is_a_stall_and_a_short_one_is_not(sit_down: SitDown) -> None:
    desk = sit_down()
    desk.session.case.waited(99.0, desk.clock.monotonic_s())
    open_case(desk)
    desk.clock.advance(1.0)
    desk.session.case.waited(0.2, desk.clock.monotonic_s())
    desk.clock.advance(5.0)
    desk.session.case.waited(4.5, desk.clock.monotonic_s())
    validate(desk)
    (read,) = desk.reads
    assert read.times.system_s == pytest.approx(4.7)
    assert dict(read.responses)["stalls"] == "1"
    assert dict(read.responses)["stall_longest_s"] == "4.5"


def test_a_stall_of_a_sitting_that_was_cut_off_is_not_forgotten(sit_down: SitDown) -> None:
    first = sit_down()
    open_case(first)
    first.clock.advance(5.0)
    first.session.case.waited(4.5, first.clock.monotonic_s())
    second = sit_down()
    open_case(second)
    second.clock.advance(1.0)
    second.session.case.waited(0.5, second.clock.monotonic_s())
    validate(second)
    (read,) = second.reads
    assert read.times.system_s == pytest.approx(5.0)
    assert dict(read.responses)["stalls"] == "1"


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
