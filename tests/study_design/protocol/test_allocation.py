"""The draw is balanced, reproducible, and adding a reader moves nobody."""

from collections import Counter
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.protocol.allocation import AllocationError, allocate, plan_warnings
from study_design.protocol.plan import Assignment
from study_design.protocol.readers import ReaderProfile
from study_design.protocol.study_file import StudyFile, read_study_file
from study_design.vocabulary import ReaderKind

TEMPLATE = Path(str(resources.files("study_design.protocol") / "templates" / "zhou2023.toml"))
BASE = read_study_file(TEMPLATE)


def a_study(seed: int = 2023, block_size: int = 20, washout_days: float = 21) -> StudyFile:
    changes = {"seed": seed, "block_size": block_size, "washout_days": washout_days}
    return BASE.model_copy(update={"design": BASE.design.model_copy(update=changes)})


def readers_of(groups: list[str]) -> list[ReaderProfile]:
    first = [ReaderProfile(f"{g}0", ReaderKind.HUMAN, g) for g in ("junior", "senior")]
    more = [ReaderProfile(f"{g}{n}", ReaderKind.HUMAN, g) for n, g in enumerate(groups, 1)]
    return first + more


groups = st.lists(st.sampled_from(("junior", "senior")), max_size=7)
numbers = st.integers(1, 45)
seeds = st.integers(0, 2**63)
block_sizes = st.integers(1, 50)


def cases_of(number: int) -> list[str]:
    return [f"C{n:03d}" for n in range(1, number + 1)]


@given(groups, numbers, seeds, block_sizes)
def test_every_reader_meets_every_case_once_in_each_arm_and_once_in_each_period(
    more: list[str], number: int, seed: int, block_size: int
) -> None:
    readers, cases = readers_of(more), cases_of(number)
    plan = allocate(cases=cases, readers=readers, study=a_study(seed, block_size))
    per_arm = Counter((cell.reader, cell.case, cell.arm) for cell in plan)
    per_period = Counter((cell.reader, cell.case, cell.period) for cell in plan)
    assert len(per_arm) == len(per_period) == len(plan) == 2 * len(readers) * number
    assert len({cell.cell for cell in plan}) == len(plan)


@given(groups, numbers, seeds, block_sizes)
def test_the_arm_is_constant_for_a_reader_and_period(
    more: list[str], number: int, seed: int, block_size: int
) -> None:
    plan = allocate(
        cases=cases_of(number), readers=readers_of(more), study=a_study(seed, block_size)
    )
    arms = {(cell.reader, cell.period, cell.arm) for cell in plan}
    assert len(arms) == 2 * len({cell.reader for cell in plan})
    assert all(cell.sequence.split("-")[cell.period - 1] == cell.arm for cell in plan)


@given(groups, seeds)
def test_the_two_sequences_are_split_evenly_within_each_group(more: list[str], seed: int) -> None:
    plan = allocate(cases=["C001"], readers=readers_of(more), study=a_study(seed))
    for group in ("junior", "senior"):
        readers = {(cell.reader, cell.sequence) for cell in plan if cell.group == group}
        counts = Counter(sequence for _, sequence in readers)
        assert abs(counts["unaided-aided"] - counts["aided-unaided"]) <= 1


@given(seeds)
def test_one_junior_and_one_senior_get_opposite_sequences(seed: int) -> None:
    plan = allocate(cases=["C001"], readers=readers_of([]), study=a_study(seed))
    assert len({cell.sequence for cell in plan}) == 2


def test_either_arm_comes_first_depending_on_the_seed() -> None:
    first = {
        allocate(cases=["C001"], readers=readers_of([]), study=a_study(seed))[0].arm
        for seed in range(20)
    }
    assert first == {"unaided", "aided"}


@given(groups, numbers, seeds, block_sizes)
def test_the_same_seed_gives_the_same_plan_whatever_the_order_of_the_cases(
    more: list[str], number: int, seed: int, block_size: int
) -> None:
    study, readers, cases = a_study(seed, block_size), readers_of(more), cases_of(number)
    assert allocate(cases=cases, readers=readers, study=study) == allocate(
        cases=cases[::-1], readers=readers, study=study
    )


@given(groups, st.sampled_from(("junior", "senior")), numbers, seeds)
def test_adding_a_reader_moves_nobody_else(
    more: list[str], group: str, number: int, seed: int
) -> None:
    study, readers, cases = a_study(seed), readers_of(more), cases_of(number)
    before = allocate(cases=cases, readers=readers, study=study)
    late = ReaderProfile("late", ReaderKind.HUMAN, group)
    after = allocate(cases=cases, readers=[*readers, late], study=study)
    assert tuple(cell for cell in after if cell.reader != "late") == before


@given(numbers, seeds, block_sizes)
def test_the_second_period_keeps_the_blocks_which_are_as_even_as_possible(
    number: int, seed: int, block_size: int
) -> None:
    plan = allocate(cases=cases_of(number), readers=readers_of([]), study=a_study(seed, block_size))
    for reader in ("junior0", "senior0"):
        first, second = (blocks(plan, reader, period) for period in (1, 2))
        assert first == second
        sizes = [len(block) for block in first]
        assert max(sizes) <= block_size
        assert max(sizes) - min(sizes) <= 1


def blocks(plan: tuple[Assignment, ...], reader: str, period: int) -> list[set[str]]:
    own = [cell for cell in plan if cell.reader == reader and cell.period == period]
    assert [cell.position for cell in own] == list(range(1, len(own) + 1))
    count = max(cell.block for cell in own)
    assert [cell.block for cell in own] == sorted(cell.block for cell in own)
    return [{cell.case for cell in own if cell.block == block} for block in range(1, count + 1)]


def test_readers_and_periods_have_orders_of_their_own() -> None:
    plan = allocate(cases=cases_of(40), readers=readers_of([]), study=a_study())
    orders = {
        tuple(cell.case for cell in plan if (cell.reader, cell.period) == (reader, period))
        for reader in ("junior0", "senior0")
        for period in (1, 2)
    }
    assert len(orders) == 4


def test_a_plan_stays_the_same_in_every_version_of_numpy() -> None:
    plan = allocate(cases=cases_of(5), readers=readers_of([]), study=a_study())
    junior = [cell for cell in plan if cell.reader == "junior0"]
    assert junior[0].sequence == "unaided-aided"
    assert " ".join(cell.case for cell in junior) == (
        "C004 C003 C005 C001 C002 C005 C002 C003 C001 C004"
    )


@pytest.mark.parametrize(
    ("cases", "names", "line"),
    [
        ([], ["junior", "senior"], "A study needs cases, got none."),
        (["C001", "C001"], ["junior", "senior"], "Expected each case once, got C001 twice."),
        (["C001"], [], "A study needs readers, got none."),
        (["C001"], ["junior", "junior"], "Expected each reader once, got junior twice."),
    ],
)
def test_what_cannot_be_planned_is_refused_in_one_line(
    cases: list[str], names: list[str], line: str
) -> None:
    readers = [ReaderProfile(name, ReaderKind.HUMAN, name) for name in names]
    with pytest.raises(AllocationError, match=line):
        allocate(cases=cases, readers=readers, study=a_study())


def test_a_group_without_readers_is_named_and_can_be_planned() -> None:
    study = a_study(washout_days=28)
    plan = allocate(
        cases=["C001"], readers=[ReaderProfile("one", ReaderKind.HUMAN, "junior")], study=study
    )
    assert len(plan) == 2
    assert "no reader in group senior" in plan_warnings(plan, study)


def test_a_short_washout_few_readers_and_confounded_sequences_are_named() -> None:
    study = a_study(washout_days=21)
    two = allocate(cases=["C001"], readers=readers_of([]), study=study)
    assert plan_warnings(two, study) == (
        "21 days: below the 28 that regulators' guidance suggests",
        "2 readers: reader variance will be poorly known; five is a floor",
        "arm order is confounded with group",
        "sequence is confounded with reader: 1 reader a group",
    )
    four = allocate(cases=["C001"], readers=readers_of(["junior", "senior"]), study=study)
    assert plan_warnings(four, study)[1:] == (
        "4 readers: reader variance will be poorly known; five is a floor",
        "sequence is confounded with reader: 2 readers a group",
    )


def test_a_large_study_with_a_long_washout_has_no_warning() -> None:
    study = a_study(washout_days=28)
    readers = readers_of(["junior", "senior"] * 3)
    assert plan_warnings(allocate(cases=["C001"], readers=readers, study=study), study) == ()
