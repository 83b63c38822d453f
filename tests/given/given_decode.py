"""What tests of `decode` begin with."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.encaps import get_frame
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
)

from study_design.images.pixels.decode import StoredPixels, decode_dicom
from study_design.images.pixels.pixel_element import open_pixels
from study_design.phantom.transfer_syntax import (
    put_pixels,
)

TWELVE_BITS = np.random.default_rng(7).integers(0, 4096, (64, 48), dtype=np.uint16)


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes pixels; keywords are attributes to be set afterwards."""

    def write(
        pixels: NDArray[Any] = TWELVE_BITS,
        syntax: UID = ExplicitVRLittleEndian,
        *,
        bits_stored: int = 12,
        high_bit: int | None = None,
        **attributes: Any,
    ) -> Path:
        dataset = Dataset()
        dataset.PhotometricInterpretation = "MONOCHROME2"
        put_pixels(dataset, pixels, syntax, bits_stored=bits_stored, high_bit=high_bit)
        dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
        dataset.SOPInstanceUID = "2.25.1"
        for keyword, value in attributes.items():
            if keyword == "TransferSyntaxUID":
                dataset.file_meta.TransferSyntaxUID = value
            else:
                setattr(dataset, keyword, value)
        path = tmp_path / "pixels.dcm"
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write


def decoded(path: Path) -> StoredPixels:
    return decode_dicom(open_pixels(path))


def stored_values(pixels: StoredPixels) -> NDArray[np.int64]:
    return pixels.codes.astype(np.int64) + pixels.code_offset


def fragmented(frame: bytes, pieces: int, *, table: bytes = b"", end: bool = True) -> bytes:
    """Return items of odd and even lengths with an offset table of any content."""
    size = -(-len(frame) // pieces)
    items = [table, *(frame[at : at + size] for at in range(0, len(frame), size))]
    data = b"".join(struct.pack("<HHI", 0xFFFE, 0xE000, len(item)) + item for item in items)
    return data + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0) * end


def frame_of(path: Path) -> bytes:
    return get_frame(dcmread(path).PixelData, 0, number_of_frames=1)


def with_value(path: Path, value: bytes) -> Path:
    """Put a value of undefined length behind the header, as it is."""
    element = open_pixels(path)
    path.write_bytes(path.read_bytes()[: element.offset] + value)
    return path
