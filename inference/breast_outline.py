"""Where the breast lies on a picture, for a network: by the triangle threshold (Zhou 2023)."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.resampling import resampled

# The breast is found on a picture reduced to about this many pixels along its longer side.
_OUTLINE_SIDE_PX = 512
# Labels and scratches hang on the breast by less than about twice this many reduced pixels.
_OPENING = 2
# What is fainter than this share of the brightest grey, and covers more than that share of the
# picture, is the fog of a film and no tissue: beside air of one grey lies only a thin dark skin.
_FAINT, _MOST_FAINT = 0.08, 0.05
_BRIGHTEST_PERCENTILE = 99.5


def breast_outline(flipped: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """Return the breast on a reduced picture: its largest part that is brighter than air.

    Parameters
    ----------
    flipped
        Rows x columns, dense is bright.
    """
    grey = resampled(flipped, min(1.0, _OUTLINE_SIDE_PX / max(flipped.shape)))
    smooth = ndimage.gaussian_filter(grey, 1.0)
    tissue = smooth > _air_below(smooth)
    labels, count = ndimage.label(ndimage.binary_opening(tissue, iterations=_OPENING))
    if not count:
        return np.ones(grey.shape, dtype=np.bool_)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return ndimage.binary_fill_holes(labels == int(np.argmax(sizes)))


def triangle_threshold(grey: NDArray[np.float32]) -> float:
    """Return the grey that divides air from tissue (Zack, Rogers and Latt 1977).

    It lies where the histogram is farthest below the line from its peak to its brighter end; a
    picture of one grey has that grey.
    """
    counts, edges = np.histogram(grey, bins=256)
    peak = int(np.argmax(counts))
    last = int(np.flatnonzero(counts)[-1])
    if last <= peak:
        return float(edges[peak])
    places = np.arange(peak, last + 1)
    line = counts[peak] * (last - places) / (last - peak)
    below = line - counts[peak : last + 1]
    return float(edges[peak + int(np.argmax(below)) + 1])


def _air_below(grey: NDArray[np.float32]) -> float:
    """Return the grey under which all is air: the triangle threshold, or above a film's fog."""
    threshold = triangle_threshold(grey)
    darkest, brightest = float(grey.min()), float(np.percentile(grey, _BRIGHTEST_PERCENTILE))
    fog = darkest + _FAINT * (brightest - darkest)
    faint = (grey > threshold) & (grey <= fog)
    return fog if faint.mean() > _MOST_FAINT else threshold
