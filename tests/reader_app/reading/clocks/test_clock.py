"""Every kind of time lands where it belongs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader_app.reading.clocks.clock import ReadClock, SimulatedClock
from study_design.reads import ReadTimes


def test_raw_time_runs_from_the_first_paint_to_the_validation() -> None:
    clock = ReadClock()
    clock.start(100.0)
    assert clock.times(130.5).raw_s == pytest.approx(30.5)


def test_a_pause_is_no_reading_time() -> None:
    clock = ReadClock()
    clock.start(0.0)
    clock.pause(10.0)
    clock.resume(310.0)
    times = clock.times(320.0)
    assert times.paused_s == pytest.approx(300.0)
    assert times.reading_s == pytest.approx(20.0)


def test_a_pause_that_still_runs_counts() -> None:
    clock = ReadClock()
    clock.start(0.0)
    clock.pause(10.0)
    assert clock.times(25.0).paused_s == pytest.approx(15.0)


def test_a_stretch_without_input_is_idle_from_a_minute_on_and_is_not_subtracted() -> None:
    clock = ReadClock()
    clock.start(0.0)
    clock.input(59.9)
    clock.input(119.9)
    times = clock.times(130.0)
    assert times.idle_s == pytest.approx(60.0)
    assert times.reading_s == pytest.approx(130.0)
    assert times.active_s == pytest.approx(70.0)


def test_a_pause_is_not_idle() -> None:
    clock = ReadClock()
    clock.start(0.0)
    clock.pause(5.0)
    clock.input(100.0)
    clock.resume(400.0)
    assert clock.times(410.0).idle_s == 0.0


def test_waits_for_the_machine_are_reported_and_not_subtracted() -> None:
    clock = ReadClock()
    clock.start(0.0)
    clock.waited(1.5, 4.0)
    clock.waited(0.5, 8.0)
    assert clock.times(10.0).system_s == pytest.approx(2.0)
    assert clock.times(10.0).reading_s == pytest.approx(10.0)


def test_a_wait_counts_from_the_first_paint_on_and_not_within_a_pause() -> None:
    clock = ReadClock()
    clock.waited(1.0, 2.0)
    clock.start(10.0)
    clock.waited(5.0, 11.0)
    clock.pause(30.0)
    clock.waited(5.0, 34.0)
    clock.waited(3.0, 39.0)
    assert clock.times(60.0).system_s == pytest.approx(1.0 + 1.0)
    clock.resume(50.0)
    assert clock.waited(23.0, 52.0) == pytest.approx(1.0 + 2.0)
    assert clock.times(60.0).system_s == pytest.approx(1.0 + 3.0)
    assert clock.times(60.0).paused_s == pytest.approx(20.0)


@given(st.permutations([(3.0, 20.0), (0.1, 19.0), (2.0, 20.5), (2.9, 20.0), (0.5, 17.2)]))
def test_one_wait_seen_from_several_sides_counts_once_and_is_one_stall(
    waits: list[tuple[float, float]],
) -> None:
    clock = ReadClock()
    clock.start(0.0)
    told = [clock.waited(seconds, until_s) for seconds, until_s in waits]
    assert clock.times(30.0).system_s == pytest.approx(20.5 - 16.7)
    assert [seconds for seconds in told if seconds] == [3.0]


def test_a_stall_within_a_stall_is_told_where_as_much_again_was_waited() -> None:
    clock = ReadClock()
    clock.start(0.0)
    assert clock.waited(4.0, 10.0) == 4.0
    assert clock.waited(4.0, 10.5) == 0.0
    assert clock.waited(6.0, 14.0) == 6.0


def test_a_read_that_was_cut_off_goes_on_where_it_stood() -> None:
    clock = ReadClock(earlier=ReadTimes(40.0, 10.0, 0.0, 0.0))
    clock.start(1000.0)
    assert clock.times(1005.0).raw_s == pytest.approx(45.0)
    assert clock.times(1005.0).paused_s == pytest.approx(10.0)
    assert clock.since_start_s(1005.0) == pytest.approx(45.0)


@given(st.lists(st.tuples(st.sampled_from(["input", "pause", "resume"]), st.floats(0.0, 200.0))))
def test_whatever_happens_the_parts_never_exceed_the_whole(acts: list[tuple[str, float]]) -> None:
    clock, at_s = ReadClock(), 0.0
    clock.start(at_s)
    paused = False
    for act, after_s in acts:
        at_s += after_s
        if act == "pause" and not paused:
            clock.pause(at_s)
            paused = True
        elif act == "resume":
            clock.resume(at_s)
            paused = False
        else:
            clock.input(at_s)
    times = clock.times(at_s)
    assert times.paused_s >= 0
    assert times.idle_s >= 0
    assert times.active_s >= -1e-6
    assert times.reading_s <= times.raw_s + 1e-6


def test_a_simulated_clock_moves_only_when_told() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    clock = SimulatedClock(start)
    assert clock.now() == start
    clock.advance(90.0)
    assert clock.monotonic_s() == 90.0
    clock.advance_to(start + timedelta(days=21))
    assert clock.now() == start + timedelta(days=21)
    assert clock.monotonic_s() == pytest.approx(21 * 86400)
