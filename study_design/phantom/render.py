"""A phantom exam as four FOR PRESENTATION images, in the pixels in which they are stored.

Air is 0, fat dark, gland bright, 12 bits; the lesions' boxes are in the stored pixels. Phantom
images show that a program works. They say nothing about anyone's performance on patients.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from study_design.errors import BadInputError
from study_design.phantom.detectability import contrast_factor, film_curve
from study_design.phantom.distractor_trace import DistractorTrace
from study_design.phantom.exam import PhantomExam
from study_design.phantom.lesion_trace import Extent, LesionTrace
from study_design.phantom.stored_frame import DistractorBox, LesionBox, ShownTraces, StoredFrame
from study_design.phantom.texture import Field, generator
from study_design.phantom.tissue import Places, gland_volume, normal_tissue, projected_gland
from study_design.vocabulary import Side, View

DEFAULT_SPACING_MM = 0.25
BITS_STORED = 12
FINEST_SPACING_MM, COARSEST_SPACING_MM = 0.05, 2.0

_BLUR_MM = 0.15
_DARKEST, _BRIGHTEST = 250.0, 3850.0  # greys of no tissue at all and of the densest
_PHOTONS_PER_MM2 = 28_000.0
_GREYS_PER_LOG_PHOTON = 1800.0
_WHITE = 2**BITS_STORED - 1


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
    distractors: tuple[DistractorBox, ...] = ()


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
    check_spacing(spacing_mm)
    volumes = {side: gland_volume(exam, side) for side in Side}
    return RenderedExam(
        exam, tuple(_render_view(exam, view, volumes[view.side], spacing_mm) for view in View)
    )


def check_spacing(spacing_mm: float) -> None:
    """Refuse a pixel spacing that phantoms are not made for."""
    if not FINEST_SPACING_MM <= spacing_mm <= COARSEST_SPACING_MM:
        raise BadInputError(
            f"Phantom pixel spacing: expected {FINEST_SPACING_MM} to {COARSEST_SPACING_MM} mm, got "
            f"{spacing_mm}. Choose a spacing in between."
        )


def _render_view(exam: PhantomExam, view: View, volume: Field, spacing_mm: float) -> PhantomImage:
    plane = exam.plane(view.side, view.projection)
    frame = StoredFrame.of(exam, view, spacing_mm)
    y, x = np.mgrid[0 : frame.rows, 0 : frame.columns].astype(np.float32)
    x_mm, y_mm = ((axis.ravel() + np.float32(0.5)) * np.float32(spacing_mm) for axis in (x, y))
    skin_mm = plane.skin_distance_mm(x_mm, y_mm)
    in_breast = skin_mm > 0.0
    places = Places.on(plane, x_mm[in_breast], y_mm[in_breast], skin_mm[in_breast])

    in_picture = in_breast.reshape(frame.rows, frame.columns)
    gland = projected_gland(volume, view.projection)
    tissue = np.zeros((frame.rows, frame.columns), np.float32)
    tissue[in_picture] = normal_tissue(exam, view, gland, places, spacing_mm)
    shown = ShownTraces.of(exam, view)
    for _, distractor in shown.distractors:
        _add(tissue, distractor, frame)
    for _, lesion in shown.lesions:
        _draw_in(tissue, lesion, frame)
        _add(tissue, lesion, frame)
    pixels = _exposed(exam, view, tissue, in_picture, spacing_mm)
    return PhantomImage(
        view,
        frame.stored(pixels),
        spacing_mm,
        frame.patient_orientation,
        shown.lesion_boxes(frame),
        shown.distractor_boxes(frame),
    )


@dataclass(frozen=True, slots=True)
class _Window:
    """The pixels that an extent touches."""

    top: int
    bottom: int
    left: int
    right: int
    spacing_mm: float

    @staticmethod
    def around(extent: Extent, frame: StoredFrame) -> "_Window":
        spacing_mm = frame.spacing_mm
        return _Window(
            int(extent.top_mm / spacing_mm),
            min(int(extent.bottom_mm / spacing_mm) + 1, frame.rows),
            int(extent.left_mm / spacing_mm),
            min(int(extent.right_mm / spacing_mm) + 1, frame.columns),
            spacing_mm,
        )

    @property
    def region(self) -> tuple[slice, slice]:
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def places_mm(self, trace: LesionTrace | DistractorTrace) -> tuple[Field, Field]:
        """Return x and y of the pixels' centres around the centre of a trace."""
        y, x = np.mgrid[self.region].astype(np.float32)
        return (
            (x + 0.5) * np.float32(self.spacing_mm) - np.float32(trace.centre_x_mm),
            (y + 0.5) * np.float32(self.spacing_mm) - np.float32(trace.centre_y_mm),
        )


def _draw_in(tissue: Field, trace: LesionTrace, frame: StoredFrame) -> None:
    """Draw the tissue around a distortion towards its centre, in place."""
    if not trace.pull:
        return
    window = _Window.around(trace.extent, frame)
    x_mm, y_mm = window.places_mm(trace)
    farther = trace.drawn_in(x_mm, y_mm)
    source_x = (x_mm * farther + trace.centre_x_mm) / frame.spacing_mm - 0.5
    source_y = (y_mm * farther + trace.centre_y_mm) / frame.spacing_mm - 0.5
    tissue[window.region] = ndimage.map_coordinates(
        tissue, np.stack([source_y, source_x]), order=1, mode="nearest"
    )


def _add(tissue: Field, trace: LesionTrace | DistractorTrace, frame: StoredFrame) -> None:
    """Add what a lesion or distractor brightens, in place, as strongly as its surroundings ask."""
    window = _Window.around(trace.extent, frame)
    added = trace.brightness(*window.places_mm(trace))
    if trace.scale_mm is not None:
        added *= np.float32(
            contrast_factor(
                tissue[window.region], scale_mm=trace.scale_mm, spacing_mm=frame.spacing_mm
            )
        )
    tissue[window.region] += added


def _exposed(
    exam: PhantomExam,
    view: View,
    tissue: Field,
    in_breast: NDArray[np.bool_],
    spacing_mm: float,
) -> NDArray[np.uint16]:
    """Blur the tissue, bend it as a film does, add quantum noise and quantise; air is 0."""
    blurred = ndimage.gaussian_filter(tissue, _BLUR_MM / spacing_mm)
    bent = film_curve(blurred)
    signal = _DARKEST + (_BRIGHTEST - _DARKEST) * bent[in_breast]
    # Fewer photons pass through dense tissue and through small pixels.
    photons = _PHOTONS_PER_MM2 * spacing_mm**2 * np.exp(-0.8 * bent[in_breast])
    grain = generator(exam.seed, str(view), "noise").standard_normal(signal.size, np.float32)
    signal = signal + _GREYS_PER_LOG_PHOTON * grain / np.sqrt(photons)
    pixels = np.zeros(tissue.shape, np.uint16)
    pixels[in_breast] = np.clip(np.rint(signal), 1, _WHITE)
    return pixels
