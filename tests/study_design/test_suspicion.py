"""Which of two categories is the more suspicious is the protocol's to say."""

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from study_design.suspicion import SuspicionOrder
from study_design.vocabulary import BIRADS_CATEGORIES

ORDERS = st.permutations(BIRADS_CATEGORIES).map(lambda order: SuspicionOrder(tuple(order)))


def test_no_category_follows_from_none() -> None:
    order = SuspicionOrder(("1", "2"))
    assert order.highest([]) is None
    assert order.highest([None, None]) is None
    assert order.highest([None, "2", None]) == "2"


@given(ORDERS, st.lists(st.sampled_from(BIRADS_CATEGORIES), min_size=1, max_size=6))
def test_the_highest_stands_last_in_the_order_however_they_are_given(
    order: SuspicionOrder, categories: list[str]
) -> None:
    highest = order.highest(categories)
    assert order.place(highest) == max(order.rising.index(c) for c in categories)
    assert {order.highest(p) for p in permutations(categories[:4])} == {
        order.highest(categories[:4])
    }


@pytest.mark.parametrize("pair", list(combinations(("0", "1", "5"), 2)))
def test_of_two_categories_one_of_which_has_no_place_neither_is_the_higher(
    pair: tuple[str, str],
) -> None:
    order = SuspicionOrder(("1", "2", "3", "4", "5"))
    assert order.highest(pair) == (None if "0" in pair else "5")
    assert order.highest(["0", "0"]) == "0"
