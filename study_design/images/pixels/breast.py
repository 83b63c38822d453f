"""Where the breast ends and air begins, and at which edge of the picture the chest wall lies.

Air is blackened on the screen, so the mask errs towards tissue: what may be skin is never air. Lead
markers and text burned into the air far from the breast become air with it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from study_design.images.header.orientation import Edge
from study_design.images.header.presentation import CodeRange

# The mask is found on a picture reduced to about this many pixels along its longer side.
_REDUCED_SIDE_PX = 512
# Tissue is what exceeds the level of air by this share of the range of grey ...
_CONTRAST = 0.01
# ... or by so many standard deviations of the noise in air.
_NOISE_DEVIATIONS = 5.0
# Darkness that varies more than this share of the range is fat, not air: scanned films stay below
# 0.014, pieces cut from within real breasts above 0.07.
_MOST_NOISE = 0.03
# Air must fill this share of the picture, or else nothing is taken for air.
_LEAST_AIR = 0.01
# Rim around the breast that is never blackened, as a share of the longer side: about 3 mm.
_RIM = 0.01
# Parts nearer to the breast than this share (nipple markers, loose skin) are kept: about 6 mm.
_NEAR = 0.02
# Width of the strip along an edge in which the chest wall is looked for.
_EDGE_STRIP = 0.04
# Lines thinner than about twice this many reduced pixels are no part of the breast's outline.
_OPENING = 3
# A picture lies on its side where top or bottom is brighter than left and right by this factor;
# the pectoral muscle of an upright MLO view makes its top bright too, but less so.
_LIES_ON_ITS_SIDE = 2.0


@dataclass(frozen=True, slots=True)
class BreastArea:
    """The air of a picture (True = air, rows x columns) and the edge of the chest wall."""

    air: NDArray[np.bool_]
    chest_wall: Edge | None


def find_breast(
    codes: NDArray[np.uint16], *, low_is_bright: bool, padding: CodeRange | None = None
) -> BreastArea:
    """Return air and chest wall of a mammogram.

    Parameters
    ----------
    codes
        The stored pixel matrix, unsigned.
    low_is_bright
        Whether low codes are bright on the screen, however they come to be.
    padding
        Codes that the header declares to be no tissue; they are air wherever they do not lie
        within the breast.
    """
    step = max(1, math.ceil(max(codes.shape) / _REDUCED_SIDE_PX))
    grey = _reduced(_without_padding(codes, padding, low_is_bright=low_is_bright), step)
    if low_is_bright:
        grey = grey.max() - grey
    tissue = _tissue(grey)
    if tissue is None:
        return BreastArea(np.zeros(codes.shape, dtype=np.bool_), None)
    breast, chest_wall = _breast(tissue, grey)
    rim = max(1, round(_RIM * max(grey.shape)))
    around = _grown(breast, rim)
    air = ~_enlarged(around, step, codes.shape)
    blank = _blank(codes, padding, low_is_bright=low_is_bright)
    if blank is not None:
        # Reduced pixels that lie wholly in air; finer than the rim, and still clear of the skin.
        air |= blank & ~_enlarged(ndimage.binary_fill_holes(breast), step, codes.shape)
    return BreastArea(air, chest_wall)


def _without_padding(
    codes: NDArray[np.uint16], padding: CodeRange | None, *, low_is_bright: bool
) -> NDArray[np.uint16]:
    """Return the codes with declared padding as dark as the darkest code beside it.

    Padding may be far darker than air, which then looks like tissue, or far brighter than tissue.
    """
    if padding is None:
        return codes
    beside = (codes < padding.low) | (codes > padding.high)
    if beside.all() or not beside.any():
        return codes
    if low_is_bright:
        return np.where(beside, codes, codes.max(where=beside, initial=0))
    return np.where(beside, codes, codes.min(where=beside, initial=np.iinfo(np.uint16).max))


def _reduced(codes: NDArray[np.uint16], step: int) -> NDArray[np.float32]:
    """Return the means of blocks of step x step pixels; the last ones repeat the edge."""
    rows, columns = codes.shape
    padded = np.pad(codes, ((0, -rows % step), (0, -columns % step)), mode="edge")
    # Rows first: numpy adds whole lines ten times quicker than pixels in small blocks.
    sums = padded.reshape(-1, step, padded.shape[1]).sum(axis=1, dtype=np.uint32)
    sums = sums.reshape(len(sums), -1, step).sum(axis=2, dtype=np.uint32)
    means: NDArray[np.float32] = (sums / step**2).astype(np.float32)
    return means


def _tissue(grey: NDArray[np.float32]) -> NDArray[np.bool_] | None:
    """Return what is brighter than air; None where the picture has no air."""
    darkest, brightest = np.percentile(grey, (0.0, 99.5))
    span = float(brightest - darkest)
    if span <= 0:
        return None
    counts, edges = np.histogram(grey, bins=256, range=(float(darkest), float(brightest)))
    # Air is the commonest grey in the darkest quarter of the range.
    peak = int(np.argmax(counts[:64]))
    level = float(edges[peak] + edges[peak + 1]) / 2 if peak else float(darkest)
    below = grey[grey <= level]
    noise = 1.4826 * float(np.median(level - below)) if below.size else 0.0
    if noise > _MOST_NOISE * span:
        return None
    threshold = level + max(_CONTRAST * span, _NOISE_DEVIATIONS * noise)
    tissue = grey > threshold
    return None if 1 - tissue.mean() < _LEAST_AIR else tissue


def _breast(
    tissue: NDArray[np.bool_], grey: NDArray[np.float32]
) -> tuple[NDArray[np.bool_], Edge | None]:
    """Return the breast with what belongs to it, and the edge of its chest wall."""
    labels, count = ndimage.label(tissue)
    if not count:
        return tissue, None
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    main = labels == int(np.argmax(sizes))
    chest_wall = _chest_wall(main, grey)
    near = max(1, round(_NEAR * max(tissue.shape)))
    kept = np.zeros(count + 1, dtype=np.bool_)
    kept[labels[_grown(main, near)]] = True
    if chest_wall is not None:
        # Skin of the trunk may stand apart from the breast, but it leaves by the same edge.
        kept[labels[_strip(chest_wall, tissue.shape)]] = True
    kept[0] = False
    return ndimage.binary_fill_holes(kept[labels]), chest_wall


def _chest_wall(breast: NDArray[np.bool_], grey: NDArray[np.float32]) -> Edge | None:
    """Return the side at which the breast is cut off, seen in the box that bounds it.

    There the whole strip along the edge is bright; at the opposite edge it is the nipple's and
    nearly all air. Grey decides rather than the mask, because exposed film around a breast is
    tissue to the mask.
    """
    solid = ndimage.binary_opening(breast, iterations=_OPENING)
    body = solid if solid.any() else breast  # without scratches and edges of the film
    rows, columns = np.any(body, axis=1).nonzero()[0], np.any(body, axis=0).nonzero()[0]
    boxed = grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    bright = {edge: float(boxed[_strip(edge, boxed.shape)].mean()) for edge in Edge}
    beside = max((Edge.LEFT, Edge.RIGHT), key=lambda edge: bright[edge])
    upright = max((Edge.TOP, Edge.BOTTOM), key=lambda edge: bright[edge])
    if bright[upright] > _LIES_ON_ITS_SIDE * bright[beside]:
        return upright
    return beside if bright[Edge.LEFT] != bright[Edge.RIGHT] else None


def _strip(edge: Edge, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the narrow strip of a picture along one of its edges."""
    rows, columns = (max(1, round(_EDGE_STRIP * size)) for size in shape)
    everything = slice(None)
    return {
        Edge.LEFT: (everything, slice(None, columns)),
        Edge.RIGHT: (everything, slice(-columns, None)),
        Edge.TOP: (slice(None, rows), everything),
        Edge.BOTTOM: (slice(-rows, None), everything),
    }[edge]


def _grown(mask: NDArray[np.bool_], radius: int) -> NDArray[np.bool_]:
    """Return a mask grown by a radius in pixels."""
    grown: NDArray[np.bool_] = ndimage.distance_transform_edt(~mask) <= radius
    return grown


def _enlarged(mask: NDArray[np.bool_], step: int, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return a reduced mask in the size of the stored matrix."""
    whole = mask.repeat(step, axis=0).repeat(step, axis=1)
    return whole[: shape[0], : shape[1]]


def _blank(
    codes: NDArray[np.uint16], padding: CodeRange | None, *, low_is_bright: bool
) -> NDArray[np.bool_] | None:
    """Return the pixels of declared padding, or of the darkest code where that fills the air."""
    if padding is not None and padding.high >= 0:
        return (codes >= max(padding.low, 0)) & (codes <= padding.high)
    darkest = codes.max() if low_is_bright else codes.min()
    blank: NDArray[np.bool_] = codes == darkest
    return blank if blank.mean() >= _LEAST_AIR else None
