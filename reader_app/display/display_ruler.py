"""What a ruler on a picture reads, and which spacing it reads it with."""

import math
from dataclasses import dataclass

from study_design.geometry import Point
from study_design.images.mammogram import Mammogram

NO_SPACING = "no spacing in the file: not a size"


@dataclass(frozen=True, slots=True)
class RulerReading:
    """A distance on a picture.

    Attributes
    ----------
    length_px
        In stored pixels.
    length_mm
        In the plane of the breast; None where the spacing is unknown.
    source
        Which spacing was used, in words; why there is none, where it is unknown.
    """

    length_px: float
    length_mm: float | None
    source: str

    @property
    def words(self) -> str:
        """The distance as it stands beside the ruler: mm, or px where there are no mm."""
        if self.length_mm is None:
            return f"{self.length_px:.0f} px"
        return f"{self.length_mm:.1f} mm"


def ruler_reading(mammogram: Mammogram, start: Point, end: Point) -> RulerReading:
    """Return the distance of two places of a picture.

    Pixels are square (others have no spacing), so a distance is alike in every direction, and
    the flips of the hanging do not change it.
    """
    length_px = math.hypot(end.x_px - start.x_px, end.y_px - start.y_px)
    if mammogram.spacing_mm is None:
        return RulerReading(length_px, None, NO_SPACING)
    return RulerReading(length_px, length_px * mammogram.spacing_mm, mammogram.spacing_source)
