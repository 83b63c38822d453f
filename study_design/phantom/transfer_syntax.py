"""Pixels put into a dataset in any transfer syntax that mammograms come in."""

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    JPEGLosslessSV1,
)

from study_design.images.pixels.codestream import Coding
from study_design.images.pixels.transfer_syntaxes import CODINGS, LOSSY, NATIVE

Pixels = NDArray[np.integer]

UNCOMPRESSED = NATIVE
LOSSLESS = tuple(syntax for syntax in CODINGS if syntax not in LOSSY)
TRANSFER_SYNTAXES = (*UNCOMPRESSED, *LOSSLESS, *LOSSY)

# Their frames say whether they are signed.
_SIGNED = (Coding.JPEG_2000, Coding.HTJ2K)
_JPEG_QUALITY = 95
_NEAR_LOSSLESS = 2
_QUALITY_DB = 60
_COARSE = 0.001  # quantisation step of HTJ2K


def put_pixels(
    dataset: Dataset,
    pixels: Pixels,
    syntax: UID,
    *,
    bits_stored: int,
    high_bit: int | None = None,
) -> None:
    """Set the pixels of a dataset, every attribute that describes them, and its transfer syntax.

    Parameters
    ----------
    dataset
        Gets file meta information where it has none.
    pixels
        Rows x columns, 8 or 16 bit, signed or not.
    syntax
        One of `TRANSFER_SYNTAXES`. JPEG Baseline holds 8 bits, JPEG Extended 12.
    high_bit
        Where in the allocated bits the most significant one stands; `bits_stored` - 1 if None.
    """
    high_bit = bits_stored - 1 if high_bit is None else high_bit
    if not hasattr(dataset, "file_meta"):
        dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.SamplesPerPixel = 1
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated = 8 * pixels.dtype.itemsize
    dataset.BitsStored, dataset.HighBit = bits_stored, high_bit
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    # Two's complement in as many bits as are stored.
    words = (pixels.view(f"u{pixels.dtype.itemsize}") & ((1 << bits_stored) - 1)) << (
        high_bit + 1 - bits_stored
    )
    if syntax not in UNCOMPRESSED:
        signed = CODINGS[syntax] in _SIGNED and high_bit + 1 == bits_stored
        data = _compressed(pixels if signed else words, syntax, high_bit + 1)
        dataset.add_new("PixelData", "OB", encapsulate([data]))
        dataset["PixelData"].is_undefined_length = True
        return
    if syntax == ExplicitVRBigEndian:
        words = words.byteswap()
    data = words.tobytes() + b"\0" * (words.nbytes % 2)
    dataset.add_new("PixelData", "OB" if words.itemsize == 1 else "OW", data)


def _compressed(words: Pixels, syntax: UID, bits: int) -> bytes:
    """Return a frame; the words have so many bits that mean something."""
    coding, lossy = CODINGS[syntax], syntax in LOSSY
    if coding is Coding.RLE:
        return _run_lengths(words, bits)
    if coding is Coding.JPEG_LS:
        return bytes(imagecodecs.jpegls_encode(words, level=_NEAR_LOSSLESS if lossy else 0))
    if coding is Coding.JPEG_2000:
        return bytes(
            imagecodecs.jpeg2k_encode(
                words,
                level=_QUALITY_DB if lossy else 0,
                reversible=not lossy,
                codecformat="j2k",
                bitspersample=bits,
            )
        )
    if coding is Coding.HTJ2K:
        return bytes(
            imagecodecs.htj2k_encode(words, level=_COARSE if lossy else None, reversible=not lossy)
        )
    return _jpeg(words, syntax, bits)


def _run_lengths(words: Pixels, bits: int) -> bytes:
    """Return an RLE frame as pydicom writes it."""
    frame: bytes = RLELosslessEncoder.encode(
        words.astype(words.dtype.newbyteorder("<")).tobytes(),
        rows=words.shape[0],
        columns=words.shape[1],
        samples_per_pixel=1,
        number_of_frames=1,
        encoding_plugin="pydicom",  # gdcm ends the process over some of these
        bits_allocated=8 * words.dtype.itemsize,
        bits_stored=bits,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
    )
    return frame


def _jpeg(words: Pixels, syntax: UID, bits: int) -> bytes:
    """Return a JPEG frame: DCT of 8 or 12 bits, or lossless with predictor 1 or another."""
    if CODINGS[syntax] is Coding.JPEG:
        return bytes(imagecodecs.jpeg8_encode(words, level=_JPEG_QUALITY, bitspersample=bits))
    predictor = 1 if syntax == JPEGLosslessSV1 else 5
    return bytes(
        imagecodecs.jpeg8_encode(words, lossless=True, predictor=predictor, bitspersample=bits)
    )
