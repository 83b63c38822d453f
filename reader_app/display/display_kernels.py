"""The loops over pixels that numpy cannot do in one pass, compiled by numba.

They hold no lock while they run, so work in the background never blocks input. The first call ever
on a computer compiles for seconds, later programs load the result from numba's cache: `warm_up`
runs in the background before the first picture is built.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from reader_app.display.display_lanes import LANES, blend, braid, unbraid

Codes = NDArray[np.uint16]
Pixels = NDArray[np.uint32]

AIR = 65535
_ONE, _TWO, _PIXEL_BITS = np.uint64(1), np.uint64(2), np.uint64(32)
_AIR_CODE, _NOT_AIR = np.uint16(AIR), np.uint16(0)
_AIR_32, _ONE_32, _FOUR = np.int32(AIR), np.int32(1), np.int32(4)
_LOW, _CODE_BITS = np.uint32(0xFFFF), np.uint32(16)
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
def lay_out(
    codes: Codes,
    air: NDArray[np.uint8],
    flips: tuple[bool, bool],
    hung: Codes,
    air_in: tuple[NDArray[np.uint32], NDArray[np.uint32]],
) -> None:
    """Set each pixel to its code as it hangs, and to `AIR` where there is air.

    Parameters
    ----------
    codes, air
        As stored, and 1 where there is air.
    flips
        Whether rows and whether columns hang the other way round.
    hung
        Has the shape of the codes.
    air_in
        Zeros; set to how many pixels of each row and of each column of `air` are air.
    """
    down, right = flips
    for y in range(codes.shape[0]):
        shown = hung[codes.shape[0] - 1 - y] if down else hung[y]
        if right:
            _hang_reversed(codes[y], air[y], shown)
        else:
            _hang_line(codes[y], air[y], shown)
        air_in[0][y] = _count(air[y], air_in[1])


@njit(cache=True, nogil=True)
def _hang_line(codes: Codes, air: NDArray[np.uint8], hung: Codes) -> None:
    """Set the pixels of a line from left to right."""
    for x in range(hung.size):
        hung[x] = _hung_code(codes[x], air[x])


@njit(cache=True, nogil=True)
def _hang_reversed(codes: Codes, air: NDArray[np.uint8], hung: Codes) -> None:
    """Set the pixels of a line from right to left."""
    # Unsigned: numba would look whether a signed place counts from the end, pixel by pixel.
    last = np.uint64(hung.size - 1)
    for x in range(np.uint64(hung.size)):
        hung[x] = _hung_code(codes[last - x], air[last - x])


@njit(cache=True, nogil=True)
def _hung_code(code: np.uint16, air: np.uint8) -> np.uint16:
    """Return `AIR` for air, for tissue its code, which is kept from meaning air."""
    # No branch: the processor then takes sixteen pixels at once.
    tissue = np.uint16(code - np.uint16(code == _AIR_CODE))
    return np.uint16(tissue | np.uint16(_NOT_AIR - np.uint16(air)))


@njit(cache=True, nogil=True)
def _count(air: NDArray[np.uint8], of_columns: NDArray[np.uint32]) -> int:
    """Return how many pixels of a line are air, and add them to their columns."""
    for x in range(air.size):
        of_columns[x] += air[x]
    count = np.uint32(0)
    for x in range(air.size):
        count += np.uint32(air[x])
    return int(count)


@njit(cache=True, nogil=True)
def halve(codes: Codes, halved: Codes) -> None:
    """Set each pixel to the mean of the tissue in 2 x 2 codes, and to `AIR` where there is none.

    Beyond an edge its own pixels are taken once more.
    """
    rows, columns = codes.shape
    pairs = columns // 2
    beside = np.empty(2, np.uint16)
    for y in range(halved.shape[0]):
        upper, lower = codes[2 * y], codes[min(2 * y + 1, rows - 1)]
        _halve_line(upper[: 2 * pairs], lower[: 2 * pairs], halved[y])
        if 2 * pairs < columns:
            beside[0], beside[1] = upper[-1], lower[-1]
            _halve_line(beside, beside, halved[y, pairs:])


@njit(cache=True, nogil=True, error_model="numpy")
def _halve_line(upper: Codes, lower: Codes, halved: Codes) -> None:
    """Set the pixels of a line from an even number of codes."""
    # Two codes a read, and 32 bits throughout: the processor then takes eight pixels at once. Sums
    # are below 2^18, so that the floored quotient of two floats is that of the integers.
    uppers, lowers = upper.view(np.uint32), lower.view(np.uint32)
    for x in range(uppers.size):
        a, b = np.int32(uppers[x] & _LOW), np.int32(uppers[x] >> _CODE_BITS)
        c, d = np.int32(lowers[x] & _LOW), np.int32(lowers[x] >> _CODE_BITS)
        of_air = _is_air(a) + _is_air(b) + _is_air(c) + _is_air(d)
        tissue = np.int32(_FOUR - of_air)
        total = np.int32(a + b + c + d) - np.int32(of_air * _AIR_32)
        rounded = np.int32(total + np.int32(tissue >> _ONE_32))
        mean = np.int32(np.float32(rounded) / np.float32(tissue))
        halved[x] = np.uint16(mean) if tissue > 0 else _AIR_CODE


@njit(cache=True, nogil=True)
def _is_air(code: np.int32) -> np.int32:
    """Return 1 for air, 0 for tissue."""
    return np.int32(code == _AIR_32)


@njit(cache=True, nogil=True)
def share_out(
    centres: NDArray[np.float64],
    width: float,
    size: int,
    middle: NDArray[np.int32],
    weights: NDArray[np.float32],
) -> None:
    """Set of which three pixels of a level each device pixel consists, on one axis.

    Parameters
    ----------
    centres, width
        Of the device pixels, in pixels of the level; 1 to 2 wide.
    size
        How many pixels the level has.
    middle
        Set to the pixel at each centre.
    weights
        float32[3, n], set to the shares of the pixel before, of the middle one and of the one after
        it; they make 1, and beside the level they are 0.
    """
    for x in range(centres.size):
        left, right = centres[x] - width / 2, centres[x] + width / 2
        at = min(int(centres[x]), size - 1)
        before = max(at - left, 0.0) if at > 0 else 0.0
        here = min(right, at + 1.0) - max(left, float(at))
        after = max(right - (at + 1.0), 0.0) if at + 1 < size else 0.0
        whole = before + here + after
        middle[x] = at
        weights[0, x], weights[1, x], weights[2, x] = before / whole, here / whole, after / whole


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
    sums = np.zeros((LANES, columns[-1] + 2 - first), np.float32)
    braided = np.empty(sums.size, np.float32)
    means = np.empty(LANES * columns.size, np.float32)
    starts = (columns - columns[0]).astype(np.uint64) * np.uint64(LANES)
    last = rows.size - 1
    for top in range(0, rows.size, LANES):
        for lane in range(LANES):
            y = min(top + lane, last)
            upper, lower = max(rows[y] - 1, 0), min(rows[y] + 1, codes.shape[0] - 1)
            _weigh_down(
                codes[upper, start:end],
                codes[rows[y], start:end],
                codes[lower, start:end],
                row_weights[:, y],
                sums[lane, start - first :],
            )
        braid(sums, braided)
        blend(braided, starts, column_weights[0], column_weights[2], means)
        unbraid(means, _AIR, weighed, top, last)
        for y in range(top, min(top + LANES, rows.size)):
            if _has_air(weighed[y]):
                _weigh_beside_air(
                    codes, rows[y], row_weights[:, y], columns, column_weights, weighed[y]
                )


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _weigh_down(
    upper: Codes,
    centre: Codes,
    lower: Codes,
    weights: NDArray[np.float32],
    sums: NDArray[np.float32],
) -> None:
    """Set each sum to the weighted mean of the codes above, at and below a row."""
    over, here, under = weights[0], weights[1], weights[2]
    for x in range(centre.size):
        a, b, c = upper[x], centre[x], lower[x]
        total = over * np.float32(a) + here * np.float32(b) + under * np.float32(c)
        sums[x] = total if max(a, max(b, c)) != AIR else _BEYOND


@njit(cache=True, nogil=True)
def _has_air(line: Codes) -> bool:
    """Tell whether a pixel of a line is air, or has air in its neighbourhood."""
    largest = np.uint16(0)
    for x in range(line.size):
        largest = max(largest, line[x])
    return bool(largest == AIR)


@njit(cache=True, nogil=True)
def _weigh_beside_air(
    codes: Codes,
    row: int,
    row_weights: NDArray[np.float32],
    columns: NDArray[np.int32],
    column_weights: NDArray[np.float32],
    line: Codes,
) -> None:
    """Set the pixels of a line that are tissue and have air in their neighbourhood."""
    for x in range(columns.size):
        if line[x] == AIR and codes[row, columns[x]] != AIR:
            line[x] = _beside_air(codes, row, row_weights, columns[x], column_weights[:, x])


@njit(cache=True, nogil=True)
def _beside_air(
    codes: Codes,
    row: int,
    row_weights: NDArray[np.float32],
    column: int,
    column_weights: NDArray[np.float32],
) -> int:
    """Return a pixel of `weigh` that is tissue and has air in its neighbourhood."""
    total, weight = _NOTHING, _NOTHING
    for down in range(3):
        for right in range(3):
            share = row_weights[down] * column_weights[right]
            if share > _NOTHING:
                code = codes[row + down - 1, column + right - 1]
                if code != AIR:
                    total += share * np.float32(code)
                    weight += share
    return int(total / weight + _HALF)


def read_only(stored: NDArray[Any]) -> NDArray[Any]:
    """Return an array as `lay_out` was compiled for it: row by row, not to be written to."""
    view = np.ascontiguousarray(stored).view()
    view.flags.writeable = False
    return view


def warm_up() -> None:
    """Compile the loops, or load what an earlier program compiled."""
    codes = np.zeros((2, 2), dtype=np.uint16)
    middle = np.zeros(2, dtype=np.int32)
    weights = np.ones((3, 2), dtype=np.float32)
    count = np.zeros(2, dtype=np.uint32)
    air = read_only(codes.astype(np.uint8))
    lay_out(read_only(codes), air, (False, False), codes.copy(), (count, count.copy()))
    halve(codes, codes[:1, :1].copy())
    share_out(np.zeros(2), 1.0, 2, middle.copy(), weights.copy())
    weigh(codes, middle, weights, middle, weights, codes.copy())
    table, pixels = np.zeros(AIR + 1, dtype=np.uint32), np.zeros((2, 2), dtype=np.uint32)
    look_up(table, codes, pixels, (0, 0), (0, 2, 0, 2))
