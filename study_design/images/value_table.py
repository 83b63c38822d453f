"""A lookup table that a file brings: what a Modality LUT or a VOI LUT makes of a value.

PS3.3 C.11.1.1.1 and C.11.2.1.1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Base64Bytes

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ValueTable:
    """A lookup table, as a value that is compared and hashed quickly however long it is.

    Attributes
    ----------
    first
        The input that the first entry is for; may be negative.
    bits
        Significant bits of an entry; the highest output is 2^bits - 1.
    words
        The entries, 16 bit little endian, one for each input from `first` on.
    """

    first: int
    bits: int
    words: Base64Bytes

    @property
    def entries(self) -> NDArray[np.uint16]:
        """The outputs, one for each input from `first` on; read only."""
        return np.frombuffer(self.words, dtype="<u2")

    @property
    def highest(self) -> int:
        """The highest output that an entry may be."""
        return (1 << self.bits) - 1

    @property
    def falls(self) -> bool:
        """Whether the lowest input gets more than the highest: the table makes a negative."""
        return bool(self.entries[0] > self.entries[-1])

    def outputs(self, inputs: Values) -> Values:
        """Return what the table makes of values.

        Those below the first input get the first entry, those above the last the last one; between
        two inputs, where only a fractional rescale leads, the entries are interpolated.
        """
        entries = self.entries
        return np.interp(inputs, self.first + np.arange(entries.size), entries)


def value_table(first: int, bits: int, entries: NDArray[np.integer]) -> ValueTable:
    """Return a table of these entries, each from 0 to 2^bits - 1."""
    return ValueTable(first, bits, entries.astype("<u2").tobytes())
