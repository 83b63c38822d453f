"""How training exams are varied: a window of .8 to 1.2 times the picture, and left-right flips.

The paper does not say whether the window is brought back to the picture's size; ours is, so that
lesions are met in more sizes. All views of an exam are varied by one factor and one flip, so that
what relates them stays true; where the window lies is drawn for each view.
"""

from dataclasses import replace

import numpy as np
from scipy import ndimage

from inference.prepared import Frame, LesionTarget, PreparedExam, PreparedView
from inference.zhou.flips import Flip, flipped
from study_design.geometry import Box, Point
from study_design.vocabulary import View

SMALLEST, LARGEST = 0.8, 1.2
_FLIP_SHARE = 0.5


def augmented(exam: PreparedExam, rng: np.random.Generator) -> PreparedExam:
    """Return a variation of an exam, boxes and frames true to it.

    A lesion whose centre leaves the picture is left out; one that leaves it in part is cut.
    """
    size = float(rng.uniform(SMALLEST, LARGEST))
    flip = Flip(horizontal=bool(rng.random() < _FLIP_SHARE))
    corners = {view.view: _corner(view, size, rng) for view in exam.views}
    views = tuple(_window(view, corners[view.view], size) for view in exam.views)
    shapes = {view.view: view.pixels.shape for view in exam.views}
    moved = (_moved(target, corners, shapes, size) for target in exam.targets)
    targets = tuple(target for target in moved if target is not None)
    return flipped(replace(exam, views=views, targets=targets), flip)


def _corner(view: PreparedView, size: float, rng: np.random.Generator) -> Point:
    """Draw the top left corner of the window, so that picture or window lies in the other."""
    room = [(1.0 - size) * extent for extent in view.pixels.shape]
    top, left = (float(rng.uniform(min(each, 0.0), max(each, 0.0))) for each in room)
    return Point(left, top)


def _window(view: PreparedView, corner: Point, size: float) -> PreparedView:
    """Return the window of a view, in pixels of `size` times the old ones; beyond it is air."""
    # Pixel centres stand at halves.
    first = [corner.y_px + 0.5 * size - 0.5, corner.x_px + 0.5 * size - 0.5]
    pixels = ndimage.affine_transform(view.pixels, [size, size], first, order=1)
    breast = ndimage.affine_transform(view.breast.view(np.uint8), [size, size], first, order=0)
    nipple = view.nipple
    if nipple is not None:
        nipple = Point((nipple.x_px - corner.x_px) / size, (nipple.y_px - corner.y_px) / size)
    return replace(
        view,
        pixels=pixels,
        breast=breast > 0,
        nipple=nipple,
        spacing_mm=None if view.spacing_mm is None else view.spacing_mm * size,
        frame=_window_frame(view.frame, corner, size),
    )


def _window_frame(frame: Frame, corner: Point, size: float) -> Frame:
    return replace(
        frame,
        left_px=frame.left_px + corner.x_px / frame.scale,
        top_px=frame.top_px + corner.y_px / frame.scale,
        scale=frame.scale / size,
    )


def _moved(
    target: LesionTarget,
    corners: dict[View, Point],
    shapes: dict[View, tuple[int, ...]],
    size: float,
) -> LesionTarget | None:
    """Return a lesion as it lies in the window, or None where it does not."""
    if target.view not in corners:
        return target
    corner, (height, width), box = corners[target.view], shapes[target.view], target.where
    moved = Box(
        (box.x_px - corner.x_px) / size,
        (box.y_px - corner.y_px) / size,
        box.width_px / size,
        box.height_px / size,
    )
    if not Box(0.0, 0.0, width, height).contains(moved.centre):
        return None
    left, top = max(moved.x_px, 0.0), max(moved.y_px, 0.0)
    right = min(moved.x_px + moved.width_px, float(width))
    bottom = min(moved.y_px + moved.height_px, float(height))
    return replace(target, where=Box(left, top, right - left, bottom - top))
