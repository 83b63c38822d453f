"""When a mark hits a lesion: the rules that reader studies use, each by its name.

A mark that hits several lesions is given to the nearest by the rule. Points have no overlap: under
every overlap rule a point hits the box that it lies in.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from analysis.estimators.localisation import Mark
from study_design.geometry import iou


class Nearness(StrEnum):
    """How nearness is measured."""

    IOU = "iou"
    HIGHEST_IOU = "highest_iou"
    RADIUS = "radius"
    CENTRE = "centre"


@dataclass(frozen=True, slots=True)
class LesionHitRule:
    """One rule.

    Attributes
    ----------
    nearness
        `IOU`: boxes overlap with at least `iou`; `HIGHEST_IOU`: they overlap at all; `RADIUS`:
        their centres lie within `radius_mm`; `CENTRE`: the mark's centre lies in the lesion's box.
    iou
        Intersection over union from which on boxes match.
    radius_mm
        Acceptance radius; it is also how near two points must be under every rule.
    """

    nearness: Nearness = Nearness.IOU
    iou: float = 0.3
    radius_mm: float = 15.0

    @property
    def words(self) -> str:
        """The rule in words."""
        named = {
            Nearness.IOU: f"IoU >= {self.iou:g}",
            Nearness.HIGHEST_IOU: "highest IoU above 0",
            Nearness.RADIUS: f"centres within {self.radius_mm:g} mm",
            Nearness.CENTRE: "centre of the mark in the lesion's box",
        }
        return named[self.nearness]


IOU_30 = LesionHitRule()
# What is tried to see how far results hang on the rule.
ALTERNATIVES = (
    LesionHitRule(iou=0.1),
    LesionHitRule(iou=0.2),
    LesionHitRule(iou=0.5),
    LesionHitRule(Nearness.HIGHEST_IOU),
    LesionHitRule(Nearness.RADIUS),
    LesionHitRule(Nearness.CENTRE),
)


def lesion_hit(
    finding: Sequence[Mark], lesions: Sequence[Sequence[Mark]], rule: LesionHitRule
) -> int | None:
    """Return which lesion a finding hits: the one that any of its marks is nearest to.

    Parameters
    ----------
    finding
        The marks of one finding, or the boxes of one detection.
    lesions
        The places of each lesion, view by view.
    rule
        How near they must be. Of lesions equally near the first is taken.

    Returns
    -------
    The lesion's place in the sequence; None where the finding hits none.
    """
    nearest = [
        max((_nearness(mark, place, rule) for mark in finding for place in lesion), default=-1.0)
        for lesion in lesions
    ]
    best = max(nearest, default=-1.0)
    return nearest.index(best) if best >= 0 else None


def _nearness(mark: Mark, lesion: Mark, rule: LesionHitRule) -> float:
    """Return how near a mark is to a lesion, at most 1; below 0 where it does not hit."""
    if mark.view != lesion.view:
        return -1.0
    if rule.nearness is Nearness.RADIUS or lesion.box.area_px2 == 0:
        return _by_radius(mark, lesion, rule.radius_mm)
    if rule.nearness is Nearness.CENTRE or mark.box.area_px2 == 0:
        inside = lesion.box.contains(mark.box.centre)
        return 1 / (1 + _distance_px(mark, lesion)) if inside else -1.0
    overlap = iou(mark.box, lesion.box)
    if rule.nearness is Nearness.HIGHEST_IOU:
        return overlap if overlap > 0 else -1.0
    return overlap if overlap >= rule.iou else -1.0


def _by_radius(mark: Mark, lesion: Mark, radius_mm: float) -> float:
    """Return the nearness of two centres; without the size of a pixel only 0 is near enough."""
    distance_px = _distance_px(mark, lesion)
    if distance_px == 0:
        return 1.0
    distance_mm = distance_px * lesion.spacing_mm
    return 1 / (1 + distance_mm) if distance_mm <= radius_mm else -1.0


def _distance_px(mark: Mark, lesion: Mark) -> float:
    """Return the distance of the centres."""
    one, other = mark.box.centre, lesion.box.centre
    return math.hypot(one.x_px - other.x_px, one.y_px - other.y_px)
