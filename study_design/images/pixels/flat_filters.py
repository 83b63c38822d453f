"""Extremes of pixels over squares: blocks made one pixel, and what sticks out of its surroundings.

scipy.ndimage gives the same (beyond the edges there is nothing: squares end there), several times
slower, and this was most of an import's work.
"""

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint16]


def block_extremes(grey: Grey, step: int, extreme: np.ufunc) -> Grey:
    """Return the largest or smallest pixel of each block of step x step, from the top left.

    The blocks at the right and at the bottom are cut off by the edge. `extreme` is `np.maximum` or
    `np.minimum`.
    """
    reduced = grey
    for _ in range(grey.ndim):
        size = reduced.shape[0]
        kept = reduced[::step].copy("K")  # "C" would transpose it in memory
        for offset in range(1, step):
            others = reduced[offset:size:step]
            extreme(kept[: len(others)], others, out=kept[: len(others)])
        reduced = kept.T
    return reduced


def top_hat(grey: Grey, width: int) -> Grey:
    """Return a picture less its opening by a square of `width` pixels, which must be odd.

    What is narrower than the square, in one direction at least, stands out. Source: J. Serra, Image
    Analysis and Mathematical Morphology, 1982 (the white top-hat).
    """
    background = grey
    for extreme, beyond in ((np.minimum, np.iinfo(np.uint16).max), (np.maximum, 0)):
        for _ in range(grey.ndim):
            background = _slid(background, width, extreme, beyond).T
    # An opening never exceeds what it opens, so unsigned numbers do not wrap round.
    return grey - background


def _slid(grey: Grey, width: int, extreme: np.ufunc, beyond: int) -> Grey:
    """Return the extreme of `width` rows round each row: runs of rows are joined to longer ones."""
    runs: Grey = np.pad(grey, ((width // 2, width // 2), (0, 0)), constant_values=beyond)
    length = 1
    while length < width:
        step = min(length, width - length)
        runs = extreme(runs[:-step], runs[step:])
        length += step
    return runs
