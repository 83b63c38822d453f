"""True size: a millimetre of the breast takes a millimetre of the screen.

A screen states its size, often a little wrong and sometimes not at all; a person who has measured a
bar on it knows better.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from reader_app.display.display_hanging import CommonScale
from study_design.images.mammogram import Mammogram

# From a projector's picture to a telephone's: what no screen has is a misstatement.
FEWEST_PX_PER_MM, MOST_PX_PER_MM = 0.5, 40.0
# Sizes are stated in whole centimetres by some screens, which is 3 % of a small one's height.
_SQUARE = 0.04


@dataclass(frozen=True, slots=True)
class ScreenFacts:
    """What a screen states: its size in device pixels and in mm; 0 mm where it does not know."""

    width_px: int
    height_px: int
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class ScreenScale:
    """Device pixels a mm of the screen, None where unknown, and where that comes from in words."""

    px_per_mm: float | None
    source: str


def scale_of_screen(screen: ScreenFacts, calibrated_px_per_mm: float | None = None) -> ScreenScale:
    """Return how many device pixels a mm of the screen has.

    What was measured on the screen goes before what the screen states. A screen that was turned
    may state the size of the unturned one; one whose pixels would not be square states nonsense.
    """
    if calibrated_px_per_mm is not None and _is_likely(calibrated_px_per_mm):
        return ScreenScale(calibrated_px_per_mm, "measured on this screen")
    for width_mm, height_mm in (
        (screen.width_mm, screen.height_mm),
        (screen.height_mm, screen.width_mm),
    ):
        if width_mm <= 0 or height_mm <= 0:
            continue
        across, down = screen.width_px / width_mm, screen.height_px / height_mm
        if _is_likely(across) and math.isclose(across, down, rel_tol=_SQUARE):
            return ScreenScale((across + down) / 2, "as the screen states, not measured")
    return ScreenScale(None, "the screen does not state its size")


def measured_px_per_mm(bar_px: float, measured_mm: float) -> float | None:
    """Return what the ruler held against a bar on the screen says; None where it makes no sense."""
    if measured_mm <= 0:
        return None
    px_per_mm = bar_px / measured_mm
    return px_per_mm if _is_likely(px_per_mm) else None


def true_size(mammograms: Sequence[Mammogram], screen: ScreenScale) -> CommonScale | None:
    """Return the scale at which all panes show true size; None where a size is unknown."""
    if screen.px_per_mm is None or any(m.spacing_mm is None for m in mammograms):
        return None
    return CommonScale(1.0 / screen.px_per_mm, in_mm=True)


def _is_likely(px_per_mm: float) -> bool:
    """Tell whether a screen can have so many pixels a mm."""
    return FEWEST_PX_PER_MM <= px_per_mm <= MOST_PX_PER_MM
