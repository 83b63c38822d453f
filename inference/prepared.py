"""An exam as a system sees it: four views in one geometry, and what is known of its lesions.

Frame: prepared pixels. `x_px` counts columns and `y_px` rows from the top left corner of the top
left pixel of the prepared picture, in which the chest wall lies at the left edge in every view
(right breasts are mirrored, so both sides share one geometry) and cranial (MLO) or lateral (CC)
is up. `Frame` leads to the stored pixels and back without loss.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study_design.geometry import Box, Point
from study_design.vocabulary import AbnormalityType, View


@dataclass(frozen=True, slots=True)
class Frame:
    """How prepared pixels came from stored ones: turned, flipped, cropped, then scaled.

    Attributes
    ----------
    rows, columns
        Size of the stored pixel matrix, after the turn.
    flip_horizontal, flip_vertical
        What turns the stored picture into the prepared geometry.
    left_px, top_px
        Where the crop begins, in stored pixels after the flips.
    scale
        Prepared pixels per stored pixel.
    transposed
        The picture is stored on its side: its rows and columns change places before the flips.
    """

    rows: int
    columns: int
    flip_horizontal: bool
    flip_vertical: bool
    left_px: float
    top_px: float
    scale: float
    transposed: bool = False

    def to_prepared(self, box: Box) -> Box:
        """Return a box of the stored picture in prepared pixels."""
        flipped = self._flipped(self._turned(box))
        return Box(
            (flipped.x_px - self.left_px) * self.scale,
            (flipped.y_px - self.top_px) * self.scale,
            flipped.width_px * self.scale,
            flipped.height_px * self.scale,
        )

    def to_stored(self, box: Box) -> Box:
        """Return a box of the prepared picture in stored pixels."""
        flipped = Box(
            box.x_px / self.scale + self.left_px,
            box.y_px / self.scale + self.top_px,
            box.width_px / self.scale,
            box.height_px / self.scale,
        )
        return self._turned(self._flipped(flipped))

    def _turned(self, box: Box) -> Box:
        """Return a box after the turn, if there is one; turning twice is no turn."""
        if not self.transposed:
            return box
        return Box(box.y_px, box.x_px, box.height_px, box.width_px)

    def _flipped(self, box: Box) -> Box:
        """Return a box after the flips; flipping twice is no flip."""
        x = self.columns - box.x_px - box.width_px if self.flip_horizontal else box.x_px
        y = self.rows - box.y_px - box.height_px if self.flip_vertical else box.y_px
        return Box(x, y, box.width_px, box.height_px)


@dataclass(frozen=True, slots=True, eq=False)
class PreparedView:
    """A view as a network takes it.

    Attributes
    ----------
    pixels
        Rows x columns, float32, dark 0 to bright 1 inside the breast (percentiles 5 and 95), air 0.
    breast
        Rows x columns, True where there is breast.
    spacing_mm
        Distance of prepared pixel centres; None where the picture's is unknown.
    nipple
        The nipple by the outline of the breast, in prepared pixels; None where there is no breast.
    """

    view: View
    image: str
    pixels: NDArray[np.float32]
    breast: NDArray[np.bool_]
    spacing_mm: float | None
    frame: Frame
    nipple: Point | None


@dataclass(frozen=True, slots=True)
class LesionTarget:
    """A lesion of the reference standard on one view; the same `lesion` may stand on two views.

    `where` is in prepared pixels; what the reference standard does not say is None (no
    words for `morphology`: shape, margin, distribution).
    """

    lesion: str
    view: View
    where: Box
    type: AbnormalityType | None
    malignant: bool | None
    birads: str | None = None
    quadrant: str | None = None
    depth: float | None = None
    pathology: str | None = None
    er_positive: bool | None = None
    morphology: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PreparedExam:
    """The views that a case has, at most one of each, and its lesions (none when not known)."""

    case: str
    patient: str
    views: tuple[PreparedView, ...]
    targets: tuple[LesionTarget, ...] = ()
    density: str | None = None

    def view(self, view: View) -> PreparedView | None:
        """Return a view, or None where the exam lacks it."""
        return next((entry for entry in self.views if entry.view is view), None)

    def targets_on(self, view: View) -> Sequence[LesionTarget]:
        """Return the lesions that show on a view."""
        return [target for target in self.targets if target.view is view]
