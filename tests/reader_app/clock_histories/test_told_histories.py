"""Single histories of clocks: what the desk says, and what `verify` says afterwards."""

import random
from collections.abc import Callable
from datetime import timedelta, timezone
from typing import Any

import pytest

from study_design.vocabulary import GapBasis

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
WORD = "Ask the coordinator: crossread attest STUDY --by NAME --reason TEXT --clock"


@pytest.fixture
def world(a_world: Callable[[random.Random], Any]) -> Any:
    """A study that was locked this morning, nothing read yet."""
    made = a_world(random.Random(1))
    made.found()
    return made


def bases(world: Any) -> list[GapBasis]:
    opened = (s.event.payload for s in world.log.stored if s.event.type == "read_opened")
    return [payload.gap_basis for payload in opened if payload.period == 2]


def after(world: Any, days: float) -> Any:
    """Read the first period, then let days go by."""
    assert world.read(1, 3) == 3
    world.wait(days * DAY)
    return world


def test_a_period_opens_on_a_word_and_stays_open_night_after_night(world: Any) -> None:
    after(world, 21.1)
    assert world.read(2, 1) == 0
    assert world.refusal == (
        "Period 2 of R01 opens on trusted time or a signed attestation of the date, got the clock "
        f"of this computer alone. {WORD} right"
    )
    assert world.attest()
    for _ in range(3):
        assert world.read(2, 1) == 1
        world.wait(DAY)
        world.at.restart()
    assert bases(world) == [GapBasis.ATTESTED] * 3
    grave, notes = world.verify()
    assert (grave, notes) == ([], [])


def test_a_period_opens_on_trusted_time_without_any_word(world: Any) -> None:
    world.at.network = True
    after(world, 21.1)
    assert world.read(2, 3) == 3
    assert bases(world) == [GapBasis.TRUSTED] * 3
    grave, notes = world.verify()
    assert grave == []
    assert [note.what for note in notes] == ["ntp://here said the true time, 2 times."]


def test_trusted_time_at_one_end_alone_does_not_open_it(world: Any) -> None:
    after(world, 21.1)
    world.at.restart()
    world.at.network = True
    assert world.read(2, 1) == 0
    assert "opens on trusted time or a signed attestation" in world.refusal


def test_a_time_server_that_a_counter_contradicts_is_named(world: Any) -> None:
    # A forged server, or a virtual machine that was stopped for 22 days.
    world.at.network = True
    after(world, 0.1)
    world.at.untruth_s = world.at.off_s = 22 * DAY
    assert world.read(2, 3) == 3
    grave, notes = world.verify()
    assert grave == []
    assert any(
        note.what.startswith("22.1 days passed by ntp://here at event 4 and ntp://here at event")
        and note.what.endswith(
            "but 2.5 hours by the computer: it stood still, or one of them is untrue."
        )
        and note.deviates
        for note in notes
    )


@pytest.mark.parametrize("restarted", [False, True])
def test_a_time_server_whose_time_runs_back_is_a_problem(world: Any, restarted: bool) -> None:
    world.at.network = True
    after(world, 0.1)
    world.at.untruth_s = world.at.off_s = 22 * DAY
    assert world.read(2, 1) == 1
    world.at.untruth_s = 0.0
    if restarted:
        world.at.restart()
    assert world.read(2, 1) == 0
    grave, _ = world.verify()
    assert any("ntp://here at event" in what and "run back by 22" in what for what in grave)


def test_what_became_due_after_the_word_opens_on_the_clock_of_the_same_computer(
    world: Any,
) -> None:
    assert world.read(1, 2) == 2
    world.wait(5 * DAY)
    assert world.read(1, 1) == 1
    world.wait(16.1 * DAY)
    world.attest()
    assert world.read(2, 2) == 2
    world.at.restart()
    world.wait(5 * DAY)
    other = world.computer("other", 0.0)
    here, world.at = world.at, other
    assert world.read(2, 1) == 0
    assert WORD in world.refusal
    world.at = here
    assert world.read(2, 1) == 1
    assert bases(world) == [GapBasis.ATTESTED, GapBasis.ATTESTED, GapBasis.LOCAL]
    grave, notes = world.verify()
    assert grave == []
    assert "rests on the computer's clock alone" in notes[-1].what


def test_a_clock_set_back_before_the_first_period_gives_nothing_away(world: Any) -> None:
    world.at.off_s = -22 * DAY
    assert world.read(1, 3) == 0
    assert "Set the clock right" in world.refusal


@pytest.mark.parametrize("keeps_logs", [True, False])
def test_a_clock_set_back_before_the_lock_and_right_again_opens_nothing(
    a_world: Callable[[random.Random], Any], keeps_logs: bool
) -> None:
    world = a_world(random.Random(1))
    world.wait(HOUR)
    world.at.keeps_logs = keeps_logs
    world.at.off_s = -22 * DAY
    world.found()
    assert world.read(1, 3) == 3
    if keeps_logs:
        world.at.restart(off_s=0.0)
    world.at.off_s = 0.0
    assert world.read(2, 3) == 0
    assert "are sure to have passed" in world.refusal
    assert world.attest("it was slow")
    assert world.read(2, 3) == 0
    assert "Come back in 21.0 days" in world.refusal
    world.wait(21 * DAY)
    assert world.read(2, 3) == 3
    grave, notes = world.verify()
    assert grave == []
    assert any("22.0 days" in note.what and note.deviates for note in notes)


def test_a_clock_set_forward_closes_the_period_whoever_signs(world: Any) -> None:
    after(world, 0.1)
    world.at.off_s = 21.1 * DAY
    assert world.read(2, 3) == 0
    assert "2.4 hours are sure to have passed" in world.refusal
    assert world.attest("it was wrong")
    assert world.read(2, 3) == 0
    assert "Come back in 20.9 days" in world.refusal


def test_a_computer_that_stood_still_is_believed_its_clock_on_a_word_that_is_named(
    world: Any,
) -> None:
    # A virtual machine that was suspended for 21 days, and whose clock was set right on waking.
    after(world, 0.1)
    world.wait(21 * DAY)
    world.at.started_s += 21 * DAY
    assert world.read(2, 3) == 0
    assert world.attest("suspended by the host")
    assert world.read(2, 3) == 0
    assert "If the computer stood still, as virtual ones do" in world.refusal
    assert world.attest("suspended by the host", stood_still=True)
    assert world.read(2, 3) == 3
    assert bases(world) == [GapBasis.ATTESTED] * 3
    grave, notes = world.verify()
    assert grave == []
    told = [note.what for note in notes if note.deviates]
    assert told[0].startswith(
        "The washout of 3 reads of R01 rests on an attestation against what clocks showed: "
        "without it, 2.4 hours are sure"
    )
    assert "set forward by 21.0 days" in told[1]


def test_a_jump_within_a_sitting_closes_the_period_until_somebody_says_what_the_clock_did(
    world: Any,
) -> None:
    after(world, 21.1)
    world.attest()
    hours: list[float] = []
    assert world.read(2, 2, middle=lambda: hours.append(set_by(world, 3 * HOUR))) == 1
    assert "The clock of this computer was set forward by 3.0 hours, so period 2" in world.refusal
    assert f"{WORD} TEXT" in world.refusal
    assert world.attest("somebody set it for daylight saving")
    assert world.read(2, 2) == 2
    grave, notes = world.verify()
    assert grave == []
    assert [note.what for note in notes] == [
        "The clock was set forward by 3.0 hours before event 36, 10 Nov 2026 13:26 UTC. Ann says "
        "of the clock: somebody set it for daylight saving."
    ]


def set_by(world: Any, seconds: float) -> float:
    world.at.off_s += seconds
    return seconds


def test_steps_of_minutes_journeys_and_a_flat_battery_close_nothing(world: Any) -> None:
    after(world, 21.1)
    world.attest()
    assert world.read(2, 1, middle=lambda: set_by(world, -4 * MINUTE) and None) == 1
    world.at.zone = timezone(timedelta(hours=-9))
    world.at.restart(off_s=-3000 * DAY)
    assert world.read(2, 1) == 0
    assert "Set the clock right" in world.refusal
    world.at.off_s = 0.0
    assert world.read(2, 2) == 2
    grave, notes = world.verify()
    assert grave == []
    assert not any(note.deviates for note in notes)


def test_an_untrue_word_is_a_problem_once_the_clock_is_right_again(world: Any) -> None:
    after(world, 0.1)
    world.at.keeps_logs = False
    world.at.restart(off_s=21.1 * DAY)
    assert world.attest()
    assert world.read(2, 3) == 3
    world.at.restart(off_s=0.0)
    world.attest("it was ahead")
    grave, _ = world.verify()
    assert grave[0] == (
        f"Ann vouched for the date at event {word(world)}, but a later attestation says that the "
        "clock was wrong by 21.1 days."
    )
    assert "only 2.6 hours after the same reader had last seen it" in grave[1]


def word(world: Any) -> int:
    numbers = (s.number for s in world.log.stored if s.event.type == "date_attested")
    return int(next(numbers))


def test_what_rests_on_a_word_against_the_clocks_is_named(world: Any) -> None:
    assert world.read(1, 3) == 3
    world.at.restart()
    assert world.read(2, 1) == 0
    world.at.off_s = 21.5 * DAY
    assert world.attest("the battery was flat")
    assert world.read(2, 3) == 3
    grave, notes = world.verify()
    assert grave == []
    assert notes[0].what.startswith(
        "The washout of 3 reads of R01 rests on an attestation against what clocks showed: without"
    )
    assert notes[0].deviates


def test_a_study_of_an_earlier_version_opens_as_before_with_a_note(
    a_world: Callable[[random.Random], Any],
) -> None:
    world = a_world(random.Random(1))
    world.found(vouched_dates=False)
    after(world, 21.1)
    assert world.read(2, 3) == 3
    grave, notes = world.verify()
    assert grave == []
    assert [(note.what, note.deviates) for note in notes] == [
        (
            "The washout of 3 reads of R01 rests on the computer's clock alone, the first of them "
            f"case C001 on {opened(world)}.",
            False,
        )
    ]
    world.at.off_s = 100 * DAY


def opened(world: Any) -> str:
    events = [s.event for s in world.log.stored if s.event.type == "read_opened"]
    return str(events[3].at_utc)


def test_a_clock_set_forward_in_a_study_of_an_earlier_version_is_a_problem(
    a_world: Callable[[random.Random], Any],
) -> None:
    world = a_world(random.Random(1))
    world.found(vouched_dates=False)
    after(world, 0.1)
    world.at.off_s = 21.1 * DAY
    assert world.read(2, 3) == 3
    grave, notes = world.verify()
    assert len(grave) == 3
    assert "only 2.5 hours after the same reader had last seen it" in grave[0]
    assert any("set forward by 21.1 days" in note.what for note in notes)
