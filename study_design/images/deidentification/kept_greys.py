"""How pixels are shown, passed to a de-identified header as it was understood, and the pixels.

Windows, tables and padding are written anew from their values: what a header says of greys and
what nobody could read does not pass, so the kept file shows what the reading window shows.
"""

import numpy as np
from pydicom.dataset import Dataset

from study_design.decimal_string import shortest_decimal
from study_design.images.header.attributes import integer, number, spelled_numbers
from study_design.images.header.header_tables import modality_table, voi_luts
from study_design.images.header.header_windows import header_windows, window_name
from study_design.images.header.presentation import padding_of
from study_design.images.header.value_range import rescale_of, stored_value
from study_design.images.pixels.decode import StoredPixels
from study_design.images.value_table import ValueTable

# Of Pixel Intensity Relationship, also where -1 stands in an unsigned word.
_SIGNS = {1.0: 1, -1.0: -1, 65535.0: -1}


def pass_greys(source: Dataset, target: Dataset) -> None:
    """Pass windows, lookup tables and padding of a foreign header to a new one."""
    _pass_windows(source, target)
    _pass_padding(source, target)
    _pass_rescale(source, target)
    sign = number(source, "PixelIntensityRelationshipSign")
    if sign in _SIGNS:
        target.PixelIntensityRelationshipSign = _SIGNS[sign]


def put_pixels(target: Dataset, pixels: StoredPixels, *, bits_allocated: int) -> None:
    """Store decoded pixels in the lowest bits of 8 or 16 allocated ones."""
    target.Rows, target.Columns = pixels.codes.shape
    target.SamplesPerPixel = 1
    target.PixelRepresentation = int(pixels.code_offset < 0)
    target.BitsAllocated = bits_allocated
    target.BitsStored = pixels.bits_stored
    target.HighBit = pixels.bits_stored - 1
    # Modulo the width of a pixel this is the two's complement of a negative one.
    offset = np.uint16(pixels.code_offset % (1 << 16))
    stored = pixels.codes + offset if offset else pixels.codes
    data = stored.astype(f"<u{bits_allocated // 8}", copy=False).tobytes()
    data = data + b"\0" if len(data) % 2 else data
    target.add_new("PixelData", "OB" if bits_allocated == 8 else "OW", data)


def _pass_windows(source: Dataset, target: Dataset) -> None:
    """Pass the windows that make sense, as they were understood, each with its name."""
    windows = header_windows(source).windows
    if windows:
        target.WindowCenter = [shortest_decimal(window.centre) for window in windows]
        target.WindowWidth = [shortest_decimal(window.width) for window in windows]
        target.WindowCenterWidthExplanation = [window.explanation for window in windows]
        target.VOILUTFunction = windows[0].function.value


def _pass_padding(source: Dataset, target: Dataset) -> None:
    """Pass the padding values, in the representation that Pixel Representation asks for."""
    if padding_of(source) is None:
        return
    vr = "SS" if integer(source, "PixelRepresentation") == 1 else "US"
    for keyword in ("PixelPaddingValue", "PixelPaddingRangeLimit"):
        value = stored_value(source, keyword)
        if value is not None:
            target.add_new(keyword, vr, value)


def _pass_rescale(source: Dataset, target: Dataset) -> None:
    """Pass the lookup tables that fit their descriptors, else slope and intercept as understood."""
    modality = modality_table(source)
    if modality is not None:
        item = _table_item(modality)
        item.ModalityLUTType = "US"
        target.ModalityLUTSequence = [item]
        target.pop("RescaleType", None)
    elif spelled_numbers(source, "RescaleSlope") or spelled_numbers(source, "RescaleIntercept"):
        rescale = rescale_of(source)
        target.RescaleSlope = shortest_decimal(rescale.slope)
        target.RescaleIntercept = shortest_decimal(rescale.intercept)
    passed = []
    for place, lut in enumerate(voi_luts(source), start=1):
        item = _table_item(lut.table)
        item.LUTExplanation = window_name(lut.explanation, place)
        passed.append(item)
    if passed:
        target.VOILUTSequence = passed


def _table_item(table: ValueTable) -> Dataset:
    """Return an item of a sequence of tables (PS3.3 C.11.1.1.1 and C.11.2.1.1)."""
    item = Dataset()
    # One representation for all three numbers: a count that signed words cannot hold goes before.
    vr = "SS" if table.first < 0 and table.entries.size < 1 << 15 else "US"
    first = table.first if vr == "SS" else table.first % (1 << 16)
    item.add_new("LUTDescriptor", vr, [table.entries.size % (1 << 16), first, table.bits])
    entries = table.entries.astype(np.uint8) if table.bits == 8 else table.entries
    data = entries.tobytes()
    item.add_new("LUTData", "OW", data + b"\0" * (len(data) % 2))
    return item
