"""Pictures that are ready to be shown at any size: a pyramid of 2x2 means, and its resampling.

A picture is held as it hangs, flips applied, `AIR` where nothing of the patient is. Frame: hung
pixels, x to the right, y down, 0.0, 0.0 = top left corner of the top left pixel; a pixel of level k
covers 2^k x 2^k of them.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reader_app.display.display_hanging import HungPoint, PaneSize, Placement
from reader_app.display.display_kernels import (
    Codes,
    halve,
    lay_out,
    read_only,
    share_out,
    weigh,
)
from study_design.images.mammogram import Mammogram
from study_design.vocabulary import Side

BREAST_SHARE = 0.1  # of a column's pixels; less is a marker or a speck
Mask = NDArray[np.bool_]
Shares = NDArray[np.float64]  # of tissue, in each row or column


@dataclass(frozen=True, slots=True)
class TissueBox:
    """The smallest box of hung pixels that holds all tissue; ends are exclusive."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, eq=False)
class PaneCodes:
    """The codes of those device pixels of a pane that can show tissue; all others are black.

    Attributes
    ----------
    left, top
        Where in the pane the first of them is, in device pixels.
    codes
        `AIR` where there is air; empty where no tissue is in the pane.
    """

    left: int
    top: int
    codes: Codes


@dataclass(frozen=True, slots=True, eq=False)
class FirstFrame:
    """The codes of a pane when a case opens, resampled before it does; not to be written to."""

    placement: Placement
    pane: PaneSize
    codes: PaneCodes


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A mammogram as it hangs, at every size; finest level first, the last is a single pixel.

    Attributes
    ----------
    breast_centre
        The centre of gravity of what is not air.
    chest_wall_hung
        Where the tissue ends at the chest wall: the picture's edge, or where its padding begins.
    first_frame
        What its pane shows first; None where nobody has said how large the pane is.
    """

    mammogram: Mammogram
    levels: tuple[Codes, ...]
    tissue: TissueBox
    breast_centre: HungPoint
    chest_wall_hung: float
    first_frame: FirstFrame | None = None

    def level_for(self, scale: float) -> int:
        """Return the coarsest level that has at least one pixel for each device pixel."""
        coarsest = math.floor(math.log2(1.0 / scale)) if scale < 1.0 else 0
        return min(coarsest, len(self.levels) - 1)

    @property
    def size_bytes(self) -> int:
        """What the picture takes in memory."""
        first = self.first_frame.codes.codes.nbytes if self.first_frame else 0
        return first + sum(level.nbytes for level in self.levels)


@dataclass(frozen=True, slots=True)
class _Span:
    """Where tissue is on one axis, in hung pixels.

    A pixel of the level covers `covers` of them, and the level has `size` pixels.
    """

    start: int
    end: int
    covers: int
    size: int

    @property
    def ends(self) -> tuple[int, int]:
        """Start and end in whole pixels of the level."""
        return self.start // self.covers, -(-self.end // self.covers)


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """Which device pixels of one axis show tissue, and of which pixels of a level they consist.

    Attributes
    ----------
    start
        The first of the device pixels.
    middle
        For each of them, the level's pixel at its centre.
    weights
        float32[3, n]: the share of the pixel before, of the middle one and of the one after.
    """

    start: int
    middle: NDArray[np.int32]
    weights: NDArray[np.float32]


def build_picture(mammogram: Mammogram, codes: Codes, air: Mask) -> Picture:
    """Return a picture to show from the codes of a mammogram.

    Parameters
    ----------
    mammogram
        Says how it hangs.
    codes, air
        rows x columns in stored orientation; a code of `AIR` outside air is shown as `AIR` - 1.
    """
    if mammogram.transposed:
        codes, air = np.ascontiguousarray(codes.T), np.ascontiguousarray(air.T)
    flips = mammogram.flip_vertical, mammogram.flip_horizontal
    finest: Codes = np.empty(codes.shape, dtype=np.uint16)
    rows, columns = codes.shape
    air_in = np.zeros(rows, dtype=np.uint32), np.zeros(columns, dtype=np.uint32)
    lay_out(read_only(codes), read_only(air.view(np.uint8)), flips, finest, air_in)
    levels: list[Codes] = [finest]
    while levels[-1].size > 1:
        rows, columns = levels[-1].shape
        coarser = np.empty((-(-rows // 2), -(-columns // 2)), dtype=np.uint16)
        halve(levels[-1], coarser)
        levels.append(coarser)
    of_rows = _hung(1.0 - air_in[0] / codes.shape[1], flips[0])
    of_columns = _hung(1.0 - air_in[1] / codes.shape[0], flips[1])
    return Picture(
        mammogram,
        tuple(levels),
        _tissue_box(of_columns, of_rows),
        HungPoint(_centre(of_columns), _centre(of_rows)),
        _chest_wall(mammogram, of_columns),
    )


def _hung(stored: Shares, flipped: bool) -> Shares:
    """Return shares of rows or columns in the order in which they hang."""
    return stored[::-1] if flipped else stored


def resample(
    picture: Picture, placement: Placement, pane: PaneSize, memory: Codes | None = None
) -> PaneCodes:
    """Return the codes of a pane's device pixels.

    A device pixel is the mean of the part of the level that it covers (`Picture.level_for` names
    the level), so each stored pixel counts, and the mean of the picture stays what it is. Enlarged,
    that is bilinear interpolation. Air is left out of every mean; a device pixel whose centre lies
    in air is `AIR`.

    Parameters
    ----------
    memory
        One-dimensional; the codes are written into it if it is large enough. Fresh memory for every
        frame would cost half as much as the resampling, page by page.
    """
    number = picture.level_for(placement.scale)
    level, tissue, covers = picture.levels[number], picture.tissue, 2**number
    step = 1.0 / placement.scale / covers
    rows = _Span(tissue.top, tissue.bottom, covers, level.shape[0])
    columns = _Span(tissue.left, tissue.right, covers, level.shape[1])
    y = _samples(placement.top_hung / covers, step, pane.height, rows)
    x = _samples(placement.left_hung / covers, step, pane.width, columns)
    shape = y.middle.size, x.middle.size
    size = shape[0] * shape[1]
    if memory is None or memory.size < size:
        memory = np.empty(size, dtype=np.uint16)
    codes = memory[:size].reshape(shape)
    if size:
        weigh(level, y.middle, y.weights, x.middle, x.weights, codes)
    return PaneCodes(x.start, y.start, codes)


def _samples(start: float, step: float, count: int, span: _Span) -> _Samples:
    """Return of what the device pixels consist that have their centres in the tissue, on one axis.

    `start` and `step` say where the device pixels are in pixels of the level. A device pixel covers
    1 to 2 pixels of the level, so it meets three at most; one that is smaller than a pixel is
    widened to it, which makes the mean a linear interpolation.
    """
    centres = start + (np.arange(count, dtype=np.float64) + 0.5) * step
    first, end = np.searchsorted(centres, span.ends)
    middle = np.empty(end - first, dtype=np.int32)
    weights = np.empty((3, end - first), dtype=np.float32)
    share_out(centres[first:end], max(step, 1.0), span.size, middle, weights)
    return _Samples(int(first), middle, weights)


def _tissue_box(of_columns: Shares, of_rows: Shares) -> TissueBox:
    """Return where tissue is; an empty box where there is none."""
    columns, rows = np.flatnonzero(of_columns), np.flatnonzero(of_rows)
    if columns.size == 0:
        return TissueBox(0, 0, 0, 0)
    return TissueBox(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def _centre(shares: Shares) -> float:
    """Return the centre of gravity on one axis; of the whole picture where all is air."""
    weights = shares if shares.any() else None
    return float(np.average(np.arange(shares.size) + 0.5, weights=weights))


def _chest_wall(mammogram: Mammogram, of_columns: Shares) -> float:
    """Return where tissue ends at the inner side; a column of breast is one with tissue enough."""
    right = mammogram.view is not None and mammogram.view.side is Side.RIGHT
    columns = np.flatnonzero(of_columns >= BREAST_SHARE)
    if columns.size == 0:
        return float(mammogram.columns_hung) if right else 0.0
    return float(columns[-1] + 1 if right else columns[0])
