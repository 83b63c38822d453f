"""The stored pixel matrix of a DICOM file, decoded exactly, as unsigned 16 bit codes.

Called in the guarded child process only: a codec may crash, hang or ask for all memory there
without harm. What the header claims is compared with what the compressed frame says of itself
before a decoder sees the data, and with what the decoder gives.

imagecodecs decodes; where it gives up, another library may try, and a note says so.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.uid import ExplicitVRBigEndian

from study_design.errors import ImageError
from study_design.images.header.attributes import integer
from study_design.images.pixels.codestream import Codestream, Coding, is_whole, read_codestream
from study_design.images.pixels.colour import (
    HALF_WIDTH,
    PALETTE,
    PALETTE_AS_GREY,
    READ_AS_GREY,
    grey_of_channels,
    grey_of_palette,
    whole_width,
)
from study_design.images.pixels.fallback_decoders import FALLBACKS, decode_by_plugin
from study_design.images.pixels.pixel_element import ENDS_EARLY, PixelElement
from study_design.images.pixels.pixel_layout import PixelLayout, layout_of
from study_design.images.pixels.pixel_words import settled_words
from study_design.images.pixels.run_lengths import decode_run_lengths
from study_design.images.pixels.scan_check import DAMAGED, check_markers, spare_bits
from study_design.images.pixels.transfer_syntaxes import CODINGS, NATIVE

Decoder = Callable[[bytes], NDArray[np.integer]]

DECODERS: dict[Coding, Decoder] = {
    Coding.JPEG: imagecodecs.jpeg8_decode,
    Coding.JPEG_LOSSLESS: imagecodecs.jpeg8_decode,
    Coding.JPEG_LS: imagecodecs.jpegls_decode,
    Coding.JPEG_2000: imagecodecs.jpeg2k_decode,
    Coding.HTJ2K: imagecodecs.htj2k_decode,
}
# All but RLE end with it. Decoders of some fill up what is missing and say nothing.
_END_OF_IMAGE = b"\xff\xd9"
_LAST_BYTES = 4  # with it, whatever makes them even; and zeros, as many as a writer likes
_BITS_OF_BYTE = 8
_MOST_SPARE_BITS = 32  # more is no padding to whole words


@dataclass(frozen=True, slots=True)
class StoredPixels:
    """A decoded pixel matrix.

    Attributes
    ----------
    codes
        Rows x columns, unsigned 16 bit.
    bits_stored
        Significant bits of a code.
    code_offset
        Stored value - code; below 0 where the file holds signed pixels.
    notes
        Where the data contradict the header, and what was made of it.
    doubts
        What a person has to look at, for damage and a writer's liberty look alike.
    lossy
        Whether the data themselves tell that compressing them lost something.
    """

    codes: NDArray[np.uint16]
    bits_stored: int
    code_offset: int = 0
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    lossy: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """Pixels as the file holds them, unused bits included, and what its frame says of itself."""

    words: NDArray[np.integer]
    stream: Codestream | None = None
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def decode_dicom(element: PixelElement) -> StoredPixels:
    """Return the pixels of a single-frame grey-level file that `acceptance` has let through.

    Raises
    ------
    ImageError
        Where the transfer syntax is not decoded here, or the data contradict the header's size.
    """
    layout = layout_of(element.header)
    syntax = element.syntax
    if syntax not in NATIVE and syntax not in CODINGS:
        raise ImageError(f"the compression {syntax.name[:60]} is not decoded here")
    # What the value is tells more than the transfer syntax, which archives get wrong.
    if element.begins_with_item() and (syntax in CODINGS or element.length is None):
        found = _compressed(element, layout)
    elif element.length is None:
        raise ImageError("the compressed pixels are not divided as DICOM asks")
    else:
        found = _native(element, layout)
    lossy = found.stream is not None and found.stream.lossy
    words, notes = _grey(found, layout, lossy=lossy)
    settled = settled_words(words, layout, found.stream)
    sign = integer(element.header, "PixelRepresentation")
    unknown = () if sign in {0, 1} else (f"Pixel Representation {sign}: taken as unsigned",)
    pixels = _significant(settled.layout, settled.words)
    if layout.photometric == PALETTE:
        pixels, notes = _of_palette(pixels, element), (*notes, PALETTE_AS_GREY)
    return replace(
        pixels,
        notes=(*found.notes, *notes, *settled.notes),
        doubts=(*found.doubts, *unknown, *settled.doubts),
        lossy=lossy,
    )


def _grey(
    found: _Words, layout: PixelLayout, *, lossy: bool
) -> tuple[NDArray[np.integer], tuple[str, ...]]:
    """Return words of one channel; those of three are refused unless they are alike."""
    if found.words.ndim == len(layout.shape):
        note = "the header says three channels, the data hold one"
        return found.words, (note,) if layout.samples > 1 else ()
    # A codec gives red, green and blue, whatever it made of them.
    by_codec = found.stream is not None and found.stream.coding is not Coding.RLE
    photometric = "RGB" if by_codec else layout.photometric
    grey = grey_of_channels(found.words, layout.bits_stored, photometric, lossy=lossy)
    return grey, (READ_AS_GREY,)


def _of_palette(pixels: StoredPixels, element: PixelElement) -> StoredPixels:
    """Return the greys of a palette in the place of its indices."""
    indices = pixels.codes.astype(np.int32) + pixels.code_offset
    greys = grey_of_palette(indices, element.header)
    return StoredPixels(greys.astype(np.uint16), 8 * greys.dtype.itemsize)


def _by_pixel(
    words: NDArray[np.integer], layout: PixelLayout, *, by_plane: bool
) -> NDArray[np.integer]:
    """Return words as rows x columns, and channels where there are several."""
    if layout.samples == 1:
        return words.reshape(layout.shape)
    if by_plane:
        return np.moveaxis(words.reshape(layout.samples, *layout.shape), 0, -1)
    return words.reshape(*layout.shape, layout.samples)


def _native(element: PixelElement, layout: PixelLayout) -> _Words:
    """Return uncompressed pixels as they are."""
    is_half = layout.samples > 1 and layout.photometric == HALF_WIDTH
    if is_half and (layout.columns % 2 or layout.bits_allocated > _BITS_OF_BYTE):
        raise ImageError(
            f"colours of half the width of {layout.columns} pixels of {layout.bits_allocated} "
            "bits; expected an even number of 8 bits. Save it as grey or RGB"
        )
    channels = 2 if is_half else layout.samples
    count, width = layout.rows * layout.columns * channels, layout.bits_allocated // 8
    big_endian = element.syntax == ExplicitVRBigEndian
    # 8 bit pixels written as big endian OW words come with their bytes swapped in pairs.
    swapped = big_endian and width == 1 and element.vr == "OW"
    length = element.length or 0
    if length >= (count + layout.columns) * width:
        raise ImageError(f"the header says {count * width} bytes of pixels, the data hold {length}")
    needed = count + count % 2 if swapped else count
    words = element.words("u1" if width == 1 else ">u2" if big_endian else "<u2", needed)
    if min(length, words.nbytes) < needed * width:
        raise ImageError(f"the pixels end early: {words.nbytes} of {needed * width} bytes")
    if swapped:
        words = words.reshape(-1, 2)[:, ::-1].ravel()[:count]
    said_otherwise = element.syntax in CODINGS
    notes = ("the header says compressed, the pixels are not",) if said_otherwise else ()
    if is_half:
        return _Words(whole_width(words, *layout.shape), notes=notes)
    return _Words(_by_pixel(words, layout, by_plane=layout.by_plane), notes=notes)


def _compressed(element: PixelElement, layout: PixelLayout) -> _Words:
    """Return the decompressed pixels."""
    frame = element.frame()
    said = CODINGS.get(element.syntax)
    stream = read_codestream(frame)
    if stream is None:
        raise ImageError(f"the compressed pixels begin like no {said or 'compression'} does")
    _check(stream, frame, layout)
    pixels, notes = _decompressed(stream.coding, frame, layout)
    if pixels.shape[:2] != layout.shape:
        raise _other_size(layout, *pixels.shape)
    if pixels.dtype.itemsize > 2:
        raise ImageError("more than 16 bits a pixel in the data")
    # What another decoder makes of signed pixels is not what the scan holds.
    lossless = stream.coding is Coding.JPEG_LOSSLESS and pixels.ndim == 2 and not notes
    if stream.coding is not said:
        notes = (
            f"the header says {said or 'uncompressed'}, the pixels are {stream.coding}",
            *notes,
        )
    return _Words(pixels, stream, notes, _scan_doubts(frame, pixels) if lossless else ())


def _scan_doubts(frame: bytes, words: NDArray[np.integer]) -> tuple[str, ...]:
    """Return a doubt where JPEG Lossless goes on behind its last pixel; refuse what is damage."""
    spare = spare_bits(frame, words)
    if spare is None or 0 <= spare < _BITS_OF_BYTE:
        return ()
    if not 0 <= spare < _MOST_SPARE_BITS:
        raise ImageError(DAMAGED)
    return ("compressed pixels go on behind the last one: damaged, or a writer's padding",)


def _check(stream: Codestream, frame: bytes, layout: PixelLayout) -> None:
    """Refuse a frame that contradicts the header or is cut short."""
    if stream.rows and stream.columns and (stream.rows, stream.columns) != layout.shape:
        raise _other_size(layout, stream.rows, stream.columns)
    if stream.samples not in {1, layout.samples}:
        raise ImageError("colours in the data; a mammogram is grey")
    whole = stream.coding is Coding.RLE or _END_OF_IMAGE in frame.rstrip(b"\0")[-_LAST_BYTES:]
    if stream.coding in {Coding.JPEG_2000, Coding.HTJ2K}:
        whole = whole and is_whole(frame)
    if not whole:
        raise ImageError(ENDS_EARLY)
    if stream.coding in {Coding.JPEG, Coding.JPEG_LOSSLESS}:
        check_markers(frame)


def _other_size(layout: PixelLayout, *found: int) -> ImageError:
    """Return the refusal of data of another size."""
    sizes = " x ".join(str(size) for size in found)
    return ImageError(
        f"the header says {layout.rows} x {layout.columns} pixels, the data hold {sizes}"
    )


def _decompressed(
    coding: Coding, frame: bytes, layout: PixelLayout
) -> tuple[NDArray[np.integer], tuple[str, ...]]:
    """Return what the first decoder makes of a frame that does not give up."""
    try:
        if coding is Coding.RLE:
            words = decode_run_lengths(frame, layout)
            return _by_pixel(words, layout, by_plane=True), ()
        with _warnings_caught():
            return np.asarray(DECODERS[coding](frame)), ()
    except (RuntimeError, ValueError) as error:
        for plugin in FALLBACKS[coding] if layout.samples == 1 else ():
            pixels = decode_by_plugin(plugin, coding, frame, layout)
            if pixels is not None:
                return pixels, (f"decoded by {plugin}, since imagecodecs gave up",)
        raise ImageError(f"damaged, no decoder can read its {coding}") from error


@contextmanager
def _warnings_caught() -> Iterator[None]:
    """Raise what a codec finds wrong and cannot raise itself, but hands to Python's last resort.

    OpenJPH meets damage while imagecodecs copies its lines, and the picture comes back unfinished.
    """
    found: list[str] = []
    before, sys.unraisablehook = sys.unraisablehook, lambda one: found.append(str(one.exc_value))
    try:
        yield
    finally:
        sys.unraisablehook = before
    if found:
        raise RuntimeError(found[0])


def _significant(layout: PixelLayout, words: NDArray[np.uint16]) -> StoredPixels:
    """Return the bits that hold the pixel; a signed one is raised so that its code is unsigned.

    The words are changed in place: each further matrix of 27 MB costs as much as reading one.
    """
    bits = layout.bits_stored
    codes: NDArray[np.uint16] = np.ascontiguousarray(words, dtype=np.uint16)
    if layout.high_bit >= bits:
        codes >>= layout.high_bit + 1 - bits
    if layout.signed or int(codes.max()) >= 1 << bits:
        codes &= (1 << bits) - 1
    if not layout.signed:
        return StoredPixels(codes, bits)
    codes ^= 1 << (bits - 1)
    return StoredPixels(codes, bits, -(1 << (bits - 1)))
