"""A phantom exam as four FOR PRESENTATION images, in the pixels in which they are stored.

Air is 0, fat dark, gland bright, 12 bits; the lesions' boxes are in the stored pixels. Phantom
images show that a program works. They say nothing about anyone's performance on patients.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from study_design.errors import BadInputError
from study_design.geometry import Box
from study_design.phantom.anatomy import FIELD_HEIGHT_MM, FIELD_WIDTH_MM
from study_design.phantom.exam import PhantomExam, Storage
from study_design.phantom.lesion_trace import Extent, LesionTrace, lesion_trace
from study_design.phantom.texture import Field, generator
from study_design.phantom.tissue import Places, gland_volume, normal_tissue, projected_gland
from study_design.vocabulary import Projection, Side, View

DEFAULT_SPACING_MM = 0.25
BITS_STORED = 12
FINEST_SPACING_MM, COARSEST_SPACING_MM = 0.05, 2.0

_BLUR_MM = 0.15
_DARKEST, _BRIGHTEST = 250.0, 3850.0  # greys of no tissue at all and of the densest
_PHOTONS_PER_MM2 = 28_000.0
_GREYS_PER_LOG_PHOTON = 1800.0
_WHITE = 2**BITS_STORED - 1


@dataclass(frozen=True, slots=True)
class LesionBox:
    """Where a lesion, by its number in the exam, shows on an image."""

    lesion: int
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class PhantomImage:
    """One rendered view as it is stored.

    `patient_orientation` is DICOM's Patient Orientation: where rows and where columns run to.
    """

    view: View
    pixels: NDArray[np.uint16]
    spacing_mm: float
    patient_orientation: tuple[str, str]
    boxes: tuple[LesionBox, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RenderedExam:
    """An exam and its four images, in the order of `View`."""

    exam: PhantomExam
    images: tuple[PhantomImage, ...]


def render(exam: PhantomExam, *, spacing_mm: float = DEFAULT_SPACING_MM) -> RenderedExam:
    """Render the four views of an exam.

    Parameters
    ----------
    exam
        What to render; the same exam always gives the same pixels.
    spacing_mm
        Distance of pixel centres in the breast's plane, 0.05 to 2 mm; 0.25 mm gives 900 rows of 700
        columns. Another spacing shows the same structures on other pixels, with noise of its own.

    Raises
    ------
    BadInputError
        For a spacing outside that range.
    """
    if not FINEST_SPACING_MM <= spacing_mm <= COARSEST_SPACING_MM:
        raise BadInputError(
            f"Phantom pixel spacing: expected {FINEST_SPACING_MM} to {COARSEST_SPACING_MM} mm, got "
            f"{spacing_mm}. Choose a spacing in between."
        )
    volumes = {side: gland_volume(exam, side) for side in Side}
    return RenderedExam(
        exam, tuple(_render_view(exam, view, volumes[view.side], spacing_mm) for view in View)
    )


def _render_view(exam: PhantomExam, view: View, volume: Field, spacing_mm: float) -> PhantomImage:
    plane = exam.plane(view.side, view.projection)
    rows, columns = (int(length / spacing_mm) for length in (FIELD_HEIGHT_MM, FIELD_WIDTH_MM))
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    x_mm, y_mm = ((axis.ravel() + np.float32(0.5)) * np.float32(spacing_mm) for axis in (x, y))
    skin_mm = plane.skin_distance_mm(x_mm, y_mm)
    in_breast = skin_mm > 0.0
    places = Places.on(plane, x_mm[in_breast], y_mm[in_breast], skin_mm[in_breast])

    in_picture = in_breast.reshape(rows, columns)
    gland = projected_gland(volume, view.projection)
    tissue = np.zeros((rows, columns), np.float32)
    tissue[in_picture] = normal_tissue(exam, view, gland, places, spacing_mm)
    shown = [
        (lesion, lesion_trace(exam, lesion, plane))
        for lesion in exam.lesions
        if lesion.side is view.side and view.projection in lesion.projections
    ]
    for _, trace in shown:
        _add_lesion(tissue, trace, spacing_mm)
    pixels = _exposed(exam, view, tissue, in_picture, spacing_mm)
    boxes = tuple(
        LesionBox(lesion.number, _box(trace.extent, spacing_mm)) for lesion, trace in shown
    )
    return _stored(exam.storage, view, pixels, boxes, spacing_mm)


def _add_lesion(tissue: Field, trace: LesionTrace, spacing_mm: float) -> None:
    """Draw a lesion into the tissue around it, in place."""
    extent = trace.extent
    top, left = int(extent.top_mm / spacing_mm), int(extent.left_mm / spacing_mm)
    bottom = min(int(extent.bottom_mm / spacing_mm) + 1, tissue.shape[0])
    right = min(int(extent.right_mm / spacing_mm) + 1, tissue.shape[1])
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    x_mm = (x + 0.5) * np.float32(spacing_mm) - np.float32(trace.centre_x_mm)
    y_mm = (y + 0.5) * np.float32(spacing_mm) - np.float32(trace.centre_y_mm)
    region = (slice(top, bottom), slice(left, right))
    if trace.pull:
        farther = trace.drawn_in(x_mm, y_mm)
        source_x = (x_mm * farther + trace.centre_x_mm) / spacing_mm - 0.5
        source_y = (y_mm * farther + trace.centre_y_mm) / spacing_mm - 0.5
        tissue[region] = ndimage.map_coordinates(
            tissue, np.stack([source_y, source_x]), order=1, mode="nearest"
        )
    tissue[region] += trace.brightness(x_mm, y_mm)


def _exposed(
    exam: PhantomExam,
    view: View,
    tissue: Field,
    in_breast: NDArray[np.bool_],
    spacing_mm: float,
) -> NDArray[np.uint16]:
    """Blur the tissue, bend it as a film does, add quantum noise and quantise; air is 0."""
    blurred = ndimage.gaussian_filter(tissue, _BLUR_MM / spacing_mm)
    bent = blurred / np.cbrt(1.0 + blurred**3)
    signal = _DARKEST + (_BRIGHTEST - _DARKEST) * bent[in_breast]
    # Fewer photons pass through dense tissue and through small pixels.
    photons = _PHOTONS_PER_MM2 * spacing_mm**2 * np.exp(-0.8 * bent[in_breast])
    grain = generator(exam.seed, str(view), "noise").standard_normal(signal.size, np.float32)
    signal = signal + _GREYS_PER_LOG_PHOTON * grain / np.sqrt(photons)
    pixels = np.zeros(tissue.shape, np.uint16)
    pixels[in_breast] = np.clip(np.rint(signal), 1, _WHITE)
    return pixels


def _box(extent: Extent, spacing_mm: float) -> Box:
    return Box(
        extent.left_mm / spacing_mm,
        extent.top_mm / spacing_mm,
        (extent.right_mm - extent.left_mm) / spacing_mm,
        (extent.bottom_mm - extent.top_mm) / spacing_mm,
    )


def _stored(
    storage: Storage,
    view: View,
    pixels: NDArray[np.uint16],
    boxes: tuple[LesionBox, ...],
    spacing_mm: float,
) -> PhantomImage:
    """Turn an image with the chest wall at its left edge into the exam's way of storing it."""
    is_right = view.side is Side.RIGHT
    flip_columns = is_right and storage is Storage.HUNG
    flip_rows = is_right and storage is Storage.ROTATED
    height, width = pixels.shape
    turned = pixels[:: -1 if flip_rows else 1, :: -1 if flip_columns else 1]
    moved = tuple(
        LesionBox(
            entry.lesion,
            Box(
                width - entry.box.x_px - entry.box.width_px if flip_columns else entry.box.x_px,
                height - entry.box.y_px - entry.box.height_px if flip_rows else entry.box.y_px,
                entry.box.width_px,
                entry.box.height_px,
            ),
        )
        for entry in boxes
    )
    # Downwards lies medial on CC and foot, a little medial, on MLO; upside down, the opposite.
    medial = "L" if (view.side is Side.RIGHT) is not flip_rows else "R"
    foot = "" if view.projection is Projection.CC else ("H" if flip_rows else "F")
    orientation = ("P" if flip_columns else "A", foot + medial)
    return PhantomImage(view, np.ascontiguousarray(turned), spacing_mm, orientation, moved)
