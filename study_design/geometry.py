"""Boxes and points on a mammogram, and how two of them are compared.

Frame: stored pixels. `x_px` counts columns and `y_px` rows of the stored pixel matrix; 0.0, 0.0 is
the top left corner of the top left pixel, so the centre of that pixel is 0.5, 0.5. Nothing here
knows how a picture is hung on the screen.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """A place in stored pixels."""

    x_px: float
    y_px: float


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in stored pixels; a point mark is a box of width and height 0."""

    x_px: float
    y_px: float
    width_px: float
    height_px: float

    @property
    def centre(self) -> Point:
        """The middle of the box."""
        return Point(self.x_px + self.width_px / 2, self.y_px + self.height_px / 2)

    @property
    def area_px2(self) -> float:
        """The area in square pixels."""
        return self.width_px * self.height_px

    def contains(self, point: Point) -> bool:
        """Tell whether a point lies in the box, its edges included."""
        return (
            self.x_px <= point.x_px <= self.x_px + self.width_px
            and self.y_px <= point.y_px <= self.y_px + self.height_px
        )

    @staticmethod
    def around(first: Point, second: Point) -> "Box":
        """Return the box with two opposite corners, given in any order."""
        left, right = sorted((first.x_px, second.x_px))
        top, bottom = sorted((first.y_px, second.y_px))
        return Box(left, top, right - left, bottom - top)


def iou(first: Box, second: Box) -> float:
    """Intersection over union of two boxes; 0.0 where both are empty."""
    width = min(first.x_px + first.width_px, second.x_px + second.width_px) - max(
        first.x_px, second.x_px
    )
    height = min(first.y_px + first.height_px, second.y_px + second.height_px) - max(
        first.y_px, second.y_px
    )
    shared = max(width, 0.0) * max(height, 0.0)
    union = first.area_px2 + second.area_px2 - shared
    return shared / union if union > 0 else 0.0
