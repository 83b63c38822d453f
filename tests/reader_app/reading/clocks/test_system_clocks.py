"""The two clocks of this computer."""

from datetime import UTC, datetime

from reader_app.reading.clocks.clock import StationClock
from reader_app.reading.clocks.system_clocks import awake_s, elapsed_s


def test_both_clocks_run_at_the_same_pace_while_the_computer_is_awake() -> None:
    first, second = (elapsed_s(), awake_s()), (elapsed_s(), awake_s())
    assert second[0] >= first[0]
    assert second[1] >= first[1]
    assert abs((second[0] - first[0]) - (second[1] - first[1])) < 0.1


def test_the_clock_that_goes_on_in_sleep_is_never_behind_the_other() -> None:
    awake = awake_s()
    assert elapsed_s() >= awake - 0.001


def test_the_computer_was_started_before_now() -> None:
    assert StationClock().booted() < datetime.now(UTC)
