"""When two findings point at the same place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from study_design.geometry import Box, iou


@dataclass(frozen=True, slots=True)
class HitRule:
    """How near two marks must be.

    Attributes
    ----------
    iou
        Two boxes match from this intersection over union on.
    radius_mm
        Two points match up to this distance. A point and a box match where the point lies in the
        box.
    """

    iou: float = 0.3
    radius_mm: float = 15.0

    @property
    def words(self) -> str:
        """The rule in words."""
        return (
            f"boxes from IoU {self.iou:g} on, a point in a box, "
            f"points up to {self.radius_mm:g} mm apart"
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark on one view; `spacing_mm` is NaN where the size of a pixel is unknown."""

    view: str
    box: Box
    spacing_mm: float


def mark_at(
    view: str,
    x_px: float,
    y_px: float,
    width_px: float,
    height_px: float,
    spacing_mm: float,
) -> Mark:
    """Return a mark in stored pixels of its view."""
    return Mark(view, Box(x_px, y_px, width_px, height_px), spacing_mm)


def marks_match(first: Mark, second: Mark, rule: HitRule) -> bool:
    """Tell whether two marks point at the same place of the same view.

    Two points on an image of unknown pixel size match only where they coincide.
    """
    if first.view != second.view:
        return False
    boxes = [mark.box for mark in (first, second) if mark.box.area_px2 > 0]
    if len(boxes) == 2:
        return iou(*boxes) >= rule.iou
    if len(boxes) == 1:
        point = (second if first.box.area_px2 > 0 else first).box.centre
        return boxes[0].contains(point)
    one, other = first.box.centre, second.box.centre
    distance_px = math.hypot(one.x_px - other.x_px, one.y_px - other.y_px)
    return distance_px == 0 or distance_px * first.spacing_mm <= rule.radius_mm


def matched_findings(
    first: Sequence[Sequence[Mark]], second: Sequence[Sequence[Mark]], rule: HitRule
) -> int:
    """Return how many findings of two readers can be paired, each with one of the other's.

    A finding is the sequence of its marks; two findings match where any of their marks do. Of all
    pairings one with the most pairs is taken.
    """
    if not first or not second:
        return 0
    match = np.array(
        [[any(marks_match(a, b, rule) for a in one for b in other) for other in second]
         for one in first],
        dtype=float,
    )  # fmt: skip
    rows, columns = linear_sum_assignment(match, maximize=True)
    return int(match[rows, columns].sum())
