"""One mammogram of the study: what is needed to show it truthfully, and nothing that identifies.

The pixels lie apart, in the cache, as the codes of the stored pixel matrix: unsigned 16 bit, rows x
columns, in stored orientation. A code plus `code_offset` is the stored value (negative only where
the file holds signed pixels); `rescale_slope` and `rescale_intercept` lead on to the input of the
VOI transformation (PS3.3 C.11.1, C.11.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from study_design.images.value_table import Values, ValueTable
from study_design.vocabulary import View


class VoiFunction(StrEnum):
    """VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class VoiWindow:
    """A window of the vendor: centre and width in rescaled values, with the name he gave it.

    Where `table` stands, the window is a VOI LUT: its curve is the table, spread over the width,
    and `function` means nothing.
    """

    centre: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR
    explanation: str = ""
    table: ValueTable | None = None

    @property
    def falls(self) -> bool:
        """Whether the window shows low values bright by itself, as some VOI LUTs do."""
        return self.table is not None and self.table.falls


def window_of_table(table: ValueTable, explanation: str) -> VoiWindow:
    """Return a VOI LUT as the window that lets each of its entries stand where the file says."""
    count = table.entries.size
    return VoiWindow(table.first + (count - 1) / 2, count, explanation=explanation, table=table)


@dataclass(frozen=True, slots=True)
class ModalityTransformation:
    """What leads from stored values to the input of the VOI transformation (PS3.3 C.11.1).

    A table takes the place of slope and intercept.
    """

    slope: float = 1.0
    intercept: float = 0.0
    table: ValueTable | None = None

    @property
    def falls(self) -> bool:
        """Whether the lowest stored value becomes the highest."""
        return self.table.falls if self.table is not None else self.slope < 0

    def outputs(self, stored: Values) -> Values:
        """Return the values that windows are meant for."""
        if self.table is not None:
            return self.table.outputs(stored)
        return stored * self.slope + self.intercept


def shows_low_bright(
    modality: ModalityTransformation, windows: Sequence[VoiWindow], *, low_is_bright: bool
) -> bool:
    """Tell whether low codes are bright on the screen when all of it has been applied.

    The first window tells; a picture without one is shown full range.
    """
    turns = (modality.falls, bool(windows) and windows[0].falls, low_is_bright)
    return turns.count(True) % 2 == 1


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
    modality_table
        The Modality LUT of the file; it takes the place of `rescale_slope` and `rescale_intercept`.
    low_is_bright
        MONOCHROME1: the lowest value is shown white. Applied once, after the VOI transformation.
    windows
        Vendor windows in the order of the file, VOI LUTs after them; the first is shown first;
        never empty.
    spacing_mm
        Distance of pixel centres in the plane of the breast; None where unknown.
    spacing_source
        Which attribute the spacing comes from, in words that the ruler can show.
    transposed, flip_horizontal, flip_vertical
        What turns the stored orientation into the hanging orientation: right breast with the chest
        wall at the right edge, left breast at the left, cranial (MLO) or lateral (CC) side up. Rows
        and columns of a picture stored on its side change places first, then the flips apply.
    mirrored
        The image is stored as its mirror image; already accounted for in the flips.
    doubts
        Where the header contradicts itself or the picture about how it is shown, in words for the
        pane; until a person accepts them they are problems of the exam.
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
    modality_table: ValueTable | None = None
    doubts: tuple[str, ...] = ()
    transposed: bool = False

    @property
    def rows_hung(self) -> int:
        """Height of the picture as it hangs, in pixels."""
        return self.columns if self.transposed else self.rows

    @property
    def columns_hung(self) -> int:
        """Width of the picture as it hangs, in pixels."""
        return self.rows if self.transposed else self.columns

    @property
    def modality(self) -> ModalityTransformation:
        """What leads from stored values to those that windows are meant for."""
        return ModalityTransformation(
            self.rescale_slope, self.rescale_intercept, self.modality_table
        )

    @property
    def shows_low_bright(self) -> bool:
        """Whether low codes are bright on the screen: where air is, and which code is black."""
        return shows_low_bright(self.modality, self.windows, low_is_bright=self.low_is_bright)
