"""The three loops over pixels that numpy cannot do in one pass, compiled by numba.

They hold no lock while they run, so work in the background never blocks input. The first call ever
on a computer compiles for seconds, later programs load the result from numba's cache: `warm_up`
runs in the background before the first picture is built.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Codes = NDArray[np.uint16]
Pixels = NDArray[np.uint32]

AIR = 65535
_ONE, _TWO, _PIXEL_BITS = np.uint64(1), np.uint64(2), np.uint64(32)
_HALF = np.float32(0.5)
_NOTHING = np.float32(0.0)
_AIR = np.float32(AIR)
# Stands for air in a sum: however small its share, a mean leaves the range of codes.
_BEYOND = np.float32(1e30)


@njit(cache=True, nogil=True)
def look_up(
    table: Pixels,
    codes: Codes,
    pixels: Pixels,
    corner: tuple[int, int],
    block: tuple[int, int, int, int],
) -> None:
    """Set each pixel of a block to the table's entry for its code.

    Parameters
    ----------
    corner
        Row and column of `pixels` at which the first code stands.
    block
        Top, bottom, left and right in `pixels`, ends exclusive; within the codes and the pixels.
    """
    top, bottom, left, right = block
    pairs = (right - left) // 2
    for y in range(top, bottom):
        line = codes[y - corner[0], left - corner[1] : right - corner[1]]
        # Two pixels a write: half the writes. The first is the low half on all that Qt runs on.
        shown = pixels[y, left : left + 2 * pairs].view(np.uint64)
        for pair in range(pairs):
            at = _TWO * np.uint64(pair)
            first, second = table[line[at]], table[line[at + _ONE]]
            shown[pair] = np.uint64(first) | np.uint64(second) << _PIXEL_BITS
        if 2 * pairs < line.size:
            pixels[y, right - 1] = table[line[-1]]


@njit(cache=True, nogil=True)
def halve(codes: Codes, halved: Codes) -> None:
    """Set each pixel to the mean of the tissue in 2 x 2 codes, and to `AIR` where there is none."""
    rows, columns = codes.shape
    for y in range(halved.shape[0]):
        upper = codes[2 * y]
        lower = codes[min(2 * y + 1, rows - 1)]
        for x in range(halved.shape[1]):
            left, right = 2 * x, min(2 * x + 1, columns - 1)
            total, count = 0, 0
            for code in (upper[left], upper[right], lower[left], lower[right]):
                if code != AIR:
                    total += code
                    count += 1
            halved[y, x] = (total + count // 2) // count if count else AIR


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def weigh(
    codes: Codes,
    rows: NDArray[np.int32],
    row_weights: NDArray[np.float32],
    columns: NDArray[np.int32],
    column_weights: NDArray[np.float32],
    weighed: Codes,
) -> None:
    """Set each pixel to the weighted mean of the tissue in the 3 x 3 codes around one code.

    Where that code is air, the pixel is air; elsewhere air has no weight.

    Parameters
    ----------
    rows, columns
        The code in the middle, for each row and column of `weighed`; columns ascend.
    row_weights, column_weights
        float32[3, n], 0 where there is no code.
    """
    first = columns[0] - 1
    start, end = max(first, 0), min(columns[-1] + 2, codes.shape[1])
    sums = np.zeros(columns[-1] + 2 - first, np.float32)
    inside = sums[start - first : end - first]
    before, after = column_weights[0], column_weights[2]
    for y in range(rows.size):
        row = rows[y]
        upper = codes[max(row - 1, 0), start:end]
        centre = codes[row, start:end]
        lower = codes[min(row + 1, codes.shape[0] - 1), start:end]
        over, here, under = row_weights[0, y], row_weights[1, y], row_weights[2, y]
        for x in range(inside.size):
            a, b, c = upper[x], centre[x], lower[x]
            total = over * np.float32(a) + here * np.float32(b) + under * np.float32(c)
            inside[x] = total if max(a, max(b, c)) != AIR else _BEYOND
        line = weighed[y]
        largest = _NOTHING
        for x in range(columns.size):
            at = np.uint64(columns[x] - 1 - first)  # numba lets a signed index count from the end
            left, middle, right = sums[at], sums[at + _ONE], sums[at + _TWO]
            mean = middle + before[x] * (left - middle) + after[x] * (right - middle)
            mean = min(mean + _HALF, _AIR)
            largest = max(largest, mean)
            line[x] = np.uint16(np.int32(mean))
        if largest == _AIR:
            for x in range(columns.size):
                if line[x] == AIR and codes[row, columns[x]] != AIR:
                    line[x] = _beside_air(codes, row, row_weights, y, columns[x], column_weights, x)


@njit(cache=True, nogil=True)
def _beside_air(
    codes: Codes,
    row: int,
    row_weights: NDArray[np.float32],
    y: int,
    column: int,
    column_weights: NDArray[np.float32],
    x: int,
) -> int:
    """Return a pixel of `weigh` that is tissue and has air in its neighbourhood."""
    total, weight = _NOTHING, _NOTHING
    for down in range(3):
        for right in range(3):
            share = row_weights[down, y] * column_weights[right, x]
            if share > _NOTHING:
                code = codes[row + down - 1, column + right - 1]
                if code != AIR:
                    total += share * np.float32(code)
                    weight += share
    return int(total / weight + _HALF)


def warm_up() -> None:
    """Compile the loops, or load what an earlier program compiled."""
    codes = np.zeros((2, 2), dtype=np.uint16)
    middle = np.zeros(2, dtype=np.int32)
    weights = np.ones((3, 2), dtype=np.float32)
    halve(codes, codes.copy())
    weigh(codes, middle, weights, middle, weights, codes.copy())
    table, pixels = np.zeros(AIR + 1, dtype=np.uint32), np.zeros((2, 2), dtype=np.uint32)
    look_up(table, codes, pixels, (0, 0), (0, 2, 0, 2))
