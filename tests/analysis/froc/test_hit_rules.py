"""When a mark hits a lesion."""

import math

import pytest

from analysis.estimators.localisation import Mark, mark_at
from analysis.froc.hit_rules import ALTERNATIVES, IOU_30, LesionHitRule, Nearness, lesion_hit

LESION = mark_at("R-CC", 100, 100, 20, 20, 0.5)
OVERLAPS_A_THIRD = mark_at("R-CC", 110, 100, 20, 20, 0.5)  # IoU 10 / 30
TOUCHES = mark_at("R-CC", 119, 100, 20, 20, 0.5)
POINT_INSIDE = mark_at("R-CC", 105, 105, 0, 0, 0.5)
POINT_NEAR = mark_at("R-CC", 130, 110, 0, 0, 0.5)  # 20 px from the centre: 10 mm
RADIUS = LesionHitRule(Nearness.RADIUS, radius_mm=10)
CENTRE = LesionHitRule(Nearness.CENTRE)
ANY = LesionHitRule(Nearness.HIGHEST_IOU)


@pytest.mark.parametrize(
    ("mark", "rule", "hits"),
    [
        (OVERLAPS_A_THIRD, IOU_30, True),
        (OVERLAPS_A_THIRD, LesionHitRule(iou=0.34), False),
        (TOUCHES, IOU_30, False),
        (TOUCHES, ANY, True),
        (mark_at("R-CC", 300, 300, 5, 5, 0.5), ANY, False),
        (POINT_INSIDE, IOU_30, True),
        (POINT_NEAR, IOU_30, False),
        (POINT_NEAR, RADIUS, True),
        (POINT_NEAR, LesionHitRule(Nearness.RADIUS, radius_mm=9.9), False),
        (mark_at("R-CC", 130, 110, 0, 0, math.nan), CENTRE, False),
        (OVERLAPS_A_THIRD, CENTRE, True),  # its centre lies on the edge
        (TOUCHES, CENTRE, False),
    ],
)
def test_each_rule_is_what_its_name_says(mark: Mark, rule: LesionHitRule, hits: bool) -> None:
    assert (lesion_hit([mark], [[LESION]], rule) == 0) is hits


@pytest.mark.parametrize("rule", [IOU_30, *ALTERNATIVES])
def test_a_mark_on_another_view_hits_nothing_and_the_lesion_itself_is_hit(
    rule: LesionHitRule,
) -> None:
    other = mark_at("R-MLO", 100, 100, 20, 20, 0.5)
    assert lesion_hit([other], [[LESION]], rule) is None
    assert lesion_hit([other, LESION], [[LESION]], rule) == 0
    assert lesion_hit([LESION], [], rule) is None


@pytest.mark.parametrize("rule", [ANY, RADIUS, CENTRE, LesionHitRule(iou=0.1)])
def test_of_two_lesions_the_nearer_is_hit(rule: LesionHitRule) -> None:
    near, far = mark_at("R-CC", 104, 100, 20, 20, 0.5), mark_at("R-CC", 92, 100, 20, 20, 0.5)
    mark = mark_at("R-CC", 102, 102, 16, 16, 0.5)
    assert lesion_hit([mark], [[far], [near]], rule) == 1
    assert lesion_hit([mark], [[near], [far]], rule) == 0


def test_an_unknown_pixel_size_leaves_only_coinciding_points() -> None:
    point = mark_at("R-CC", 100, 100, 0, 0, math.nan)
    assert lesion_hit([point], [[point]], RADIUS) == 0
    assert lesion_hit([mark_at("R-CC", 101, 100, 0, 0, math.nan)], [[point]], RADIUS) is None


def test_rules_have_different_names() -> None:
    assert len({rule.words for rule in (IOU_30, *ALTERNATIVES)}) == 1 + len(ALTERNATIVES)
