"""Digits that were typed when a read was cut off: they stand there again and answer nothing."""

from collections.abc import Callable

import pytest

from study_design.record.events import Event, EventType, StoredEvent
from study_design.record.reads.half_typed import HalfTyped, half_typed
from study_design.record.reads.read_content import content_of
from study_design.record.reads.replay import open_read

MakeEvent = Callable[..., Event]
BOTH = ["rating_right", "rating_left"]


def stored(*events: Event) -> list[StoredEvent]:
    return [
        StoredEvent(number, event, "", "", "", 1, None) for number, event in enumerate(events, 1)
    ]


def test_the_digits_that_were_typed_last_stand_there_again(make_event: MakeEvent) -> None:
    events = stored(
        make_event(EventType.READ_OPENED),
        make_event(EventType.DIGITS_TYPED, items=BOTH, text="7", finding=None),
        make_event(EventType.DIGITS_TYPED, items=BOTH, text="72", finding=None),
        make_event(EventType.FOCUS_LOST),
    )
    assert half_typed(events) == HalfTyped(("rating_right", "rating_left"), "72", None)
    assert content_of(events).answers.rating_right is None
    pending = open_read(events, "junior1")
    assert pending is not None
    assert pending.half_typed == half_typed(events)


def test_digits_on_a_card_keep_their_finding(make_event: MakeEvent) -> None:
    event = make_event(EventType.DIGITS_TYPED, items=["finding_rating"], text="4", finding=2)
    assert half_typed(stored(event)) == HalfTyped(("finding_rating",), "4", 2)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (EventType.ANSWER_GIVEN, {"item": "rating", "value": 7.0}),
        (
            EventType.FINDING_DESCRIBED,
            {"finding": 1, "types": [], "birads": None, "rating": 7.0, "one_view_only": False},
        ),
        (EventType.MARK_REMOVED, {"mark": 1}),
        (EventType.DIGITS_TYPED, {"items": ["rating"], "text": "", "finding": None}),
    ],
)
def test_digits_that_were_taken_over_or_dropped_stand_there_no_more(
    make_event: MakeEvent, kind: EventType, payload: dict[str, object]
) -> None:
    typed = make_event(EventType.DIGITS_TYPED, items=["rating"], text="7", finding=None)
    assert half_typed(stored(typed)) is not None
    assert half_typed(stored(typed, make_event(kind, **payload))) is None


def test_a_read_without_digits_has_none() -> None:
    assert half_typed(()) is None
