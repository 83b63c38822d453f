"""Orders of reading: which sequences there are, and what their readers weigh."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.sequences import Order, Sequences, orders_of, sequences_of

AB: Order = (("1", "a", ""), ("2", "b", ""))
BA: Order = (("1", "b", ""), ("2", "a", ""))


def _rows(*orders: str) -> pd.DataFrame:
    """Return two rows of each reader and arm; an order is its arms in the order of reading."""
    return pd.DataFrame(
        [
            (f"R{reader}", arm, period, case)
            for reader, order in enumerate(orders)
            for period, arm in enumerate(order, start=1)
            for case in ("C0", "C1")
        ],
        columns=["reader", "arm", "period", "case"],
    )


def _halves(*firsts: str, cases: int = 5) -> pd.DataFrame:
    """Return a case-split: of each reader the arm that is read first of C0, C2 and C4."""
    return pd.DataFrame(
        [
            (f"R{reader}", arm, 1 + ((arm != first) == (case % 2 == 0)), f"C{case}")
            for reader, first in enumerate(firsts)
            for arm in "ab"
            for case in range(cases)
        ],
        columns=["reader", "arm", "period", "case"],
    )


def test_orders_are_told_by_periods() -> None:
    assert orders_of(_rows("ab", "ba")) == {"R0": AB, "R1": BA}
    for column, value in (("period", ""), ("period", "1"), ("arm", "a")):
        assert orders_of(_rows("ab").assign(**{column: value})) == {}
    mixed = _rows("ab")
    mixed["period"] = ["1", "2", "1", "2"]
    assert orders_of(mixed) == {}


def test_readers_without_an_order_of_both_arms_have_no_sequences() -> None:
    orders = {"R0": AB, "R1": (("1", "a", ""), ("2", "c", ""))}
    assert sequences_of(orders, ["R0"], ("b", "a")) == Sequences(("R0",), (AB,))
    assert sequences_of(orders, ["R0", "R1"], ("b", "a")) is None
    assert sequences_of(orders, ["R2"], ("b", "a")) is None
    assert sequences_of(orders, [], ("b", "a")) is None


def test_every_sequence_weighs_the_same() -> None:
    uneven = Sequences(("1", "2", "3"), (AB, BA, AB))
    assert uneven.sizes.tolist() == [2, 1]
    shares = uneven.shares(("b", "a"))
    assert shares is not None
    assert shares.tolist() == [0.25, 0.5, 0.25]
    assert uneven.period_share(("b", "a")) == pytest.approx(1 / 3)
    assert uneven.first_of(("a", "b")).tolist() == [0, 1, 0]
    assert uneven.of(("2", "1")) == Sequences(("2", "1"), (BA, AB))
    assert uneven.of(("2", "1")).shares(("b", "a")) is None
    pooled = replace(uneven, pooled=True)
    assert pooled.shares(("b", "a")) is None
    assert pooled.of(("1", "2", "3")) == pooled
    assert pooled.period_share(("b", "a")) == pytest.approx(1 / 3)


def test_one_sequence_alone_has_no_weights_and_the_whole_period_effect() -> None:
    alone = Sequences(("1", "2"), (AB, AB))
    assert alone.shares(("b", "a")) is None
    assert alone.period_share(("b", "a")) == 1.0
    assert not alone.balanced(("b", "a"))


def test_squares_of_more_arms_are_weighted_where_they_are_complete() -> None:
    orders = orders_of(_rows("abc", "bca", "cab", "abc"))
    square = sequences_of(orders, orders, ("b", "a"))
    assert square is not None
    assert not square.of_two
    shares = square.shares(("b", "a"))
    assert shares is not None
    assert shares.tolist() == pytest.approx([1 / 6, 1 / 3, 1 / 3, 1 / 6])
    assert square.period_share(("b", "a")) == pytest.approx(1 / 4)
    lacking = square.of(("R0", "R1", "R3"))
    assert lacking.shares(("b", "a")) is None


def test_two_arms_in_periods_of_their_own_are_no_crossover_of_two_periods() -> None:
    late: Order = (("2", "a", ""), ("3", "b", ""))
    assert Sequences(("1", "2"), (AB, BA)).of_two
    assert not Sequences(("1", "2"), (AB, late)).of_two


FIRST_HALF_A: Order = (("1", "a", "1"), ("1", "b", "2"), ("2", "a", "2"), ("2", "b", "1"))
FIRST_HALF_B: Order = (("1", "a", "2"), ("1", "b", "1"), ("2", "a", "1"), ("2", "b", "2"))


def test_a_case_split_has_two_sequences_told_by_the_halves_of_the_cases() -> None:
    orders = orders_of(_halves("a", "b", "a"))
    assert orders == {"R0": FIRST_HALF_A, "R1": FIRST_HALF_B, "R2": FIRST_HALF_A}
    uneven = sequences_of(orders, orders, ("b", "a"))
    assert uneven is not None
    assert uneven.halved
    assert not uneven.of_two
    shares = uneven.shares(("b", "a"))
    assert shares is not None
    assert shares.tolist() == [0.25, 0.5, 0.25]
    assert uneven.period_share(("b", "a")) == pytest.approx(1 / 3)
    alone = uneven.of(("R0", "R2"))
    assert not alone.balanced(("b", "a"))
    assert alone.period_share(("b", "a")) == 1.0
    # The names of readers, and which of them comes first, make no difference.
    again = orders_of(_halves("b", "a", "a"))
    assert [again[one] for one in ("R1", "R0", "R2")] == list(orders.values())


def test_reads_that_are_missing_leave_a_case_split_as_it_is() -> None:
    rows = _halves("a", "b", "a", cases=9)
    kept = np.random.default_rng(3).random(len(rows)) < 0.8
    assert orders_of(rows[kept]) == orders_of(rows)


@pytest.mark.parametrize("change", ["arm", "period", "half", "other", "third"])
def test_a_case_split_that_is_none_has_no_sequences(change: str) -> None:
    rows = _halves("a", "b", "a")
    second = rows["reader"] == "R1"
    if change == "arm":  # two arms of one case in one period
        rows.loc[second & (rows["case"] == "C1"), "period"] = 1
    elif change == "period":  # three periods
        rows.loc[second & (rows["case"] == "C1") & (rows["arm"] == "a"), "period"] = 3
    elif change == "half":  # one case of the other half
        rows.loc[second & (rows["case"] == "C1"), "period"] = [
            3 - one for one in rows.loc[second & (rows["case"] == "C1"), "period"]
        ]
    elif change == "other":  # cases of a reader that nobody else has read
        rows.loc[second, "case"] = "other " + rows.loc[second, "case"]
    else:
        rows = pd.concat([rows, rows[second].assign(arm="c")])
    assert orders_of(rows) == {}
