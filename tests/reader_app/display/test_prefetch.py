import pytest

from reader_app.display.prefetch import BUDGET_VARIABLE, cases_within, prefetch_budget_bytes
from study_design.errors import BadInputError

COMING = ("C001", "C002", "C003", "C004")


def test_all_cases_are_wanted_until_their_size_is_known() -> None:
    assert cases_within(COMING, {}, 100) == COMING


def test_as_many_cases_as_fit_are_wanted() -> None:
    assert cases_within(COMING, {"C001": 40}, 100) == COMING[:2]
    assert cases_within(COMING, {"C001": 40, "C002": 10, "C003": 50}, 100) == COMING[:3]


def test_the_first_case_is_wanted_whatever_it_takes() -> None:
    assert cases_within(COMING, {"C001": 400}, 100) == COMING[:1]


def test_a_case_that_was_too_large_is_not_loaded_again() -> None:
    sizes = {"C001": 40, "C002": 70}
    assert cases_within(COMING, sizes, 100) == COMING[:1]


def test_the_budget_is_a_part_of_the_memory_within_limits() -> None:
    assert 300_000_000 <= prefetch_budget_bytes() <= 3_000_000_000


def test_the_budget_can_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BUDGET_VARIABLE, "250")
    assert prefetch_budget_bytes() == 250_000_000
    monkeypatch.setenv(BUDGET_VARIABLE, "much")
    with pytest.raises(BadInputError, match="got 'much'"):
        prefetch_budget_bytes()
