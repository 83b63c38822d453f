"""Text and markers in the pixels, found by their shape: the header's word on them is not trusted.

Letters are small, sharp and much brighter (or, on a label, darker) than what lies round them, and
stand in rows. Lead markers (R-CC, L-MLO) are letters too, so what is found is "text or marker" and
a person looks at it; nothing is recognised or read. In air nearly any such mark counts; over
tissue, where vessels, calcifications and folds are sharp too, only rows of marks of one height do
that have about the brightest or the darkest code of the picture, as programs draw them. How much is
found, and how much in vain, is measured in the tests and told in the package's README.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from study_design.images.found_text import TextBox
from study_design.images.pixels.flat_filters import block_extremes, top_hat

# Marks are looked for on a picture reduced to at most this many pixels along its longer side, each
# the brightest of its block, so that thin strokes are not lost.
_REDUCED_SIDE_PX = 2048
# Strokes are thinner than this share of the longer side: about 5 mm.
_WIDEST_STROKE = 0.016
# How much a mark exceeds what lies round it, as a share of the range of grey ...
_CONTRAST = 0.05
# ... or as so many standard deviations of the noise.
_NOISE_DEVIATIONS = 8.0
# Height of the smallest letter, in reduced pixels; of the tallest, as a share of the longer side.
_LEAST_HEIGHT_PX = 4
_MOST_HEIGHT = 0.07
# Letters that run together may be so long, as a share of the longer side.
_MOST_LENGTH = 0.35
# A letter covers at least this share of its box; scratches and edges cover less.
_LEAST_COVER = 0.12
# A mark that stands alone counts in air from this share of the longer side on: about 2 mm.
_LEAST_ALONE = 0.007
# Longer than this many times its height, a mark that stands alone is an edge or a scratch.
_MOST_SLENDER_ALONE = 12.0
# Letters of one row differ in height by this factor at most and are this many heights apart.
_HEIGHTS_RATIO = 1.8
_GAP_HEIGHTS = 1.2
# Marks over tissue count that come so near to the brightest code, as a share of the range ...
_PEAK = 0.15
# ... and of which so large a share has that very code, ...
_AT_PEAK = 0.15
# ... from this many in a row on.
_ROW_ON_TISSUE = 3
# A letter is about this share of its height wide, with the gap to the next.
_LETTER_WIDTH = 0.75
# What covers so much of its box is a bar.
_BAR_COVER = 0.9
# More marks than this are noise or the grain of a film: only the largest are looked at.
_MOST_MARKS = 400


@dataclass(frozen=True, slots=True)
class _Mark:
    """A connected patch of reduced pixels, by its box; `bottom` and `right` are excluded."""

    top: int
    left: int
    bottom: int
    right: int
    area: int
    in_air: bool

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left


def find_text(
    codes: NDArray[np.uint16], air: NDArray[np.bool_], *, low_is_bright: bool
) -> tuple[TextBox, ...]:
    """Return the boxes of what looks like text or a marker, the topmost first.

    Parameters
    ----------
    codes
        The stored pixel matrix, unsigned.
    air
        True where nothing of the patient is; same shape.
    low_is_bright
        Whether the lowest code is shown white.
    """
    step = max(1, math.ceil(max(codes.shape) / _REDUCED_SIDE_PX))
    grey = codes.max() - codes if low_is_bright else codes
    bright = block_extremes(grey, step, np.maximum)
    dark = block_extremes(grey, step, np.minimum)
    span = float(np.percentile(bright, 99.9)) - float(dark.min())
    if span <= 0:
        return ()
    in_air = air[::step, ::step]
    # Nothing is darker than air, and a narrow strip of it is no letter: dark letters stand on a
    # label, where the rules for tissue hold.
    nowhere = np.zeros_like(in_air)
    groups = [
        group
        for polarity, where in ((bright, in_air), (dark.max() - dark, nowhere))
        for group in _groups(_marks(polarity, where, span))
        if _is_text(group, max(bright.shape))
    ]
    boxes = [_stored_box(group, step, codes.shape) for group in groups]
    return tuple(sorted(_united(boxes), key=lambda box: (box.y_px, box.x_px)))


def _marks(grey: NDArray[np.uint16], in_air: NDArray[np.bool_], span: float) -> list[_Mark]:
    """Return the patches of letter size that stick out of what lies round them, largest first."""
    side = max(grey.shape)
    above = top_hat(grey, 2 * round(_WIDEST_STROKE * side / 2) + 1)
    quiet = above[in_air]
    noise = 1.4826 * float(np.median(quiet)) if quiet.size else 0.0
    stands_out = above > max(_CONTRAST * span, _NOISE_DEVIATIONS * noise)
    peak = grey.max()
    stands_out &= in_air | (grey >= peak - _PEAK * span)
    labels, count = ndimage.label(stands_out, structure=np.ones((3, 3)))
    label_of = labels[stands_out]
    areas = np.bincount(label_of, minlength=count + 1)
    at_peak = np.bincount(label_of[grey[stands_out] == peak], minlength=count + 1)
    air_areas = np.bincount(label_of[in_air[stands_out]], minlength=count + 1)
    marks = (
        _Mark(
            rows.start,
            columns.start,
            rows.stop,
            columns.stop,
            area=int(areas[label]),
            in_air=bool(2 * air_areas[label] > areas[label]),
        )
        for label, (rows, columns) in enumerate(ndimage.find_objects(labels), start=1)
        if 2 * air_areas[label] > areas[label] or at_peak[label] >= _AT_PEAK * areas[label]
    )
    letters = [mark for mark in marks if _is_letter(mark, side)]
    return sorted(letters, key=lambda mark: -mark.area)[:_MOST_MARKS]


def _is_letter(mark: _Mark, side: int) -> bool:
    """Tell whether a patch has the size of a letter or of a word whose letters run together."""
    short, long = sorted((mark.height, mark.width))
    return (
        long >= _LEAST_HEIGHT_PX
        and short <= _MOST_HEIGHT * side
        and long <= _MOST_LENGTH * side
        and mark.area >= _LEAST_COVER * mark.height * mark.width
    )


def _groups(marks: Sequence[_Mark]) -> list[list[_Mark]]:
    """Return the marks in the rows and columns that they form; each stands in one group."""
    groups = []
    alone = list(marks)
    while alone:
        group = [alone.pop(0)]
        for one in group:  # which grows meanwhile
            near = [other for other in alone if _stand_in_line(one, other)]
            alone = [other for other in alone if other not in near]
            group += near
        groups.append(group)
    return groups


def _stand_in_line(one: _Mark, other: _Mark) -> bool:
    """Tell whether two marks may be neighbours in a row, or in a column (text turned upright)."""
    rows = _gap(one.top, one.bottom, other.top, other.bottom)
    columns = _gap(one.left, one.right, other.left, other.right)
    in_a_row = _alike(one.height, other.height) and 2 * -rows > min(one.height, other.height)
    in_a_column = _alike(one.width, other.width) and 2 * -columns > min(one.width, other.width)
    return (in_a_row and columns <= _GAP_HEIGHTS * max(one.height, other.height)) or (
        in_a_column and rows <= _GAP_HEIGHTS * max(one.width, other.width)
    )


def _gap(start: int, end: int, other_start: int, other_end: int) -> int:
    """Return how far two spans lie apart; negative where they overlap, by so much."""
    return max(start, other_start) - min(end, other_end)


def _alike(one: int, other: int) -> bool:
    """Tell whether two marks have about the height of letters of one row."""
    return max(one, other) <= _HEIGHTS_RATIO * min(one, other)


def _is_text(group: Sequence[_Mark], side: int) -> bool:
    """Tell whether a group of marks is to be looked at."""
    in_air = [mark for mark in group if mark.in_air]
    if not in_air:
        return len(group) >= _ROW_ON_TISSUE
    return len(group) > 1 or _stands_alone(in_air[0], side)


def _stands_alone(mark: _Mark, side: int) -> bool:
    """Tell whether a single mark in air is large and compact enough for a letter or a word."""
    short, long = sorted((mark.height, mark.width))
    return (
        long >= _LEAST_ALONE * side
        and short >= _LEAST_HEIGHT_PX
        and long <= _MOST_SLENDER_ALONE * short
    )


def _stored_box(group: Sequence[_Mark], step: int, shape: tuple[int, ...]) -> TextBox:
    """Return the box round a group in stored pixels, with a rim of half a letter's height."""
    rim = max(2, min(max(mark.height for mark in group), max(mark.width for mark in group)) // 4)
    top = max(0, (min(mark.top for mark in group) - rim) * step)
    left = max(0, (min(mark.left for mark in group) - rim) * step)
    bottom = min(shape[0], (max(mark.bottom for mark in group) + rim) * step)
    right = min(shape[1], (max(mark.right for mark in group) + rim) * step)
    return TextBox(left, top, right - left, bottom - top, _letters(group))


def _letters(group: Sequence[_Mark]) -> int:
    """Return about how many letters the longest row or column of a group has.

    Letters that run together count by their length; bars, which are frames and dashes, do not.
    """
    letters = [m for m in group if m.area < _BAR_COVER * m.height * m.width]
    across = [((m.top, m.bottom), m.width) for m in letters]
    upright = [((m.left, m.right), m.height) for m in letters]
    return max(1, _longest_row(across), _longest_row(upright))


def _longest_row(marks: Sequence[tuple[tuple[int, int], int]]) -> int:
    """Return the letters of the longest row of marks, by their span across it and their length."""
    longest = 0
    for (start, end), _ in marks:
        height = end - start
        row = [
            length
            for span, length in marks
            if _alike(height, span[1] - span[0])
            and 2 * -_gap(start, end, *span) > min(height, span[1] - span[0])
        ]
        longest = max(longest, round(sum(row) / (_LETTER_WIDTH * height)))
    return longest


def _united(boxes: Iterable[TextBox]) -> list[TextBox]:
    """Return the boxes with those that overlap joined into one."""
    apart: list[TextBox] = []
    for box in boxes:
        joined = box
        while touching := [other for other in apart if _overlap(joined, other)]:
            apart = [other for other in apart if other not in touching]
            joined = _around([joined, *touching])
        apart.append(joined)
    return apart


def _overlap(one: TextBox, other: TextBox) -> bool:
    """Tell whether two boxes share a pixel."""
    return (
        one.x_px < other.x_px + other.width_px
        and other.x_px < one.x_px + one.width_px
        and one.y_px < other.y_px + other.height_px
        and other.y_px < one.y_px + one.height_px
    )


def _around(boxes: Sequence[TextBox]) -> TextBox:
    """Return the box round several."""
    left, top = min(box.x_px for box in boxes), min(box.y_px for box in boxes)
    right = max(box.x_px + box.width_px for box in boxes)
    bottom = max(box.y_px + box.height_px for box in boxes)
    # What is dark between bright letters lies within them: the larger box tells how many.
    letters = max(boxes, key=lambda box: box.width_px * box.height_px).letters
    return TextBox(left, top, right - left, bottom - top, letters)
