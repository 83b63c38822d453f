"""What the words of a pixel matrix mean where header and data do not agree on their bits and sign.

A word holds Bits Stored bits up to High Bit (PS3.5 8.1.1). JPEG 2000 states precision and sign of
its own, the JPEG family a precision; writers that hand signed pixels to an encoder for unsigned
ones leave a frame whose highest bit is a sign that it does not know of. What is made of a
contradiction is what pydicom makes of it; where another reading would give other greys, a person
must look.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from study_design.images.pixels.codestream import Codestream, Coding
from study_design.images.pixels.pixel_layout import PixelLayout

_WORD = 16
_JPEG_2000 = frozenset({Coding.JPEG_2000, Coding.HTJ2K})

Words = NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class SettledWords:
    """Words with the layout that they are read by, what was assumed and what is doubtful."""

    words: Words
    layout: PixelLayout
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def settled_words(
    pixels: NDArray[np.integer], layout: PixelLayout, stream: Codestream | None
) -> SettledWords:
    """Return decoded pixels as unsigned words, and how they are to be read.

    Parameters
    ----------
    pixels
        Of 8 or 16 bits, signed or not, as a decoder or the file gives them.
    stream
        What the compressed frame says of itself; None of uncompressed pixels.
    """
    found = SettledWords(_as_words(pixels), layout)
    if stream is not None and stream.precision:
        found = _with_sign(_at_high_bit(found, stream), stream)
    return _within_bits(_at_low_bits(found), stream)


def _as_words(pixels: NDArray[np.integer]) -> Words:
    """Return pixels as words, a negative one in two's complement."""
    if pixels.dtype.kind == "i":
        return pixels.astype(np.int16, copy=False).view(np.uint16)
    return pixels.astype(np.uint16, copy=False)


def _at_high_bit(found: SettledWords, stream: Codestream) -> SettledWords:
    """Take the bits from the lowest on, where the frame has none as high as the header says."""
    layout = found.layout
    if layout.high_bit < layout.bits_stored or stream.precision > layout.high_bit:
        return found
    doubt = f"the header says High Bit {layout.high_bit}, the data have {stream.precision} bits"
    return _doubted(found, doubt, layout=replace(layout, high_bit=layout.bits_stored - 1))


def _with_sign(found: SettledWords, stream: Codestream) -> SettledWords:
    """Compare precision and sign of frame and header, as pydicom does of JPEG 2000 and JPEG-LS."""
    words, layout, precision = found.words, found.layout, stream.precision
    bits = layout.high_bit + 1
    is_without_sign = precision < bits if stream.signed is None else not stream.signed
    if layout.signed and is_without_sign and int(words.max()) >> (min(precision, bits) - 1):
        kind = "ones" if stream.signed is None else "unsigned ones"
        doubt = (
            f"the header says signed pixels of {bits} bits, the data hold {kind} of "
            f"{precision}: their highest bit was taken for the sign"
        )
        extended = _extended(words, precision) if precision < bits else words
        return _doubted(found, doubt, words=extended)
    if not layout.signed and stream.signed and int(words.max()) >> (_WORD - 1):
        doubt = f"the header says unsigned pixels, the data hold negative ones of {precision} bits"
        return _doubted(found, doubt, words=words & np.uint16((1 << precision) - 1))
    if precision < bits:
        note = f"the header says {bits} bits a pixel, the data have {precision}"
        return replace(found, notes=(*found.notes, note))
    return found


def _extended(words: Words, bits: int) -> Words:
    """Return words whose bits above so many are those of a negative number, or 0."""
    spare = _WORD - bits
    return ((words << spare).view(np.int16) >> spare).view(np.uint16)


def _at_low_bits(found: SettledWords) -> SettledWords:
    """Take the bits from the lowest on, where those that the header points at cannot be meant.

    Pixels in the upper bits leave the lower ones empty.
    """
    layout, words = found.layout, found.words
    spare = layout.high_bit + 1 - layout.bits_stored
    if spare <= 0 or _beyond(words, replace(layout, high_bit=layout.bits_stored - 1)):
        return found
    if not (words & np.uint16((1 << spare) - 1)).any():
        return found
    doubt = f"the header says High Bit {layout.high_bit}, the pixels stand in the lowest bits"
    return _doubted(found, doubt, layout=replace(layout, high_bit=layout.bits_stored - 1))


def _within_bits(found: SettledWords, stream: Codestream | None) -> SettledWords:
    """Doubt pixels of more bits than the header says; keep those bits where they cannot be other.

    As pydicom does, of JPEG 2000 all bits are kept, of the rest those of the header; and where it
    allots fewer than the frame states, all as well.
    """
    layout, words = found.layout, found.words
    if not _beyond(words, layout):
        return found
    if layout.has_overlay:
        note = f"an overlay among the bits above {layout.bits_stored}: left out"
        return replace(found, notes=(*found.notes, note))
    keeps = stream is not None and (
        stream.coding in _JPEG_2000 or stream.precision > layout.bits_allocated
    )
    if not keeps:
        doubt = f"pixels beyond {layout.bits_stored} bits: damaged, or an overlay among the bits"
        return _doubted(found, doubt)
    bits = _bits_of(words, signed=layout.signed)
    doubt = f"the header says {layout.bits_stored} bits a pixel, the data hold {bits}"
    wider = replace(layout, bits_allocated=_WORD, bits_stored=bits, high_bit=bits - 1)
    return _doubted(found, doubt, layout=wider)


def _beyond(words: Words, layout: PixelLayout) -> bool:
    """Tell whether bits above the high bit say anything: a sign says nothing new."""
    top = layout.high_bit + 1
    if int(words.max()) < 1 << top:
        return False
    if not layout.signed:
        return True
    if int(words.max()) < 1 << layout.bits_allocated < 1 << _WORD:
        words = _extended(words, layout.bits_allocated)
    rest = words.view(np.int16) >> layout.high_bit
    return bool(((rest != 0) & (rest != -1) & (words >= 1 << top)).any())


def _bits_of(words: Words, *, signed: bool) -> int:
    """Return how many bits the values need."""
    if not signed:
        return int(words.max()).bit_length()
    values = words.view(np.int16)
    return max(int(values.max()).bit_length(), int(~values.min()).bit_length()) + 1


def _doubted(
    found: SettledWords,
    doubt: str,
    *,
    words: Words | None = None,
    layout: PixelLayout | None = None,
) -> SettledWords:
    """Return words or their layout changed, with a doubt."""
    return replace(
        found,
        words=found.words if words is None else words,
        layout=layout or found.layout,
        doubts=(*found.doubts, doubt),
    )
