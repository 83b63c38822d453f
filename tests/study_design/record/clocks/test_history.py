"""Clocks against counters, files, persons and time servers: what time has surely passed."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.record.clocks.history import ClockHistory
from study_design.record.clocks.observed import Anchor, Observation
from study_design.record.clocks.signs import signs_of
from study_design.vocabulary import GapBasis

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
# 20 November 2026, 09:00 UTC
MORNING_S = 1_795_165_200.0
WASHOUT_S = 21 * DAY


def seen(number: int, true_s: float, *, off_s: float = 0.0, start: str = "desk/1") -> Observation:
    """What an event shows at a true time, seconds after the morning, by a clock that is off."""
    machine = start.partition("/")[0]
    return Observation(number, MORNING_S + true_s + off_s, "R01", start, 1000 + true_s, machine)


def vouched(
    number: int, true_s: float, basis: GapBasis, *, off_s: float = 0.0, start: str = "desk/1"
) -> Observation:
    """What an event shows at which a person or a server says what time it is."""
    plain = seen(number, true_s, off_s=off_s, start=start)
    said_s = plain.wall_s if basis is GapBasis.ATTESTED else MORNING_S + true_s
    return replace(plain, anchor=Anchor(said_s, basis, "Ann"))


def gap_of(*observed: Observation) -> tuple[float, float, GapBasis]:
    gap = ClockHistory(observed).gap(observed[0].number, observed[-1].number)
    assert gap is not None
    return gap.least_s, gap.most_s, gap.basis(WASHOUT_S)


def test_a_right_clock_that_nobody_vouches_for_gives_the_gap_of_its_dates() -> None:
    first, second = seen(1, 0), seen(2, 22 * DAY, start="desk/2")
    assert gap_of(first, second) == (22 * DAY, 22 * DAY, GapBasis.LOCAL)


@pytest.mark.parametrize("off_s", [21 * DAY, -7 * DAY])
def test_within_one_start_of_a_computer_only_its_counter_counts(off_s: float) -> None:
    assert gap_of(seen(1, 0), seen(2, 242, off_s=off_s))[:2] == (242, 242)


def test_a_clock_set_back_for_the_first_period_and_right_again_gives_nothing_away() -> None:
    # The reads are 22 days old by their dates; the same start of the computer saw both clocks.
    back, right = seen(1, 0, off_s=-22 * DAY), seen(2, HOUR)
    least_s, most_s, _ = gap_of(back, right, seen(3, 2 * HOUR, start="desk/2"))
    assert least_s == 2 * HOUR
    assert most_s == 22 * DAY + 2 * HOUR


def test_dates_before_the_lock_are_read_as_after_it() -> None:
    lock = Observation(1, MORNING_S, "Ann")
    read, again = seen(2, HOUR, off_s=-22 * DAY), seen(3, 2 * HOUR, start="desk/2")
    gap = ClockHistory([lock, read, again]).gap(2, 3)
    assert gap is not None
    assert gap.least_s == 2 * HOUR


def test_a_clock_behind_the_files_of_its_computer_is_read_as_they_are() -> None:
    read = replace(seen(1, 0, off_s=-22 * DAY), files_s=MORNING_S - MINUTE)
    least_s, *_ = gap_of(read, seen(2, 2 * HOUR, start="desk/2"))
    assert least_s == 2 * HOUR + MINUTE


def test_files_of_the_future_are_refuted_once_somebody_says_the_date() -> None:
    read = replace(seen(1, 0), files_s=MORNING_S + 9000 * DAY)
    word = vouched(2, 22 * DAY, GapBasis.ATTESTED, start="desk/2")
    assert gap_of(read, word) == (22 * DAY, 22 * DAY, GapBasis.ATTESTED)


def test_what_comes_later_was_not_earlier() -> None:
    # Forward between two starts, an opening, and right again: the next event gives it away.
    ahead = seen(2, HOUR, off_s=21 * DAY, start="desk/2")
    gap = ClockHistory([seen(1, 0), ahead, seen(3, 2 * HOUR, start="desk/3")]).gap(1, 2)
    assert gap is not None
    assert gap.least_s == 2 * HOUR


def test_a_flat_battery_refutes_itself() -> None:
    flat = seen(2, 22 * DAY, off_s=-5000 * DAY, start="desk/2")
    right = seen(3, 22 * DAY + MINUTE, start="desk/2")
    assert gap_of(seen(1, 0), flat, right)[:2] == (22 * DAY + MINUTE, 22 * DAY + MINUTE)


def test_a_word_settles_which_of_two_dates_is_right_and_vouches_for_those_before_it() -> None:
    lazy = seen(2, 22 * DAY, off_s=-3 * DAY, start="desk/2")
    word = vouched(3, 22 * DAY + MINUTE, GapBasis.ATTESTED, start="desk/2")
    assert gap_of(seen(1, 0), lazy)[2] is GapBasis.LOCAL
    later = seen(4, 22 * DAY + HOUR, start="desk/2")
    passed_s = 22 * DAY + HOUR
    assert gap_of(seen(1, 0), lazy, word, later) == (passed_s, passed_s, GapBasis.ATTESTED)


def test_what_was_due_at_a_word_stays_due_on_another_start_or_computer() -> None:
    word = vouched(2, 22 * DAY, GapBasis.ATTESTED, start="desk/2")
    for start in ("desk/3", "other/1"):
        later = seen(3, 25 * DAY, off_s=-5 * DAY, start=start)
        assert gap_of(seen(1, 0), word, later)[2] is GapBasis.ATTESTED


def test_trusted_time_counts_where_both_ends_have_it_whatever_the_clock_says() -> None:
    first = vouched(1, 0, GapBasis.TRUSTED, off_s=-90 * DAY)
    second = vouched(2, 22 * DAY, GapBasis.TRUSTED, off_s=400 * DAY, start="desk/2")
    assert gap_of(first, second) == (22 * DAY, 22 * DAY, GapBasis.TRUSTED)
    assert gap_of(seen(1, 0), second)[2] is GapBasis.LOCAL


def test_a_counter_that_stood_still_is_mended_by_trusted_time_at_both_ends() -> None:
    # A virtual machine that was stopped: 22 days went by, its counter says an hour.
    before = vouched(1, 0, GapBasis.TRUSTED)
    after = replace(vouched(2, 22 * DAY, GapBasis.TRUSTED), counter_s=1000 + HOUR)
    assert gap_of(before, after) == (22 * DAY, 22 * DAY, GapBasis.TRUSTED)


def test_a_word_that_trusted_time_or_a_later_word_contradicts_is_refuted() -> None:
    untrue = vouched(2, HOUR, GapBasis.ATTESTED, off_s=21 * DAY, start="desk/2")
    for basis in (GapBasis.TRUSTED, GapBasis.ATTESTED):
        history = ClockHistory([seen(1, 0), untrue, vouched(3, DAY, basis, start="desk/3")])
        (refuted,) = history.refuted
        assert (refuted.number, refuted.who, refuted.wall_s) == (2, "R01", untrue.wall_s)
        assert refuted.off_s == pytest.approx(20 * DAY + HOUR)
        gap = history.gap(1, 2)
        assert gap is not None
        assert gap.least_s < WASHOUT_S
        assert gap.basis(WASHOUT_S) is GapBasis.LOCAL


def test_steps_of_seconds_are_no_jumps_and_many_small_ones_are() -> None:
    quiet = [seen(n, n * HOUR, off_s=(-1) ** n * 50.0) for n in range(1, 50)]
    assert ClockHistory(quiet).jumps == []
    walking = [seen(n, n * MINUTE, off_s=n * 100.0) for n in range(1, 50)]
    jumps = ClockHistory(walking).jumps
    assert sum(jump.size_s for jump in jumps) == pytest.approx(48 * 100, abs=200)
    assert not jumps[0].is_large
    assert any(jump.is_large for jump in jumps)


def test_a_start_before_the_computers_last_event_is_a_clock_set_back() -> None:
    # On at 08:00 by a clock five hours slow, the evening before still in the record.
    evening = seen(1, 10 * HOUR)
    restarted = replace(seen(2, 30 * HOUR, off_s=-5 * HOUR, start="desk/2"), counter_s=18 * HOUR)
    (jump,) = ClockHistory([evening, restarted]).jumps
    assert jump.size_s == -3 * HOUR


@pytest.mark.parametrize(
    ("observed", "said"),
    [
        ([seen(1, 0), seen(2, MINUTE, off_s=DAY)], "set forward by 24.0 hours before event 2"),
        ([seen(1, 0), seen(2, MINUTE, off_s=-5 * DAY)], "set back by 5.0 days before event 2"),
        ([seen(1, 0), seen(2, 0, off_s=-5 * DAY, start="b/1")], "5.0 days before event 1"),
        ([replace(seen(1, 0), files_s=MORNING_S + 3 * DAY)], "held files dated 3.0 days later"),
        ([seen(1, -4000 * DAY)], "before this program was made"),
        ([vouched(1, 0, GapBasis.TRUSTED, off_s=7 * DAY)], "the clock was 7.0 days ahead of Ann"),
    ],
)
def test_each_sign_of_a_wrong_clock_is_named_once(observed: list[Observation], said: str) -> None:
    (sign,) = signs_of(ClockHistory([*observed, replace(observed[-1], number=9)]))
    assert said in sign.what
    assert sign.is_large


def test_a_simulated_clock_has_no_gap() -> None:
    assert ClockHistory([seen(1, 0)]).gap(1, 2) is None


@given(
    st.lists(
        st.tuples(
            st.floats(1, 3 * DAY),
            st.floats(-60 * DAY, 60 * DAY),
            st.sampled_from(["desk/1", "desk/2", "b/1"]),
            st.sampled_from([None, GapBasis.TRUSTED]),
        ),
        min_size=2,
        max_size=12,
    )
)
def test_the_true_gap_is_never_shorter_than_what_trusted_time_says(
    told: list[tuple[float, float, str, GapBasis | None]],
) -> None:
    true_s, observed = 0.0, []
    for number, (after_s, off_s, start, basis) in enumerate(told, start=1):
        true_s += after_s
        plain = seen(number, true_s, off_s=off_s, start=start)
        anchor = Anchor(MORNING_S + true_s, basis, "ntp") if basis else None
        observed.append(replace(plain, anchor=anchor))
    history = ClockHistory(observed)
    for later in range(2, len(observed) + 1):
        gap = history.gap(1, later)
        assert gap is not None
        passed_s = observed[later - 1].counter_s - observed[0].counter_s
        assert gap.trusted_s <= passed_s + 1e-3
        assert gap.trusted_s == -math.inf or gap.basis(gap.trusted_s) is GapBasis.TRUSTED
