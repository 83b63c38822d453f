"""A sitting on a real record: every act is written down, and every kind of time has its column."""

from dataclasses import replace
from typing import Any

import pytest
from given_sitting import SitDown, mark, open_case, validate

from reader_app.reading.sitting_state import Phase
from study_design.errors import ProtocolError, WashoutError
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.events import EventType
from study_design.record.payloads.staff import CaseWithdrawn


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
