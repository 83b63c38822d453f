"""Reads are what the events say, whenever the program was killed in between."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from study_design.errors import RecordError
from study_design.geometry import Box, Point
from study_design.reads import Answers, ReadTimes
from study_design.record.events import Event, EventType, JsonValue, StoredEvent
from study_design.record.reads.replay import open_read, progress_of, reads_of
from study_design.vocabulary import AbnormalityType, AiStatus, Role, View

MakeEvent = Callable[..., Event]
TIMES: dict[str, JsonValue] = {
    "raw_s": 60.5,
    "paused_s": 2.0,
    "idle_s": 0.0,
    "system_s": 0.5,
    "ai_first_shown_s": 4.0,
    "ai_shown_s": 6.0,
    "contradiction": "confirmed",
}


def stored(events: Iterable[Event]) -> tuple[StoredEvent, ...]:
    """Number events as the store would; replay does not look at hashes."""
    return tuple(
        StoredEvent(number, act, "", "", "", 1, None) for number, act in enumerate(events, 1)
    )


@pytest.fixture
def mark(make_event: MakeEvent) -> MakeEvent:
    def make(finding: int, number: int, view: str = "R-CC", **more: Any) -> Event:
        payload = {"types": ["mass"], "points": [[10, 20], [40.5, 60]], "shape": "box"} | more
        return make_event(
            EventType.MARK_PLACED,
            finding=finding,
            mark=number,
            view=view,
            image=f"C001_{view}",
            **payload,
        )

    return make


@pytest.fixture
def describe(make_event: MakeEvent) -> MakeEvent:
    def make(finding: int, rating: float | None, **more: Any) -> Event:
        payload = {"types": ["mass"], "birads": "4", "one_view_only": False} | more
        return make_event(EventType.FINDING_DESCRIBED, finding=finding, rating=rating, **payload)

    return make


@pytest.fixture
def answer(make_event: MakeEvent) -> MakeEvent:
    def make(item: str, value: JsonValue) -> Event:
        return make_event(EventType.ANSWER_GIVEN, item=item, value=value)

    return make


@pytest.fixture
def whole_read(make_event: MakeEvent) -> Callable[..., list[Event]]:
    """Open, paint, act, validate."""

    def make(*acts: Event, **opened: JsonValue) -> list[Event]:
        return [
            make_event(EventType.READ_OPENED, at_s=1.0, **opened),
            make_event(EventType.READ_PAINTED, at_s=1.5, latency_s=0.2),
            *acts,
            make_event(EventType.READ_VALIDATED, at_s=62.0, **TIMES),
        ]

    return make


def test_a_read_holds_what_was_marked_described_and_answered(
    whole_read: Callable[..., list[Event]],
    mark: MakeEvent,
    describe: MakeEvent,
    answer: MakeEvent,
) -> None:
    acts = [
        mark(1, 1),
        mark(1, 2, "R-MLO", types=["calcification"]),
        describe(1, 80, types=["mass", "distortion"], one_view_only=True),
        answer("birads_right", "4"),
        answer("rating_right", 80),
        answer("rating", 80.5),
        answer("density", "c"),
        answer("confidence", 4),
        answer("seen before", "no"),
    ]
    (read,) = reads_of(stored(whole_read(*acts)))
    (finding,) = read.findings
    assert finding.types == (AbnormalityType.MASS, AbnormalityType.DISTORTION)
    assert (finding.birads, finding.rating, finding.one_view_only) == ("4", 80.0, True)
    assert [placed.view for placed in finding.marks] == [View.R_CC, View.R_MLO]
    assert finding.marks[0].points == (Point(10, 20), Point(40.5, 60))
    assert finding.marks[0].box == Box(10, 20, 30.5, 40)
    assert read.answers == Answers(birads_right="4", rating_right=80.0, rating=80.5, density="c")
    assert read.responses == (("confidence", "4"), ("seen before", "no"), ("latency_s", "0.2"))


def test_a_read_knows_its_cell_its_ai_and_its_times(
    whole_read: Callable[..., list[Event]],
) -> None:
    (read,) = reads_of(stored(whole_read(gap_days=21.5, seen_before=True, threshold=0.3)))
    assert (read.read, read.step, read.reader, read.cell) == ("read-1", 1, "junior1", "R01-P1-001")
    assert (read.role, read.period, read.gap_days, read.seen_before) == (Role.TEST, 1, 21.5, True)
    assert (read.ai.system, read.ai.status, read.ai.threshold) == ("demo", AiStatus.FINDING, 0.3)
    assert (read.ai.first_shown_s, read.ai.shown_s) == (4.0, 6.0)
    assert read.times == ReadTimes(60.5, 2.0, 0.0, 0.5)
    assert read.times.reading_s == 58.5
    assert read.contradiction == "confirmed"
    assert read.opened_utc == "2026-11-20T09:00:01.000000Z"
    assert read.painted_utc == "2026-11-20T09:00:01.500000Z"
    assert read.validated_utc == "2026-11-20T09:01:02.000000Z"
    assert (read.first_event, read.last_event, read.utc_offset_min) == (1, 3, 60)


def test_a_removed_mark_drops_and_a_finding_without_marks_is_none(
    whole_read: Callable[..., list[Event]],
    make_event: MakeEvent,
    mark: MakeEvent,
    describe: MakeEvent,
) -> None:
    def remove(number: int) -> Event:
        return make_event(EventType.MARK_REMOVED, mark=number)

    acts = [mark(1, 1), mark(1, 2, "R-MLO"), mark(2, 3), describe(2, 10), remove(3), remove(1)]
    (read,) = reads_of(stored(whole_read(*acts)))
    assert [[m.mark for m in finding.marks] for finding in read.findings] == [[2]]
    (again,) = reads_of(stored(whole_read(*acts, mark(2, 4))))
    assert [(finding.finding, finding.rating) for finding in again.findings] == [
        (1, None),
        (2, None),
    ]


def test_a_mark_that_is_placed_again_moves_and_keeps_its_finding(
    whole_read: Callable[..., list[Event]], mark: MakeEvent, describe: MakeEvent
) -> None:
    acts = [mark(1, 1), describe(1, 70), mark(1, 1, points=[[5, 6]], types=["asymmetry"])]
    (read,) = reads_of(stored(whole_read(*acts)))
    (finding,) = read.findings
    assert finding.marks[0].points == (Point(5, 6),)
    assert (finding.types, finding.rating) == ((AbnormalityType.MASS,), 70)


def test_an_answer_taken_back_is_none(
    whole_read: Callable[..., list[Event]], answer: MakeEvent
) -> None:
    acts = [answer("rating", 5), answer("note", "x"), answer("rating", None), answer("note", None)]
    (read,) = reads_of(stored(whole_read(*acts)))
    assert read.answers == Answers()
    assert read.responses == (("latency_s", "0.2"),)


def test_a_read_that_was_not_validated_is_open_and_no_read(
    whole_read: Callable[..., list[Event]], mark: MakeEvent
) -> None:
    events = stored(whole_read(mark(1, 1))[:-1])
    assert reads_of(events) == ()
    pending = open_read(events, "junior1")
    assert pending is not None
    assert (pending.read, pending.cell, pending.case) == ("read-1", "R01-P1-001", "C001")
    assert len(pending.findings) == 1
    assert open_read(events, "senior1") is None
    assert open_read(stored(whole_read()), "junior1") is None


def test_the_time_of_a_sitting_that_broke_off_runs_from_its_paint_to_its_last_event(
    make_event: MakeEvent,
) -> None:
    def act(kind: EventType, at_s: float, sitting: str = "one", **payload: JsonValue) -> Event:
        read = None if kind is EventType.SITTING_CLOSED else "read-1"
        return make_event(kind, at_s=at_s, sitting=sitting, read=read, **payload)

    first = [
        act(EventType.READ_OPENED, 5),
        act(EventType.READ_PAINTED, 6, latency_s=0.1),
        act(EventType.AI_SHOWN, 8),
        act(EventType.AI_HIDDEN, 9),
        act(EventType.AI_SHOWN, 10),
        act(EventType.READ_PAUSED, 14),
        act(EventType.READ_RESUMED, 24),
        act(EventType.SITTING_CLOSED, 26),
    ]
    second = [
        act(EventType.READ_OPENED, 1, "two", again=1),
        act(EventType.READ_PAINTED, 2, "two", latency_s=0.1),
        act(EventType.READ_PAUSED, 5, "two"),
        act(EventType.SITTING_CLOSED, 9, "two"),
    ]
    pending = open_read(stored([*first, *second]), "junior1")
    assert pending is not None
    assert pending.openings == 2
    assert [stretch.raw_s for stretch in pending.stretches] == [20, 7]
    assert pending.times == ReadTimes(27.0, 14.0, 0.0, 0.0)
    assert (pending.ai_first_shown_s, pending.ai_shown_s) == (2.0, 5.0)


def test_ai_that_is_first_shown_in_a_later_sitting_counts_from_the_first_paint(
    make_event: MakeEvent,
) -> None:
    events = [
        make_event(EventType.READ_OPENED, at_s=0),
        make_event(EventType.READ_PAINTED, at_s=1, latency_s=0.1),
        make_event(EventType.READ_OPENED, at_s=0, sitting="two", again=1),
        make_event(EventType.READ_PAINTED, at_s=2, sitting="two", latency_s=0.1),
        make_event(EventType.AI_SHOWN, at_s=3.5, sitting="two"),
    ]
    events.insert(2, make_event(EventType.ANSWER_GIVEN, at_s=11, item="rating", value=1))
    pending = open_read(stored(events), "junior1")
    assert pending is not None
    assert pending.ai_first_shown_s == 11.5


def test_a_sitting_that_never_painted_takes_no_time(make_event: MakeEvent) -> None:
    pending = open_read(stored([make_event(EventType.READ_OPENED, at_s=4)]), "junior1")
    assert pending is not None
    assert pending.stretches == ()
    assert pending.painted_utc is None
    assert pending.times.raw_s == 0


def test_a_read_that_was_opened_again_says_how_often_it_was_interrupted(
    whole_read: Callable[..., list[Event]], make_event: MakeEvent
) -> None:
    again = make_event(EventType.READ_OPENED, at_s=30, sitting="two", again=1)
    (read,) = reads_of(stored(whole_read(again)))
    assert read.responses == (("latency_s", "0.2"), ("interrupted", "1"))
    assert read.opened_utc == "2026-11-20T09:00:01.000000Z"


def test_what_follows_the_validation_is_not_part_of_the_read(
    whole_read: Callable[..., list[Event]], answer: MakeEvent
) -> None:
    late = [*whole_read(answer("rating", 5)), answer("rating", 99)]
    (read,) = reads_of(stored(late))
    assert read.answers.rating == 5


def test_two_steps_of_a_read_are_two_rows(
    whole_read: Callable[..., list[Event]], answer: MakeEvent
) -> None:
    first = whole_read(answer("rating", 5))
    second = whole_read(answer("rating", 60), step=2)
    reads = reads_of(stored([*first, *second]))
    assert [(read.step, read.answers.rating) for read in reads] == [(1, 5), (2, 60)]


def test_progress_counts_cells_and_tells_nothing_of_the_answers(
    whole_read: Callable[..., list[Event]], make_event: MakeEvent
) -> None:
    pending = make_event(EventType.READ_OPENED, read="read-2", cell="R01-P1-002")
    other = make_event(EventType.READ_OPENED, read="read-3", actor="senior1")
    (junior, senior) = progress_of(stored([*whole_read(), pending, other]))
    assert (junior.reader, junior.cells, junior.open_cell) == (
        "junior1",
        ("R01-P1-001",),
        "R01-P1-002",
    )
    assert junior.median_active_s == 58.5
    assert (senior.cells, senior.median_active_s, senior.last_validated_utc) == ((), None, None)


@pytest.mark.parametrize(
    ("item", "value"), [("birads_right", 4), ("rating", "high"), ("rating", True)]
)
def test_an_answer_that_is_none_of_its_item_is_named(
    whole_read: Callable[..., list[Event]], answer: MakeEvent, item: str, value: JsonValue
) -> None:
    with pytest.raises(RecordError, match=rf"Event 3 \(answer_given\) .* as {item}, got"):
        reads_of(stored(whole_read(answer(item, value))))


# Random acts of a reader, as (name, finding or item, mark or value).
acts = st.lists(
    st.one_of(
        st.tuples(st.just("mark"), st.integers(1, 3), st.integers(1, 5)),
        st.tuples(st.just("remove"), st.just(0), st.integers(1, 5)),
        st.tuples(st.just("describe"), st.integers(1, 3), st.integers(0, 100)),
        st.tuples(st.just("rating"), st.just(0), st.integers(0, 100)),
    ),
    max_size=25,
)
fixtures_are_pure = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@fixtures_are_pure
@given(acts, st.data())
def test_a_read_that_was_killed_anywhere_and_resumed_says_the_same(
    make_event: MakeEvent,
    whole_read: Callable[..., list[Event]],
    mark: MakeEvent,
    describe: MakeEvent,
    answer: MakeEvent,
    given_acts: list[tuple[str, int, int]],
    data: st.DataObject,
) -> None:
    makers: dict[str, Callable[[int, int], Event]] = {
        "mark": lambda finding, number: mark(finding, number),
        "remove": lambda _, number: make_event(EventType.MARK_REMOVED, mark=number),
        "describe": lambda finding, rating: describe(finding, rating),
        "rating": lambda _, value: answer("rating", value),
    }
    events = whole_read(*(makers[name](first, second) for name, first, second in given_acts))
    (straight,) = reads_of(stored(events))

    cut = data.draw(st.integers(1, len(events) - 1))
    pending = open_read(stored(events[:cut]), "junior1")
    assert pending is not None
    rest = [replace(act, sitting="two") for act in events[cut:]]
    again = make_event(EventType.READ_OPENED, sitting="two", again=pending.openings)
    (resumed,) = reads_of(stored([*events[:cut], again, *rest]))

    assert resumed.findings == straight.findings
    assert resumed.answers == straight.answers
    assert resumed.times == straight.times
    assert dict(resumed.responses)["interrupted"] == "1"
    assert all(finding.marks for finding in straight.findings)
    marks = [m.mark for finding in straight.findings for m in finding.marks]
    described = {finding.finding for finding in straight.findings if finding.rating is not None}
    assert described <= {number for name, number, _ in given_acts if name == "describe"}
    assert set(marks) <= {number for name, _, number in given_acts if name == "mark"}
