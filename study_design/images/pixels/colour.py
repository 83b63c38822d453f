"""Pictures of three channels, as scanners of films and secondary captures store grey ones.

Where all channels are alike the picture is grey and is read as such, with a note. A picture that
really is coloured is refused: which grey its colours should be, nobody has said.
"""

import numpy as np
from numpy.typing import NDArray

from study_design.errors import ImageError

CHANNELS = 3
# Of one brightness channel and two of colour, PS3.3 C.7.6.3.1.2; decoders undo that of a codec.
_BY_BRIGHTNESS = "YBR_FULL"
COLOURS = frozenset({"RGB", _BY_BRIGHTNESS, "YBR_FULL_422", "YBR_RCT", "YBR_ICT"})
# What a lossy codec may leave between channels that were alike.
_OF_COMPRESSION = 1

READ_AS_GREY = "three channels of colour, all alike: read as grey"


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
    if photometric == _BY_BRIGHTNESS:
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
    grey = words[..., 0] if photometric == _BY_BRIGHTNESS else words[..., 1]
    return np.ascontiguousarray(grey)
