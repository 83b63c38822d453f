"""Whether the windows of a header reach the values of its breast, and the window that shows all.

A window or a table beyond them makes the whole breast one grey. No header means that, so a person
looks before anyone reads.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from study_design.images.header.presentation import CodeRange
from study_design.images.header.value_range import ValueRange
from study_design.images.mammogram import ModalityTransformation, VoiFunction, VoiWindow
from study_design.images.pixels.decode import StoredPixels

FULL_RANGE = "full range"
# The darkest and the brightest tenth of what is no air may be rim, markers and muscle.
_MOST_OF_THE_BREAST = (10.0, 90.0)
_FEWEST_LOOKED_AT = 512  # pixels along a side, of a picture that has more
# In widths on either side of the centre: beyond, a sigmoid is within 2 % of black or white.
_SIGMOID_REACH, _REACH = 1.0, 0.5


def stored_values(pixels: StoredPixels, padding: CodeRange | None) -> ValueRange:
    """Return the stored values of a picture; its padding, in codes, does not count."""
    codes = pixels.codes
    if padding is not None:
        outside = codes[(codes < padding.low) | (codes > padding.high)]
        codes = outside if outside.size else codes
    return ValueRange(int(codes.min()) + pixels.code_offset, int(codes.max()) + pixels.code_offset)


def breast_values(pixels: StoredPixels, air: NDArray[np.bool_]) -> ValueRange:
    """Return the stored values of most of the breast, by a sample of its pixels."""
    step = max(1, max(pixels.codes.shape) // _FEWEST_LOOKED_AT)
    codes, outside = pixels.codes[::step, ::step], air[::step, ::step]
    tissue = codes if outside.all() else codes[~outside]
    low, high = np.percentile(tissue, _MOST_OF_THE_BREAST, method="nearest")
    return ValueRange(int(low) + pixels.code_offset, int(high) + pixels.code_offset)


def full_range(stored: ValueRange, modality: ModalityTransformation) -> VoiWindow:
    """Return the window that shows the lowest value black and the highest white.

    Padding must not count: it may lie far beyond all tissue, and would leave no contrast.
    """
    values = _outputs(stored, modality)
    width = values.high - values.low
    # Where the values have small steps, a window of 1 would be wider than all of them.
    return VoiWindow(
        (values.low + values.high) / 2,
        width if width > 0 else 1.0,
        VoiFunction.LINEAR_EXACT,
        FULL_RANGE,
    )


def reach_doubts(
    stored: ValueRange, modality: ModalityTransformation, windows: Iterable[VoiWindow]
) -> tuple[str, ...]:
    """Return a doubt for each window or table that covers no value of the breast.

    None where that is one value, which is one grey in any window.
    """
    if stored.low == stored.high:
        return ()
    table, values = modality.table, _outputs(stored, modality)
    doubts = []
    if table is not None and not stored.meets(table.first, table.first + table.entries.size - 1):
        doubts.append("the Modality LUT covers no stored value of the breast")
    for window in windows:
        wide = window.table is None and window.function is VoiFunction.SIGMOID
        reach = window.width * (_SIGMOID_REACH if wide else _REACH)
        if not values.meets(window.centre - reach, window.centre + reach):
            doubts.append(f"{window.explanation} covers no value of the breast: it is one grey")
    return tuple(doubts)


def _outputs(stored: ValueRange, modality: ModalityTransformation) -> ValueRange:
    """Return the values that windows are meant for."""
    ends = np.array([stored.low, stored.high], dtype=np.float64)
    low, high = sorted(float(end) for end in modality.outputs(ends))
    return ValueRange(low, high)
