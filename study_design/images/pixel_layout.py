"""What a header says of the pixels: their number, and where in a word their bits stand."""

from dataclasses import dataclass

from pydicom.dataset import Dataset

from study_design.errors import ImageError
from study_design.images.attributes import integer


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """What the header says of the pixels; the high bit is the most significant one stored."""

    rows: int
    columns: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.columns


def layout_of(header: Dataset) -> PixelLayout:
    """Return what the header says of the pixels.

    Raises
    ------
    ImageError
        Where the high bit makes no sense.
    """
    allocated, bits = integer(header, "BitsAllocated"), integer(header, "BitsStored")
    high_bit = integer(header, "HighBit", default=bits - 1)
    if not bits - 1 <= high_bit < allocated:
        raise ImageError(f"high bit {high_bit} does not fit {bits} bits stored")
    signed = integer(header, "PixelRepresentation") == 1
    shape = integer(header, "Rows"), integer(header, "Columns")
    return PixelLayout(*shape, allocated, bits, high_bit, signed)
