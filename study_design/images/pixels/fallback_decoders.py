"""Other libraries for a frame that imagecodecs gives up: those that pydicom loads, gdcm last."""

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from study_design.images.pixels.codestream import Coding
from study_design.images.pixels.pixel_layout import PixelLayout

# Plugins of pydicom in the order in which they are asked.
FALLBACKS: dict[Coding, tuple[str, ...]] = {
    Coding.JPEG: ("gdcm",),
    Coding.JPEG_LOSSLESS: ("gdcm",),
    Coding.JPEG_LS: ("pyjpegls", "gdcm"),
    Coding.JPEG_2000: ("pylibjpeg", "gdcm"),
    Coding.HTJ2K: ("pylibjpeg",),
    Coding.RLE: ("pydicom",),
}
# What they are told a frame is; each decodes more than the syntax allows.
_SYNTAXES: dict[Coding, UID] = {
    Coding.JPEG: JPEGExtended12Bit,
    Coding.JPEG_LOSSLESS: JPEGLossless,
    Coding.JPEG_LS: JPEGLSNearLossless,
    Coding.JPEG_2000: JPEG2000,
    Coding.HTJ2K: HTJ2K,
    Coding.RLE: RLELossless,
}


def decode_by_plugin(
    plugin: str, coding: Coding, frame: bytes, layout: PixelLayout
) -> NDArray[np.integer] | None:
    """Return what a decoder that pydicom knows makes of a frame; None where it gives up too."""
    decoder = get_decoder(_SYNTAXES[coding])
    if plugin not in decoder.available_plugins:
        return None
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = _SYNTAXES[coding]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows, dataset.Columns = layout.shape
    dataset.BitsAllocated, dataset.BitsStored = layout.bits_allocated, layout.bits_stored
    dataset.HighBit, dataset.PixelRepresentation = layout.high_bit, int(layout.signed)
    dataset.PixelData = encapsulate([frame])
    try:
        pixels: NDArray[np.integer] = decoder.as_array(dataset, decoding_plugin=plugin)[0]
    except (RuntimeError, ValueError):
        return None
    return pixels
