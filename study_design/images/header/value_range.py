"""Which values a header allows: those that are stored, and those that windows are meant for.

Where an attribute can be read in two ways, only one of them lies within.
"""

from dataclasses import dataclass

from pydicom.dataset import Dataset

from study_design.images.header.attributes import integer, spelled_numbers, words

_MOST_BITS = 16
_WORDS = 1 << _MOST_BITS
_STEEPEST = 100.0


@dataclass(frozen=True, slots=True)
class ValueRange:
    """Values from `low` to `high`, both included."""

    low: float
    high: float

    def meets(self, low: float, high: float) -> bool:
        """Tell whether it has values in common with another range."""
        return low <= self.high and high >= self.low


@dataclass(frozen=True, slots=True)
class Rescale:
    """Slope and intercept of a header, and what makes no sense about them."""

    slope: float
    intercept: float
    doubts: tuple[str, ...] = ()


def stored_range(dataset: Dataset) -> ValueRange:
    """Return the values that the stored bits can hold."""
    bits = integer(dataset, "BitsStored")
    bits = bits if 0 < bits <= _MOST_BITS else _MOST_BITS
    if integer(dataset, "PixelRepresentation") == 1:
        return ValueRange(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    return ValueRange(0, (1 << bits) - 1)


def stored_value(dataset: Dataset, keyword: str) -> int | None:
    """Return an attribute that is a stored value, whichever of US and SS the file holds it in.

    Pixel Representation tells its sign (PS3.5 6.2, `US or SS`), and Bits Stored where its sign bit
    stands: of signed pixels some files give the bits alone.
    """
    found = words(dataset, keyword)
    if not found:
        return None
    word, values = found[0] % _WORDS, stored_range(dataset)
    if values.low == 0:
        return word
    if values.high < word <= values.high - values.low:
        return word - int(values.high - values.low + 1)
    return word - _WORDS if word > _WORDS // 2 - 1 else word


def rescale_of(dataset: Dataset) -> Rescale:
    """Return slope and intercept; 1 and 0 where they are absent or make no sense."""
    doubts = []
    slopes = spelled_numbers(dataset, "RescaleSlope")
    slope = slopes[0].within(-_STEEPEST, _STEEPEST) if slopes else 1.0
    if not slope:
        fault = slopes[0].fault if slope is None else "is 0"
        doubts.append(f"Rescale Slope {fault}: taken as 1")
    intercepts = spelled_numbers(dataset, "RescaleIntercept")
    intercept = intercepts[0].value if intercepts else 0.0
    if intercept is None:
        doubts.append(f"Rescale Intercept {intercepts[0].fault}: taken as 0")
    return Rescale(slope or 1.0, intercept or 0.0, tuple(doubts))


def rescaled_range(dataset: Dataset) -> ValueRange:
    """Return what slope and intercept make of the values that the stored bits can hold."""
    stored, rescale = stored_range(dataset), rescale_of(dataset)
    ends = [end * rescale.slope + rescale.intercept for end in (stored.low, stored.high)]
    return ValueRange(min(ends), max(ends))
