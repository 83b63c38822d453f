"""How training exams are varied: turned, shifted, sheared, scaled, mirrored, each view for itself.

The picture keeps its size, so what is moved out of it is lost. A turned picture has no `Frame`
that leads back to stored pixels; training needs none, and the view keeps the one it had.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from inference.prepared import LesionTarget, PreparedExam, PreparedView
from study_design.geometry import Box, Point

TURN_RAD = 0.1
SHIFT_SHARE = 0.1
"""Of the picture's longer side."""
SHEAR = 0.1
SCALE = (0.9, 1.1)
FLIP_SHARE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Affine:
    """A straight map of a picture: point (x, y) goes to `matrix` (x, y) + `shift`, in pixels."""

    matrix: NDArray[np.float64]
    shift: NDArray[np.float64]

    @classmethod
    def drawn(cls, shape: tuple[int, ...], rng: np.random.Generator) -> Self:
        """Draw the map of a picture of `shape`, rows and columns, about its middle."""
        turn = rng.uniform(-TURN_RAD, TURN_RAD)
        shear = rng.uniform(-SHEAR, SHEAR)
        scale = rng.uniform(*SCALE, size=2)
        flip = np.where(rng.random(2) < FLIP_SHARE, -1.0, 1.0)
        matrix = _turned(turn) @ np.array([[1.0, shear], [0.0, 1.0]]) @ np.diag(scale * flip)
        middle = np.array([shape[1], shape[0]]) / 2
        moved = rng.uniform(-SHIFT_SHARE, SHIFT_SHARE, size=2) * max(shape)
        return cls(matrix, middle - matrix @ middle + moved)

    def point(self, at: Point) -> Point:
        """Return where a point goes."""
        x, y = self.matrix @ (at.x_px, at.y_px) + self.shift
        return Point(float(x), float(y))

    def box(self, where: Box) -> Box:
        """Return the smallest upright box around where the corners of a box go."""
        across = where.x_px, where.x_px + where.width_px
        down = where.y_px, where.y_px + where.height_px
        corners = [self.point(Point(x, y)) for x in across for y in down]
        left, right = (pick(corner.x_px for corner in corners) for pick in (min, max))
        top, bottom = (pick(corner.y_px for corner in corners) for pick in (min, max))
        return Box(left, top, right - left, bottom - top)

    def picture(self, pixels: NDArray[np.float32], *, order: Literal[0, 1]) -> NDArray[np.float32]:
        """Return the picture moved, air where nothing goes; `order` 1 between pixels, 0 nearest."""
        back = np.linalg.inv(self.matrix)
        # scipy counts row before column and puts pixel centres at whole numbers.
        offset = back @ (0.5 - self.shift) - 0.5
        moved: NDArray[np.float32] = ndimage.affine_transform(
            pixels, back[::-1, ::-1], offset[::-1], order=order
        )
        return moved


def augmented(exam: PreparedExam, rng: np.random.Generator) -> PreparedExam:
    """Return a variation of an exam.

    A lesion whose centre leaves the picture is left out; one that leaves it in part is cut.
    """
    maps = {view.view: Affine.drawn(view.pixels.shape, rng) for view in exam.views}
    views = tuple(_moved_view(view, maps[view.view]) for view in exam.views)
    shapes = {view.view: view.pixels.shape for view in exam.views}
    moved = (
        _moved_target(target, maps[target.view], shapes[target.view])
        for target in exam.targets
        if target.view in maps
    )
    return replace(exam, views=views, targets=tuple(each for each in moved if each is not None))


def _turned(angle: float) -> NDArray[np.float64]:
    """Return the matrix of a turn."""
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def _moved_view(view: PreparedView, affine: Affine) -> PreparedView:
    """Return a view moved, with its breast and nipple."""
    breast = affine.picture(view.breast.astype(np.float32), order=0) > 0.5
    return replace(
        view,
        pixels=affine.picture(view.pixels, order=1),
        breast=breast,
        nipple=view.nipple and affine.point(view.nipple),
    )


def _moved_target(
    target: LesionTarget, affine: Affine, shape: tuple[int, ...]
) -> LesionTarget | None:
    """Return a lesion as it lies on the moved picture, or None where it does not."""
    box = affine.box(target.where)
    height, width = shape
    if not Box(0.0, 0.0, width, height).contains(box.centre):
        return None
    corner = Point(max(box.x_px, 0.0), max(box.y_px, 0.0))
    far = Point(min(box.x_px + box.width_px, width), min(box.y_px + box.height_px, height))
    return replace(target, where=Box.around(corner, far))
