"""What a reviewer should know of how a read went: latency, stalls, lost focus, interruptions."""

from collections.abc import Callable

from study_design.record.events import Event, EventType, StoredEvent
from study_design.record.reads.flags import flags_of

MakeEvent = Callable[..., Event]


def stored(*events: Event) -> list[StoredEvent]:
    return [
        StoredEvent(number, event, "", "", "", 1, None) for number, event in enumerate(events, 1)
    ]


def test_the_latency_of_every_case_is_kept(make_event: MakeEvent) -> None:
    events = stored(
        make_event(EventType.READ_OPENED), make_event(EventType.READ_PAINTED, latency_s=0.031)
    )
    assert flags_of(events) == (("latency_s", "0.031"),)


def test_of_several_openings_the_longest_latency_counts(make_event: MakeEvent) -> None:
    events = stored(
        make_event(EventType.READ_OPENED),
        make_event(EventType.READ_PAINTED, latency_s=0.2),
        make_event(EventType.READ_OPENED, sitting="two", again=1),
        make_event(EventType.READ_PAINTED, sitting="two", latency_s=0.1),
    )
    assert flags_of(events) == (("latency_s", "0.2"), ("interrupted", "1"))


def test_lost_focus_is_added_up_over_its_spans_and_sittings(make_event: MakeEvent) -> None:
    def at(kind: EventType, at_s: float, sitting: str = "one") -> Event:
        return make_event(kind, at_s=at_s, sitting=sitting)

    events = stored(
        at(EventType.READ_OPENED, 0.0),
        at(EventType.FOCUS_LOST, 10.0),
        at(EventType.FOCUS_RETURNED, 12.5),
        at(EventType.FOCUS_LOST, 20.0),
        at(EventType.READ_PAUSED, 21.0),
        at(EventType.READ_OPENED, 3.0, "two"),
        at(EventType.FOCUS_LOST, 4.0, "two"),
        at(EventType.FOCUS_RETURNED, 5.0, "two"),
    )
    assert dict(flags_of(events))["focus_lost_s"] == repr(2.5 + 1.0 + 1.0)


def test_stalls_are_counted_and_the_longest_is_named(make_event: MakeEvent) -> None:
    events = stored(
        make_event(EventType.READ_OPENED),
        make_event(EventType.READ_STALLED, seconds=3.5),
        make_event(EventType.READ_STALLED, seconds=9.0),
    )
    assert flags_of(events) == (("stalls", "2"), ("stall_longest_s", "9.0"))
