"""How a view lies in its file, and the boxes of what it shows in those stored pixels.

No pixel is needed for a box: shapes alone fix it, so the truth of an exam costs little.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from study_design.geometry import Box
from study_design.phantom.anatomy import FIELD_HEIGHT_MM, FIELD_WIDTH_MM
from study_design.phantom.distractor_trace import DistractorTrace, distractor_trace
from study_design.phantom.exam import PhantomExam, Storage
from study_design.phantom.lesion_trace import Extent, LesionTrace, lesion_trace
from study_design.vocabulary import Projection, Side, View


@dataclass(frozen=True, slots=True)
class LesionBox:
    """Where a lesion, by its number in the exam, shows on an image."""

    lesion: int
    box: Box


@dataclass(frozen=True, slots=True)
class DistractorBox:
    """Where a distractor, by its number in the exam, shows on an image."""

    distractor: int
    box: Box


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """From millimetres on the detector, chest wall at the left, to stored pixels."""

    view: View
    spacing_mm: float
    rows: int
    columns: int
    flip_rows: bool
    flip_columns: bool

    @staticmethod
    def of(exam: PhantomExam, view: View, spacing_mm: float) -> "StoredFrame":
        """Return how the exam's unit stores a view at a pixel spacing."""
        is_right = view.side is Side.RIGHT
        return StoredFrame(
            view,
            spacing_mm,
            int(FIELD_HEIGHT_MM / spacing_mm),
            int(FIELD_WIDTH_MM / spacing_mm),
            flip_rows=is_right and exam.storage is Storage.ROTATED,
            flip_columns=is_right and exam.storage is Storage.HUNG,
        )

    @property
    def patient_orientation(self) -> tuple[str, str]:
        """DICOM's Patient Orientation: where rows and where columns run to."""
        # Downwards lies medial on CC and foot, a little medial, on MLO; upside down, the opposite.
        medial = "L" if (self.view.side is Side.RIGHT) is not self.flip_rows else "R"
        foot = "H" if self.flip_rows else "F"
        foot = "" if self.view.projection is Projection.CC else foot
        return "P" if self.flip_columns else "A", foot + medial

    def stored(self, pixels: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """Return a picture with the chest wall at its left edge as it is stored."""
        rows, columns = -1 if self.flip_rows else 1, -1 if self.flip_columns else 1
        return np.ascontiguousarray(pixels[::rows, ::columns])

    def box(self, extent: Extent) -> Box:
        """Return an extent in stored pixels."""
        width = (extent.right_mm - extent.left_mm) / self.spacing_mm
        height = (extent.bottom_mm - extent.top_mm) / self.spacing_mm
        x, y = extent.left_mm / self.spacing_mm, extent.top_mm / self.spacing_mm
        return Box(
            self.columns - x - width if self.flip_columns else x,
            self.rows - y - height if self.flip_rows else y,
            width,
            height,
        )


@dataclass(frozen=True, slots=True)
class ShownTraces:
    """What a view shows: traces of lesions and of distractors by their numbers in the exam."""

    lesions: tuple[tuple[int, LesionTrace], ...]
    distractors: tuple[tuple[int, DistractorTrace], ...]

    @staticmethod
    def of(exam: PhantomExam, view: View) -> "ShownTraces":
        """Return the traces on a view of an exam."""
        plane = exam.plane(view.side, view.projection)
        return ShownTraces(
            tuple(
                (lesion.number, lesion_trace(exam, lesion, plane))
                for lesion in exam.lesions
                if lesion.side is view.side and view.projection in lesion.projections
            ),
            tuple(
                (one.number, distractor_trace(exam.seed, one, plane))
                for one in exam.distractors
                if one.side is view.side and view.projection in one.projections
            ),
        )

    def lesion_boxes(self, frame: StoredFrame) -> tuple[LesionBox, ...]:
        """Return the boxes of the lesions in stored pixels."""
        return tuple(LesionBox(number, frame.box(trace.extent)) for number, trace in self.lesions)

    def distractor_boxes(self, frame: StoredFrame) -> tuple[DistractorBox, ...]:
        """Return the boxes of the distractors in stored pixels."""
        return tuple(
            DistractorBox(number, frame.box(trace.extent)) for number, trace in self.distractors
        )
