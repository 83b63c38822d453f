"""Pictures of three channels or of a palette, as scanners of films and captures store grey ones.

Where all channels are alike the picture is grey and is read as such, with a note. A picture that
really is coloured is refused, and so is one that is clear in places: which grey that should be,
nobody has said.
"""

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut

from study_design.errors import ImageError

CHANNELS = 3
# Of one brightness channel and two of colour, PS3.3 C.7.6.3.1.2; decoders undo that of a codec.
HALF_WIDTH = "YBR_FULL_422"
_BY_BRIGHTNESS = ("YBR_FULL", HALF_WIDTH)
PALETTE = "PALETTE COLOR"
COLOURS = frozenset({"RGB", *_BY_BRIGHTNESS, "YBR_RCT", "YBR_ICT"})
# What a lossy codec may leave between channels that were alike.
_OF_COMPRESSION = 1

READ_AS_GREY = "three channels of colour, all alike: read as grey"
PALETTE_AS_GREY = "a palette of greys alone: read as the greys that it names"


def grey_of_channels(
    words: NDArray[np.integer], bits: int, photometric: str = "RGB", *, lossy: bool = False
) -> NDArray[np.integer]:
    """Return the grey matrix of a picture of three channels, rows x columns x 3.

    Parameters
    ----------
    bits
        Stored in each channel.
    photometric
        What the channels are where no codec has put them back to red, green and blue.

    Raises
    ------
    ImageError
        Where they differ, by how much and on how many pixels.
    """
    first, second, third = (words[..., channel].astype(np.int32) for channel in range(CHANNELS))
    if photometric in _BY_BRIGHTNESS:
        neutral = 1 << (bits - 1)
        apart = np.maximum(abs(second - neutral), abs(third - neutral))
    else:
        apart = np.maximum(abs(second - first), abs(third - second))
        apart = np.maximum(apart, abs(third - first))
    most = int(apart.max())
    if most > (_OF_COMPRESSION if lossy else 0):
        share = np.count_nonzero(apart) / apart.size
        raise ImageError(
            f"a picture in colour: its channels differ by up to {most} of {(1 << bits) - 1} levels "
            f"on {share:.1%} of the pixels; a mammogram is grey. Scan or save it as grey"
        )
    grey = words[..., 0] if photometric in _BY_BRIGHTNESS else words[..., 1]
    return np.ascontiguousarray(grey)


def whole_width(words: NDArray[np.integer], rows: int, columns: int) -> NDArray[np.integer]:
    """Return uncompressed YBR_FULL_422, two brightnesses before their two colours, by pixel.

    Source: PS3.3 C.7.6.3.1.2.
    """
    pairs = words.reshape(rows, columns // 2, 4)
    found = np.empty((rows, columns, CHANNELS), words.dtype)
    found[..., 0] = pairs[..., :2].reshape(rows, columns)
    found[..., 1], found[..., 2] = (pairs[..., at].repeat(2, axis=1) for at in (2, 3))
    return found


def grey_of_palette(indices: NDArray[np.integer], header: Dataset) -> NDArray[np.integer]:
    """Return the greys that a palette gives to indices, rows x columns, in 8 or 16 bits.

    Raises
    ------
    ImageError
        Where the palette makes no sense or colours a pixel, or padding is declared among indices.
    """
    if any(keyword in header for keyword in ("PixelPaddingValue", "PixelPaddingRangeLimit")):
        raise ImageError("padding declared among the entries of a palette; save it as grey")
    try:
        found = apply_color_lut(indices, header)
    except (ValueError, AttributeError, KeyError, IndexError, TypeError) as error:
        raise ImageError("a palette that no picture can be made of; save it as grey") from error
    return grey_of_channels(found[..., :CHANNELS], 8 * found.dtype.itemsize)


def opaque(words: NDArray[np.integer]) -> NDArray[np.integer]:
    """Return channels without the last one, which says where a picture is clear.

    Raises
    ------
    ImageError
        Where it is clear anywhere.
    """
    clear = np.count_nonzero(words[..., -1] != np.iinfo(words.dtype).max)
    if clear:
        share = clear / words[..., -1].size
        raise ImageError(
            f"a picture that is clear on {share:.1%} of its pixels; a mammogram is grey. Save it "
            "as grey, without an alpha channel"
        )
    return words[..., :-1]
