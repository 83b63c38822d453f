"""Agreement of a group whose readers marked little, or shared little."""

from itertools import permutations

import pandas as pd
import pytest

from analysis.estimates.agreement_estimates import (
    GroupMarks,
    agreement_on_category,
    agreement_on_type,
)
from analysis.estimators.localisation import HitRule
from analysis.rating_table import MarkTable
from analysis.result import Estimate, Of


def group_of(marked: dict[str, str], cases: dict[str, str]) -> GroupMarks:
    """Return readers, each with the cases read (`cases`), a mass marked in those of `marked`."""
    units = [
        {"reader": reader, "group": "g", "arm": "a", "case": case, "exam": case, "birads": ""}
        for reader, read in cases.items()
        for case in read
    ]
    marks = [
        {"reader": reader, "arm": "a", "exam": case, "view": "R-CC", "finding": 1, "types": "mass",
         "x_px": 1.0, "y_px": 1.0, "width_px": 0.0, "height_px": 0.0, "spacing_mm": 1.0}
        for reader, seen in marked.items()
        for case in seen
    ]  # fmt: skip
    table = MarkTable(pd.DataFrame(units), pd.DataFrame(marks), (), "exam")
    return GroupMarks("g", "a", table, HitRule())


def found_in(group: GroupMarks) -> dict[tuple[str, str], Estimate]:
    found = agreement_on_type(group, Of(group="g"), "mass", level=0.95)
    return {((one.subjects[0].item or "").split(":")[0], one.quantity): one for one in found}


@pytest.mark.parametrize("names", list(permutations("123")))
def test_readers_who_never_mark_a_type_agree_on_the_scale_of_all(names: tuple[str, ...]) -> None:
    marks = found_in(group_of({names[0]: "AB"}, dict.fromkeys(names, "ABCD")))
    for item in ("presence", "place"):
        # Two pairs agree on 2 of 4, one on 4 of 4: adjusted 0, 0 and 1.
        assert marks[item, "kappa_adjusted"].estimate == pytest.approx(1 / 3)
        assert marks[item, "agreement"].estimate == pytest.approx(2 / 3)
        assert "2 of 3 pairs of readers" in marks[item, "kappa"].method


def test_places_are_counted_as_places_and_units_as_units() -> None:
    # Each marks one unit of their own: two places there, one in each of the two left alone.
    marks = found_in(group_of({"1": "A", "2": "B"}, dict.fromkeys("12", "ABCD")))
    for quantity in ("kappa", "kappa_adjusted", "ac1", "agreement"):
        assert marks["presence", quantity].n.n_cases == 4
        assert marks["presence", quantity].n.n_places is None
        assert marks["place", quantity].n.n_cases == 4
        assert marks["place", quantity].n.n_places == 4
    both = found_in(group_of({"1": "A", "2": "A"}, {"1": "ABCDE", "2": "ABC"}))
    assert both["place", "kappa"].n.n_cases == 3


def test_only_readers_and_units_that_were_compared_are_counted() -> None:
    marks = found_in(group_of({"1": "A"}, {"1": "AB", "2": "AB", "3": "CD", "4": "C"}))
    assert marks["presence", "agreement"].n.n_readers == 4
    assert marks["presence", "agreement"].n.n_cases == 3
    apart = found_in(group_of({"1": "A"}, {"1": "AB", "2": "AB", "3": "CD"}))
    assert apart["presence", "agreement"].n.n_readers == 2
    assert apart["presence", "agreement"].n.n_cases == 2


@pytest.mark.parametrize("seen", ["", "A"])
def test_one_shared_unit_has_no_standard_error(seen: str) -> None:
    marks = found_in(group_of({"1": seen, "2": "B"}, {"1": "A", "2": "AB"}))
    one = marks["presence", "ac1"]
    assert one.se is None
    assert one.reason == "no standard error: one unit only"


def test_three_readers_who_never_mark_have_no_kappa_and_a_reason() -> None:
    marks = found_in(group_of({"another": "A"}, dict.fromkeys("123", "ABCD")))
    assert marks["presence", "kappa"].estimate is None
    assert marks["presence", "kappa"].reason


def test_a_scale_of_one_category_has_nothing_to_agree_upon() -> None:
    units = pd.DataFrame(
        [
            {"reader": reader, "group": "g", "arm": "a", "case": case, "exam": case, "birads": "3"}
            for reader in "12"
            for case in "AB"
        ]
    )
    table = MarkTable(units, pd.DataFrame(), ("3",), "exam")
    found = agreement_on_category(GroupMarks("g", "a", table, HitRule()), Of(group="g"), level=0.95)
    adjusted = [one for one in found if one.quantity == "kappa_adjusted"]
    assert [one.reason for one in adjusted] == ["not estimable: the scale has one category"]
