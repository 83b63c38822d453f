"""The display path written as it is defined, slowly: what the quick one must show.

Whole matrices in float64; nothing is shared with the quick path but the pyramid's levels.
"""

import numpy as np
from numpy.typing import NDArray

from reader_app.display.display_hanging import PaneSize, Placement
from reader_app.display.display_kernels import AIR
from reader_app.display.display_pyramid import Picture

Values = NDArray[np.float64]


def reference_codes(picture: Picture, placement: Placement, pane: PaneSize) -> Values:
    """Return what `resample` must show on every device pixel of a pane, before it is rounded.

    The mean of that part of the level which the device pixel covers, air left out; nan where the
    centre of the device pixel lies in air or beside the picture.
    """
    number = picture.level_for(placement.scale)
    level, step = picture.levels[number], 1 / placement.scale / 2**number
    top, left = placement.top_hung / 2**number, placement.left_hung / 2**number
    rows = _shares(top, step, pane.height, level.shape[0])
    columns = _shares(left, step, pane.width, level.shape[1])
    tissue = level != AIR
    total = rows @ (level * tissue).astype(np.float64) @ columns.T
    weight = rows @ tissue.astype(np.float64) @ columns.T
    y = np.floor(top + (np.arange(pane.height) + 0.5) * step).astype(np.intp)
    x = np.floor(left + (np.arange(pane.width) + 0.5) * step).astype(np.intp)
    on_y, on_x = (y >= 0) & (y < level.shape[0]), (x >= 0) & (x < level.shape[1])
    shown = tissue[np.ix_(y * on_y, x * on_x)] & on_y[:, None] & on_x
    return np.where(shown, total / np.where(weight > 0, weight, 1), np.nan)


def _shares(start: float, step: float, count: int, size: int) -> Values:
    """Return how much of each of a level's pixels each device pixel covers, on one axis."""
    centres = start + (np.arange(count)[:, None] + 0.5) * step
    half = max(step, 1.0) / 2
    pixels = np.arange(size)
    covered = np.minimum(centres + half, pixels + 1) - np.maximum(centres - half, pixels)
    return np.asarray(np.maximum(covered, 0.0))
