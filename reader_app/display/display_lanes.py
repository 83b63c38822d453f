"""Eight rows of a picture side by side, so that the processor blends them with one instruction.

Which pixels of a level make up a device pixel differs from column to column but not from row to
row. Rows that are braided, pixel by pixel, are blended as vectors of one float of each; row by row
every float would be fetched alone. numba makes vectors of loops over neighbours, but not here,
where the loop goes over places that lie anywhere: that one instruction is written out for it.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

LANES = 8
Floats = NDArray[np.float32]

_LANES = np.uint64(LANES)
_1, _2, _3, _4, _5, _6, _7 = (np.uint64(lane) for lane in range(1, LANES))
_HALF = np.float32(0.5)
_VECTOR = ir.VectorType(ir.FloatType(), LANES)
_FAST = ("fast",)


@njit(cache=True, nogil=True)
def braid(rows: Floats, braided: Floats) -> None:
    """Lay `LANES` rows side by side: first the first pixel of each, then the second of each."""
    a, b, c, d = rows[0], rows[1], rows[2], rows[3]
    e, f, g, h = rows[4], rows[5], rows[6], rows[7]
    for x in range(a.size):
        at = _LANES * np.uint64(x)
        braided[at], braided[at + _1], braided[at + _2], braided[at + _3] = a[x], b[x], c[x], d[x]
        braided[at + _4], braided[at + _5], braided[at + _6] = e[x], f[x], g[x]
        braided[at + _7] = h[x]


@njit(cache=True, nogil=True)
def blend(
    braided: Floats, starts: NDArray[np.uint64], before: Floats, after: Floats, blended: Floats
) -> None:
    """Set each braided pixel to the weighted mean of three neighbours in its row.

    Parameters
    ----------
    starts
        For each pixel, the place in `braided` of the first of its neighbours in the first row.
    before, after
        For each pixel, the weights of the first and of the last; the three weights make 1.
    """
    for x in range(starts.size):
        _blend_lanes(braided, starts[x], before[x], after[x], blended, _LANES * np.uint64(x))


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def unbraid(
    blended: Floats, largest: np.float32, pixels: NDArray[np.uint16], top: int, last: int
) -> None:
    """Write braided pixels, rounded and no larger than `largest`, as rows from `top` to `last`.

    Where rows run out, the lanes beyond the last row must hold the last row again.
    """
    a, b, c = pixels[top], pixels[min(top + 1, last)], pixels[min(top + 2, last)]
    d, e, f = pixels[min(top + 3, last)], pixels[min(top + 4, last)], pixels[min(top + 5, last)]
    g, h = pixels[min(top + 6, last)], pixels[min(top + 7, last)]
    for x in range(a.size):
        at = _LANES * np.uint64(x)
        a[x] = _rounded(blended[at], largest)
        b[x] = _rounded(blended[at + _1], largest)
        c[x] = _rounded(blended[at + _2], largest)
        d[x] = _rounded(blended[at + _3], largest)
        e[x] = _rounded(blended[at + _4], largest)
        f[x] = _rounded(blended[at + _5], largest)
        g[x] = _rounded(blended[at + _6], largest)
        h[x] = _rounded(blended[at + _7], largest)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _rounded(value: np.float32, largest: np.float32) -> np.uint16:
    """Return the nearest code, half a code up."""
    return np.uint16(np.int32(min(value + _HALF, largest)))


def _typed(
    _typing: Any,  # noqa: ANN401  (numba's own, untyped)
    braided: Any,  # noqa: ANN401
    _start: Any,  # noqa: ANN401
    _before: Any,  # noqa: ANN401
    _after: Any,  # noqa: ANN401
    blended: Any,  # noqa: ANN401
    _at: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Say which arguments `_blend_lanes` takes, and what writes its instructions."""
    place, weight = types.uint64, types.float32
    signature = types.void(braided, place, weight, weight, blended, place)
    return signature, _vector_code


# Blends the vectors at `start`, and one and two further, into the vector at `at`.
_blend_lanes: Any = intrinsic(_typed)


def _vector_code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
    """Write the instructions of `_blend_lanes`."""
    source, start, before, after, target, at = arguments
    kinds = signature.args
    source = context.make_array(kinds[0])(context, builder, source).data
    target = context.make_array(kinds[4])(context, builder, target).data
    left, middle, right = (
        _load(builder, source, builder.add(start, ir.Constant(start.type, LANES * step)))
        for step in range(3)
    )
    mean = middle
    for share, neighbour in ((before, left), (after, right)):
        away = builder.fsub(neighbour, middle, flags=_FAST)
        part = builder.fmul(_in_all_lanes(builder, share), away, flags=_FAST)
        mean = builder.fadd(mean, part, flags=_FAST)
    builder.store(mean, _vector_at(builder, target, at), align=4)
    return context.get_dummy_value()


def _vector_at(builder: Any, base: Any, place: Any) -> Any:  # noqa: ANN401
    """Return the address of a vector in an array of floats."""
    return builder.bitcast(builder.gep(base, [place]), _VECTOR.as_pointer())


def _load(builder: Any, base: Any, place: Any) -> Any:  # noqa: ANN401
    """Return a vector of an array of floats, which is aligned as floats are."""
    return builder.load(_vector_at(builder, base, place), align=4)


def _in_all_lanes(builder: Any, value: Any) -> Any:  # noqa: ANN401
    """Return a vector that holds a float in every lane."""
    lane = ir.IntType(32)
    nothing = ir.Constant(_VECTOR, ir.Undefined)
    first = builder.insert_element(nothing, value, ir.Constant(lane, 0))
    everywhere = ir.Constant(ir.VectorType(lane, LANES), [0] * LANES)
    return builder.shuffle_vector(first, nothing, everywhere)
