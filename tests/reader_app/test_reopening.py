"""A read that is done again, from the gate to the tables: on a real record."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from reader_app.reading.sitting_state import Phase
from study_design.errors import CrossreadError, ProtocolError
from study_design.geometry import Point
from study_design.life.reopening import check_reopening, reopening, reopening_key
from study_design.record.actor import Actor
from study_design.record.acts import staff_act
from study_design.record.events import EventType
from study_design.record.reads.replay import progress_of
from study_design.vocabulary import AbnormalityType, ReadStatus, View

SitDown = Callable[..., Any]


def read_case(desk: Any, rating: float = 3.0) -> None:
    desk.session.open_case()
    desk.session.painted(0.05)
    desk.clock.advance(20.0)
    for side in ("right", "left"):
        desk.session.case.answer(f"birads_{side}", "1")
        desk.session.case.answer(f"rating_{side}", rating)
    desk.session.show_summary()
    desk.session.validate()


def reopen(desk: Any, read: Any) -> None:
    act = staff_act(
        reopening(read, "wrong case on the desk"),
        by=Actor("Coordinator"),
        now=desk.clock.now(),
        once=reopening_key(read.read),
    )
    desk.store.append(replace(act, read=read.read))


def test_the_last_read_is_done_again_and_superseded(sit_down: SitDown) -> None:
    desk = sit_down()
    read_case(desk, 3.0)
    desk.clock.advance(60.0)
    offer = desk.session.state.offer
    assert (offer.position, offer.chosen) == (1, False)
    desk.session.choose_reopening()
    assert desk.session.state.redo
    assert desk.session.upcoming(2) == ("C001", "C002")
    desk.session.open_case()
    desk.session.painted(0.05)
    assert desk.session.state.answers.rating == 3.0
    desk.clock.advance(7.0)
    desk.session.case.answer("rating_left", 40.0)
    desk.session.show_summary()
    desk.session.validate()
    old, new = desk.reads
    assert (old.status, new.status) == (ReadStatus.SUPERSEDED, ReadStatus.FINAL)
    assert new.supersedes == old.read
    assert (old.answers.rating, new.answers.rating) == (3.0, 40.0)
    assert (old.times.raw_s, new.times.raw_s) == (20.0, 7.0)
    assert desk.session.state.assignment.case == "C002"


def test_a_read_that_is_done_again_has_not_been_seen_before(sit_down: SitDown) -> None:
    desk = sit_down()
    read_case(desk)
    desk.session.choose_reopening()
    read_case(desk)
    assert [(read.seen_before, read.gap_days) for read in desk.reads] == [(False, None)] * 2


def test_nothing_is_written_before_the_case_is_opened_again(sit_down: SitDown) -> None:
    desk = sit_down()
    read_case(desk)
    desk.session.choose_reopening()
    desk.session.choose_reopening()
    assert desk.session.state.assignment.case == "C002"
    assert desk.payloads(EventType.READ_REOPENED) == []


def test_the_time_to_reopen_comes_to_an_end_at_the_gate(sit_down: SitDown) -> None:
    desk = sit_down()
    read_case(desk)
    desk.clock.advance(599.0)
    desk.session.choose_reopening()
    desk.clock.advance(2.0)
    with pytest.raises(ProtocolError, match="is over"):
        desk.session.open_case()
    assert desk.session.state.assignment.case == "C002"
    assert desk.session.state.offer is None
    with pytest.raises(ProtocolError, match="Ask the coordinator"):
        desk.session.choose_reopening()
    assert desk.payloads(EventType.READ_REOPENED) == []


def test_the_protocol_can_forbid_it(sit_down: SitDown) -> None:
    desk = sit_down(design={"reopen_minutes": 0.0})
    read_case(desk)
    desk.clock.advance(1.0)
    assert desk.session.state.offer is None


def test_only_the_last_read_is_offered_and_a_second_time_only_its_successor(
    sit_down: SitDown,
) -> None:
    desk = sit_down()
    read_case(desk)
    read_case(desk)
    assert desk.session.state.offer.position == 2
    desk.session.choose_reopening()
    read_case(desk, 50.0)
    desk.session.choose_reopening()
    read_case(desk, 45.0)
    assert [read.status for read in desk.reads[1:]] == ["superseded", "superseded", "final"]
    assert [read.supersedes for read in desk.reads[1:]] == [
        None,
        desk.reads[1].read,
        desk.reads[2].read,
    ]


def test_the_last_case_of_all_can_be_done_again(sit_down: SitDown) -> None:
    desk = sit_down(cases=("C001",))
    read_case(desk)
    assert desk.session.state.phase is Phase.FINISHED
    desk.session.choose_reopening()
    assert desk.session.state.phase is Phase.GATE
    read_case(desk, 50.0)
    assert desk.session.state.phase is Phase.FINISHED
    assert desk.session.state.offer is not None


def test_a_read_that_is_done_again_and_broken_off_goes_on(sit_down: SitDown) -> None:
    first = sit_down()
    read_case(first)
    first.session.choose_reopening()
    first.session.open_case()
    first.session.painted(0.05)
    first.session.case.place_mark(
        View.R_CC, "R-CC", points=(Point(1.0, 2.0),), types=(AbnormalityType.MASS,)
    )
    second = sit_down()
    second.clock.advance(3600.0)
    assert (second.session.state.again, second.session.state.assignment.case) == (True, "C001")
    assert second.session.state.offer is None
    assert [read.status for read in second.reads] == [ReadStatus.FINAL]
    (progress,) = progress_of(second.store.events())
    assert (progress.cells, progress.open_cell) == (("R01-P1-001",), "R01-P1-001")
    second.session.open_case()
    second.session.painted(0.05)
    (found,) = second.session.state.draft.findings
    second.session.case.describe_finding(replace(found, birads="4", rating=80.0))
    second.session.case.answer("birads_right", None)
    second.session.case.answer("rating_right", None)
    second.session.show_summary()
    second.session.validate()
    old, new = second.reads
    assert (new.supersedes, new.answers.rating) == (old.read, 80.0)
    assert second.session.state.assignment.case == "C002"


def test_what_the_coordinator_reopens_comes_first_at_the_next_sitting(sit_down: SitDown) -> None:
    first = sit_down()
    read_case(first)
    read_case(first)
    first.clock.advance(86_400.0)
    reopen(first, first.reads[0])
    second = sit_down()
    second.clock.advance(90_000.0)
    assert second.session.state.assignment.case == "C001"
    assert second.session.state.redo
    second.session.check_open()
    read_case(second, 42.0)
    assert [read.status for read in second.reads] == ["superseded", "final", "final"]
    assert second.reads[2].supersedes == second.reads[0].read
    assert second.session.state.assignment.case == "C003"


def test_an_unaided_read_is_not_changed_after_the_reader_has_met_the_case_with_ai(
    sit_down: SitDown,
) -> None:
    unaided = sit_down(arm="unaided", cases=("C001",))
    read_case(unaided)
    aided = sit_down(arm="aided", cases=("C001",), period=2)
    aided.clock.advance(30 * 86_400.0)
    aided.session.open_case()
    with pytest.raises(ProtocolError, match="has met case C001 again"):
        check_reopening(unaided.reads[0], aided.store.events())
    later = sit_down(arm="unaided", cases=("C001",), design={"reopen_minutes": 1e6}, days=31)
    assert later.session.state.offer is None


def test_two_sittings_cannot_both_take_the_place_of_a_read(sit_down: SitDown) -> None:
    desk = sit_down()
    read_case(desk)
    other = sit_down()
    other.clock.advance(30.0)
    for sitting in (desk, other):
        sitting.session.choose_reopening()
    read_case(desk, 10.0)
    with pytest.raises(CrossreadError):
        other.session.open_case()
    assert [read.status for read in desk.reads] == ["superseded", "final"]
