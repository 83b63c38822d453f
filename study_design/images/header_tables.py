"""The lookup tables in a DICOM header: Modality LUT Sequence and VOI LUT Sequence.

PS3.3 C.11.1.1 and C.11.2.1.1. A table that contradicts its descriptor is taken as absent, for a
wrong curve would show lesions that are not there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from study_design.images.attributes import integer, items, number, numbers, text, words
from study_design.images.value_table import ValueTable, value_table

MOST_ENTRIES = 1 << 16
_SIGN_BIT = 1 << 15
_FEWEST_BITS, _MOST_BITS = 8, 16


@dataclass(frozen=True, slots=True)
class VoiLut:
    """An item of VOI LUT Sequence; `said` is LUT Explanation as it stands in the file."""

    table: ValueTable
    said: str


def modality_table(dataset: Dataset) -> ValueTable | None:
    """Return the Modality LUT; None where the file has none that makes sense."""
    is_signed = integer(dataset, "PixelRepresentation") == 1
    found = (_table(item, is_signed=is_signed) for item in items(dataset, "ModalityLUTSequence"))
    return next(found, None)


def voi_luts(dataset: Dataset) -> tuple[VoiLut, ...]:
    """Return the VOI LUTs that make sense, in the order of the file."""
    is_signed = _values_may_be_negative(dataset)
    found = (
        (_table(item, is_signed=is_signed), text(item, "LUTExplanation"))
        for item in items(dataset, "VOILUTSequence")
    )
    return tuple(VoiLut(table, said) for table, said in found if table is not None)


def _values_may_be_negative(dataset: Dataset) -> bool:
    """Tell whether the modality transformation can lead below 0; a Modality LUT never does."""
    if modality_table(dataset) is not None:
        return False
    intercept = number(dataset, "RescaleIntercept") or 0.0
    slope = number(dataset, "RescaleSlope") or 1.0
    return integer(dataset, "PixelRepresentation") == 1 or intercept < 0 or slope < 0


def _table(item: Dataset, *, is_signed: bool) -> ValueTable | None:
    """Return the table of a sequence's item; None where descriptor and data do not fit.

    The descriptor's numbers are 16 bit words that some files give as signed and some as unsigned:
    the count, which is never negative and 0 for 65,536, and the first input, which is negative only
    where inputs can be (`is_signed`) or where the file says so.
    """
    descriptor = [int(value) for value in numbers(item, "LUTDescriptor")]
    if len(descriptor) != 3:
        return None
    count, first, bits = descriptor
    count = count % MOST_ENTRIES or MOST_ENTRIES
    if is_signed and first >= _SIGN_BIT:
        first -= MOST_ENTRIES
    entries = _entries(item, count, bits)
    if entries is None or not _FEWEST_BITS <= bits <= _MOST_BITS or entries.max() >> bits:
        return None
    return value_table(first, bits, entries)


def _entries(item: Dataset, count: int, bits: int) -> NDArray[np.uint16] | None:
    """Return the entries, which 8 bits wide may be packed two in a word; None if miscounted."""
    stored = np.array(words(item, "LUTData"), dtype=np.int64).astype(np.uint16)
    if stored.size == count:
        return stored
    if bits == 8 and stored.size == -(-count // 2):
        return stored.astype("<u2").view(np.uint8)[:count].astype(np.uint16)
    return None
