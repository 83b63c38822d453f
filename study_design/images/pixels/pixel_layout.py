"""What a header says of the pixels: their number, and where in a word their bits stand."""

from dataclasses import dataclass

from pydicom.dataset import Dataset

from study_design.errors import ImageError
from study_design.images.header.attributes import integer, text


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """What the header says of the pixels; the high bit is the most significant one stored.

    `samples`: channels, and `by_plane` whether each lies by itself. `has_overlay`: an overlay is
    declared among the bits above (PS3.3 C.9.2, retired).
    """

    rows: int
    columns: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    has_overlay: bool = False
    photometric: str = "MONOCHROME2"
    samples: int = 1
    by_plane: bool = False

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
    return PixelLayout(
        *shape,
        allocated,
        bits,
        high_bit,
        signed,
        _has_overlay(header, high_bit),
        text(header, "PhotometricInterpretation").upper(),
        integer(header, "SamplesPerPixel", default=1),
        integer(header, "PlanarConfiguration") == 1,
    )


def _has_overlay(header: Dataset, high_bit: int) -> bool:
    """Tell whether the bits above the high bit are those of a declared overlay."""
    positions = (header.get((group, 0x0102)) for group in range(0x6000, 0x6020, 2))
    found = [one.value for one in positions if one is not None and isinstance(one.value, int)]
    return any(position > high_bit for position in found)
