"""The lookup tables in a DICOM header: Modality LUT Sequence and VOI LUT Sequence.

PS3.3 C.11.1.1 and C.11.2.1.1. A table that contradicts its descriptor is taken as absent, for a
wrong curve would show lesions that are not there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from study_design.images.header.attributes import integer, items, text, words
from study_design.images.header.value_range import ValueRange, rescaled_range, stored_range
from study_design.images.value_table import ValueTable, value_table

MOST_ENTRIES = 1 << 16
_SIGN_BIT = 1 << 15
_FEWEST_BITS, _MOST_BITS = 8, 16


@dataclass(frozen=True, slots=True)
class VoiLut:
    """An item of VOI LUT Sequence; `said` is LUT Explanation as it stands in the file."""

    table: ValueTable
    explanation: str


def modality_table(dataset: Dataset) -> ValueTable | None:
    """Return the Modality LUT; None where the file has none that makes sense."""
    values, is_signed = stored_range(dataset), integer(dataset, "PixelRepresentation") == 1
    found = (_table(one, values, is_signed=is_signed) for one in _items(dataset, "Modality"))
    return next(found, None)


def voi_luts(dataset: Dataset) -> tuple[VoiLut, ...]:
    """Return the VOI LUTs that make sense, in the order of the file."""
    values, is_signed = rescaled_range(dataset), integer(dataset, "PixelRepresentation") == 1
    modality = modality_table(dataset)
    if modality is not None:  # its outputs are never negative
        values, is_signed = ValueRange(0, modality.highest), False
    found = (
        (_table(one, values, is_signed=is_signed), text(one, "LUTExplanation"))
        for one in _items(dataset, "VOI")
    )
    return tuple(VoiLut(table, said) for table, said in found if table is not None)


def _items(dataset: Dataset, kind: str) -> tuple[Dataset, ...]:
    """Return the items of a sequence of tables."""
    return items(dataset, f"{kind}LUTSequence")


def _table(item: Dataset, values: ValueRange, *, is_signed: bool) -> ValueTable | None:
    """Return the table of a sequence's item; None where descriptor and data do not fit.

    The descriptor's numbers are 16 bit words that some files give as signed and some as unsigned:
    the count, which is never negative and 0 for 65,536, and the first input.
    """
    descriptor = [value % MOST_ENTRIES for value in words(item, "LUTDescriptor")]
    if len(descriptor) != 3:
        return None
    count, first, bits = descriptor
    count = count or MOST_ENTRIES
    entries = _entries(item, count, bits)
    if entries is None or not _FEWEST_BITS <= bits <= _MOST_BITS or entries.max() >> bits:
        return None
    return value_table(_first(first, count, values, is_signed=is_signed), bits, entries)


def _first(word: int, count: int, values: ValueRange, *, is_signed: bool) -> int:
    """Return the first input that a word stands for.

    It is negative where only so the table covers any of the values that the header allows. Where
    they do not tell, Pixel Representation does, whichever of US and SS the file holds it in.
    """
    if word < _SIGN_BIT:
        return word
    as_signed = word - MOST_ENTRIES
    covers = values.meets(word, word + count - 1)
    covers_signed = values.meets(as_signed, as_signed + count - 1)
    if covers != covers_signed:
        return as_signed if covers_signed else word
    return as_signed if is_signed else word


def _entries(item: Dataset, count: int, bits: int) -> NDArray[np.uint16] | None:
    """Return the entries, which 8 bits wide may be packed two in a word; None if miscounted."""
    data = item.get("LUTData")
    if bits == 8 and isinstance(data, bytes) and item["LUTData"].VR == "OB":
        packed = np.frombuffer(data, np.uint8)  # bytes, which have no order
        if packed.size == count + count % 2 or packed.size == count:
            return packed[:count].astype(np.uint16)
    stored = np.array(words(item, "LUTData"), dtype=np.int64).astype(np.uint16)
    if stored.size == count:
        return stored
    if bits == 8 and stored.size == -(-count // 2):
        return stored.astype("<u2").view(np.uint8)[:count].astype(np.uint16)
    return None
