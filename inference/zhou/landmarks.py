"""Where a view's landmarks lie, and which way it is from its nipple to the chest wall.

Nothing here asks how a view hangs: the chest wall is at the side of the breast that is farther
from the nipple, and the nipple of an MLO view lies in the lower half of the breast. So flipped
views need no flags.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from inference.prepared import PreparedView
from study_design.geometry import Point
from study_design.vocabulary import Projection

# The pectoral muscle, and with it the posterior nipple line, leans by about so much on MLO views.
_TILT_RAD = math.radians(19.0)
# A nipple farther than this share of the breast's height from its middle tells up from down.
_OFF_MIDDLE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """Of N pictures, in their pixels.

    Attributes
    ----------
    nipple
        (N, 2), x y.
    breast
        (N, 4), x0 y0 x1 y1: the smallest rectangle around the breast.
    axis
        (N, 2), x y: unit vector from the nipple along the posterior nipple line.
    """

    nipple: Tensor
    breast: Tensor
    axis: Tensor

    def to(self, device: torch.device) -> "Landmarks":
        """Return the landmarks on a device."""
        return Landmarks(self.nipple.to(device), self.breast.to(device), self.axis.to(device))


@dataclass(frozen=True, slots=True)
class ViewLandmarks:
    """Of one view, in prepared pixels; `axis_x`, `axis_y` as in `Landmarks`."""

    nipple: Point
    left_px: float
    top_px: float
    right_px: float
    bottom_px: float
    axis_x: float
    axis_y: float

    def distance_px(self, point: Point) -> float:
        """Return how far a place lies behind the nipple, along the posterior nipple line."""
        return (point.x_px - self.nipple.x_px) * self.axis_x + (
            point.y_px - self.nipple.y_px
        ) * self.axis_y

    def depth(self, point: Point) -> float:
        """Return 0 at the nipple to 1 at the chest wall's edge of the breast, by the outline."""
        wall_px = self.left_px if self.axis_x < 0 else self.right_px
        whole = abs(wall_px - self.nipple.x_px)
        return min(1.0, max(0.0, self.distance_px(point) / max(whole, 1.0)))


def view_landmarks(view: PreparedView) -> ViewLandmarks:
    """Return the landmarks of a view; where no breast was found, the whole picture is one."""
    rows, columns = (np.flatnonzero(view.breast.any(axis=axis)) for axis in (1, 0))
    height, width = view.pixels.shape
    top, bottom = (float(rows[0]), float(rows[-1] + 1)) if rows.size else (0.0, float(height))
    left, right = (float(columns[0]), float(columns[-1] + 1)) if rows.size else (0.0, float(width))
    nipple = view.nipple or Point(right, (top + bottom) / 2)
    toward_wall = -1.0 if nipple.x_px >= (left + right) / 2 else 1.0
    tilt = 0.0
    if view.view.projection is Projection.MLO:
        off_middle = (nipple.y_px - (top + bottom) / 2) / max(bottom - top, 1.0)
        tilt = _TILT_RAD * min(1.0, max(-1.0, off_middle / _OFF_MIDDLE))
    return ViewLandmarks(
        nipple, left, top, right, bottom, toward_wall * math.cos(tilt), -math.sin(tilt)
    )


def landmarks(views: Sequence[PreparedView]) -> Landmarks:
    """Return the landmarks of pictures as tensors."""
    each = [view_landmarks(view) for view in views]
    return Landmarks(
        torch.tensor([[one.nipple.x_px, one.nipple.y_px] for one in each]),
        torch.tensor([[one.left_px, one.top_px, one.right_px, one.bottom_px] for one in each]),
        torch.tensor([[one.axis_x, one.axis_y] for one in each]),
    )
