"""Stored codes in, a prepared view out: the steps before every network, each of them invertible.

Flip to the common geometry (chest wall left, cranial or lateral up), make dense bright, cut to the
breast, resample, and stretch grey to the percentiles 5 and 95 of the breast (Zhou 2023). Boxes
return to stored pixels through `Frame` without loss. Nothing here needs torch.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from inference.breast_outline import breast_outline
from inference.prepared import Frame, PreparedView
from inference.resampling import resampled
from study_design.errors import ImageError
from study_design.geometry import Point
from study_design.images.header.orientation import Edge, flips_for
from study_design.images.image_store import LoadedImage
from study_design.images.pixels.breast import find_breast
from study_design.vocabulary import Projection, Side, View

if TYPE_CHECKING:
    from inference.system import Preparation

_LOW_PERCENTILE, _HIGH_PERCENTILE = 5.0, 95.0
# Calcifications and muscle lie above percentile 95; what is brighter than this is cut off.
_BRIGHTEST = 2.0
# The nipple is the middle of the outline's last stretch, this share of the breast's depth.
_NIPPLE_STRETCH = 0.01
# The edge of the pectoral muscle leans by about this angle, and the breast points away from it.
_MLO_TILT_RAD = math.radians(20.0)


@dataclass(frozen=True, slots=True, eq=False)
class StoredView:
    """A view as it is stored, and what turns it into the common geometry.

    Attributes
    ----------
    codes
        The stored pixel matrix, rows x columns; rows and columns have changed places where it is
        `transposed`.
    low_is_bright
        Whether low codes are bright on the screen, however they come to be.
    flip_horizontal, flip_vertical
        What brings the chest wall to the left edge and the cranial or lateral side up.
    """

    view: View
    image: str
    codes: NDArray[np.uint16]
    low_is_bright: bool
    flip_horizontal: bool
    flip_vertical: bool
    spacing_mm: float | None
    vendor: str = ""
    transposed: bool = False


def stored_view(loaded: LoadedImage, image: str = "") -> StoredView:
    """Return an image of a study; hung, a right breast has its chest wall at the right edge.

    Parameters
    ----------
    image
        Another name for it than the study's.

    Raises
    ------
    ImageError
        For an image that fills no slot.
    """
    mammogram = loaded.mammogram
    if mammogram.view is None:
        raise ImageError(
            f"Expected a view of image {mammogram.image}, got none. Say which view it is: "
            "crossread place"
        )
    return StoredView(
        mammogram.view,
        image or mammogram.image,
        loaded.codes.T if mammogram.transposed else loaded.codes,
        mammogram.shows_low_bright,
        mammogram.flip_horizontal != (mammogram.view.side is Side.RIGHT),
        mammogram.flip_vertical,
        mammogram.spacing_mm,
        mammogram.vendor,
        mammogram.transposed,
    )


def picture_view(
    codes: NDArray[np.uint16], *, view: View, image: str, spacing_mm: float | None
) -> StoredView:
    """Return a picture without a header, low codes dark; the chest wall in it decides the flips.

    Raises
    ------
    ImageError
        Where the picture lies on its side.
    """
    chest_wall = find_breast(codes, low_is_bright=False).chest_wall
    flips = flips_for(view, (), chest_wall)
    if chest_wall in {Edge.TOP, Edge.BOTTOM}:
        raise ImageError(f"Expected {image} upright, got a picture on its side. Turn it.")
    horizontal = flips.horizontal != (view.side is Side.RIGHT)
    return StoredView(view, image, codes, False, horizontal, flips.vertical, spacing_mm)


def prepare(stored: StoredView, preparation: "Preparation") -> PreparedView:
    """Return a view as a network takes it.

    Raises
    ------
    ImageError
        Where the preparation asks for a spacing and the picture's is unknown.
    """
    flipped = stored.codes[
        :: -1 if stored.flip_vertical else 1, :: -1 if stored.flip_horizontal else 1
    ]
    if stored.low_is_bright:
        flipped = flipped.max() - flipped
    outline = breast_outline(flipped)
    crop = _crop(outline, flipped.shape, cut=preparation.crop_to_breast)
    scale = _scale(stored, preparation, crop)
    cut = flipped[crop.top : crop.bottom, crop.left : crop.right]
    grey = _with_specks(cut, scale) if preparation.keep_specks else resampled(cut, scale)
    frame = Frame(
        stored.codes.shape[0],
        stored.codes.shape[1],
        stored.flip_horizontal,
        stored.flip_vertical,
        float(crop.left),
        float(crop.top),
        scale,
        stored.transposed,
    )
    breast = _breast_on(outline, flipped.shape, frame, grey.shape)
    spacing_mm = None if stored.spacing_mm is None else stored.spacing_mm / scale
    return PreparedView(
        stored.view,
        stored.image,
        _stretched(grey, breast),
        breast,
        spacing_mm,
        frame,
        _nipple(breast, stored.view.projection),
    )


def _with_specks(picture: NDArray[np.uint16], scale: float) -> NDArray[np.float32]:
    """Return a picture on other pixels, each as bright as the brightest of its quarters."""
    quarters = resampled(picture, 2.0 * scale)
    even = np.pad(quarters, [(0, size % 2) for size in quarters.shape], mode="edge")
    rows, columns = (size // 2 for size in even.shape)
    brightest: NDArray[np.float32] = even.reshape(rows, 2, columns, 2).max(axis=(1, 3))
    return brightest


@dataclass(frozen=True, slots=True)
class _Crop:
    """A rectangle of whole stored pixels after the flips; bottom and right are excluded."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def longer_side(self) -> int:
        return max(self.bottom - self.top, self.right - self.left)


def _crop(outline: NDArray[np.bool_], shape: tuple[int, ...], *, cut: bool) -> _Crop:
    """Return the smallest rectangle around the breast, in stored pixels after the flips."""
    if not cut:
        return _Crop(0, shape[0], 0, shape[1])
    step = shape[0] / outline.shape[0], shape[1] / outline.shape[1]
    rows, columns = (np.flatnonzero(outline.any(axis=axis)) for axis in (1, 0))
    return _Crop(
        math.floor(rows[0] * step[0]),
        min(shape[0], math.ceil((rows[-1] + 1) * step[0])),
        math.floor(columns[0] * step[1]),
        min(shape[1], math.ceil((columns[-1] + 1) * step[1])),
    )


def _scale(stored: StoredView, preparation: "Preparation", crop: _Crop) -> float:
    """Return the prepared pixels per stored pixel."""
    if preparation.longest_px is not None:
        return preparation.longest_px / crop.longer_side
    if preparation.spacing_mm is None:
        return 1.0
    if stored.spacing_mm is None:
        raise ImageError(
            f"Expected the pixel spacing of {stored.image}, got none. Give it in a manifest, or "
            "use a system that scales by the longest side."
        )
    return stored.spacing_mm / preparation.spacing_mm


def _breast_on(
    outline: NDArray[np.bool_], stored_shape: tuple[int, ...], frame: Frame, shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Return the reduced outline on the prepared pixels."""
    starts = frame.top_px, frame.left_px
    chosen = []
    for axis in (0, 1):
        at = starts[axis] + (np.arange(shape[axis]) + 0.5) / frame.scale
        reduced = (at * outline.shape[axis] / stored_shape[axis]).astype(int)
        chosen.append(np.clip(reduced, 0, outline.shape[axis] - 1))
    return outline[np.ix_(*chosen)]


def _stretched(grey: NDArray[np.float32], breast: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return grey with percentile 5 of the breast at 0 and 95 at 1, air at 0."""
    inside = grey[breast]
    low, high = (
        np.percentile(inside, (_LOW_PERCENTILE, _HIGH_PERCENTILE)) if inside.size else (0, 1)
    )
    span = max(float(high - low), 1e-6)
    stretched = np.clip((grey - np.float32(low)) / np.float32(span), 0.0, _BRIGHTEST)
    return np.where(breast, stretched, 0.0).astype(np.float32)


def _nipple(breast: NDArray[np.bool_], projection: Projection) -> Point | None:
    """Return the place of the outline that is farthest from chest wall or pectoral muscle."""
    rows, columns = np.nonzero(breast)
    if not rows.size:
        return None
    tilt = _MLO_TILT_RAD if projection is Projection.MLO else 0.0
    ahead = columns * math.cos(tilt) + rows * math.sin(tilt)
    stretch = max(1.0, _NIPPLE_STRETCH * float(np.ptp(ahead)))
    tip = ahead > ahead.max() - stretch
    return Point(float(columns[tip].mean() + 0.5), float(rows[tip].mean() + 0.5))
