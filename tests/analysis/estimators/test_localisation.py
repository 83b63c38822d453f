"""Which findings are at the same place."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.estimators.localisation import HitRule, Mark, mark_at, marks_match, matched_findings

RULE = HitRule(iou=0.3, radius_mm=10)


def point(x: float, y: float = 0.0, *, view: str = "R-CC", spacing_mm: float = 0.1) -> Mark:
    return mark_at(view, x, y, 0.0, 0.0, spacing_mm)


def box(x: float, side: float = 100.0) -> Mark:
    return mark_at("R-CC", x, 0.0, side, side, 0.1)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (point(0), point(100), True),
        (point(0), point(101), False),
        (point(0), point(0, view="R-MLO"), False),
        (point(0, spacing_mm=math.nan), point(0, spacing_mm=math.nan), True),
        (point(0, spacing_mm=math.nan), point(1, spacing_mm=math.nan), False),
        (box(0), point(100, 100), True),
        (point(101, 50), box(0), False),
        (box(0), box(50), True),
        (box(0), box(60), False),
    ],
)
def test_marks_match_by_distance_by_box_or_by_overlap(
    first: Mark, second: Mark, same: bool
) -> None:
    assert marks_match(first, second, RULE) is same


def test_one_view_that_matches_is_enough() -> None:
    first = [point(0), point(0, view="R-MLO")]
    second = [point(500), point(50, view="R-MLO")]
    assert matched_findings([first], [second], RULE) == 1


def test_a_finding_has_one_partner_and_the_most_pairs_are_made() -> None:
    one = [[point(0)], [point(80)]]
    other = [[point(60)], [point(170)]]
    assert matched_findings(one, other, RULE) == 2
    assert matched_findings(one, [[point(40)]], RULE) == 1
    assert matched_findings(one, [], RULE) == 0


places = st.lists(st.integers(0, 400).map(lambda x: [point(float(x))]), max_size=6)


@given(places, places)
def test_matching_is_the_same_from_both_sides(
    one: list[list[Mark]], other: list[list[Mark]]
) -> None:
    pairs = matched_findings(one, other, RULE)
    assert pairs == matched_findings(other, one, RULE)
    assert pairs <= min(len(one), len(other))
    assert matched_findings(one, one, RULE) == len(one)
