"""What a compressed frame says of itself: how it is coded, and its size, before a decoder sees it.

Transfer syntaxes lie; the first bytes of a frame do not. Only marker segments are read, no pixels.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

_JPEG_START = b"\xff\xd8\xff"
_J2K_START = b"\xff\x4f\xff\x51"
_JP2_START = b"\0\0\0\x0cjP  "
_MOST_JP2_BOXES = 65536  # where a codestream must have begun
_RLE_HEADER = struct.Struct("<16I")
_SIZ = struct.Struct(">HH8IHB")  # ISO 15444-1 A.5.1, from Lsiz to Csiz and the first Ssiz
_SIGNED_SAMPLES = 0x80  # of Ssiz, the rest is the precision - 1
_SOF = struct.Struct(">BHHB")  # ISO 10918-1 B.2.2, from P to Nf
_SOT = struct.Struct(">HHI")  # A.4.2: Lsot, Isot, Psot
_TILE_PART, _END_OF_CODESTREAM = 0xFF90, 0xFFD9
_MOST_TILES = 65535  # A.4.2: Isot
_HIGH_THROUGHPUT = 0x4000  # bit 14 of Rsiz, ISO 15444-15 A.2

# ISO 10918-1 table B.1: every start of frame but the tables DHT, JPG and DAC between them.
_LOSSY_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC5, 0xC6, 0xC9, 0xCA, 0xCD, 0xCE})
_LOSSLESS_FRAMES = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_JPEG_LS_FRAME = 0xF7  # ISO 14495-1 C.1.1
START_OF_SCAN = 0xDA
_MARKER, _CODING_STYLE = 0xFF, 0x52
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})


class Coding(StrEnum):
    """A way to compress pixels."""

    JPEG = "JPEG"
    JPEG_LOSSLESS = "JPEG Lossless"
    JPEG_LS = "JPEG-LS"
    JPEG_2000 = "JPEG 2000"
    HTJ2K = "High-Throughput JPEG 2000"
    RLE = "RLE"


@dataclass(frozen=True, slots=True)
class Codestream:
    """What a frame states.

    Attributes
    ----------
    rows, columns
        0 where it states none.
    precision
        Bits of a sample; 0 where it states none.
    signed
        Whether samples can be negative; None where its coding does not know of it.
    lossy
        Whether compressing it lost something, as far as its coding tells. A reversible JPEG 2000
        may have been cut, which nothing in it tells.
    """

    coding: Coding
    rows: int = 0
    columns: int = 0
    samples: int = 1
    lossy: bool = False
    precision: int = 0
    signed: bool | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker segment of JPEG: the second byte of its marker, what it says, and where it ends."""

    marker: int
    body: bytes
    end: int


def read_codestream(frame: bytes) -> Codestream | None:
    """Return what a frame says of itself; None where it begins like no coding known here."""
    if frame.startswith(_JPEG_START):
        return _jpeg(frame)
    if frame.startswith(_J2K_START):
        return _jpeg_2000(frame, 0)
    if frame.startswith(_JP2_START):
        start = frame.find(_J2K_START, 0, _MOST_JP2_BOXES)
        return _jpeg_2000(frame, start) if start >= 0 else None
    return Codestream(Coding.RLE) if _is_rle(frame) else None


def begins_picture(fragment: bytes) -> bool:
    """Tell whether a fragment is the beginning of a JPEG or JPEG 2000 picture."""
    return fragment.startswith((_JPEG_START, _J2K_START, _JP2_START))


def is_whole(frame: bytes) -> bool:
    """Tell whether the tile parts of a JPEG 2000 frame are as long as they say (A.4.2)."""
    at = frame.find(_J2K_START, 0, _MOST_JP2_BOXES) + 2
    while (marker := int.from_bytes(frame[at : at + 2], "big")) != _END_OF_CODESTREAM:
        if at + 2 + _SOT.size > len(frame):
            return False
        length, _, part = _SOT.unpack_from(frame, at + 2)
        if marker == _TILE_PART and part == 0:  # it reaches to the end of the codestream
            return True
        at += part if marker == _TILE_PART else 2 + length
    return True


def jpeg_segments(frame: bytes) -> Iterator[Segment]:
    """Yield the marker segments of a JPEG or JPEG-LS frame up to its first scan."""
    at = 2
    while at + 4 <= len(frame) and frame[at] == _MARKER:
        marker = frame[at + 1]
        if marker == _MARKER:  # a fill byte, B.1.1.2
            at += 1
        elif marker in _WITHOUT_LENGTH:
            at += 2
        else:
            end = at + 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
            yield Segment(marker, frame[at + 4 : end], end)
            if marker == START_OF_SCAN:
                return
            at = end


def _jpeg(frame: bytes) -> Codestream | None:
    """Return the start of frame of the JPEG family, and of JPEG-LS what its scan says."""
    stream = None
    for segment in jpeg_segments(frame):
        coding, body = _coding(segment.marker), segment.body
        if stream is None and coding is not None and len(body) >= _SOF.size:
            precision, rows, columns, samples = _SOF.unpack_from(body)
            lossy = coding is Coding.JPEG
            stream = Codestream(coding, rows, columns, samples, lossy, precision)
        elif stream and body and segment.marker == START_OF_SCAN and not stream.lossy:
            # ISO 14495-1 C.2.3: NEAR, the error that is allowed
            near = stream.coding is Coding.JPEG_LS and any(body[1 + 2 * body[0] :][:1])
            return replace(stream, lossy=near)
    return stream


def _coding(marker: int) -> Coding | None:
    """Return the coding that a start of frame announces."""
    if marker in _LOSSY_FRAMES:
        return Coding.JPEG
    if marker in _LOSSLESS_FRAMES:
        return Coding.JPEG_LOSSLESS
    return Coding.JPEG_LS if marker == _JPEG_LS_FRAME else None


def _jpeg_2000(frame: bytes, start: int) -> Codestream | None:
    """Return the image and tile size of JPEG 2000."""
    at = start + len(_J2K_START)
    if at + _SIZ.size > len(frame):
        return None
    _, capabilities, right, bottom, left, top, wide, high, *_, samples, size = _SIZ.unpack_from(
        frame, at
    )
    # Sizes and tiles that make no sense keep some decoders busy for ever.
    if right <= left or bottom <= top or not wide or not high:
        return None
    if -(-right // wide) * -(-bottom // high) > _MOST_TILES:
        return None
    coding = Coding.HTJ2K if capabilities & _HIGH_THROUGHPUT else Coding.JPEG_2000
    return Codestream(
        coding,
        bottom - top,
        right - left,
        samples,
        lossy=_is_irreversible(frame, start),
        precision=(size & ~_SIGNED_SAMPLES) + 1,
        signed=bool(size & _SIGNED_SAMPLES),
    )


def _is_irreversible(frame: bytes, start: int) -> bool:
    """Tell whether JPEG 2000 was coded by the 9-7 wavelet (ISO 15444-1 A.6.1: transformation)."""
    at = start + 2  # behind the marker that begins it
    while at + 5 <= len(frame) and frame[at] == _MARKER:
        if frame[at + 1] == _CODING_STYLE:
            return frame[at + 13 : at + 14] == b"\0"
        at += 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    return False


def _is_rle(frame: bytes) -> bool:
    """Tell whether a frame begins with the segment offsets of PS3.5 G.5."""
    if len(frame) < _RLE_HEADER.size:
        return False
    count, *offsets = _RLE_HEADER.unpack_from(frame)
    used = offsets[:count]
    return (
        1 <= count <= len(offsets)
        and used[0] == _RLE_HEADER.size
        and used == sorted(used)
        and not any(offsets[count:])
    )
