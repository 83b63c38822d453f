"""Whether the scan of a JPEG frame is whole: decoders fill up what damage took and say nothing.

Of JPEG Lossless the bits that its pixels need are counted against those of the scan: whatever a
decoder made of damaged codes, it rarely ends with the last bit. What is lossy holds coefficients
instead of pixels, so only its markers are looked at.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from study_design.errors import ImageError
from study_design.images.pixels.codestream import START_OF_SCAN, jpeg_segments
from study_design.images.pixels.pixel_element import ENDS_EARLY

DAMAGED = "damaged, its JPEG data are not as long as its pixels need"

_LOSSLESS_FRAME, _HUFFMAN_TABLE, _RESTART_INTERVAL = 0xC3, 0xC4, 0xDD
_END_OF_IMAGE = b"\xff\xd9"
_SCAN_HEADER_BYTES = 6  # B.2.3, of one component
_FIRST_RESTART, _RESTARTS = 0xD0, 8
_MOST_CATEGORIES = 17  # H.1.2.2: SSSS
_BLOCK_ROWS = 64  # as many as stay in the processor's cache

Integers = NDArray[Any]  # of 16 bits, or of 32
# H.1.2.1, table H.1: the pixel left of one, the one above, and the one above on the left.
_PREDICTIONS: dict[int, Callable[[Integers, Integers, Integers], Integers]] = {
    1: lambda left, _above, _corner: left,
    2: lambda _left, above, _corner: above,
    3: lambda _left, _above, corner: corner,
    4: lambda left, above, corner: left + above - corner,
    5: lambda left, above, corner: left + ((above - corner) >> 1),
    6: lambda left, above, corner: above + ((left - corner) >> 1),
    7: lambda left, above, _corner: (left + above) >> 1,
}
_FIRST_WITH_HALVES = 5  # its sums need their sign


@dataclass(frozen=True, slots=True)
class _LosslessScan:
    """How a scan of JPEG Lossless is coded.

    Attributes
    ----------
    code_lengths
        In bits, of the Huffman code of each category of differences; 0 where it has none.
    start
        Where in the frame its codes begin.
    """

    precision: int
    predictor: int
    code_lengths: tuple[int, ...]
    start: int


def check_markers(frame: bytes) -> None:
    """Refuse a JPEG frame with an end inside, or whose restart markers do not count up.

    What follows the end of JPEG Lossless is left to `spare_bits`.

    Raises
    ------
    ImageError
        Where a part of the scan is missing or stands in another's place.
    """
    interval, start = 0, len(frame)
    for segment in jpeg_segments(frame):
        if segment.marker == _RESTART_INTERVAL:
            interval = int.from_bytes(segment.body[:2], "big")
        elif segment.marker == START_OF_SCAN:
            start = segment.end
    behind = _behind_ff(frame[start:])
    ends = np.count_nonzero(behind == _END_OF_IMAGE[1])
    # Where its bits are counted, they tell which end is the picture's.
    if ends > 1 and _lossless_scan(frame) is None:
        raise ImageError(ENDS_EARLY)
    if START_OF_SCAN in behind:  # each scan of a progressive picture counts anew
        return
    restarts = behind[(behind >= _FIRST_RESTART) & (behind < _FIRST_RESTART + _RESTARTS)]
    counted = np.arange(restarts.size if interval else 0) % _RESTARTS + _FIRST_RESTART
    if not np.array_equal(restarts, counted):
        raise ImageError(DAMAGED)


def spare_bits(frame: bytes, pixels: NDArray[np.integer]) -> int | None:
    """Return how many bits the scan of a JPEG Lossless frame has beyond those of its pixels.

    Returns
    -------
    spare
        0 to 7 where the frame is whole; below 0 where a decoder had to make up bits. None where
        they cannot be counted: there are restart markers, or a point transform.
    """
    scan = _lossless_scan(frame)
    if scan is None:
        return None
    # FF may be repeated before a marker, B.1.1.2.
    codes = frame[scan.start : frame.find(_END_OF_IMAGE, scan.start)].rstrip(b"\xff")
    stuffed = int(np.count_nonzero(_behind_ff(codes) == 0))  # F.1.2.3
    return 8 * (len(codes) - stuffed) - _bits_of(scan, pixels)


def _behind_ff(codes: bytes) -> NDArray[np.uint8]:
    """Return what stands behind each FF: a 0 that was put there, or a marker."""
    values = np.frombuffer(codes, dtype=np.uint8)
    return values[np.flatnonzero(values[:-1] == 0xFF) + 1]


def _lossless_scan(frame: bytes) -> _LosslessScan | None:
    """Return how the only scan of a frame is coded; None where its bits cannot be counted."""
    precision, tables = 0, dict[int, tuple[int, ...]]()
    for segment in jpeg_segments(frame):
        body = segment.body
        if segment.marker == _LOSSLESS_FRAME:
            precision = int.from_bytes(body[:1])
        elif segment.marker == _HUFFMAN_TABLE:
            tables |= _tables(body)
        elif segment.marker == _RESTART_INTERVAL and any(body[:2]):
            return None
        elif segment.marker == START_OF_SCAN and len(body) >= _SCAN_HEADER_BYTES:
            lengths, predictor, transform = tables.get(body[2] >> 4), body[3], body[5] & 15
            if not precision or lengths is None or predictor not in _PREDICTIONS or transform:
                return None
            return _LosslessScan(precision, predictor, lengths, segment.end)
    return None


def _tables(body: bytes) -> dict[int, tuple[int, ...]]:
    """Return the lengths of the codes of each Huffman table of a segment (B.2.4.2)."""
    tables, at = {}, 0
    while at + 17 <= len(body):
        name, counts = body[at] & 15, body[at + 1 : at + 17]
        categories = iter(body[at + 17 : at + 17 + sum(counts)])
        lengths = [0] * _MOST_CATEGORIES
        for length, count in enumerate(counts, start=1):
            for category in islice(categories, count):
                if category < _MOST_CATEGORIES:  # a table of lossy JPEG has more
                    lengths[category] = length
        tables[name] = tuple(lengths)
        at += 17 + sum(counts)
    return tables


def _bits_of(scan: _LosslessScan, pixels: NDArray[np.integer]) -> int:
    """Return how many bits the differences of all pixels take."""
    signed = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.float64)
    categories = np.ceil(np.log2(np.abs(signed) + 1)).astype(np.intp)
    # H.1.2.2: of a difference the bits of its category follow, but none of category 16.
    bits = np.array(scan.code_lengths)[categories] + np.where(categories == 16, 0, categories)
    table = bits.astype(np.uint8)
    return sum(
        int(table.take(differences).sum(dtype=np.uint64))
        for differences in _differences(scan, pixels)
    )


def _differences(scan: _LosslessScan, pixels: NDArray[np.integer]) -> Iterator[NDArray[np.uint16]]:
    """Yield the differences from the predictions, modulo 2^16 (H.1.2.1)."""
    first = pixels[0].astype(np.uint16)
    yield np.diff(first, prepend=np.uint16(1 << (scan.precision - 1)))
    predict = _PREDICTIONS[scan.predictor]
    wide = np.uint16 if scan.predictor < _FIRST_WITH_HALVES else np.int32
    for top in range(1, len(pixels), _BLOCK_ROWS):
        block: Integers = pixels[top - 1 : top + _BLOCK_ROWS].astype(wide, copy=False)
        yield (block[1:, 0] - block[:-1, 0]).astype(np.uint16, copy=False)
        left, above, corner = block[1:, :-1], block[:-1, 1:], block[:-1, :-1]
        yield (block[1:, 1:] - predict(left, above, corner)).astype(np.uint16, copy=False)
