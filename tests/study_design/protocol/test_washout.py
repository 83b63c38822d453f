"""No case comes back too early, whatever zone, clock or order; blocks open as a whole."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.errors import WashoutError
from study_design.protocol.plan import Assignment
from study_design.protocol.study_file import (
    AnalysisPlan,
    Arm,
    Design,
    Form,
    Scales,
    StudyFile,
)
from study_design.protocol.washout import (
    check_block,
    check_clock,
    check_washout,
    earliest,
    gap_days,
    next_allowed,
)
from study_design.reads import AiShown, Answers, Read, ReadTimes
from study_design.vocabulary import AiInitial, GapBasis, ReaderKind, ReadStatus, Role

SEEN = datetime(2026, 11, 20, 9, 41, tzinfo=UTC)


def a_study(days: float = 21) -> StudyFile:
    return StudyFile(
        schema=1,
        version=1,
        title="",
        template="",
        scales=Scales(),
        form=Form(),
        arms=(Arm(name="unaided"), Arm(name="aided", ai=True, initial=AiInitial.HIDDEN)),
        design=Design(seed=1, washout_days=days, block_size=2, groups=("junior",)),
        analysis=AnalysisPlan(),
    )


def cell(case: str, period: int, position: int, block: int = 1) -> Assignment:
    return Assignment(
        f"R01-P{period}-{position:03d}",
        "junior1",
        "junior",
        "unaided-aided",
        period,
        ("unaided", "aided")[period - 1],
        block,
        position,
        case,
    )


def read_of(assignment: Assignment, at: datetime, reader: str = "junior1") -> Read:
    text = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return Read(
        read=f"{reader}/{assignment.cell}",
        step=1,
        reader=reader,
        kind=ReaderKind.HUMAN,
        group="junior",
        site="",
        arm=assignment.arm,
        revealed=False,
        ai=AiShown(),
        role=Role.TEST,
        repeat=0,
        period=assignment.period,
        block=assignment.block,
        position=assignment.position,
        cell=assignment.cell,
        case=assignment.case,
        answers=Answers(),
        findings=(),
        opened_utc=text,
        painted_utc=text,
        validated_utc=text,
        utc_offset_min=0,
        times=ReadTimes(1.0, 0.0, 0.0, 0.0),
        gap_days=None,
        gap_basis=GapBasis.LOCAL,
        seen_before=False,
        status=ReadStatus.FINAL,
        supersedes=None,
        contradiction="",
        protocol_version=1,
        software_version="",
        first_event=1,
        last_event=2,
    )


def test_a_case_that_comes_back_too_early_is_refused_with_the_date_it_may_be_read() -> None:
    early = datetime(2026, 12, 1, 9, 41, tzinfo=UTC)
    with pytest.raises(WashoutError) as refusal:
        check_washout(cell("C007", 2, 1), [read_of(cell("C007", 1, 1), SEEN)], a_study(), early)
    assert str(refusal.value) == (
        "Reader junior1 last saw case C007 on 20 Nov 2026; the washout is 21 days. Expected "
        "11 Dec 2026 09:41 or later, got 1 Dec 2026 09:41. Come back then."
    )


zones = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))


@given(st.floats(0, 60), st.floats(0, 60), zones, zones)
def test_the_washout_is_kept_to_the_microsecond_in_every_zone(
    washout_days: float, waited_days: float, seen_zone: timezone, now_zone: timezone
) -> None:
    study, second = a_study(washout_days), cell("C007", 2, 1)
    reads = [read_of(cell("C007", 1, 1), SEEN.astimezone(seen_zone))]
    now = (SEEN + timedelta(days=waited_days)).astimezone(now_zone)
    if timedelta(days=waited_days) >= timedelta(days=washout_days):
        check_washout(second, reads, study, now)
    else:
        with pytest.raises(WashoutError, match="Come back then"):
            check_washout(second, reads, study, now)


def test_only_the_same_reader_case_and_another_arm_count() -> None:
    second, study = cell("C007", 2, 1), a_study()
    strangers = [
        read_of(cell("C008", 1, 1), SEEN),
        read_of(cell("C007", 1, 1), SEEN, reader="senior1"),
        read_of(second, SEEN),
    ]
    assert earliest(second, strangers, study) is None


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_the_latest_of_several_reads_counts(minutes: list[int]) -> None:
    reads = [read_of(cell("C007", 1, 1), SEEN + timedelta(minutes=m)) for m in minutes]
    last = SEEN + timedelta(minutes=max(minutes))
    assert earliest(cell("C007", 2, 1), reads, a_study()) == last + timedelta(days=21)
    assert gap_days(reads, "C007", last + timedelta(hours=36)) == 1.5
    assert gap_days(reads, "C008", last) is None


def test_a_clock_that_went_back_is_refused_and_a_small_correction_is_not() -> None:
    reads = [read_of(cell("C001", 1, 1), SEEN)]
    fresh = cell("C002", 1, 2)
    check_washout(fresh, reads, a_study(), SEEN - timedelta(seconds=90))
    with pytest.raises(WashoutError, match=r"clock says 20 Nov 2026 08:41, but .* 09:41"):
        check_washout(fresh, reads, a_study(), SEEN - timedelta(hours=1))
    check_clock(None, SEEN)


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        check_clock(SEEN, SEEN.replace(tzinfo=None))


PLAN = [
    cell("C001", 1, 1),
    cell("C002", 1, 2),
    cell("C003", 1, 3, block=2),
    cell("C002", 2, 1),
    cell("C001", 2, 2),
    cell("C003", 2, 3, block=2),
]
FIRST_PERIOD = [read_of(cell, SEEN + timedelta(hours=n)) for n, cell in enumerate(PLAN[:3])]


def test_the_first_period_is_open_and_follows_the_plan_whatever_the_order_of_the_file() -> None:
    following = next_allowed(PLAN[::-1], [], a_study(), SEEN)
    assert following is not None
    assert following.assignment == PLAN[0]
    assert following.is_open(SEEN)


def test_a_block_of_the_second_period_opens_when_all_of_its_cases_may_be_read() -> None:
    # C002, the later of the block's two cases, was read an hour after the first.
    opens_at = SEEN + timedelta(days=21, hours=1)
    following = next_allowed(PLAN, FIRST_PERIOD, a_study(), SEEN + timedelta(days=1))
    assert following is not None
    assert (following.assignment, following.opens_at) == (PLAN[3], opens_at)
    check_block(PLAN, FIRST_PERIOD, a_study(), opens_at)
    with pytest.raises(WashoutError, match=r"Block 1 of period 2 .* 11 Dec 2026 10:41 or later"):
        check_block(PLAN, FIRST_PERIOD, a_study(), opens_at - timedelta(seconds=1))


def test_a_block_that_was_begun_stays_open_and_the_next_one_waits_for_its_own_cases() -> None:
    opens_at = SEEN + timedelta(days=21, hours=1)
    begun = [*FIRST_PERIOD, read_of(PLAN[3], opens_at)]
    check_block(PLAN, begun, a_study(), opens_at)
    done = [*begun, read_of(PLAN[4], opens_at)]
    following = next_allowed(PLAN, done, a_study(), opens_at)
    assert following is not None
    assert following.opens_at == SEEN + timedelta(days=21, hours=2)


def test_when_everything_is_read_nothing_is_next() -> None:
    reads = [read_of(cell, SEEN) for cell in PLAN]
    assert next_allowed(PLAN, reads, a_study(), SEEN) is None
    check_block([], [], a_study(), SEEN)


def test_a_mixture_of_readers_is_a_mistake() -> None:
    other = Assignment("R02-P1-001", "senior1", "junior", "a-b", 1, "a", 1, 1, "C001", Role.TEST, 0)
    with pytest.raises(ValueError, match="one reader"):
        next_allowed([*PLAN, other], [], a_study(), SEEN)
