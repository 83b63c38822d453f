"""Events as observations of time: which counter they share, and what is left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from study_design.record.actor import Actor
from study_design.record.acts import staff_act, utc_text
from study_design.record.clocks.history import ClockHistory
from study_design.record.clocks.observed import observations
from study_design.record.events import Event, EventPayload, EventType, StoredEvent
from study_design.record.payloads.form import payload_of
from study_design.record.payloads.reading import (
    AnswerGiven,
    FocusLost,
    SittingClosed,
    SittingOpened,
    TimeWitnessed,
)
from study_design.record.payloads.staff import DateAttested
from study_design.record.payloads.station import Station

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = 3600.0


def written(*events: Event) -> list[StoredEvent]:
    return [StoredEvent(n, event, "", "", "", 2, None) for n, event in enumerate(events, start=1)]


def act(
    payload: EventPayload, *, wall_s: float, elapsed_s: float = 0.0, sitting: str = "one"
) -> Event:
    plain = staff_act(payload, by=Actor("R01"), now=MORNING + timedelta(seconds=wall_s))
    return replace(plain, sitting=sitting, elapsed_s=elapsed_s)


def sat_down(
    *,
    wall_s: float,
    since_boot_s: float | None,
    boot: str = "",
    machine: str = "desk",
    clock: str = "local",
    sitting: str = "one",
) -> Event:
    booted = utc_text(MORNING + timedelta(seconds=wall_s - (since_boot_s or 0.0)))
    station = Station(machine, boot, since_boot_s)
    return act(SittingOpened("", clock, "", booted, station), wall_s=wall_s, sitting=sitting)


def counters(*events: Event) -> list[tuple[str, float]]:
    return [(seen.line, seen.counter_s) for seen in observations(written(*events))]


def test_what_happens_in_a_sitting_has_the_counter_of_its_computer() -> None:
    closed = act(SittingClosed(), wall_s=70, elapsed_s=70)
    assert counters(sat_down(wall_s=0, since_boot_s=500, boot="b"), closed) == [
        ("desk/b", 500),
        ("desk/b", 570),
    ]


def test_acts_inside_a_read_are_kept_only_where_the_clock_was_set() -> None:
    went_on = act(AnswerGiven("x", None), wall_s=10, elapsed_s=10)
    was_set = act(FocusLost(), wall_s=400, elapsed_s=20)
    seen = list(observations(written(sat_down(wall_s=0, since_boot_s=500), went_on, was_set)))
    assert [one.number for one in seen] == [1, 3]
    (jump,) = ClockHistory(seen).jumps
    assert jump.size_s == 380


def test_acts_of_the_staff_have_a_date_and_no_counter() -> None:
    assert counters(staff_act(SittingClosed(), by=Actor("Ann"), now=MORNING)) == [("", 0)]


@pytest.mark.parametrize("payload", [DateAttested("right", station=Station("desk", "b", 900.0))])
def test_a_word_says_that_the_clock_is_right(payload: DateAttested) -> None:
    (seen,) = observations(written(act(payload, wall_s=30)))
    assert (seen.line, seen.counter_s) == ("desk/b", 900.0)
    assert seen.anchor is not None
    assert (seen.anchor.true_s, seen.anchor.basis) == (seen.wall_s, "attested")


def test_a_time_server_says_the_true_time() -> None:
    payload = TimeWitnessed("ntp://x", utc_text(MORNING), 0.0, 0.1, Station("desk", "b", 900.0))
    (seen,) = observations(written(act(payload, wall_s=8000)))
    assert seen.anchor is not None
    assert (seen.anchor.true_s, seen.anchor.who) == (MORNING.timestamp(), "ntp://x")


def test_a_simulated_clock_is_left_out_with_all_that_follows_in_its_sitting() -> None:
    opened = sat_down(wall_s=0, since_boot_s=0.0, clock="simulated")
    said = TimeWitnessed("ntp://x", utc_text(MORNING), 0.0, 0.1, Station("desk", "b", 900.0))
    closed = act(SittingClosed(), wall_s=1e6, elapsed_s=5)
    assert counters(opened, act(said, wall_s=1), closed) == []


@pytest.mark.parametrize(
    ("second", "same"),
    [
        ({"wall_s": HOUR, "since_boot_s": HOUR + 500}, True),
        ({"wall_s": HOUR, "since_boot_s": 300}, False),
        ({"wall_s": HOUR, "since_boot_s": HOUR + 500, "machine": "other"}, False),
        # On since before the sitting before: no new start can be, so the clock was set.
        ({"wall_s": 22 * 24 * HOUR, "since_boot_s": 23 * 24 * HOUR}, True),
    ],
)
def test_a_start_without_a_name_is_known_by_when_it_was(second: Any, same: bool) -> None:
    first = sat_down(wall_s=0, since_boot_s=500)
    lines = counters(first, sat_down(**second, sitting="two"))
    assert (lines[0][0] == lines[1][0]) is same


def test_a_record_of_an_earlier_form_says_when_the_computer_was_started() -> None:
    text = (
        '{"booted_utc":"2026-11-20T08:00:00.000000Z","clock":"local","screen":"",'
        '"software_version":"0.1.0"}'
    )
    opened = act(payload_of(EventType.SITTING_OPENED, 1, text), wall_s=0)
    closed = act(SittingClosed(), wall_s=22 * 24 * HOUR, elapsed_s=60)
    seen = list(observations(written(opened, closed)))
    assert [one.counter_s for one in seen] == [HOUR, HOUR + 60]
    (jump,) = ClockHistory(seen).jumps
    assert jump.size_s == 22 * 24 * HOUR - 60
