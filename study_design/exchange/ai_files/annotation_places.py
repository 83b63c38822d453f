"""Where the graphics of a presentation state are in the picture, whatever their units.

PIXEL and MATRIX count pixels of the picture, which are the same where it is not tiled. DISPLAY
counts shares of the displayed area. Source: PS3.3 C.10.4, C.10.5.1.2, C.10.6.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset

_TURNED = (90, 270)
UNITS = ("PIXEL", "MATRIX", "DISPLAY")


@dataclass(frozen=True, slots=True)
class ScreenArea:
    """The part of a picture that is displayed, as columns and rows of its edges.

    Left may be greater than right, and top than bottom, where the picture is shown mirrored.
    `turned`: a row of the screen is a column of the picture.
    """

    left: float
    top: float
    right: float
    bottom: float
    turned: bool = False

    def in_picture(self, point: tuple[float, float]) -> tuple[float, float]:
        """Return column and row of a point given as shares of the area."""
        across, down = reversed(point) if self.turned else point
        return (
            self.left + across * (self.right - self.left),
            self.top + down * (self.bottom - self.top),
        )


def is_on_screen(units: str) -> bool:
    """Tell whether units count places of the screen."""
    return units == "DISPLAY"


def screen_area(dataset: Dataset, image: str) -> ScreenArea | None:
    """Return which part of an image is displayed; None where it is not said."""
    turned = int(dataset.get("ImageRotation") or 0) in _TURNED
    for item in dataset.get("DisplayedAreaSelectionSequence") or ():
        named = [str(r.ReferencedSOPInstanceUID) for r in item.get("ReferencedImageSequence") or ()]
        first = item.get("DisplayedAreaTopLeftHandCorner")
        last = item.get("DisplayedAreaBottomRightHandCorner")
        if first and last and (not named or image in named):
            left, right = _edges(float(first[0]), float(last[0]))
            top, bottom = _edges(float(first[1]), float(last[1]))
            return ScreenArea(left, top, right, bottom, turned)
    return None


def in_picture(
    points: Sequence[tuple[float, float]], units: str, area: ScreenArea | None
) -> tuple[tuple[float, float], ...]:
    """Return points as columns and rows; none where they stand on an area that is not known."""
    if not is_on_screen(units):
        return tuple(points)
    return tuple(area.in_picture(point) for point in points) if area else ()


def _edges(first: float, last: float) -> tuple[float, float]:
    """Return the outer edges of two pixels, which are counted from 1."""
    return (first - 1, last) if first <= last else (first, last - 1)
