"""One mammogram of the study: what is needed to show it truthfully, and nothing that identifies.

The pixels lie apart, in the cache, as the codes of the stored pixel matrix: unsigned 16 bit, rows x
columns, in stored orientation. A code plus `code_offset` is the stored value (negative only where
the file holds signed pixels); `rescale_slope` and `rescale_intercept` lead on to the input of the
VOI transformation (PS3.3 C.11.1, C.11.2).
"""

from dataclasses import dataclass
from enum import StrEnum

from study_design.vocabulary import View


class VoiFunction(StrEnum):
    """VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class VoiWindow:
    """A window of the vendor: centre and width in rescaled values, with the name he gave it."""

    centre: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Mammogram:
    """A view of an exam as it is stored and as it must be hung.

    Attributes
    ----------
    image, case
        Names inside the study.
    view
        The slot that the image fills; None for an extra image, which is never shown.
    rows, columns
        Size of the stored pixel matrix.
    bits_stored
        Significant bits of a code.
    code_offset
        What a code lacks to the stored value.
    low_is_bright
        MONOCHROME1: the lowest value is shown white. Applied once, after the VOI transformation.
    windows
        Vendor windows in the order of the file; the first is shown first; never empty.
    spacing_mm
        Distance of pixel centres in the plane of the breast; None where unknown.
    spacing_source
        Which attribute the spacing comes from, in words that the ruler can show.
    flip_horizontal, flip_vertical
        What turns the stored orientation into the hanging orientation: right breast with the chest
        wall at the right edge, left breast at the left, cranial (MLO) or lateral (CC) side up.
    mirrored
        The image is stored as its mirror image; already accounted for in `flip_horizontal`.
    sha256
        Of the codes, row by row, little endian: compared whenever the image is loaded.
    """

    image: str
    case: str
    view: View | None
    rows: int
    columns: int
    bits_stored: int
    sha256: str
    windows: tuple[VoiWindow, ...]
    code_offset: int = 0
    rescale_slope: float = 1.0
    rescale_intercept: float = 0.0
    low_is_bright: bool = False
    spacing_mm: float | None = None
    spacing_source: str = ""
    flip_horizontal: bool = False
    flip_vertical: bool = False
    mirrored: bool = False
    vendor: str = ""
