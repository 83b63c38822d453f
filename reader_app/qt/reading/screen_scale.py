"""How many device pixels a mm of a real screen has: measured by a person, or as it states."""

from pathlib import Path

from PySide6.QtGui import QScreen

from reader_app.display.display_true_size import (
    ScreenFacts,
    ScreenScale,
    measured_px_per_mm,
    scale_of_screen,
)
from reader_app.display.screen_sizes import FILE, read_screen_widths
from study_design.errors import BadInputError


def scale_on(screen: QScreen, measured: Path) -> ScreenScale:
    """Return the scale of a screen; where it is unknown, in words what would make it known.

    Parameters
    ----------
    measured
        The file of `screen_sizes`.
    """
    name, facts = screen.model() or screen.name(), _facts_of(screen)
    try:
        width_mm = read_screen_widths(measured).get(name)
    except BadInputError as error:
        return ScreenScale(None, str(error))
    px_per_mm = None if width_mm is None else measured_px_per_mm(facts.width_px, width_mm)
    if width_mm is not None and px_per_mm is None:
        return ScreenScale(None, f"{FILE}: {width_mm:g} mm cannot be the width of {name}")
    scale = scale_of_screen(facts, px_per_mm)
    if scale.px_per_mm is None:
        return ScreenScale(None, f'{scale.source}; its width in mm can go into {FILE}: "{name}"')
    return scale


def _facts_of(screen: QScreen) -> ScreenFacts:
    """Return what a screen states of itself."""
    ratio, size_px, size_mm = screen.devicePixelRatio(), screen.size(), screen.physicalSize()
    return ScreenFacts(
        round(size_px.width() * ratio),
        round(size_px.height() * ratio),
        size_mm.width(),
        size_mm.height(),
    )
