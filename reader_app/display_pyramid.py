"""Pictures that are ready to be shown at any size: a pyramid of 2x2 means, and its resampling.

A picture is held as it hangs, flips applied. Frame: hung pixels, x to the right, y down, 0.0, 0.0 =
top left corner of the top left pixel; a pixel of level k covers 2^k x 2^k of them.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reader_app.display import AIR, Codes
from reader_app.display_hanging import HungPoint, PaneSize, Placement
from study_design.images.mammogram import Mammogram
from study_design.vocabulary import Side

SMALLEST_LEVEL_PX = 256
BREAST_SHARE = 0.1  # of a column's pixels; less is a marker or a speck
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """One size of a picture: codes and where they are air.

    An air pixel that touches tissue holds the mean of the tissue it touches, so that interpolation
    at the edge of the breast mixes in nothing of the background.
    """

    codes: Codes
    air: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A mammogram as it hangs, at every size; finest level first.

    Attributes
    ----------
    breast_centre
        The centre of gravity of what is not air.
    chest_wall_hung
        Where the tissue ends at the chest wall: the picture's edge, or where its padding begins.
    """

    mammogram: Mammogram
    levels: tuple[Level, ...]
    breast_centre: HungPoint
    chest_wall_hung: float

    def level_for(self, scale: float) -> int:
        """Return the coarsest level that has at least one pixel for each device pixel."""
        coarsest = math.floor(math.log2(1.0 / scale)) if scale < 1.0 else 0
        return min(coarsest, len(self.levels) - 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """Where the device pixels of one axis fall in a level: `inside` are those on the picture."""

    inside: slice
    low: NDArray[np.intp]
    high: NDArray[np.intp]
    nearest: NDArray[np.intp]
    weight: NDArray[np.float32]


def build_picture(mammogram: Mammogram, codes: Codes, air: Mask) -> Picture:
    """Return a picture to show from the codes of a mammogram.

    Parameters
    ----------
    mammogram
        Says how it hangs.
    codes, air
        rows x columns in stored orientation; a code of `AIR` outside air is shown as `AIR` - 1.
    """
    down = slice(None, None, -1 if mammogram.flip_vertical else 1)
    right = slice(None, None, -1 if mammogram.flip_horizontal else 1)
    hung_air = np.ascontiguousarray(air[down, right])
    level = _level(np.minimum(codes[down, right], np.uint16(AIR - 1)), hung_air)
    levels = [level]
    while max(level.codes.shape) > SMALLEST_LEVEL_PX:
        level = _halved(level)
        levels.append(level)
    return Picture(
        mammogram,
        tuple(levels),
        _centre_of_tissue(level.air, 2 ** (len(levels) - 1)),
        _chest_wall(mammogram, hung_air),
    )


def resample(picture: Picture, placement: Placement, size: PaneSize) -> Codes:
    """Return the codes of a pane's device pixels, `AIR` where there is air or no picture.

    Bilinear in the level that `Picture.level_for` names; whether a pixel is air is decided by the
    level's nearest pixel, so that air and tissue never mix.

    Returns
    -------
    uint16[size.height, size.width]
    """
    number = picture.level_for(placement.scale)
    level = picture.levels[number]
    mammogram, covers = picture.mammogram, 2**number
    y = _samples(placement.top_hung, placement.scale, size.height, mammogram.rows, covers)
    x = _samples(placement.left_hung, placement.scale, size.width, mammogram.columns, covers)
    pane = np.full((size.height, size.width), AIR, dtype=np.uint16)
    if y.low.size and x.low.size:
        pane[y.inside, x.inside] = _interpolated(level, y, x)
    return pane


def _samples(start: float, scale: float, count: int, pixels: int, covers: int) -> _Samples:
    """Return where the centres of `count` device pixels fall; `covers` hung pixels make one."""
    centres = start + (np.arange(count) + 0.5) / scale
    first, end = np.searchsorted(centres, (0.0, float(pixels)))
    at = centres[first:end] / covers
    last = math.ceil(pixels / covers) - 1
    low = np.floor(at - 0.5)
    return _Samples(
        slice(int(first), int(end)),
        np.clip(low, 0, last).astype(np.intp),
        np.clip(low + 1, 0, last).astype(np.intp),
        np.clip(np.floor(at), 0, last).astype(np.intp),
        (at - 0.5 - low).astype(np.float32),
    )


def _interpolated(level: Level, y: _Samples, x: _Samples) -> Codes:
    """Interpolate rows first, then columns."""
    columns = slice(int(x.low[0]), int(x.high[-1]) + 1)
    codes = level.codes[:, columns]
    rows = codes[y.low].astype(np.float32)
    rows += (codes[y.high] - rows) * y.weight[:, None]
    left = np.take(rows, x.low - columns.start, axis=1)
    left += (np.take(rows, x.high - columns.start, axis=1) - left) * x.weight
    pixels = (left + np.float32(0.5)).astype(np.uint16)
    pixels[np.take(level.air[y.nearest], x.nearest, axis=1)] = AIR
    return pixels


def _halved(level: Level) -> Level:
    """Return the next coarser level: means of 2 x 2 codes, air only where all four are."""
    odd = [(0, length % 2) for length in level.codes.shape]
    codes = np.pad(level.codes, odd, mode="edge").astype(np.uint32)
    air = np.pad(level.air, odd, constant_values=True)
    total = codes[0::2, 0::2] + codes[0::2, 1::2] + codes[1::2, 0::2] + codes[1::2, 1::2]
    all_air = air[0::2, 0::2] & air[0::2, 1::2] & air[1::2, 0::2] & air[1::2, 1::2]
    return _level(((total + 2) >> 2).astype(np.uint16), all_air)


def _level(codes: Codes, air: Mask) -> Level:
    """Return a level, its rim of air filled from the tissue that it touches."""
    rim_y, rim_x = np.nonzero(air & _grown(~air))
    total = np.zeros(rim_y.size)
    count = np.zeros(rim_y.size)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            y = np.clip(rim_y + down, 0, air.shape[0] - 1)
            x = np.clip(rim_x + right, 0, air.shape[1] - 1)
            tissue = ~air[y, x]
            total += codes[y, x] * tissue
            count += tissue
    filled = np.ascontiguousarray(codes)
    filled[rim_y, rim_x] = np.rint(total / count).astype(np.uint16)
    return Level(filled, air)


def _grown(mask: Mask) -> Mask:
    """Return a mask grown by one pixel in all eight directions."""
    tall = mask.copy()
    tall[1:] |= mask[:-1]
    tall[:-1] |= mask[1:]
    grown = tall.copy()
    grown[:, 1:] |= tall[:, :-1]
    grown[:, :-1] |= tall[:, 1:]
    return grown


def _centre_of_tissue(air: Mask, covers: int) -> HungPoint:
    """Return the centre of gravity of what is not air; of the whole picture where all is."""
    tissue = ~air if not air.all() else air
    y, x = np.nonzero(tissue)
    return HungPoint((float(x.mean()) + 0.5) * covers, (float(y.mean()) + 0.5) * covers)


def _chest_wall(mammogram: Mammogram, air: Mask) -> float:
    """Return where tissue ends at the inner side; a column of breast is one with tissue enough."""
    right = mammogram.view is not None and mammogram.view.side is Side.RIGHT
    share = 1.0 - air.mean(axis=0)
    columns = np.flatnonzero(share >= BREAST_SHARE)
    if columns.size == 0:
        return float(mammogram.columns) if right else 0.0
    return float(columns[-1] + 1 if right else columns[0])
